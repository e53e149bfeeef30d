/** What the parts of the page share while one works: the open flag, the map, a list of a place, a message. */
import { signal } from "@preact/signals";
import type { Map as MapLibre } from "maplibre-gl";
import type { Panel } from "../api/shapes";
import type { Listed } from "../map/listing";
import type { Sketch, Spot } from "../map/chosen";
import { expired, offline } from "./session";
import { formatOf, type Format } from "../map/coordinates";

export const map = signal<MapLibre | null>(null);
export const panel = signal<Panel | null>(null);
export const pointer = signal<{ lon: number; lat: number } | null>(null);

/** What the map shows within its frame; none while it draws, or where a layer is off. */
export const screen = signal<{ sources?: number; flags?: number }>({});
export const format = signal<Format>(formatOf(localStorage.getItem("geocensus.format")));

/** The list on the right: what lies at one place, or what has none. */
export const place = signal<Listed | null>(null);

/** Places that are marked on the map: what a search found, and the row that is pointed at. */
export const spot = signal<[number, number] | null>(null);
export const pointedAt = signal<[number, number] | null>(null);

/** What is drawn of the flag or source that is open. */
export const sketch = signal<Sketch>({ from: null, to: null, end: null });

/** Who takes the next click on the map instead of opening what lies there. */
export const placing = signal<((spot: Spot) => void) | null>(null);

/** A message that goes away; `undo` takes the step back that it tells of. */
export const note = signal<{ text: string; undo?: () => void; bad?: boolean } | null>(null);

let timer: ReturnType<typeof setTimeout> | undefined;
export const say = (text: string, more: { undo?: () => void; bad?: boolean } = {}): void => {
  note.value = { text, ...more };
  clearTimeout(timer);
  timer = setTimeout(() => (note.value = null), more.undo || more.bad ? 12_000 : 4000);
};
export const sayError = (error: unknown): void => {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (expired.peek() || offline.peek()) return; // said once, in its own place
  say(error instanceof Error ? error.message : String(error), { bad: true });
};
