/** The flag that is open: ask for it, draw it, keep it as it stands; and the next one, asked for ahead. */
import { computed, effect, signal } from "@preact/signals";
import type { Map as MapLibre } from "maplibre-gl";
import * as calls from "../api/review";
import type { Difference, NearFlag, Panel } from "../api/shapes";
import { queryOf } from "../filters/queries";
import type { Spot } from "../map/chosen";
import { draftOf } from "../state/drafts";
import { returned, seesFlags } from "../state/session";
import { filterKey, go, view } from "../state/view";
import { map, panel, say, sayError, sketch } from "../state/work";
import { t } from "../text";
import { newSince } from "./changes";
import { can, statedOf, targetOf } from "./standing";

export const loading = signal(false);
export const failed = signal("");

/** The repair that was chosen instead of the first. */
export const chosen = signal("");

/** What changed while one looked at a flag, and how it stands now. */
export const conflict = signal<{ flag: string; difference: Difference; now: Panel } | null>(null);

let ahead: Panel | null = null;
const passed = new Set<string>();

const put = (told: Panel): void => {
  panel.value = told;
  if (conflict.peek()?.flag !== told.flag.flag_id) conflict.value = null;
};

/** Open a flag: what comes late, after another one was opened, is dropped. */
const open = async (id: string): Promise<void> => {
  [failed.value, chosen.value] = ["", ""];
  const known = ahead?.flag.flag_id === id ? ahead : null;
  loading.value = !known;
  if (known) [panel.value, conflict.value] = [known, null];
  try {
    const told = known ? null : await calls.flag(id);
    if (view.peek().flag !== id) return;
    if (told) put(told);
    show();
    void lookAhead(id);
  } catch (error) {
    if (view.peek().flag !== id) return;
    panel.value = null;
    failed.value = error instanceof Error ? error.message : String(error);
  } finally {
    if (view.peek().flag === id) loading.value = false;
  }
};

/** Ask again for the flag that is open; nothing typed is touched. */
export const reload = async (): Promise<void> => {
  const id = view.peek().flag;
  if (!id) return;
  try {
    const told = await calls.flag(id);
    if (view.peek().flag !== id) return;
    failed.value = "";
    put(told);
  } catch (error) {
    if (view.peek().flag !== id) return;
    if (panel.peek()) sayError(error);
    else failed.value = error instanceof Error ? error.message : String(error);
  }
};

/** Ask again after one was away, and say what changed meanwhile. */
export const recheck = async (): Promise<void> => {
  const before = panel.peek();
  await reload();
  const now = panel.peek();
  if (!before || !now || before.flag.flag_id !== now.flag.flag_id || before.etag === now.etag) return;
  conflict.value = { flag: now.flag.flag_id, difference: newSince(before, now), now };
};

export const drawnOf = computed(() => {
  const told = panel.value;
  if (!told) return null;
  const { edit } = draftOf(told.flag.flag_id);
  const target = targetOf(told, chosen.value);
  const moving: Spot | null =
    edit?.kind === "point" && edit.lon !== null && edit.lat !== null ? [edit.lon, edit.lat] : null;
  return { from: statedOf(told), to: target, end: moving ?? target };
});

const EDGE = 60; // pixels: what lies nearer to the edge is looked for in vain
const wellInside = (drawn: MapLibre, at: Spot): boolean => {
  const { x, y } = drawn.project(at);
  const { clientWidth, clientHeight } = drawn.getContainer();
  return x > EDGE && y > EDGE && x < clientWidth - EDGE && y < clientHeight - EDGE;
};

const FAR = 3; // degrees apart: half of China in the frame shows neither place

/**
 * Bring points into the frame, without zooming out of a near look for no reason; of places far apart only the last one,
 * where the source should be.
 */
export const bring = (spots: (Spot | null)[]): void => {
  const drawn = map.peek();
  const all = spots.filter((one) => one !== null);
  if (!drawn || !all.length) return;
  const far = all.some((one) => all.some((other) => Math.hypot(one[0] - other[0], one[1] - other[1]) > FAR));
  const there = far ? all.slice(-1) : all;
  if (drawn.getZoom() >= 11 && there.every((one) => wellInside(drawn, one))) return;
  const [lons, lats] = [there.map(([lon]) => lon), there.map(([, lat]) => lat)];
  const box = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  drawn.fitBounds(box as [number, number, number, number], { padding: 90, maxZoom: 13.5, duration: 300 });
};

export const show = (): void => {
  const { from, end } = drawnOf.peek() ?? { from: null, end: null };
  bring([from, end]);
};

/** Walk on from where the source was stated, not from where a decision moves it to. */
const from = (): string => {
  const told = panel.peek();
  const at = told && statedOf(told);
  const centre = map.peek()?.getCenter();
  const [lon, lat] = at ?? [centre?.lng ?? 0, centre?.lat ?? 0];
  return `${lon},${lat}`;
};

const MOST = 100;

/** Whoever judges a decision goes on with the next one that waits for them. */
const toJudge = async (without: string): Promise<NearFlag | null> => {
  const told = panel.peek();
  if (!told || !can(told, "review")) return null;
  const { to_review } = await calls.queue();
  return to_review.flags.find((one) => one.flag_id !== without && !passed.has(one.flag_id)) ?? null;
};

/** Return the nearest flag that was not passed by; of another source, where this one is being changed. */
const nearest = async (without: string, source = ""): Promise<NearFlag | null> => {
  if (passed.size >= MOST - 2) passed.clear();
  const limit = Math.min(MOST, passed.size + (source ? 8 : 2));
  const found = await calls.next({ ...queryOf(view.peek(), "flags"), near: from(), limit });
  const others = found.filter((one) => one.flag_id !== without && !(source && one.source_id === source));
  return others.find((one) => !passed.has(one.flag_id)) ?? others[0] ?? null;
};

const lookAhead = async (id: string): Promise<void> => {
  ahead = null;
  const filters = filterKey.peek();
  try {
    const first = (await toJudge(id)) ?? (await nearest(id, panel.peek()?.flag.source_id ?? ""));
    const told = first && (await calls.flag(first.flag_id));
    if (view.peek().flag === id && filters === filterKey.peek()) ahead = told;
  } catch {
    // the next step asks again, and says why it cannot
  }
};

/** Pass by: asked for again only when nothing else is left. */
export const nextFlag = async (): Promise<void> => {
  if (!seesFlags.value) return;
  const { flag } = view.value;
  if (flag) passed.add(flag);
  try {
    const found = (await toJudge(flag)) ?? (await nearest(flag));
    if (view.peek().flag !== flag) return; // another one was opened meanwhile
    if (found) go({ flag: found.flag_id, source: "" });
    else say(t("done.none"));
  } catch (error) {
    sayError(error);
  }
};

/** Go on at once to the flag that was asked for ahead; false where there is none. */
export const goAhead = (): boolean => {
  if (!ahead) return false;
  go({ flag: ahead.flag.flag_id, source: "" });
  return true;
};

export const followFlag = (): void => {
  const id = computed(() => view.value.flag);
  effect(() => {
    if (id.value && seesFlags.value) void open(id.value);
    else [panel.value, failed.value, conflict.value] = [null, "", null];
  });
  effect(() => {
    if (map.value && panel.peek()) show(); // a link is drawn when the map is there
  });
  effect(() => {
    const drawn = drawnOf.value;
    if (drawn) sketch.value = drawn;
    else if (!view.value.source) sketch.value = { from: null, to: null, end: null };
  });
  effect(() => {
    if (returned.value) void recheck();
  });
  effect(() => {
    if (filterKey.value && panel.peek()) void lookAhead(view.peek().flag); // other filters, another next
  });
};
