/** Maps of this page: the same ground as the review's, with what is drawn on it. */
import type { Map as MapLibre } from "maplibre-gl";
import type { CollectionTold } from "../api/shapes";
import { make, showLayers, type Made } from "../map/making";
import { EMPTY, type Layer } from "../state/address";
import { go, view } from "../state/view";
import * as work from "../state/work";
import type { Box } from "./colouring";

const idsOf = (told: CollectionTold[]): string[] =>
  told.map(({ id }) => id).filter((id) => id.startsWith("areas-") || id === "barriers" || id === "sources");

const listen = (map: MapLibre): void => {
  const { plan } = view.peek();
  const keep = (): void => {
    if (view.peek().plan !== plan) return; // the last word of a map that is being left
    const { lng, lat } = map.getCenter();
    go({ at: { lon: lng, lat, zoom: map.getZoom() } });
  };
  map.on("load", keep);
  map.on("moveend", keep);
  map.on("mousemove", ({ lngLat }) => (work.pointer.value = { lon: lngLat.lng, lat: lngLat.lat }));
  map.on("mouseout", () => (work.pointer.value = null));
};

/** Make a map without the filters of the review; the frame is in the address, or the box. */
export const ground = (element: HTMLElement, told: CollectionTold[], box: Box): Made => {
  const made = make(element, { ...EMPTY, at: view.peek().at }, idsOf(told), box);
  const { map } = made;
  map.boxZoom.disable(); // Shift draws a box around units
  listen(map);
  map.on("idle", () => (element.dataset["idle"] = "yes"));
  for (const event of ["movestart", "dataloading"] as const) map.on(event, () => void (element.dataset["idle"] = "no"));
  map.on("error", ({ error }) => {
    if ((error as { status?: number }).status !== 401) console.warn(error.message);
  });
  return made;
};

export const showGround = (made: Made, layers: Layer[]): void => showLayers(made, { ...EMPTY, layers });
