/** Sources of tiles: which collections there are, and their addresses under the filters. */
import type { SourceSpecification } from "maplibre-gl";
import { root, tilesOf } from "../api/base";
import type { View } from "../state/address";
import { queryOf, searchOf } from "../filters/queries";

/** Tiles of these change with filters and decisions. */
export const POINTS = ["sources", "flags"] as const;
const LAST = 16;

const isPoints = (collection: string): collection is (typeof POINTS)[number] =>
  (POINTS as readonly string[]).includes(collection);

/** Return the query of the tiles of a collection. */
export const tileQuery = (collection: string, view: View): URLSearchParams => {
  if (isPoints(collection)) return searchOf(queryOf(view, collection));
  if (collection === "field-zones" && view.plan) return new URLSearchParams({ plan: view.plan });
  return new URLSearchParams();
};

export const addressOf = (collection: string, view: View): string => tilesOf(collection, tileQuery(collection, view));

const described = (collection: string, view: View): string => {
  const query = tileQuery(collection, view).toString();
  return `${root()}collections/${collection}/tiles/WebMercatorQuad/tilejson.json${query ? `?${query}` : ""}`;
};

/** Points lie at every zoom, and a TileJSON would say their extent of a moment ago; of shapes it says from where on. */
export const sourceOf = (collection: string, view: View): SourceSpecification =>
  isPoints(collection)
    ? { type: "vector", tiles: [addressOf(collection, view)], minzoom: 0, maxzoom: LAST }
    : { type: "vector", url: described(collection, view) };

export const describedOf = described;
