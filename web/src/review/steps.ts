/** The steps of a review, as requests and what they change on the page. */
import { signal } from "@preact/signals";
import * as calls from "../api/review";
import { Problem } from "../api/problem";
import type { Outcome, Panel, Standing } from "../api/shapes";
import { draftOf, dropDraft, keepDraft } from "../state/drafts";
import { revision } from "../state/session";
import { go, view } from "../state/view";
import { panel, say, sayError } from "../state/work";
import { t, type Key } from "../text";
import { chosen, conflict, goAhead, nextFlag, reload } from "./opening";
import { can, proposedOf } from "./standing";

/** Flags whose step is on its way. */
const sent = signal<readonly string[]>([]);
export const sending = (): boolean => sent.value.includes(view.value.flag);

/** Whoever leaves while a step is on its way is asked first. */
export const guardSteps = (): void =>
  addEventListener("beforeunload", (event) => {
    if (sent.peek().length) event.preventDefault();
  });

export const goOn = signal(localStorage.getItem("geocensus.goOn") !== "no");
export const keepGoOn = (on: boolean): void => {
  goOn.value = on;
  localStorage.setItem("geocensus.goOn", on ? "yes" : "no");
};

/** The flag that is open, where it is the one that is shown. */
export const opened = (): Panel | null => (panel.value?.flag.flag_id === view.value.flag ? panel.value : null);

/** Somebody was faster: tell what they did beside how it stands now; what was typed stays. */
const tooLate = async (id: string, problem: Problem): Promise<void> => {
  const { difference } = problem.body;
  if (difference && "events" in difference) conflict.value = { flag: id, difference, now: await calls.flag(id) };
  else if (problem.body.holder) await reload();
};

/** Where one had gone on already, one is brought back to what is not done. */
const failed = async (id: string, error: unknown): Promise<void> => {
  const gone = view.peek().flag !== id;
  if (gone) go({ flag: id, source: "" });
  if (error instanceof Problem && error.status === 412) return tooLate(id, error).catch(sayError);
  if (gone) say(t("done.not", { detail: error instanceof Error ? error.message : String(error) }), { bad: true });
  else sayError(error);
  if (error instanceof Problem) await tooLate(id, error).catch(sayError);
};

/** Send a step; null where it was not taken. */
const step = async (id: string, asked: () => Promise<Standing>): Promise<Standing | null> => {
  if (sent.peek().includes(id)) return null;
  sent.value = [...sent.peek(), id];
  try {
    const standing = await asked();
    revision.value += 1;
    return standing;
  } catch (error) {
    await failed(id, error);
    return null;
  } finally {
    sent.value = sent.peek().filter((one) => one !== id);
  }
};

const takeBack = async (id: string, etag: string): Promise<void> => {
  if (!(await step(id, () => calls.undo(id, etag)))) return;
  say(t("done.undo"));
  if (view.value.flag === id) await reload();
  else go({ flag: id, source: "" });
};

/** A step that ends the work on a flag: the next one is shown while this one is still on its way. */
const finish = async (id: string, done: Key, asked: () => Promise<Standing>): Promise<void> => {
  const was = draftOf(id);
  const waiting = step(id, asked);
  const gone = goOn.value && goAhead();
  const following = view.peek().flag;
  const standing = await waiting;
  if (!standing) return;
  if (draftOf(id) === was) dropDraft(id); // what was typed meanwhile stays
  say(t(done), { undo: () => void takeBack(id, standing.etag) });
  if (goOn.value && !gone && view.value.flag === id) await nextFlag();
  await reload(); // a correction may have changed other flags
  const now = opened();
  if (gone && now?.flag.flag_id === following && !can(now, "decide") && !can(now, "review")) await nextFlag();
};

const commentOf = (id: string): { comment?: string } => {
  const comment = draftOf(id).comment.trim();
  return comment ? { comment } : {};
};

export const decide = async (outcome: Outcome, values: calls.Place & { repair_id?: string } = {}): Promise<void> => {
  const told = opened();
  if (!told || !can(told, "decide")) return;
  const id = told.flag.flag_id;
  const body = { outcome, ...values, ...commentOf(id) };
  await finish(id, `done.${outcome}`, () => calls.decide(id, told.etag, body));
};

const REASONED: readonly calls.Verdict[] = ["rejected", "disputed"];
export const needComment = (): void => {
  say(t("judge.reason"), { bad: true });
  document.getElementById("comment")?.focus();
};

export const judge = async (verdict: calls.Verdict, values: calls.Place = {}): Promise<void> => {
  const told = opened();
  if (!told || !can(told, "review")) return;
  const id = told.flag.flag_id;
  const said = commentOf(id);
  if (REASONED.includes(verdict) && !said.comment) return needComment();
  const body = { verdict, ...values, ...said };
  await finish(id, `done.${verdict}`, () => calls.review(id, told.etag, body));
};

/** The main step: take the repair that is chosen; approve what another person decided. */
export const accept = async (): Promise<void> => {
  const told = opened();
  if (!told) return;
  if (can(told, "review")) return judge("approved");
  const repair = proposedOf(told, chosen.value);
  if (!repair) return;
  await decide(repair.kind === "claim" ? "claim_corrected" : "corrected", { repair_id: repair.repair_id });
};

export const undo = async (): Promise<void> => {
  const told = opened();
  if (told && can(told, "undo")) await takeBack(told.flag.flag_id, told.etag);
};

export const saveComment = async (): Promise<void> => {
  const id = opened()?.flag.flag_id;
  const was = id ? draftOf(id).comment : "";
  const text = was.trim();
  if (!id || !text || !(await step(id, () => calls.comment(id, text)))) return;
  if (draftOf(id).comment === was) keepDraft(id, { comment: "" });
  say(t("done.comment"));
  await reload();
};

export const hold = async (): Promise<void> => {
  const told = opened();
  if (!told) return;
  const id = told.flag.flag_id;
  if (await step(id, () => (told.lock ? calls.unlock(id) : calls.lock(id)))) await reload();
};

/** Go on with the flag as it stands by now. */
export const seeNow = (): void => {
  if (conflict.value?.flag === view.value.flag) panel.value = conflict.value.now;
  conflict.value = null;
  document.getElementById("comment")?.focus();
};
