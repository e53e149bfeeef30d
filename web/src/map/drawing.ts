/** Drawing a polygon: a click is a corner, Enter or a double click ends it, Backspace takes one back, Esc all. */
import { signal } from "@preact/signals";
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import type { Polygon } from "geojson";
import { map } from "../state/work";
import type { Corner } from "./marks";

const LEAST = 3;

export const drawing = signal(false);
export const corners = signal<Corner[]>([]);

/** Return the corners with one more; the second click of a double click is none. */
export const withCorner = (before: readonly Corner[], [lon, lat]: Corner): Corner[] => {
  const last = before.at(-1);
  return last && last[0] === lon && last[1] === lat ? [...before] : [...before, [lon, lat]];
};

/** Return the polygon of corners, closed as GeoJSON wants it; null while there are too few. */
export const polygonOf = (ring: readonly Corner[]): Polygon | null =>
  ring.length < LEAST ? null : { type: "Polygon", coordinates: [[...ring, ring[0] as Corner]] };

/** The corners of a frame. */
export const cornersOf = (west: number, south: number, east: number, north: number): Corner[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
];

export const addCorner = ({ lngLat: { lng, lat } }: MapMouseEvent): void => {
  corners.value = withCorner(corners.value, [lng, lat]);
};

const removeCorner = (): void => void (corners.value = corners.value.slice(0, -1));

const end = (): void => {
  drawing.value = false;
  removeEventListener("keydown", onKey, true);
  map.peek()?.doubleClickZoom.enable();
};

export const finish = (): void => {
  if (corners.value.length >= LEAST) end();
};

export const cancel = (): void => {
  corners.value = [];
  end();
};

const KEYS: Record<string, () => void> = { Enter: finish, Escape: cancel, Backspace: removeCorner };

/** Before all others: Esc must not close the panel that waits for the polygon. */
const onKey = (event: KeyboardEvent): void => {
  const typing = (event.target as HTMLElement | null)?.closest("button, input, textarea, select");
  const act = KEYS[event.key];
  if (!act || (typing && event.key !== "Escape")) return;
  event.preventDefault();
  event.stopPropagation();
  act();
};

export const undoCorner = removeCorner;

export const draw = (on: MapLibre): void => {
  [corners.value, drawing.value] = [[], true];
  on.doubleClickZoom.disable();
  on.getCanvas().focus();
  addEventListener("keydown", onKey, true);
};

/** The keyboard's way: what the map shows now. */
export const takeFrame = (on: MapLibre): void => {
  const box = on.getBounds();
  corners.value = cornersOf(box.getWest(), box.getSouth(), box.getEast(), box.getNorth());
  if (drawing.value) end();
};
