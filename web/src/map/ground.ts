/** What lies under the points: areas, zones, field zones, barriers. */
import type { ExpressionSpecification } from "maplibre-gl";
import { FONT, match, type Shown } from "./expressions";
import { BARRIERS, BORDER, CENSUS, FINE_BORDER, INK, LAND, ZONES } from "./palette";

/** Return the outlines of a level, and the land under all of them. */
export const areas = (level: string, rank: number, ranks: number): Shown[] => {
  const source = `areas-${level}`;
  const coarse = ranks - rank; // 1 = finest
  const layer = { source, "source-layer": source };
  const outline: Shown = {
    box: "areas",
    layer: {
      ...layer,
      id: `${source}-line`,
      type: "line",
      layout: { "line-join": "round" },
      paint: {
        "line-color": coarse === 1 ? FINE_BORDER : BORDER,
        "line-width": coarse === 1 ? 0.8 : 0.6 + coarse * 0.5,
      },
    },
  };
  const land: Shown = {
    box: "land",
    layer: { ...layer, id: `${source}-fill`, type: "fill", paint: { "fill-color": LAND } },
  };
  return rank ? [outline] : [land, outline];
};

/** Neighbours differ as far as their numbers do; a plan's own borders and names are drawn as well. */
const fillOf = (): ExpressionSpecification =>
  [
    "match",
    ["%", ["to-number", ["get", "field_zone"], 0], ZONES.length],
    ...ZONES.flatMap((colour, rank) => [rank, colour]),
    "#cccccc",
  ] as unknown as ExpressionSpecification;

const outlined = (source: string, box: Shown["box"], paint: object): Shown => ({
  box,
  layer: { id: `${source}-line`, type: "line", source, "source-layer": source, paint },
});

export const ground = (): Shown[] => [
  {
    box: "plan",
    layer: {
      id: "field-zones-fill",
      type: "fill",
      source: "field-zones",
      "source-layer": "field-zones",
      paint: { "fill-color": fillOf(), "fill-opacity": 0.25 },
    },
  },
  outlined("field-zones", "plan", { "line-color": INK, "line-width": 1.6, "line-dasharray": [3, 1.5] }),
  outlined("zones", "zones", { "line-color": CENSUS, "line-width": 1, "line-dasharray": [2, 1] }),
  outlined("census-zones", "zones", { "line-color": CENSUS, "line-width": 1.2 }),
  outlined("barriers", "barriers", { "line-color": match("kind", BARRIERS, "#b8b2a5"), "line-width": 2.2 }),
  {
    box: "barriers",
    layer: {
      id: "barriers-name",
      type: "symbol",
      source: "barriers",
      "source-layer": "barriers",
      minzoom: 10,
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 500,
        "text-field": ["coalesce", ["get", "name"], ""],
        "text-font": FONT,
        "text-size": 11,
        "text-letter-spacing": 0.15,
        "text-offset": [0, 0.9],
      },
      paint: {
        "text-color": match("kind", { river: "#4d86ab" }, "#8b7750"),
        "text-halo-color": LAND,
        "text-halo-width": 1.5,
      },
    },
  },
];
