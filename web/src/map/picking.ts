/** What a click on the map means. */
import type { MapGeoJSONFeature, MapMouseEvent, Map as MapLibre, PointLike } from "maplibre-gl";
import * as calls from "../api/calls";
import type { Flag, Source } from "../api/shapes";
import { seesFlags } from "../state/session";
import { go } from "../state/view";
import { place, sayError } from "../state/work";

const REACH = 5; // pixels around the pointer: fingers and tired hands
const LISTED = 50;
const FINE = 14; // from here on a cell is smaller than a metre: several points are one place
export const CLICKED = ["flags-ring", "sources-one", "sources-many"];

const near = (map: MapLibre, { point }: MapMouseEvent): MapGeoJSONFeature[] => {
  const box: [PointLike, PointLike] = [
    [point.x - REACH, point.y - REACH],
    [point.x + REACH, point.y + REACH],
  ];
  return map.queryRenderedFeatures(box, { layers: CLICKED.filter((id) => map.getLayer(id)) });
};

const listCell = async (cell: string): Promise<void> => {
  const found = await calls.items<Source>("sources", { values: { cell, limit: LISTED } });
  place.value = { matched: found.numberMatched, sources: found.features.map((one) => one.properties) };
  go({ flag: "", source: "" });
};

const open = async (map: MapLibre, feature: MapGeoJSONFeature): Promise<void> => {
  const n = Number(feature.properties["n"] ?? 1);
  if (!seesFlags.value && (n === 1 || map.getZoom() >= FINE)) return; // names and places are not for this role
  if (n === 1 && feature.source === "flags") {
    go({ flag: (await calls.item<Flag>("flags", Number(feature.id))).properties.flag_id, source: "" });
  } else if (n === 1) {
    go({ source: (await calls.item<Source>("sources", Number(feature.id))).properties.source_id, flag: "" });
  } else if (map.getZoom() < FINE) {
    const [lon, lat] = (feature.geometry as unknown as { coordinates: [number, number] }).coordinates;
    map.easeTo({ center: [lon, lat], zoom: Math.min(map.getZoom() + 2, FINE) });
  } else if (feature.source === "flags") {
    const found = await calls.items<Flag>("flags", { values: { cell: String(feature.properties["cell"]), limit: 1 } });
    const first = found.features[0]?.properties; // its panel lists the other flags of the source
    if (first) go({ flag: first.flag_id, source: "" });
  } else {
    await listCell(String(feature.properties["cell"]));
  }
};

/** Open what lies under a click: a flag before a source, one before several. */
export const pick = (map: MapLibre, event: MapMouseEvent): void => {
  const found = near(map, event);
  const first = found.find((one) => one.source === "flags") ?? found[0];
  if (first) void open(map, first).catch(sayError);
};

export const pointsAt = (map: MapLibre, event: MapMouseEvent): boolean => near(map, event).length > 0;
