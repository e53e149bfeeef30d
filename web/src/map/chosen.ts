/** What is drawn of the flag or source that is open: where it was, where it goes, a line between. */
import type { Feature, FeatureCollection, LineString, Point } from "geojson";

export type Spot = [number, number];

/** `end` is where the line ends: at `to`, or at a marker that is dragged and draws itself. */
export interface Sketch {
  from: Spot | null;
  to: Spot | null;
  end: Spot | null;
}

export const spot = (lon: unknown, lat: unknown): Spot | null =>
  typeof lon === "number" && typeof lat === "number" ? [lon, lat] : null;

export const drawn = ({ from, to, end }: Sketch): FeatureCollection<Point | LineString> => {
  const features: Feature<Point | LineString>[] = [];
  const add = (kind: string, geometry: Point | LineString): void =>
    void features.push({ type: "Feature", properties: { kind }, geometry });
  if (from && end) add("line", { type: "LineString", coordinates: [from, end] });
  if (from) add("stated", { type: "Point", coordinates: from });
  if (to) add("proposed", { type: "Point", coordinates: to });
  return { type: "FeatureCollection", features };
};
