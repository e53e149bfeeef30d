/** The open plan, and its edits: each goes with the state it was made on, and the service's answer counts. */
import { computed, effect, signal } from "@preact/signals";
import * as calls from "../api/plans";
import type { Edit, FieldZone, Plan, PlanHead, Team, Unit } from "../api/plans";
import { Problem } from "../api/problem";
import { plans as shared } from "../filters/Layers";
import { revision } from "../state/session";
import { go, view } from "../state/view";
import { say, sayError } from "../state/work";
import { language, t, type Key } from "../text";
import { groundOf, type Ground } from "./painting";

export type Doing = "" | "move" | "lock" | "rebalance" | "refresh" | "undo" | "redo" | "staff" | "copy" | "delete";
export type Shown = { ground: Ground; coarse: boolean };

export const REBALANCE_S = 30;
export const heads = signal<PlanHead[] | null>(null);
export const plan = signal<Plan | null>(null);
export const units = signal<ReadonlyMap<string, Unit>>(new Map());
/** Shapes of the plan's units; of its field zones where the units are not for this person, or not those of now. */
export const shown = signal<Shown | null>(null);
export const chosen = signal<ReadonlySet<string>>(new Set());
export const hovered = signal("");
export const sending = signal<Doing>("");
export const failed = signal("");
export const gone = signal("");
/** Edits by somebody else that stood in the way of ours. */
export const conflict = signal<Edit[] | null>(null);

export const zoneOf = (code: string): string | undefined =>
  shown.value?.coarse ? code : units.value.get(code)?.field_zone;
export const zoneNamed = computed(
  () => new Map<string, FieldZone>(plan.value?.field_zones.map((zone) => [zone.field_zone, zone])),
);
export const nameOf = (zone: string): string => zoneNamed.value.get(zone)?.name ?? zone;

export const askHeads = async (): Promise<PlanHead[]> => {
  const told = await calls.plans();
  heads.value = told;
  shared.value = told;
  return told;
};

/** Return shapes and units of a plan, as fine as this person and the present sources allow. */
export const shapesOf = async (told: Plan): Promise<{ shown: Shown; units: Unit[] }> => {
  try {
    const shapes = await calls.shapes(told.id);
    const units = shapes.features.map(({ properties }) => properties as unknown as Unit);
    return { shown: { ground: groundOf(shapes), coarse: false }, units };
  } catch (error) {
    if (!(error instanceof Problem) || (error.status !== 403 && error.status !== 409)) throw error;
    const zones = await calls.zoneShapes(told.plan, told.field_zones.length);
    for (const { properties } of zones.features) properties.code = properties.field_zone;
    const units = error.status === 409 ? await calls.units(told.id) : [];
    return { shown: { ground: groundOf(zones), coarse: true }, units };
  }
};

const byCode = (told: Unit[]): Map<string, Unit> => new Map(told.map((unit) => [unit.code, unit]));

export const idOf = async (name: string): Promise<string | undefined> =>
  (await askHeads()).find((one) => one.plan === name)?.id;

const isGone = (error: unknown): boolean => error instanceof Problem && error.status === 404;

const close = (): void => {
  [plan.value, shown.value, conflict.value, failed.value, gone.value] = [null, null, null, "", ""];
  [units.value, chosen.value, hovered.value] = [new Map(), new Set(), ""];
};

/** Open a plan; what comes late, after another one was opened, is dropped. */
export const open = async (name: string): Promise<void> => {
  close();
  const late = (): boolean => view.peek().plan !== name;
  try {
    const id = await idOf(name);
    if (id === undefined) return void (late() || (gone.value = name));
    const told = await calls.plan(id);
    const found = await shapesOf(told);
    if (late()) return;
    [plan.value, units.value, shown.value] = [told, byCode(found.units), found.shown];
  } catch (error) {
    if (late()) return;
    if (isGone(error)) gone.value = name;
    else failed.value = error instanceof Error ? error.message : String(error);
  }
};

/** Take the plan as it is now; shapes stay. */
const renew = async (): Promise<void> => {
  const before = plan.peek();
  if (!before) return;
  try {
    const told = await calls.plan(before.id);
    if (plan.peek()?.plan !== told.plan) return;
    if (told.basis.editable !== before.basis.editable || told.created !== before.created) return await open(told.plan);
    plan.value = told;
    await renewUnits();
  } catch (error) {
    if (isGone(error)) gone.value = before.plan;
    else sayError(error);
  }
};

/** Where units may go changes with every edit, also of those that stayed. */
const renewUnits = async (): Promise<void> => {
  const of = plan.peek();
  if (!of || (shown.peek()?.coarse && !units.peek().size)) return;
  const told = await calls.units(of.id);
  if (plan.peek()?.etag === of.etag) units.value = byCode(told);
};

const place = (zones: Record<string, string>): void => {
  const now = new Map(units.peek());
  for (const [code, field_zone] of Object.entries(zones)) {
    const unit = now.get(code);
    if (unit) now.set(code, { ...unit, field_zone });
  }
  units.value = now;
};

const refused = async (error: unknown, of: Plan): Promise<void> => {
  if (isGone(error)) gone.value = of.plan;
  else if (error instanceof Problem && error.status === 412) {
    const { difference } = error.body;
    conflict.value = difference && "edits" in difference ? difference.edits : [];
    await renew();
  } else sayError(error);
};

/** Make an edit; true when it is on the service's disk. */
const edit = async (doing: Doing, asked: (id: string, etag: string) => Promise<Plan>): Promise<boolean> => {
  const now = plan.peek();
  if (!now || sending.peek()) return false;
  sending.value = doing;
  try {
    const then = await asked(now.id, now.etag);
    if (plan.peek()?.plan !== now.plan) return false;
    [plan.value, conflict.value] = [then, null];
    if (then.edit?.after.units) place(then.edit.after.units);
    void renewUnits().catch(sayError);
    return true;
  } catch (error) {
    await refused(error, now);
    return false;
  } finally {
    sending.value = "";
  }
};

/** Drawn at once, and drawn back where the service refuses. */
export const move = async (codes: string[], zone: string): Promise<void> => {
  if (sending.peek()) return;
  const before = Object.fromEntries(codes.map((code) => [code, units.peek().get(code)?.field_zone ?? ""]));
  const etag = plan.peek()?.etag;
  place(Object.fromEntries(codes.map((code) => [code, zone])));
  const done = await edit("move", (id, tag) => calls.move(id, tag, codes, zone));
  if (!done && plan.peek()?.etag === etag) place(before);
  if (done) chosen.value = new Set();
  if (done) say(t("split.moved", { n: codes.length, zone: nameOf(zone) }), { undo: undoOf(plan.peek()) });
};

export const hold = (what: { field_zones?: string[]; units?: string[] }, on: boolean): Promise<boolean> =>
  edit("lock", (id, etag) => (on ? calls.lock : calls.unlock)(id, etag, what));

export const rebalance = async (): Promise<void> => {
  const done = await edit("rebalance", (id, etag) => calls.rebalance(id, etag, REBALANCE_S));
  if (!done) return;
  const moved = Object.keys(plan.peek()?.edit?.after.units ?? {}).length;
  const text = moved ? t("split.rebalanced", { n: moved }) : t("split.balancedAlready");
  const undoes = moved ? { undo: undoOf(plan.peek()) } : {};
  say(plan.peek()?.ended === false ? `${text} ${t("split.cutShort")}` : text, undoes);
};

/** A message takes back the edit that it tells of, and no later one, nor one of another plan. */
const undoOf = (made: Plan | null) => (): void => {
  const now = plan.peek();
  if (now && now.plan === made?.plan && now.etag === made.etag) void undo();
  else say(t("split.undoneNot"), { bad: true });
};

export const undo = async (): Promise<void> => {
  if (await edit("undo", calls.undo)) say(t("done.undo"));
};
export const redo = (): Promise<boolean> => edit("redo", calls.redo);
export const staff = (zone: FieldZone, team: Team): Promise<boolean> =>
  edit("staff", (id, etag) => calls.staff(id, etag, zone.id, team));

export const refresh = async (): Promise<void> => {
  if (await edit("refresh", calls.refresh)) await open(view.peek().plan);
};

export const copy = async (name: string): Promise<void> => {
  const now = plan.peek();
  if (!now || sending.peek()) return;
  sending.value = "copy";
  try {
    const made = await calls.copy(now.id, name);
    say(t("split.copied", { name: made.plan }));
    go({ plan: made.plan, job: "" });
  } catch (error) {
    await refused(error, now);
  } finally {
    sending.value = "";
  }
};

export const remove = async (): Promise<void> => {
  const now = plan.peek();
  if (!now || sending.peek()) return;
  sending.value = "delete";
  try {
    await calls.remove(now.id, now.etag);
    go({ plan: "", other: "", job: "", at: null });
    say(t("split.deleted", { name: now.plan }), { undo: () => void restore(now.plan, now.id) });
  } catch (error) {
    await refused(error, now);
  } finally {
    sending.value = "";
  }
};

/** Bring back a deleted plan, and open it. */
export const restore = async (name: string, id: string): Promise<void> => {
  try {
    await calls.restore(id);
    say(t("split.restored", { name }));
    if (view.peek().plan === name) await open(name);
    else go({ page: "split", plan: name });
  } catch (error) {
    sayError(error);
  }
};

/** Follow the address; returns what ends it. */
export const followPlan = (): (() => void) => {
  const name = computed(() => view.value.plan);
  const ends = [
    effect(() => {
      if (name.value) void open(name.value);
      else {
        close();
        void askHeads().catch((error: unknown) => {
          failed.value = error instanceof Error ? error.message : String(error);
        });
      }
    }),
    effect(() => {
      void language.value; // reasons and warnings are the service's words
      if (revision.value) void renew(); // rows changed, or the connection is back
    }),
  ];
  return () => ends.forEach((end) => end());
};

export const doingText = (doing: Doing): string => (doing ? t(`split.doing.${doing}` as Key) : "");
