/** What is drawn of the flag that is open. */
import type { Feature, FeatureCollection, LineString, Point } from "geojson";
import type { Panel, Repair } from "../api/shapes";

type Spot = [number, number];
const spot = (lon: unknown, lat: unknown): Spot | null =>
  typeof lon === "number" && typeof lat === "number" ? [lon, lat] : null;

/** Return the repair that is proposed: the first one that is offered, else the first. */
export const proposedOf = (panel: Panel): Repair | null =>
  panel.repairs.find((repair) => repair.offered) ?? panel.repairs[0] ?? null;

export const statedOf = (panel: Panel): Spot | null =>
  spot(panel.source?.["lon"] ?? panel.flag.lon, panel.source?.["lat"] ?? panel.flag.lat);

export const drawn = (panel: Panel | null): FeatureCollection<Point | LineString> => {
  const features: Feature<Point | LineString>[] = [];
  const repair = panel && proposedOf(panel);
  const stated = panel && statedOf(panel);
  const proposed = repair?.kind === "point" ? spot(repair.lon, repair.lat) : null;
  const add = (kind: string, geometry: Point | LineString): void =>
    void features.push({ type: "Feature", properties: { kind }, geometry });
  if (stated && proposed) add("line", { type: "LineString", coordinates: [stated, proposed] });
  if (stated) add("stated", { type: "Point", coordinates: stated });
  if (proposed) add("proposed", { type: "Point", coordinates: proposed });
  return { type: "FeatureCollection", features };
};
