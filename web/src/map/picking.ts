/** What a click on the map means. */
import type { MapGeoJSONFeature, Map as MapLibre, Point, PointLike } from "maplibre-gl";
import * as calls from "../api/calls";
import type { Flag, Source } from "../api/shapes";
import { queryOf } from "../filters/queries";
import { seesFlags } from "../state/session";
import { go, view } from "../state/view";
import { place, sayError } from "../state/work";
import { listOf, type Part } from "./listing";

const REACH = 6; // pixels around the pointer: fingers and tired hands
const LISTED = 20; // so many are rather listed than looked at from nearer
const FINE = 14; // from here on a cell is smaller than a metre: several points are one place
const CLICKED = ["flags-sign", "sources-one", "sources-many"];

type Collection = "flags" | "sources";
type At = Pick<Point, "x" | "y">;

const near = (map: MapLibre, { x, y }: At): MapGeoJSONFeature[] => {
  const box: [PointLike, PointLike] = [
    [x - REACH, y - REACH],
    [x + REACH, y + REACH],
  ];
  return map.queryRenderedFeatures(box, { layers: CLICKED.filter((id) => map.getLayer(id)) });
};

/** Return the cells under a click, each once; flags before sources. */
const partsOf = (features: readonly MapGeoJSONFeature[]): Part[] => {
  const parts = new Map<string, Part>();
  for (const { source, id, properties } of features) {
    const [collection, n, cell] = [source as Collection, Number(properties["n"]), String(properties["cell"])];
    if (n === 1) parts.set(`${collection}/${id}`, { collection, n, id: Number(id) });
    else
      parts.set(`${collection}/${cell}`, {
        collection,
        n,
        query: { ...queryOf(view.peek(), collection), cell: [cell] },
      });
  }
  return [...parts.values()].sort((a, b) => a.collection.localeCompare(b.collection));
};

const nearer = (map: MapLibre, features: readonly MapGeoJSONFeature[]): void => {
  const largest = features.reduce((a, b) => (Number(b.properties["n"]) > Number(a.properties["n"]) ? b : a));
  const [lon, lat] = (largest.geometry as unknown as { coordinates: [number, number] }).coordinates;
  map.easeTo({ center: [lon, lat], zoom: Math.min(map.getZoom() + 2, FINE) });
};

const open = async (map: MapLibre, features: readonly MapGeoJSONFeature[]): Promise<void> => {
  const parts = partsOf(features);
  const flags = parts.filter(({ collection }) => collection === "flags");
  const total = parts.reduce((sum, { n }) => sum + n, 0);
  const few = total <= LISTED || map.getZoom() >= FINE;
  if (!few) return nearer(map, features);
  if (!seesFlags.value) return; // names and places are not for this role
  const [only] = flags.length ? flags : parts;
  const one = only?.id !== undefined && total - flags.length <= 1 && (flags.length || 1) === 1;
  if (!one) {
    place.value = await listOf("list.title", parts);
    go({ flag: "", source: "" });
  } else if (flags.length) {
    go({ flag: (await calls.item<Flag>("flags", only.id ?? 0)).properties.flag_id, source: "" });
  } else {
    go({ source: (await calls.item<Source>("sources", only.id ?? 0)).properties.source_id, flag: "" });
  }
};

/** Open what lies under a place of the frame: one thing itself, several as a list, very many from nearer. */
export const pick = (map: MapLibre, at: At): void => {
  const features = near(map, at);
  if (features.length) void open(map, features).catch(sayError);
};

export const pointsAt = (map: MapLibre, at: At): boolean => near(map, at).length > 0;
