/** Colours and names of field zones on the map. */
import type { Feature, Point, Position } from "geojson";
import type { Shapes, Unit } from "../api/plans";
import type { Border } from "./borders";

/** Seven tints that colour-blind eyes tell apart (after Tol 2021, light); names and borders say the same. */
export const TINTS = ["#77aadd", "#eedd88", "#ee8866", "#44bb99", "#ffaabb", "#bbcc33", "#99ddff"];

/** Return which field zones touch, from the lines between units. */
export const touching = (
  lines: Iterable<Border>,
  zoneOf: (code: string) => string | undefined,
): Map<string, Set<string>> => {
  const found = new Map<string, Set<string>>();
  const near = (zone: string): Set<string> => {
    const known = found.get(zone) ?? new Set();
    found.set(zone, known);
    return known;
  };
  for (const { a, b } of lines) {
    const [one, two] = [zoneOf(a), zoneOf(b)];
    if (one === undefined || two === undefined || one === two) continue;
    near(one).add(two);
    near(two).add(one);
  }
  return found;
};

/** Give every field zone a tint that no neighbour has, keeping the ones of before where that goes. */
export const tinted = (
  zones: string[],
  near: ReadonlyMap<string, ReadonlySet<string>>,
  before: ReadonlyMap<string, string>,
): Map<string, string> => {
  const tints = new Map<string, string>();
  zones.forEach((zone, rank) => {
    const taken = new Set([...(near.get(zone) ?? [])].map((other) => tints.get(other)));
    const rotated = TINTS.map((_, step) => TINTS[(rank + step) % TINTS.length] as string);
    const old = before.get(zone) ?? (rotated[0] as string);
    tints.set(zone, [old, ...rotated].find((tint) => !taken.has(tint)) ?? old); // else names and borders part them
  });
  return tints;
};

export type Box = [number, number, number, number];

export const boxOf = (shape: Shapes["features"][number]["geometry"]): Box => {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  const rings = shape.type === "Polygon" ? shape.coordinates : shape.coordinates.flat();
  for (const [x = 0, y = 0] of rings.flat() as Position[]) {
    [box[0], box[1]] = [Math.min(box[0], x), Math.min(box[1], y)];
    [box[2], box[3]] = [Math.max(box[2], x), Math.max(box[3], y)];
  }
  return box;
};

export const around = (boxes: Iterable<Box>): Box => {
  const all: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [west, south, east, north] of boxes) {
    [all[0], all[1]] = [Math.min(all[0], west), Math.min(all[1], south)];
    [all[2], all[3]] = [Math.max(all[2], east), Math.max(all[3], north)];
  }
  return all;
};

const middle = ([west, south, east, north]: Box): [number, number] => [(west + east) / 2, (south + north) / 2];

/** Return where the name of each field zone stands: on the unit nearest to the middle of all its units. */
export const namesAt = (
  units: Iterable<Pick<Unit, "code" | "field_zone">>,
  boxes: ReadonlyMap<string, Box>,
): Map<string, [number, number]> => {
  const spots = new Map<string, [number, number][]>();
  for (const { code, field_zone } of units) {
    const box = boxes.get(code);
    if (!box) continue;
    const known = spots.get(field_zone);
    if (known) known.push(middle(box));
    else spots.set(field_zone, [middle(box)]);
  }
  const named = new Map<string, [number, number]>();
  for (const [zone, all] of spots) {
    const [x, y] = [0, 1].map((axis) => all.reduce((sum, spot) => sum + (spot[axis] ?? 0), 0) / all.length);
    const far = ([lon, lat]: [number, number]): number => Math.hypot(lon - (x ?? 0), lat - (y ?? 0));
    named.set(
      zone,
      all.reduce((best, spot) => (far(spot) < far(best) ? spot : best)),
    );
  }
  return named;
};

export const labelled = (spot: [number, number], text: string): Feature<Point, { text: string }> => ({
  type: "Feature",
  properties: { text },
  geometry: { type: "Point", coordinates: spot },
});
