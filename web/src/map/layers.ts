/** Layers of the map, bottom to top, over the tiles of the service. */
import type { AddLayerObject, ExpressionSpecification, FilterSpecification } from "maplibre-gl";
import { FONT, match, type Shown } from "./expressions";
import { areas, ground } from "./ground";
import { markLayers } from "./marks";
import { nameLayers } from "./names";
import { CLASSES, CLASS_FORMS, INK, PROPOSED, SEVERITIES } from "./palette";

const alone: FilterSpecification = ["==", ["get", "n"], 1];
const several: FilterSpecification = [">", ["get", "n"], 1];
const size = (far: number, middle: number, near: number): ExpressionSpecification => [
  "interpolate",
  ["linear"],
  ["zoom"],
  8,
  far,
  12,
  middle,
  16,
  near,
];
/** Twice as wide for twenty times as many. */
const byNumber: ExpressionSpecification = [
  "interpolate",
  ["linear"],
  ["ln", ["get", "n"]],
  0.69,
  4.5,
  3,
  9,
  7,
  17,
  11,
  26,
];
const known = (forms: Record<string, string>, property: string, prefix: string, other: string) =>
  match(property, Object.fromEntries(Object.keys(forms).map((name) => [name, prefix + name])), prefix + other);

const onTiles = (source: string): { source: string; "source-layer": string } => ({ source, "source-layer": source });
const signed = { "icon-allow-overlap": true, "icon-ignore-placement": true } as const;
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
        "circle-radius": byNumber,
        "circle-opacity": 0.85,
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 1,
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
        ...signed,
        "icon-image": known(CLASS_FORMS, "class", "class-", "other"),
        "icon-size": size(0.38, 0.5, 0.85),
      },
    },
  },
  {
    box: "sources",
    layer: {
      ...onTiles("sources"),
      id: "sources-n",
      type: "symbol",
      filter: [">", ["get", "n"], 4],
      layout: {
        ...numbered,
        "text-size": ["interpolate", ["linear"], ["ln", ["get", "n"]], 1.6, 9.5, 7, 12],
        "text-allow-overlap": true,
        "text-ignore-placement": true, // names of areas are not to give way to numbers
        "symbol-sort-key": ["get", "n"],
      },
      paint: { "text-color": "#ffffff" },
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
        ...signed,
        "icon-image": known(SEVERITIES, "worst", "severity-", "closed"),
        "icon-size": size(0.75, 1.1, 1.6),
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
    ...flags(),
    ...nameLayers(levels),
    ...chosen(),
    ...markLayers(),
  ];
};
