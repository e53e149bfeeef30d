/** Which areas are to be split: by a click on the map, or by name. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import * as calls from "../api/calls";
import type { Found } from "../api/shapes";
import { areaLevels } from "../state/levels";
import { sayError } from "../state/work";
import { number, t, word } from "../text";
import { level, toggle } from "./AreaMap";
import { asked } from "./asking";
import { askSums, sums } from "./sums";

const WAIT_MS = 200;
const text = signal("");
const found = signal<Found[]>([]);
let timer: ReturnType<typeof setTimeout> | undefined;
let running = new AbortController();

const look = (): void => {
  clearTimeout(timer);
  running.abort();
  if (!text.peek().trim()) return void (found.value = []);
  timer = setTimeout(() => {
    running = new AbortController();
    calls
      .search(text.peek().trim(), running.signal)
      .then(({ results }) => (found.value = results.filter(({ kind }) => kind === "area")))
      .catch(sayError);
  }, WAIT_MS);
};

const take = ({ collection, code, name }: Found): void => {
  if (!collection || !code) return;
  toggle({ code, name: name ?? code, level: collection.replace("areas-", "") });
  [text.value, found.value] = ["", []];
};

const Sums = () => {
  const told = sums.value;
  if (!told) return null;
  const units = told.units === null ? t("split.unitsLater") : t("split.nUnits", { n: number(told.units) });
  return (
    <p class="none" aria-live="polite">
      {units} · {t("split.nSources", { n: number(told.sources ?? 0) })}
    </p>
  );
};

const ByName = () => (
  <div class="search">
    <input
      type="search"
      aria-label={t("split.areaByName")}
      placeholder={t("split.areaByName")}
      maxLength={200}
      value={text}
      onInput={(event) => {
        text.value = event.currentTarget.value;
        look();
      }}
    />
    {found.value.length > 0 && (
      <ul class="drop">
        {found.value.map((one) => (
          <li key={`${one.collection}/${one.code}`}>
            <button type="button" class="row" onClick={() => take(one)}>
              <span class="name">{one.name}</span>
              <code>{one.code}</code>
            </button>
          </li>
        ))}
      </ul>
    )}
  </div>
);

export const Areas = () => {
  const { within, units } = asked.value;
  const unitLevel = units || "village";
  useEffect(() => void askSums(within, unitLevel).catch(sayError), [within, unitLevel]);
  return (
    <>
      <div class="line">
        <select
          aria-label={t("split.areaLevel")}
          value={level}
          onChange={(event) => (level.value = event.currentTarget.value)}
        >
          {areaLevels.value.map((one) => (
            <option key={one} value={one}>
              {word("level", one)}
            </option>
          ))}
        </select>
        <ByName />
      </div>
      {!within.length && <p class="none">{t("split.pickAreas")}</p>}
      <ul class="picked">
        {within.map((area) => (
          <li key={area.code}>
            <button type="button" aria-label={t("split.leaveOut", { name: area.name })} onClick={() => toggle(area)}>
              {area.name} ✕
            </button>
          </li>
        ))}
      </ul>
      <Sums />
    </>
  );
};
