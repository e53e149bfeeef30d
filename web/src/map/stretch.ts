/** Where the name of an area fits: on the widest stretch of it within the frame, whatever tiles it was cut into. */
import type { Position } from "geojson";

type Span = [number, number];
export type Frame = [west: number, south: number, east: number, north: number];
export interface Stretch {
  at: [number, number];
  width: number;
}

const LINES = 12;

/** Return where a horizontal line runs inside rings (even and odd crossings). */
const inside = (rings: readonly Position[][], y: number): Span[] => {
  const crossings: number[] = [];
  for (const ring of rings)
    for (let i = 1; i < ring.length; i++) {
      const [[x1 = 0, y1 = 0], [x2 = 0, y2 = 0]] = [ring[i - 1] as Position, ring[i] as Position];
      if (y1 > y !== y2 > y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
    }
  crossings.sort((a, b) => a - b);
  return Array.from({ length: crossings.length >> 1 }, (_, i) => [crossings[2 * i], crossings[2 * i + 1]] as Span);
};

/** Join spans that touch: the pieces of an area overlap where tiles meet. */
const joined = (spans: Span[]): Span[] => {
  const all: Span[] = [];
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
    const last = all.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
};

/** Return the middle and the width of the widest stretch, the middle of the height before its ends; null out of sight. */
export const widest = (polygons: readonly Position[][][], [west, south, east, north]: Frame): Stretch | null => {
  const ys = polygons.flatMap(([outer = []]) => outer.map(([, y = 0]) => y));
  const [low, high] = ys.reduce(([a, b], y) => [Math.min(a, y), Math.max(b, y)], [Infinity, -Infinity]);
  const [bottom, top] = [Math.max(south, low), Math.min(north, high)];
  let best: (Stretch & { worth: number }) | null = null;
  for (let i = 0; i < LINES; i++) {
    const share = (i + 0.5) / LINES;
    const y = bottom + (top - bottom) * share;
    if (!(bottom < top)) break;
    for (const [from, to] of joined(polygons.flatMap((rings) => inside(rings, y)))) {
      const [a, b] = [Math.max(from, west), Math.min(to, east)];
      const worth = (b - a) * (1 - Math.abs(share - 0.5));
      if (b > a && worth > (best?.worth ?? 0)) best = { at: [(a + b) / 2, y], width: b - a, worth };
    }
  }
  return best && { at: best.at, width: best.width };
};
