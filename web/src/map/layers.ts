/** Layers of the map, bottom to top, over the tiles of the service. */
import type { AddLayerObject, ExpressionSpecification, FilterSpecification } from "maplibre-gl";
import { FONT, match, type Shown } from "./expressions";
import { areas, ground, label } from "./ground";
import { CLASSES, INK, PROPOSED, SEVERITIES, WIDTHS } from "./palette";

const alone: FilterSpecification = ["==", ["get", "n"], 1];
const several: FilterSpecification = [">", ["get", "n"], 1];
const bySize: ExpressionSpecification = [
  "interpolate",
  ["linear"],
  ["ln", ["get", "n"]],
  0.69,
  6,
  3,
  11,
  7,
  20,
  11,
  30,
];

const points = (): Shown[] => [
  {
    box: "sources",
    layer: {
      id: "sources-one",
      type: "circle",
      source: "sources",
      "source-layer": "sources",
      filter: alone,
      paint: {
        "circle-color": match("class", CLASSES, CLASSES["other"] ?? INK),
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 2.2, 12, 3.6, 16, 6],
        "circle-stroke-color": "#ffffff",
        "circle-stroke-width": 0.7,
      },
    },
  },
  {
    box: "sources",
    layer: {
      id: "sources-many",
      type: "circle",
      source: "sources",
      "source-layer": "sources",
      filter: several,
      paint: {
        "circle-color": "#ffffff",
        "circle-radius": bySize,
        "circle-opacity": 0.9,
        "circle-stroke-color": match("class", CLASSES, CLASSES["mixed"] ?? INK),
        "circle-stroke-width": 1.2,
      },
    },
  },
  {
    box: "repairs",
    layer: {
      id: "repairs-line",
      type: "line",
      source: "repairs",
      "source-layer": "repairs",
      filter: ["==", ["get", "offered"], true],
      paint: { "line-color": PROPOSED, "line-width": 1.2, "line-opacity": 0.6, "line-dasharray": [2, 2] },
    },
  },
  {
    box: "flags",
    layer: {
      id: "flags-ring",
      type: "circle",
      source: "flags",
      "source-layer": "flags",
      layout: { "circle-sort-key": match("worst", { error: 3, warning: 2, info: 1 }, 0) },
      paint: {
        "circle-color": "rgba(0,0,0,0)",
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 4.5, 12, 7, 16, 10],
        "circle-stroke-color": match("worst", SEVERITIES, "#9aa1a8"),
        "circle-stroke-width": match("worst", WIDTHS, 1.2),
      },
    },
  },
  {
    box: "sources",
    layer: {
      id: "sources-n",
      type: "symbol",
      source: "sources",
      "source-layer": "sources",
      filter: several,
      layout: {
        "text-field": ["to-string", ["get", "n"]],
        "text-font": FONT,
        "text-size": 10.5,
        "text-allow-overlap": true,
        "text-ignore-placement": true, // names of areas are not to give way to numbers
      },
      paint: { "text-color": "#3d454d" },
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
export const layersFor = (levels: string[]): Shown[] => [
  ...levels.flatMap((level, rank) => areas(level, rank, levels.length)).filter(({ layer }) => layer.type === "fill"),
  ...ground().filter(({ layer }) => layer.type === "fill"),
  ...levels
    .flatMap((level, rank) => areas(level, rank, levels.length))
    .filter(({ layer }) => layer.type !== "fill")
    .reverse(),
  ...ground().filter(({ layer }) => layer.type !== "fill"),
  ...points(),
  ...levels.map((level, rank) => label(level, rank, levels.length)).reverse(),
  ...chosen(),
];
