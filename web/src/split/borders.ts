/** Lines between units: computed once, so that a move only says which of them now part field zones. */
import type { Feature, FeatureCollection, MultiLineString, Position } from "geojson";
import type { Shapes } from "../api/plans";

/** One line for every two neighbours, and for every unit that lies at the rim; `b` is "" there. */
export interface Border {
  a: string;
  b: string;
}
export type Borders = FeatureCollection<MultiLineString, Border>;

const key = ([x, y]: Position): string => `${x},${y}`;

const ringsOf = (shape: Shapes["features"][number]["geometry"]): Position[][] =>
  shape.type === "Polygon" ? shape.coordinates : shape.coordinates.flat();

/** Join segments that follow one another, so that lines are drawn without gaps at their corners. */
const joined = (segments: [Position, Position][]): Position[][] => {
  const lines: Position[][] = [];
  for (const [from, to] of segments) {
    const last = lines.at(-1);
    const end = last?.at(-1);
    if (last && end && key(end) === key(from)) last.push(to);
    else lines.push([from, to]);
  }
  return lines;
};

/** Return the lines between units that share them to the point, as units of one plan do. */
export const bordersOf = ({ features }: Shapes): Borders => {
  const owners = new Map<string, { codes: string[]; segment: [Position, Position] }>();
  for (const { geometry, properties } of features)
    for (const ring of ringsOf(geometry))
      ring.slice(1).forEach((to, rank) => {
        const from = ring[rank] as Position;
        const [one, two] = [key(from), key(to)];
        const name = one < two ? `${one};${two}` : `${two};${one}`;
        const known = owners.get(name);
        if (known) known.codes.push(properties.code);
        else owners.set(name, { codes: [properties.code], segment: [from, to] });
      });
  const pairs = new Map<string, { border: Border; segments: [Position, Position][] }>();
  for (const { codes, segment } of owners.values()) {
    const [a = "", b = ""] = [...codes].sort();
    const pair = pairs.get(`${a};${b}`);
    if (pair) pair.segments.push(segment);
    else pairs.set(`${a};${b}`, { border: { a, b }, segments: [segment] });
  }
  const lines = [...pairs.values()].map(({ border, segments }, id): Feature<MultiLineString, Border> => ({
    type: "Feature",
    id,
    properties: border,
    geometry: { type: "MultiLineString", coordinates: joined(segments) },
  }));
  return { type: "FeatureCollection", features: lines };
};
