/** How many sources the map shows within its frame, summed over its cells. */
import type { Map as View } from "maplibre-gl";

interface Point {
  type: string;
  coordinates: [number, number];
}

/** Sum `n` of the cells in the frame; a cell that two tiles of different zooms show while loading counts once. */
export const onScreen = (map: View, collection: string, layers: string[]): number => {
  const there = layers.filter((id) => map.getLayer(id));
  if (!there.length) return 0;
  const frame = map.getBounds();
  const seen = new Map<string, number>();
  for (const one of map.queryRenderedFeatures({ layers: there })) {
    const { coordinates } = one.geometry as Point;
    if (!frame.contains(coordinates)) continue;
    const n = Number(one.properties["n"] ?? 0);
    seen.set(n === 1 ? `${collection}/${one.id}` : String(one.properties["cell"]), n);
  }
  return [...seen.values()].reduce((sum, n) => sum + n, 0);
};
