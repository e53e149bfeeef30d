/** The bar at the bottom: the row sum, what the filters leave and the map shows, the place under the pointer. */
import type { RowSum } from "../api/shapes";
import { FORMATS, formatOf, shown } from "../map/coordinates";
import { listOf, type Part } from "../map/listing";
import { UNPLACED, counting, counts, matched } from "../filters/facets";
import { narrowed, queryOf } from "../filters/queries";
import { go, view } from "../state/view";
import { format, place, pointer, sayError, screen } from "../state/work";
import { number, t, type Key } from "../text";

const list = (title: Key, part: Part): void => {
  const { flag, source } = view.peek();
  listOf(title, [part])
    .then((told) => {
      if (view.peek().flag !== flag || view.peek().source !== source) return; // one went on meanwhile
      place.value = told;
      go({ flag: "", source: "", page: "review" });
    })
    .catch(sayError);
};

const Listing = ({ title, part, text }: { title: Key; part: Part; text: string }) =>
  part.n ? (
    <button class="link" onClick={() => list(title, part)}>
      {text}
    </button>
  ) : (
    <>{text}</>
  );

/** A person who does not see unlocated sources gets no sum of them. */
export const rowSumText = ({ rows, located, unlocated, excluded }: Partial<RowSum>): string => {
  if (rows === undefined || located === undefined || unlocated === undefined || excluded === undefined) return "";
  const parts = [
    t("sum.located", { n: number(located) }),
    t("sum.unlocated", { n: number(unlocated) }),
    t("sum.excluded", { n: number(excluded) }),
  ];
  return `${t("sum.rows", { n: number(rows) })} = ${parts.join(" + ")}`;
};

const Rows = ({ sum: { rows, located, unlocated, excluded } }: { sum: Partial<RowSum> }) => {
  if (rows === undefined || located === undefined || unlocated === undefined || excluded === undefined) return null;
  const [lost, aside] = [
    { collection: "unlocated-sources", n: unlocated },
    { collection: "excluded-rows", n: excluded },
  ];
  return (
    <span id="rows">
      {t("sum.rows", { n: number(rows) })} = {t("sum.located", { n: number(located) })} +{" "}
      <Listing title="list.unlocated" part={lost} text={t("sum.unlocated", { n: number(unlocated) })} /> +{" "}
      <Listing title="list.excluded" part={aside} text={t("sum.excluded", { n: number(excluded) })} />
    </span>
  );
};

/** What filters leave, as a sum: in the frame, outside it, and what has no place at all. */
const Left = ({ name }: { name: "sources" | "flags" }) => {
  const all = matched.value[name];
  if (all === undefined) return null;
  const without = name === "flags" ? (matched.value.unplaced ?? 0) : 0;
  const here = counting.value ? undefined : screen.value[name];
  const query = narrowed(queryOf(view.value, "flags"), UNPLACED);
  return (
    <span id={`sum-${name}`} data-settled={here === undefined ? "no" : "yes"}>
      {t(`sum.${name}`, { n: number(all) })}
      {here !== undefined && (
        <small>
          {" = "}
          {t("sum.screen", { n: number(here) })} + {t("sum.outside", { n: number(all - here - without) })}
        </small>
      )}
      {without > 0 && (
        <small>
          {here === undefined ? " · " : " + "}
          <Listing
            title="list.unplaced"
            part={{ collection: "flags", n: without, query }}
            text={t("sum.without", { n: number(without) })}
          />
        </small>
      )}
    </span>
  );
};

const Unlocated = () => {
  const n = matched.value["unlocated-sources"];
  const all = counts.value?.rowSum.unlocated;
  if (n === undefined || n === all) return null; // the row sum says it already
  const part = { collection: "unlocated-sources", n, query: queryOf(view.value, "unlocated-sources") };
  return <Listing title="list.unlocated" part={part} text={t("sum.unlocated", { n: number(n) })} />;
};

const Pointer = () => (
  <>
    <span class="place">{pointer.value && shown(pointer.value.lon, pointer.value.lat, format.value)}</span>
    <select
      aria-label={t("coordinate.format")}
      value={format.value}
      onChange={(event) => {
        format.value = formatOf(event.currentTarget.value);
        localStorage.setItem("geocensus.format", format.value);
      }}
    >
      {FORMATS.map((one) => (
        <option key={one} value={one}>
          {t(`coordinate.${one}`)}
        </option>
      ))}
    </select>
  </>
);

export const StatusBar = () => (
  <footer class="status">
    {counts.value && <Rows sum={counts.value.rowSum} />}
    <span class="gap" />
    <Left name="sources" />
    <Unlocated />
    <Left name="flags" />
    <Pointer />
  </footer>
);
