/** Layers of the map, bottom to top, over the tiles of the service. */
import type { AddLayerObject, ExpressionSpecification, FilterSpecification } from "maplibre-gl";
import { FONT, match, type Shown } from "./expressions";
import { areas, ground } from "./ground";
import { markLayers } from "./marks";
import { nameLayers } from "./names";
import { CLASSES, CLASS_FORMS, INK, PROPOSED, SEVERITIES } from "./palette";

const alone: FilterSpecification = ["==", ["get", "n"], 1];
const several: FilterSpecification = [">", ["get", "n"], 1];
/** Far off every cell holds something: signs stay within their cells, and the map shows how dense things are. */
const size = (country: number, far: number, middle: number, near: number): ExpressionSpecification => [
  "interpolate",
  ["linear"],
  ["zoom"],
  5,
  country,
  9,
  far,
  12,
  middle,
  16,
  near,
];
const byNumber = (...radii: [number, number, number, number]): ExpressionSpecification => [
  "interpolate",
  ["linear"],
  ["ln", ["get", "n"]],
  0.69,
  radii[0],
  3,
  radii[1],
  7,
  radii[2],
  11,
  radii[3],
];
const radius: ExpressionSpecification = [
  "interpolate",
  ["linear"],
  ["zoom"],
  6,
  byNumber(2.2, 3.8, 6.5, 9),
  11,
  byNumber(4.2, 8.5, 16, 25),
];
const known = (forms: Record<string, string>, property: string, prefix: string, other: string) =>
  match(property, Object.fromEntries(Object.keys(forms).map((name) => [name, prefix + name])), prefix + other);

const onTiles = (source: string): { source: string; "source-layer": string } => ({ source, "source-layer": source });
const numbered = { "text-font": FONT, "text-field": ["to-string", ["get", "n"]] as ExpressionSpecification };

const sources = (): Shown[] => [
  {
    box: "sources",
    layer: {
      ...onTiles("sources"),
      id: "sources-many",
      type: "circle",
      filter: several,
      layout: { "circle-sort-key": ["get", "n"] },
      paint: {
        "circle-color": match("class", CLASSES, CLASSES["mixed"] ?? INK),
        "circle-radius": radius,
        "circle-opacity": 0.85,
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 0.8,
      },
    },
  },
  {
    box: "sources",
    layer: {
      ...onTiles("sources"),
      id: "sources-one",
      type: "symbol",
      filter: alone,
      layout: {
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "icon-image": known(CLASS_FORMS, "class", "class-", "other"),
        "icon-size": size(0.25, 0.38, 0.5, 0.85),
      },
    },
  },
  {
    box: "sources",
    layer: {
      ...onTiles("sources"),
      id: "sources-n",
      type: "symbol",
      minzoom: 6,
      filter: [">", ["get", "n"], 4],
      layout: {
        ...numbered,
        "text-size": ["interpolate", ["linear"], ["ln", ["get", "n"]], 1.6, 9.5, 7, 12],
        "symbol-sort-key": ["-", ["get", "n"]], // where there is no room for all, the largest are told
      },
      paint: { "text-color": match("class", { mixed: INK }, "#ffffff") },
    },
  },
];

const flags = (): Shown[] => [
  {
    box: "repairs",
    layer: {
      ...onTiles("repairs"),
      id: "repairs-line",
      type: "line",
      filter: ["==", ["get", "offered"], true],
      paint: { "line-color": PROPOSED, "line-width": 1.2, "line-opacity": 0.6, "line-dasharray": [2, 2] },
    },
  },
  {
    box: "flags",
    layer: {
      ...onTiles("flags"),
      id: "flags-sign",
      type: "symbol",
      layout: {
        "icon-allow-overlap": true, // and names give way to it
        "icon-image": known(SEVERITIES, "worst", "severity-", "closed"),
        "icon-size": size(0.4, 0.75, 1.1, 1.6),
        "symbol-sort-key": match("worst", { error: 3, warning: 2, info: 1 }, 0),
      },
    },
  },
  {
    box: "flags",
    layer: {
      ...onTiles("flags"),
      id: "flags-n",
      type: "symbol",
      minzoom: 11,
      filter: several,
      layout: { ...numbered, "text-size": 10.5, "text-offset": [1.1, -1], "text-ignore-placement": true },
      paint: {
        "text-color": match("worst", SEVERITIES, SEVERITIES["closed"] ?? INK),
        "text-halo-color": "#ffffff",
        "text-halo-width": 1.5,
      },
    },
  },
];

/** The flag that is open: where it was stated, where it is proposed, and a line between. */
const chosen = (): Shown[] => {
  const drawn = (id: string, kind: string, rest: object): Shown => ({
    box: "always",
    layer: { id, source: "chosen", filter: ["==", ["get", "kind"], kind], ...rest } as unknown as AddLayerObject,
  });
  return [
    drawn("chosen-line", "line", {
      type: "line",
      paint: { "line-color": PROPOSED, "line-width": 2.4, "line-dasharray": [2, 1.2] },
    }),
    drawn("chosen-stated", "stated", {
      type: "circle",
      paint: {
        "circle-color": "rgba(255,255,255,0.5)",
        "circle-radius": 12,
        "circle-stroke-color": INK,
        "circle-stroke-width": 2.5,
      },
    }),
    drawn("chosen-proposed", "proposed", {
      type: "circle",
      paint: {
        "circle-color": PROPOSED,
        "circle-radius": 8,
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 2,
      },
    }),
  ];
};

/** Return all layers, for levels from coarse to fine. */
export const layersFor = (levels: string[]): Shown[] => {
  const under = [...levels.flatMap((level, rank) => areas(level, rank, levels.length)).reverse(), ...ground()];
  const isFill = ({ layer }: Shown): boolean => layer.type === "fill";
  return [
    ...under.filter(isFill),
    ...under.filter((one) => !isFill(one)),
    ...sources(),
    ...nameLayers(levels),
    ...flags(), // above the names: MapLibre places from the top, and names look for room beside the signs
    ...chosen(),
    ...markLayers(),
  ];
};
