/** How many features the map shows within its frame, summed over its cells. */
import type { Map as MapLibre } from "maplibre-gl";

/** What a tile says of a cell. */
export interface Cell {
  id: number | string | undefined;
  properties: Record<string, unknown>;
  at: [number, number];
}

/** Sum `n` of the cells whose point lies in the frame; a cell that two tiles hold counts once. */
export const summed = (cells: Iterable<Cell>, inFrame: (at: [number, number]) => boolean): number => {
  const seen = new Map<string, number>();
  for (const { id, properties, at } of cells) {
    if (!inFrame(at)) continue;
    const n = Number(properties["n"] ?? 0);
    seen.set(n === 1 ? `#${id}` : String(properties["cell"]), n);
  }
  return [...seen.values()].reduce((sum, n) => sum + n, 0);
};

/** Count out of the tiles that the map has drawn; undefined where the layer is off. */
export const onScreen = (map: MapLibre, collection: string, layer: string): number | undefined => {
  if (!map.getLayer(layer) || map.getLayoutProperty(layer, "visibility") === "none") return undefined;
  const frame = map.getBounds();
  const features = map.querySourceFeatures(collection, { sourceLayer: collection });
  const cells = features.flatMap(({ id, properties, geometry }) =>
    geometry.type === "Point" ? [{ id, properties, at: geometry.coordinates as [number, number] }] : [],
  );
  return summed(cells, (at) => frame.contains(at));
};
