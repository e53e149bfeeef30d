/** The steps of a review, as requests and what they change on the page. */
import { computed, effect, signal } from "@preact/signals";
import type { Map as MapLibre } from "maplibre-gl";
import * as calls from "../api/review";
import { Problem, type Difference } from "../api/problem";
import type { Outcome, Standing } from "../api/shapes";
import { proposedOf, statedOf } from "../map/chosen";
import { t, type Key } from "../text";
import { drafts, keepDraft } from "../state/drafts";
import { queryOf } from "../filters/queries";
import { may, revision, seesFlags } from "../state/session";
import { go, view } from "../state/view";
import { map, panel, say, sayError } from "../state/work";

export const loading = signal(false);
export const sending = signal(false);
export const failed = signal<string>("");
export const conflict = signal<Difference | null>(null);
export const goOn = signal(localStorage.getItem("geocensus.goOn") !== "no");

/** Open a flag: what comes late, after another one was opened, is dropped. */
const open = async (id: string, keepView = false): Promise<void> => {
  loading.value = !keepView;
  failed.value = "";
  try {
    const told = await calls.flag(id);
    if (view.peek().flag !== id) return;
    panel.value = told;
    conflict.value = null;
    if (!keepView) show();
  } catch (error) {
    if (view.peek().flag !== id) return;
    if (!keepView) panel.value = null;
    failed.value = error instanceof Error ? error.message : String(error);
  } finally {
    if (view.peek().flag === id) loading.value = false;
  }
};

const EDGE = 60; // pixels: what lies nearer to the edge is looked for in vain
const wellInside = (drawn: MapLibre, at: [number, number]): boolean => {
  const { x, y } = drawn.project(at);
  const { clientWidth, clientHeight } = drawn.getContainer();
  return x > EDGE && y > EDGE && x < clientWidth - EDGE && y < clientHeight - EDGE;
};

/** Bring the stated and the proposed point into the frame, without zooming out of a near look for no reason. */
const show = (): void => {
  const told = panel.peek();
  const at = told && statedOf(told);
  const repair = told && proposedOf(told);
  const to = repair?.kind === "point" && repair.lon !== null && repair.lat !== null ? [repair.lon, repair.lat] : null;
  const [first, last] = [at ?? to, to ?? at] as [[number, number] | null, [number, number] | null];
  const drawn = map.peek();
  if (!drawn || !first || !last) return;
  if (wellInside(drawn, first) && wellInside(drawn, last) && drawn.getZoom() >= 11) return;
  const box: [number, number, number, number] = [
    Math.min(first[0], last[0]),
    Math.min(first[1], last[1]),
    Math.max(first[0], last[0]),
    Math.max(first[1], last[1]),
  ];
  drawn.fitBounds(box, { padding: 90, maxZoom: 13.5, duration: 300 });
};

export const reload = (): void => void open(view.peek().flag, true);

export const followFlag = (): (() => void) => {
  const id = computed(() => view.value.flag);
  const ends = [
    effect(() => {
      panel.value = id.value ? panel.peek() : null;
      if (id.value) void open(id.value);
      else [failed.value, conflict.value] = ["", null];
    }),
    effect(() => {
      if (map.value && panel.peek()) show(); // a link is drawn when the map is there
    }),
  ];
  return () => ends.forEach((end) => end());
};

export const nextFlag = async (): Promise<void> => {
  if (!seesFlags.value) return;
  const { flag } = view.value;
  const centre = map.value?.getCenter();
  const from = flag ? { flag } : { near: `${centre?.lng ?? 0},${centre?.lat ?? 0}` };
  try {
    const [first] = await calls.next({ ...queryOf(view.value, "flags"), ...from, limit: 1 });
    if (first) go({ flag: first.flag_id, source: "" });
    else say(t("done.none"));
  } catch (error) {
    sayError(error);
  }
};

/** Send a step; where somebody was faster, show what they did and keep what was typed. */
const step = async (asked: () => Promise<Standing>): Promise<Standing | null> => {
  if (sending.value) return null;
  sending.value = true;
  try {
    const standing = await asked();
    revision.value += 1;
    return standing;
  } catch (error) {
    if (error instanceof Problem && error.status === 412) conflict.value = error.body.difference ?? {};
    else sayError(error);
    return null;
  } finally {
    sending.value = false;
  }
};

const takeBack = async (id: string, etag: string): Promise<void> => {
  if (!(await step(() => calls.undo(id, etag)))) return;
  say(t("done.undo"));
  if (view.value.flag === id) reload();
  else go({ flag: id });
};

export const decide = async (outcome: Outcome): Promise<void> => {
  const told = panel.value;
  if (!told || !may("decide")) return;
  const id = told.flag.flag_id;
  const comment = drafts.value[id]?.trim();
  const repair = proposedOf(told);
  const accepted = outcome === "corrected" || outcome === "claim_corrected";
  const body = {
    outcome,
    ...(accepted && repair ? { repair_id: repair.repair_id } : {}),
    ...(comment ? { comment } : {}),
  };
  const standing = await step(() => calls.decide(id, told.etag, body));
  if (!standing) return;
  keepDraft(id, "");
  say(t(`done.${outcome}` as Key), { undo: () => void takeBack(id, standing.etag) });
  if (goOn.value) await nextFlag();
  if (view.value.flag === id) reload();
};

export const accept = async (): Promise<void> => {
  const repair = panel.value && proposedOf(panel.value);
  if (repair) await decide(repair.kind === "claim" ? "claim_corrected" : "corrected");
};

export const undo = async (): Promise<void> => {
  if (panel.value) await takeBack(panel.value.flag.flag_id, panel.value.etag);
};

export const saveComment = async (): Promise<void> => {
  const id = panel.value?.flag.flag_id;
  const text = id && drafts.value[id]?.trim();
  if (!id || !text || !(await step(() => calls.comment(id, text)))) return;
  keepDraft(id, "");
  say(t("done.comment"));
  reload();
};

export const hold = async (): Promise<void> => {
  const told = panel.value;
  if (!told) return;
  const id = told.flag.flag_id;
  if (await step(() => (told.lock ? calls.unlock(id) : calls.lock(id)))) reload();
};
