/** The bar at the bottom: the row sum, what the filters leave, what the map shows, the place under the pointer. */
import type { RowSum } from "../api/shapes";
import { shown } from "../map/coordinates";
import { counts, matched } from "../filters/facets";
import { format, pointer, screen } from "../state/work";
import { number, t } from "../text";

const swap = (): void => {
  format.value = format.value === "dms" ? "decimal" : "dms";
  localStorage.setItem("geocensus.format", format.value);
};

const Place = () => (
  <button
    class="quiet place"
    onClick={swap}
    title={t(format.value === "dms" ? "coordinate.decimal" : "coordinate.dms")}
  >
    {pointer.value ? shown(pointer.value.lon, pointer.value.lat, format.value) : t(`coordinate.${format.value}`)}
  </button>
);

/** A person who does not see unlocated sources gets no sum of them. */
export const rowSumText = (sum: Partial<RowSum>): string => {
  const { rows, located, unlocated, excluded } = sum;
  if (rows === undefined || located === undefined || unlocated === undefined || excluded === undefined) return "";
  const told = { rows, located, unlocated, excluded };
  return t("sum.rows", Object.fromEntries(Object.entries(told).map(([name, n]) => [name, number(n)])));
};

export const StatusBar = () => {
  const sum = counts.value?.rowSum;
  const { sources, flags } = matched.value;
  return (
    <footer class="status">
      <span>{sum && rowSumText(sum)}</span>
      <span class="gap" />
      {sources !== undefined && (
        <span>
          {t("sum.sources", { n: number(sources) })}
          {screen.value !== null && <small id="screen"> · {t("sum.screen", { n: number(screen.value) })}</small>}
        </span>
      )}
      {flags !== undefined && <span>{t("sum.flags", { n: number(flags) })}</span>}
      <Place />
    </footer>
  );
};
