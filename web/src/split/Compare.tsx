/** Two plans side by side: maps that move together, units that change hands, loads before and after. */
import { signal } from "@preact/signals";
import type { Map as MapLibre } from "maplibre-gl";
import { useEffect, useRef } from "preact/hooks";
import type { Comparison, Side } from "../api/plans";
import type { CollectionTold } from "../api/shapes";
import { go, view } from "../state/view";
import { number, percent, t, word } from "../text";
import { around, labelled, namesAt, tinted, touching } from "./colouring";
import { compare, keysOf, pair, trouble, type Pair } from "./comparing";
import { ground, showGround } from "./maps";
import { toList } from "./OpenPlan";
import { painted } from "./painting";
import { hours, signed } from "./saying";

const LISTED = 200;
const maps = signal<MapLibre[]>([]);
const SHARES = new Set(["deviation", "overload", "cv"]);

/** Keep the frames of the maps equal; the one that is moved leads. */
const together = (map: MapLibre): void => {
  let following = false;
  map.on("move", (event) => {
    if (following || !("originalEvent" in event || map.isMoving())) return;
    for (const other of maps.peek()) {
      if (other === map || other.isMoving()) continue;
      following = true;
      other.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
      following = false;
    }
  });
};

const Sheet = ({ told, of, side }: { told: CollectionTold[]; of: Pair; side: 0 | 1 }) => {
  const element = useRef<HTMLDivElement>(null);
  const { plan, units, shown } = of.sheets[side];
  useEffect(() => {
    if (!element.current) return;
    const made = ground(element.current, told, around(shown.ground.boxes.values()));
    const { map } = made;
    map.on("load", () => {
      showGround(made, ["areas", "barriers"]);
      const zoneOf = (code: string): string | undefined => (shown.coarse ? code : units.get(code)?.field_zone);
      const lines = shown.ground.borders.features.map(({ properties }) => properties);
      const codes = shown.ground.shapes.features.map(({ properties: { code } }) => ({
        code,
        field_zone: zoneOf(code) ?? "",
      }));
      const painter = painted(map, shown.ground);
      painter.zones(zoneOf, tinted(keysOf(of), touching(lines, zoneOf), new Map()));
      painter.pattern(
        "moved",
        of.told.moved.map(({ code }) => code),
      );
      const names = new Map(plan.field_zones.map((zone) => [zone.field_zone, zone.name]));
      const spots = namesAt(codes, shown.ground.boxes);
      painter.names({
        type: "FeatureCollection",
        features: [...spots].map(([zone, spot]) => labelled(spot, (names.get(zone) ?? zone).slice(0, 24))),
      });
      maps.value = [...maps.peek(), map];
      together(map);
    });
    return () => {
      maps.value = maps.peek().filter((one) => one !== map);
      map.remove();
    };
  }, [of, told, side]);
  return (
    <figure>
      <figcaption>
        {t(side ? "split.after" : "split.before")} · {plan.plan}
      </figcaption>
      <div class="map" ref={element} role="region" aria-label={plan.plan} />
    </figure>
  );
};

const cell = (side: Side | null): string => (side ? hours(side.load) : "–");
const off = (side: Side | null): string => (side && side.deviation !== null ? signed(side.deviation) : "–");

const Loads = ({ told }: { told: Comparison }) => (
  <table>
    <thead>
      <tr>
        <th scope="col">{t("nav.split")}</th>
        <th scope="col">{t("split.before")}</th>
        <th scope="col">{t("split.after")}</th>
        <th scope="col">{t("split.offBefore")}</th>
        <th scope="col">{t("split.offAfter")}</th>
      </tr>
    </thead>
    <tbody>
      {told.field_zones.map(({ field_zone, before, after }) => (
        <tr key={field_zone}>
          <th scope="row">{after?.name ?? before?.name ?? field_zone}</th>
          <td>{cell(before)}</td>
          <td>{cell(after)}</td>
          <td>{off(before)}</td>
          <td>{off(after)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const measure = (name: string, value: number | null): string => {
  if (value === null) return "–";
  return SHARES.has(name) ? signed(value).replace("+", "") : number(Math.round(value * 100) / 100);
};

const Measures = ({ told }: { told: Comparison }) => (
  <table>
    <thead>
      <tr>
        <th scope="col">{t("split.measure")}</th>
        <th scope="col">{t("split.before")}</th>
        <th scope="col">{t("split.after")}</th>
      </tr>
    </thead>
    <tbody>
      {Object.entries(told.measures).map(([name, { before, after }]) => (
        <tr key={name}>
          <th scope="row">{word("split.measure", name)}</th>
          <td>{measure(name, before)}</td>
          <td>{measure(name, after)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Flows = ({ of }: { of: Pair }) => {
  const [one, two] = of.sheets.map(({ plan }) => new Map(plan.field_zones.map((zone) => [zone.field_zone, zone.name])));
  return (
    <ul>
      {of.told.flows.map(({ before, after, units, load }) => (
        <li key={`${before}>${after}`}>
          {one?.get(before) ?? before} → {two?.get(after) ?? after} · {t("split.nUnits", { n: number(units) })} ·{" "}
          {hours(load)}
        </li>
      ))}
    </ul>
  );
};

const Moved = ({ told }: { told: Comparison }) => (
  <details>
    <summary>{t("split.movedUnits", { n: number(told.moved_units) })}</summary>
    {told.moved.length > LISTED && <p class="none">{t("list.first", { n: LISTED, m: number(told.moved.length) })}</p>}
    <ul>
      {told.moved.slice(0, LISTED).map(({ code, name, before, after, load }) => (
        <li key={code}>
          {name ?? code} · {before ?? "–"} → {after ?? "–"} · {hours(load)}
        </li>
      ))}
    </ul>
  </details>
);

const Result = ({ of }: { of: Pair }) => (
  <div class="scroll compared">
    {of.told.text && <p>{of.told.text}</p>}
    <p>
      {t("split.movedSum", {
        n: number(of.told.moved_units),
        hours: hours(of.told.moved_minutes),
        sources: number(of.told.moved_sources),
        share: percent(of.told.moved_share),
      })}
    </p>
    <p class="none">{t("split.movedSign")}</p>
    <Loads told={of.told} />
    <Measures told={of.told} />
    <h2>{t("split.flows")}</h2>
    <Flows of={of} />
    <Moved told={of.told} />
  </div>
);

export const Compare = ({ told }: { told: CollectionTold[] }) => {
  const { plan, other } = view.value;
  useEffect(() => {
    let late = false;
    void compare(plan, other, () => late);
    return () => {
      late = true;
      pair.value = null;
    };
  }, [plan, other]);
  const found = pair.value;
  return (
    <main class="split comparison">
      <aside class="left desk" aria-label={t("split.compare")}>
        <header>
          <button class="quiet" onClick={() => go({ other: "", at: null })}>
            ← {plan}
          </button>
          <button class="quiet" onClick={() => go({ plan: other, other: plan })}>
            ⇄ {t("split.swap")}
          </button>
          <h1>{t("split.compare")}</h1>
        </header>
        {trouble.value ? (
          <section class="notice" role="alert">
            <p>{trouble}</p>
            <button onClick={toList}>{t("split.toList")}</button>
          </section>
        ) : found ? (
          <Result of={found} />
        ) : (
          <p class="none">{t("state.loading")}</p>
        )}
      </aside>
      {found ? (
        <div class="sheets">
          <Sheet told={told} of={found} side={0} />
          <Sheet told={told} of={found} side={1} />
        </div>
      ) : (
        <div class="map" />
      )}
    </main>
  );
};
