/** Units as a list: what the map offers to a pointer, for the keyboard. */
import { signal } from "@preact/signals";
import type { Unit } from "../api/plans";
import { number, t } from "../text";
import * as desk from "./desk";
import { choose, tintOf } from "./PlanMap";
import { hours } from "./saying";

const LISTED = 200;
const text = signal("");

const matching = (units: Iterable<Unit>, asked: string): Unit[] => {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  return [...units].filter((unit) => {
    const told = `${unit.name ?? ""} ${unit.code} ${desk.nameOf(unit.field_zone)}`.toLowerCase();
    return words.every((one) => told.includes(one));
  });
};

const Row = ({ unit }: { unit: Unit }) => (
  <li>
    <label class="pick">
      <input type="checkbox" checked={desk.chosen.value.has(unit.code)} onChange={() => choose([unit.code], true)} />
      <svg class="swatch" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
        <rect x="1" y="1" width="14" height="14" fill={tintOf(unit.field_zone)} stroke="#5a636c" />
      </svg>
      <span class="name">
        {unit.name ?? unit.code} {unit.locked && <span class="state">{t("split.locked")}</span>}
        <small>
          {desk.nameOf(unit.field_zone)} · <code>{unit.code}</code>
        </small>
      </span>
      <span class="n">{hours(unit.load)}</span>
    </label>
  </li>
);

export const Units = () => {
  const units = desk.units.value;
  if (!units.size) return <p class="none">{t("split.unitsHidden")}</p>;
  const found = matching(units.values(), text.value);
  return (
    <>
      <input
        type="search"
        class="wide"
        aria-label={t("split.findUnit")}
        placeholder={t("split.findUnit")}
        maxLength={200}
        value={text}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      <p class="none" aria-live="polite">
        {found.length > LISTED
          ? t("list.first", { n: LISTED, m: number(found.length) })
          : t("split.nUnits", { n: number(found.length) })}
      </p>
      <ul class="units">
        {found.slice(0, LISTED).map((unit) => (
          <Row key={unit.code} unit={unit} />
        ))}
      </ul>
    </>
  );
};
