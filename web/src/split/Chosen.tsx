/** The chosen units over the map: where they may go, and their locks. */
import type { Unit } from "../api/plans";
import { may, offline } from "../state/session";
import { number, t } from "../text";
import * as desk from "./desk";
import { several, tintOf } from "./PlanMap";
import { hours } from "./saying";

const NAMED = 3;

const chosenUnits = (): Unit[] =>
  [...desk.chosen.value].flatMap((code) => {
    const unit = desk.units.value.get(code);
    return unit ? [unit] : [];
  });

/** Together units may go where one of them may: whether all can, the service says. */
const goals = (units: Unit[]): string[] => {
  const zones = new Set(units.map((unit) => unit.field_zone));
  const open = [...new Set(units.flatMap((unit) => unit.may_go_to))];
  const known = open.filter((zone) => zones.size > 1 || !zones.has(zone));
  return known.sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
};

const titleOf = (units: Unit[]): string => {
  const names = units.slice(0, NAMED).map((unit) => unit.name ?? unit.code);
  return units.length > NAMED ? t("split.andMore", { names: names.join("、"), n: units.length }) : names.join("、");
};

const Goals = ({ units }: { units: Unit[] }) => {
  const zones = goals(units);
  if (!zones.length) return <p class="none">{t("split.mayNotGo")}</p>;
  return (
    <div class="goals" role="group" aria-label={t("split.moveTo")}>
      <span>{t("split.moveTo")}</span>
      {zones.map((zone) => (
        <button
          key={zone}
          disabled={desk.sending.value !== "" || offline.value}
          onClick={() => void desk.move([...desk.chosen.value], zone)}
        >
          <svg class="swatch" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
            <rect x="1" y="1" width="14" height="14" fill={tintOf(zone)} stroke="#5a636c" />
          </svg>{" "}
          {desk.nameOf(zone)}
        </button>
      ))}
    </div>
  );
};

const Facts = ({ units }: { units: Unit[] }) => {
  const zones = [...new Set(units.map((unit) => desk.nameOf(unit.field_zone)))];
  const load = units.reduce((sum, unit) => sum + unit.load, 0);
  const sources = units.reduce((sum, unit) => sum + (unit.sources ?? 0), 0);
  return (
    <p class="none">
      {zones.join("、")} · {hours(load)} · {t("split.nSources", { n: number(sources) })}
      {units.some((unit) => unit.locked) && ` · ${t("split.locked")}`}
      {units.some((unit) => unit.group !== null) && ` · ${t("split.grouped")}`}
    </p>
  );
};

const Locks = ({ units }: { units: Unit[] }) => {
  const locked = units.every((unit) => unit.locked);
  return (
    <button
      disabled={desk.sending.value !== "" || offline.value}
      onClick={() => void desk.hold({ units: units.map(({ code }) => code) }, !locked)}
    >
      {t(locked ? "split.unlockUnits" : "split.lockUnits")}
    </button>
  );
};

const Several = () => (
  <label class="pick several">
    <input
      type="checkbox"
      checked={several.value}
      onChange={(event) => (several.value = event.currentTarget.checked)}
    />
    {t("split.several")}
  </label>
);

export const Chosen = () => {
  const units = chosenUnits();
  const edits = may("plan") && desk.plan.value?.basis.editable === true;
  if (!units.length)
    return edits && desk.shown.value ? (
      <div class="card hint">
        <Several />
      </div>
    ) : null;
  return (
    <section class="card" aria-label={t("split.chosen")}>
      <header class="line">
        <h2 class="name" aria-live="polite">
          {titleOf(units)}
        </h2>
        <button class="quiet" aria-label={t("panel.close")} onClick={() => (desk.chosen.value = new Set())}>
          ✕
        </button>
      </header>
      <Facts units={units} />
      {edits && (
        <>
          <Goals units={units} />
          <div class="line">
            <Locks units={units} />
            <Several />
          </div>
        </>
      )}
    </section>
  );
};
