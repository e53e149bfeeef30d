/** Names of areas and field zones, each once: tiles would repeat them, one a piece. */
import type { Feature, Point, Position } from "geojson";
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { FONT, type Shown } from "./expressions";
import { INK, LAND } from "./palette";
import { widest, type Frame } from "./stretch";

const TILE = 512;
const WIDE = 0.55; // of its size: how wide a letter is that is not Chinese
const SIZES = { coarse: 14, middle: 13, fine: 11.5 } as const;

interface Kind {
  /** Collection, which is also the source and its layer. */
  source: string;
  key: string;
  size: number;
  /** Share of the frame's width from which on a name is left out: what lies around and inside tells where one is. */
  most: number;
}

const kinds = (levels: readonly string[]): Kind[] => [
  { source: "field-zones", key: "field_zone", size: SIZES.coarse, most: 1 },
  ...levels.map((level, rank) => ({
    source: `areas-${level}`,
    key: "code",
    size: rank === levels.length - 1 && levels.length > 1 ? SIZES.fine : SIZES.middle,
    most: rank === levels.length - 1 ? 1.1 : 0.5, // the finest always tells where one is
  })),
];

const lengthOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e80 ? 1 : WIDE), 0);

type Pieces = Map<string, { name: string; polygons: Position[][][] }>;

const piecesOf = (map: MapLibre, { source, key }: Kind): Pieces => {
  const pieces: Pieces = new Map();
  for (const { properties, geometry } of map.querySourceFeatures(source, { sourceLayer: source })) {
    const name = String(properties["name"] ?? "");
    if (!name || (geometry.type !== "Polygon" && geometry.type !== "MultiPolygon")) continue;
    const id = `${properties["plan"] ?? ""}/${properties[key]}`;
    const one = pieces.get(id) ?? { name, polygons: [] };
    one.polygons.push(...(geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates));
    pieces.set(id, one);
  }
  return pieces;
};

const frameOf = (map: MapLibre): Frame => {
  const box = map.getBounds();
  return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
};

/** Return the names that fit into their areas as these lie in the frame. */
const fitting = (map: MapLibre, kind: Kind): Feature<Point>[] => {
  const frame = frameOf(map);
  const degree = (TILE * 2 ** map.getZoom()) / 360;
  return [...piecesOf(map, kind).values()].flatMap(({ name, polygons }) => {
    const found = widest(polygons, frame);
    if (!found || found.width * degree < lengthOf(name) * kind.size) return [];
    if (found.width > (frame[2] - frame[0]) * kind.most) return [];
    const geometry = { type: "Point" as const, coordinates: found.at };
    return [{ type: "Feature", properties: { source: kind.source, name }, geometry }];
  });
};

const placed = new WeakMap<MapLibre, string>();

/** Place the names anew, where any has changed. */
export const placeNames = (map: MapLibre, levels: readonly string[]): void => {
  const features = kinds(levels)
    .filter(({ source }) => map.getSource(source) && map.getLayer(`${source}-name`))
    .flatMap((kind) => fitting(map, kind));
  const text = JSON.stringify(features);
  if (placed.get(map) === text) return;
  placed.set(map, text);
  map.getSource<GeoJSONSource>("names")?.setData({ type: "FeatureCollection", features });
};
/** Layers of the names: coarse ones are placed first, fine ones where there is room left. */
export const nameLayers = (levels: readonly string[]): Shown[] =>
  kinds(levels)
    .reverse()
    .map(({ source, size }) => ({
      box: source === "field-zones" ? "plan" : "areas",
      layer: {
        id: `${source}-name`,
        type: "symbol",
        source: "names",
        filter: ["==", ["get", "source"], source],
        layout: {
          "text-field": ["get", "name"],
          "text-font": FONT,
          "text-size": size,
          "text-max-width": 20,
          "text-padding": 3,
          "text-variable-anchor": ["center", "top", "bottom", "left", "right"], // beside a flag rather than under it
          "text-radial-offset": 1.1,
        },
        paint: {
          "text-color": source === "field-zones" ? INK : size === SIZES.fine ? "#6b747c" : "#3f4850",
          "text-halo-color": LAND,
          "text-halo-width": 1.8,
        },
      },
    }));
