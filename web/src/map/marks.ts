/** What the page itself draws: the place that was found, the row that is pointed at, a polygon being drawn. */
import type { Feature, FeatureCollection } from "geojson";
import type { AddLayerObject } from "maplibre-gl";
import type { Shown } from "./expressions";
import { MARK } from "./palette";

export type Corner = [number, number];

const point = (kind: string, coordinates: Corner): Feature => ({
  type: "Feature",
  properties: { kind },
  geometry: { type: "Point", coordinates },
});

const shape = (corners: readonly Corner[]): Feature[] =>
  corners.length < 3
    ? []
    : [
        {
          type: "Feature",
          properties: { kind: "inside" },
          geometry: { type: "Polygon", coordinates: [[...corners, corners[0] as Corner]] },
        },
      ];

/** Return what is to be drawn. */
export const marks = (
  found: Corner | null,
  pointedAt: Corner | null,
  corners: readonly Corner[],
  closed: boolean,
): FeatureCollection => {
  const outline = closed && corners[0] ? [...corners, corners[0]] : [...corners];
  const line: Feature[] =
    outline.length < 2
      ? []
      : [{ type: "Feature", properties: { kind: "outline" }, geometry: { type: "LineString", coordinates: outline } }];
  return {
    type: "FeatureCollection",
    features: [
      ...shape(corners),
      ...line,
      ...(closed ? [] : corners.map((corner) => point("corner", corner))),
      ...(found ? [point("found", found)] : []),
      ...(pointedAt ? [point("pointed", pointedAt)] : []),
    ],
  };
};

const layer = (kind: string, rest: object): Shown => ({
  box: "always",
  layer: {
    id: `marks-${kind}`,
    source: "marks",
    filter: ["==", ["get", "kind"], kind],
    ...rest,
  } as unknown as AddLayerObject,
});

export const markLayers = (): Shown[] => [
  layer("inside", { type: "fill", paint: { "fill-color": MARK, "fill-opacity": 0.12 } }),
  layer("outline", { type: "line", paint: { "line-color": MARK, "line-width": 2 } }),
  layer("corner", {
    type: "circle",
    paint: {
      "circle-color": "#ffffff",
      "circle-radius": 4,
      "circle-stroke-color": MARK,
      "circle-stroke-width": 2,
    },
  }),
  layer("found", {
    type: "symbol",
    layout: {
      "icon-image": "found",
      "icon-size": 1.6,
      "icon-anchor": "bottom",
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
    },
  }),
  layer("pointed", {
    type: "circle",
    paint: {
      "circle-color": "rgba(31,111,209,0.15)",
      "circle-radius": 15,
      "circle-stroke-color": MARK,
      "circle-stroke-width": 2,
    },
  }),
];
