/** A plan on a map: shapes are sent to it once; edits only change how they are painted. */
import type { FeatureCollection, Point } from "geojson";
import type {
  AddLayerObject,
  ExpressionSpecification,
  FilterSpecification,
  GeoJSONSource,
  Map as MapLibre,
} from "maplibre-gl";
import type { Shapes } from "../api/plans";
import { FONT } from "../map/expressions";
import { INK } from "../map/palette";
import { bordersOf, type Borders } from "./borders";
import { boxOf, type Box } from "./colouring";

export interface Ground {
  shapes: Shapes;
  borders: Borders;
  boxes: Map<string, Box>;
}

export type Mark = "chosen" | "hover";
export type Pattern = "locked" | "moved";

export const groundOf = (shapes: Shapes): Ground => ({
  shapes,
  borders: bordersOf(shapes),
  boxes: new Map(shapes.features.map(({ properties, geometry }) => [properties.code, boxOf(geometry)])),
});

const state = (name: string, otherwise: unknown): ExpressionSpecification =>
  ["coalesce", ["feature-state", name], otherwise] as unknown as ExpressionSpecification;
const marked = (name: Mark, yes: number, no: unknown): ExpressionSpecification =>
  ["case", state(name, false), yes, no] as unknown as ExpressionSpecification;

const NOTHING: FilterSpecification = ["boolean", false];
const PATTERNS: Pattern[] = ["locked", "moved"];
const patterned = (name: Pattern): AddLayerObject => ({
  id: `units-${name}`,
  type: "fill",
  source: "units",
  filter: NOTHING,
  paint: { "fill-pattern": name },
});

const LAYERS: AddLayerObject[] = [
  {
    id: "units-fill",
    type: "fill",
    source: "units",
    paint: {
      "fill-color": ["to-color", state("tint", "#e4e7e9")],
      "fill-opacity": marked("chosen", 0.95, marked("hover", 0.85, 0.6)),
    },
  },
  ...PATTERNS.map(patterned),
  {
    id: "borders",
    type: "line",
    source: "borders",
    layout: { "line-join": "round", "line-cap": "round" },
    paint: {
      "line-color": ["case", state("parts", false), INK, "#ffffff"],
      "line-width": ["case", state("parts", false), 1.8, 0.9],
    },
  },
  {
    id: "units-edge",
    type: "line",
    source: "units",
    layout: { "line-join": "round" },
    paint: {
      "line-color": "#0b3d91",
      "line-width": marked("chosen", 3.5, 0),
    },
  },
];

const NAMES: AddLayerObject = {
  id: "zone-names",
  type: "symbol",
  source: "zone-names",
  layout: {
    "text-field": ["get", "text"],
    "text-font": FONT,
    "text-size": 13,
    "text-max-width": 12,
    "text-padding": 1,
  },
  paint: { "text-color": INK, "text-halo-color": "#ffffff", "text-halo-width": 2 },
};

const SIDE = 8;
const DARK = [34, 40, 46, 160];

/** Stripes for what is locked, dots for what is moved: neither is told by colour. */
const DRAWN: Record<Pattern, (x: number, y: number) => boolean> = {
  locked: (x, y) => (x + y) % SIDE < 2,
  moved: (x, y) => Math.hypot(x - 3.5, y - 3.5) < 1.9,
};
const image = (name: Pattern): { width: number; height: number; data: Uint8ClampedArray } => {
  const data = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) if (DRAWN[name](x, y)) data.set(DARK, (y * SIDE + x) * 4);
  return { width: SIDE, height: SIDE, data };
};

export interface Painter {
  zones: (zoneOf: (code: string) => string | undefined, tints: ReadonlyMap<string, string>) => void;
  mark: (name: Mark, codes: ReadonlySet<string>) => void;
  pattern: (name: Pattern, codes: string[]) => void;
  names: (told: FeatureCollection<Point>) => void;
}

/** Put a plan's shapes on a loaded map; returns what paints them. */
export const painted = (map: MapLibre, ground: Ground): Painter => {
  const none: FeatureCollection<Point> = { type: "FeatureCollection", features: [] };
  map.addSource("units", { type: "geojson", data: ground.shapes, promoteId: "code", tolerance: 0.2 });
  map.addSource("borders", { type: "geojson", data: ground.borders, tolerance: 0.2 });
  map.addSource("zone-names", { type: "geojson", data: none });
  for (const name of PATTERNS) map.addImage(name, image(name));
  const above = map.getLayer("barriers-line") ? "barriers-line" : undefined;
  for (const layer of LAYERS) map.addLayer(layer, above);
  map.addLayer(NAMES);

  const tintOf = new Map<string, string>();
  const parting = new Map<number, boolean>();
  const marks: Record<Mark, ReadonlySet<string>> = { chosen: new Set(), hover: new Set() };
  const patterns: Record<Pattern, string> = { locked: "", moved: "" };
  const set = (id: string, values: object): void => void map.setFeatureState({ source: "units", id }, values);
  return {
    zones: (zoneOf, tints) => {
      for (const { properties } of ground.shapes.features) {
        const tint = tints.get(zoneOf(properties.code) ?? "") ?? "#e4e7e9";
        if (tintOf.get(properties.code) === tint) continue;
        tintOf.set(properties.code, tint);
        set(properties.code, { tint });
      }
      ground.borders.features.forEach(({ properties: { a, b } }, id) => {
        const parts = zoneOf(a) !== zoneOf(b);
        if (parting.get(id) === parts) return;
        parting.set(id, parts);
        map.setFeatureState({ source: "borders", id }, { parts });
      });
    },
    mark: (name, codes) => {
      for (const code of marks[name]) if (!codes.has(code)) set(code, { [name]: false });
      for (const code of codes) if (!marks[name].has(code)) set(code, { [name]: true });
      marks[name] = new Set(codes);
    },
    pattern: (name, codes) => {
      const key = codes.join();
      if (patterns[name] === key) return; // a filter lays all shapes out anew
      patterns[name] = key;
      map.setFilter(`units-${name}`, ["in", ["get", "code"], ["literal", codes]]);
    },
    names: (told) => map.getSource<GeoJSONSource>("zone-names")?.setData(told),
  };
};
