/** Tiles of somebody else under our own map: asked for only while a person wants them. */
import { effect, signal } from "@preact/signals";
import type { Map as MapLibre } from "maplibre-gl";
import type { Background } from "../api/shapes";
import { user } from "../state/session";
import { say } from "../state/work";
import { t } from "../text";

export const ONLINE = "online";
const LAST = 18;
const ENOUGH = 3; // tiles that fail before we stop asking

/** Off at first, and kept nowhere: a link or a reload asks nobody. */
export const onlineShown = signal(false);
let failures = 0;

const add = (map: MapLibre, { tiles, attribution }: Background): void => {
  const escaped = attribution.replaceAll("&", "&amp;").replaceAll("<", "&lt;"); // MapLibre would read it as HTML
  map.addSource(ONLINE, { type: "raster", tiles, tileSize: 256, maxzoom: LAST, attribution: escaped });
  const above = map.getStyle().layers[1]?.id; // over the ground, under everything of ours
  map.addLayer({ id: ONLINE, type: "raster", source: ONLINE }, above);
};

/** Keep the tiles as the box says; our land gives way to them. */
export const followOnline = (map: MapLibre): (() => void) =>
  effect(() => {
    const told = user.value?.background;
    const on = onlineShown.value && !!told;
    failures = 0;
    if (on && !map.getSource(ONLINE)) add(map, told);
    if (!on && map.getSource(ONLINE)) {
      map.removeLayer(ONLINE);
      map.removeSource(ONLINE);
    }
  });

/** Tiles fail where there is no internet: that is said once, and our own map goes on. */
export const onlineFailed = (): void => {
  failures += 1;
  if (failures < ENOUGH || !onlineShown.peek()) return;
  onlineShown.value = false;
  say(t("layer.onlineFailed"), { bad: true });
};
