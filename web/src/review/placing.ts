/** A place that is dragged, clicked or typed; what a text means and where a place lies is asked of the service. */
import { batch, computed, effect, signal } from "@preact/signals";
import * as calls from "../api/review";
import type { Located, Reading } from "../api/shapes";
import type { Marker } from "maplibre-gl";
import { spot, type Spot } from "../map/chosen";
import { markerOn } from "../map/marker";
import { view } from "../state/view";
import { map, panel, placing, sayError } from "../state/work";
import { t } from "../text";
import { forgetAreas } from "./claiming";
import { edit, keep } from "./editing";
import { bring } from "./opening";

export const reading = signal<Reading | null>(null);
export const where = signal<Located | null>(null);
const WAIT_MS = 150;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Take a place from the map: it is moved, clicked or nudged. */
export const place = ([lon, lat]: Spot): void => {
  reading.value = null;
  keep({ kind: "point", lon: Number(lon.toFixed(7)), lat: Number(lat.toFixed(7)), text: "" });
};

/** Ask what a text means; the answer to an older text is dropped. */
export const read = async (text: string): Promise<boolean> => {
  const told = text.trim() ? await calls.parse(text) : null;
  const now = edit.peek();
  if (now?.kind !== "point" || now.text !== text) return false;
  reading.value = told;
  const at = told && spot(told.lon, told.lat);
  if (!at) return false;
  keep({ ...now, lon: at[0], lat: at[1] });
  bring([at]);
  return true;
};

export const typePlace = (text: string): void => {
  const now = edit.value;
  if (now?.kind !== "point") return;
  batch(() => {
    reading.value = null;
    keep({ ...now, text });
  });
  clearTimeout(timer);
  timer = setTimeout(() => void read(text).catch(sayError), WAIT_MS);
};

const locateSoon = (): (() => void) =>
  effect(() => {
    const at = edit.value?.kind === "point" ? spot(edit.value.lon, edit.value.lat) : null;
    where.value = null;
    if (!at) return;
    const soon = setTimeout(() => {
      calls
        .locate(...at, String(panel.peek()?.source?.["claimed_area_code"] ?? ""))
        .then((told) => {
          const now = edit.peek();
          if (now?.kind === "point" && now.lon === at[0] && now.lat === at[1]) where.value = told;
        })
        .catch(sayError);
    }, WAIT_MS);
    return () => clearTimeout(soon);
  });

/** Keep map and answers with the edit; `done` sends it. */
export const followPlace = (done: () => void): void => {
  locateSoon();
  let marker: Marker | null = null;
  effect(() => {
    const at = edit.value?.kind === "point" ? spot(edit.value.lon, edit.value.lat) : null;
    placing.value = edit.value?.kind === "point" ? place : null;
    if (map.value && at) {
      marker ??= markerOn(map.value, at, { label: t("edit.marker"), moved: place, done });
      marker.setLngLat(at);
    } else {
      marker?.remove();
      marker = null;
    }
  });
  const id = computed(() => view.value.flag);
  const idle = computed(() => edit.value === null);
  effect(() => {
    void [id.value, idle.value];
    reading.value = null;
    forgetAreas();
  });
};
