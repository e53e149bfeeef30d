/** Loads of the field zones as bars, with their targets and what the tolerance allows; who works there. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { FieldZone, Plan, Team } from "../api/plans";
import { may, offline } from "../state/session";
import { number, t } from "../text";
import { numeric } from "./asking";
import * as desk from "./desk";
import { frame, tintOf } from "./PlanMap";
import { hours, signed } from "./saying";

const open = signal("");
const NAMED = ["name", "owner", "phone"] as const;

/** Over and under are told by a sign; it is the service that knows the deviation. */
const signOf = (zone: FieldZone, plan: Plan): string => {
  const off = zone.deviation ?? 0;
  return Math.abs(off) <= plan.tolerance ? "" : off > 0 ? "▲" : "▼";
};

/** The longest that a bar can be: the greatest load, or what the tolerance still allows. */
export const mostOf = (plan: Plan): number =>
  1.02 * Math.max(...plan.field_zones.flatMap(({ load, target }) => [load, (target ?? 0) * (1 + plan.tolerance)]));

export const Bar = ({ zone, plan, most }: { zone: FieldZone; plan: Plan; most: number }) => {
  const target = zone.target ?? 0;
  const at = (minutes: number): number => (100 * minutes) / most;
  const [low, high] = [at(target * (1 - plan.tolerance)), at(target * (1 + plan.tolerance))];
  return (
    <svg class="load" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      <rect x={low} width={Math.max(high - low, 0)} height="12" fill="#d7dde2" />
      <rect y="3" width={at(zone.load)} height="6" fill={tintOf(zone.field_zone)} stroke="#5a636c" stroke-width="0.4" />
      <rect x={at(target)} width="0.6" height="12" fill="#22282e" />
    </svg>
  );
};

const Owner = ({ zone }: { zone: FieldZone }) => {
  const [typed, type] = useState<Record<string, string>>({});
  const valueOf = (name: (typeof NAMED)[number] | "people"): string => typed[name] ?? String(zone[name] ?? "");
  const people = typed["people"]?.trim();
  const team: Team = {
    ...Object.fromEntries(NAMED.filter((name) => typed[name] !== undefined).map((name) => [name, typed[name]])),
    ...(people ? { people: numeric(people) as number } : {}), // the service says what is no number
  };
  const save = async (): Promise<void> => {
    if (await desk.staff(zone, team)) type({});
  };
  return (
    <form
      class="owner"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {[...NAMED, "people" as const].map((name) => (
        <label key={name} class="field">
          {t(`split.team.${name}`)}
          <input
            name={name}
            inputMode={name === "people" ? "decimal" : "text"}
            maxLength={200}
            value={valueOf(name)}
            onInput={(event) => type({ ...typed, [name]: event.currentTarget.value })}
          />
        </label>
      ))}
      <button class="main" disabled={!Object.keys(team).length || desk.sending.value !== "" || offline.value}>
        {t("split.save")}
      </button>
    </form>
  );
};

const Known = ({ zone }: { zone: FieldZone }) => (
  <dl>
    {NAMED.slice(1)
      .filter((name) => zone[name])
      .map((name) => (
        <>
          <dt>{t(`split.team.${name}`)}</dt>
          <dd>{zone[name]}</dd>
        </>
      ))}
  </dl>
);

const Details = ({ zone, plan }: { zone: FieldZone; plan: Plan }) => (
  <div class="details">
    <p>
      {t("split.loadOf", { load: hours(zone.load), target: hours(zone.target ?? 0) })} {signed(zone.deviation ?? 0)}
    </p>
    <p class="line">
      <button onClick={() => frame(zone.bbox)}>{t("split.show")}</button>
      {may("plan") && (
        <button
          disabled={desk.sending.value !== "" || offline.value || !plan.basis.editable}
          aria-pressed={zone.locked}
          onClick={() => void desk.hold({ field_zones: [zone.field_zone] }, !zone.locked)}
        >
          {t(zone.locked ? "split.unlock" : "split.lock")}
        </button>
      )}
    </p>
    {may("plan") && plan.basis.editable ? <Owner zone={zone} /> : <Known zone={zone} />}
  </div>
);

const lineOf = (zone: FieldZone): string =>
  [
    t("split.nUnits", { n: number(zone.units) }),
    zone.sources == null ? "" : t("split.nSources", { n: number(zone.sources) }),
    zone.owner ?? "",
    zone.people ? t("split.nPeople", { n: number(zone.people) }) : "",
  ]
    .filter(Boolean)
    .join(" · ");

const Zone = ({ zone, plan, most }: { zone: FieldZone; plan: Plan; most: number }) => {
  const id = zone.field_zone;
  const sign = signOf(zone, plan);
  const over = sign && t(sign === "▲" ? "split.over" : "split.under");
  return (
    <li
      class={desk.hovered.value === id ? "zone here" : "zone"}
      onPointerEnter={() => (desk.hovered.value = id)}
      onPointerLeave={() => (desk.hovered.value = "")}
    >
      <button
        class="row"
        aria-expanded={open.value === id}
        onClick={() => (open.value = open.value === id ? "" : id)}
        onFocus={() => (desk.hovered.value = id)}
        onBlur={() => (desk.hovered.value = "")}
      >
        <svg class="swatch" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <rect x="1" y="1" width="14" height="14" rx="2" fill={tintOf(id)} stroke="#5a636c" />
        </svg>
        <span class="name">
          {zone.name} {zone.locked && <span class="state">{t("split.locked")}</span>}
        </span>
        <span class="n">{hours(zone.load)}</span>
        <span class={sign ? "n far off" : "n off"} title={over}>
          {sign} {signed(zone.deviation ?? 0)}
          {over && <span class="unseen">{over}</span>}
        </span>
      </button>
      <Bar zone={zone} plan={plan} most={most} />
      <small>{lineOf(zone)}</small>
      {open.value === id && <Details zone={zone} plan={plan} />}
    </li>
  );
};

export const FieldZones = () => {
  const plan = desk.plan.value;
  if (!plan) return null;
  const most = mostOf(plan);
  return (
    <>
      <p class="none legend">{t("split.barSign")}</p>
      <ul class="zones">
        {plan.field_zones.map((zone) => (
          <Zone key={zone.field_zone} zone={zone} plan={plan} most={most} />
        ))}
      </ul>
    </>
  );
};
