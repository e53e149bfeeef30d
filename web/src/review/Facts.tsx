/** What the list says of a source, and what was made of it. */
import type { ComponentChildren } from "preact";
import type { Source } from "../api/shapes";
import { shown } from "../map/coordinates";
import { areaLevels } from "../state/levels";
import { format } from "../state/work";
import { metres, t, word } from "../text";

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);

const claimed = (source: Source): string =>
  areaLevels.value
    .map((level) => source[`claimed_${level}_name`])
    .filter(Boolean)
    .join(" ");
const located = (source: Source): string =>
  areaLevels.value
    .slice(areaLevels.value.length > 1 ? 1 : 0) // all lie in the coarsest one
    .map((level) => source[`name_${level}`])
    .filter(Boolean)
    .join(" ");

/** How far inside or outside of the claimed area. */
export const besides = (value: number): string => t(value > 0 ? "panel.outside" : "panel.inside", { d: metres(value) });

const Distance = ({ source }: { source: Source }) => {
  const [value, tolerance] = [source["distance_m"], source["tolerance_m"]];
  if (typeof value !== "number") return null;
  return (
    <Fact name={t("panel.distance")}>
      <span class={value > 0 ? "far" : ""}>{besides(value)}</span>{" "}
      {typeof tolerance === "number" && <small>{t("panel.tolerance", { d: metres(tolerance) })}</small>}
    </Fact>
  );
};

const Place = ({ source }: { source: Source }) => {
  const { lon, lat, lon_text, lat_text } = source;
  return (
    <>
      <Fact name={t("panel.raw")}>
        <code>{[lon_text, lat_text].filter(Boolean).join("  ") || "–"}</code>
      </Fact>
      <Fact name={t("panel.parsed")}>
        {typeof lon === "number" && typeof lat === "number" ? (
          <code>{shown(lon, lat, format.value)}</code>
        ) : (
          word("rule", `coordinate.${source["coordinate_problem"] ?? ""}`)
        )}
      </Fact>
    </>
  );
};

/** The name may be long: its first lines are shown, and all of it on demand. */
const Name = ({ source }: { source: Source }) => {
  const name = String(source["name"] || source.source_id);
  if (name.length <= LONG) return <>{name}</>;
  return (
    <details class="long">
      <summary>{name.slice(0, LONG)}…</summary>
      {name.slice(LONG)}
    </details>
  );
};
const LONG = 80;

export const Facts = ({ source }: { source: Source }) => (
  <section>
    <h2 class="source">
      <Name source={source} />
      <small>
        {word("class", String(source["class"] ?? ""))} · <code>{source.source_id}</code> · {t("panel.row")}{" "}
        {source["row"]}
      </small>
    </h2>
    <dl>
      <Place source={source} />
      <Fact name={t("panel.claimed")}>
        {claimed(source) || t("panel.noclaim")} <code>{source["claimed_code"]}</code>
      </Fact>
      {source["lon"] !== null && (
        <Fact name={t("panel.located")}>
          {source["located_code"] ? (
            <>
              {located(source)} <code>{source["located_code"]}</code>
            </>
          ) : (
            t("panel.nowhere")
          )}
        </Fact>
      )}
      <Distance source={source} />
      {source["address"] && <Fact name={t("panel.address")}>{source["address"]}</Fact>}
    </dl>
  </section>
);
