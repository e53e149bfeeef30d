/** A step on many flags: choose, preview, carry out, look at, take back. */
import { computed, effect, signal } from "@preact/signals";
import * as calls from "../api/bulk";
import type { Preview, Result } from "../api/bulk";
import { Problem } from "../api/problem";
import { queryOf } from "../filters/queries";
import { cancel, corners, drawing, polygonOf } from "../map/drawing";
import { may, revision, user } from "../state/session";
import { filterKey, go, view } from "../state/view";
import { place } from "../state/work";
import { t } from "../text";
import { STEPS, bodyOf, isReview, needsWhy, type Step } from "./asking";
import { keep, kept } from "./kept";

const opened = signal(false);

/** Whether the panel is seen: a list that was asked for since lies over it. */
export const bulkOpen = computed(() => opened.value && !place.value);
export const step = signal<Step>("false_alarm");
export const comment = signal("");

/** Whether a polygon narrows the choice. */
export const within = signal(false);
export const preview = signal<Preview | null>(null);
export const result = signal<Result | null>(null);
export const undone = signal<Result | null>(null);
export const busy = signal<"" | "preview" | "execute" | "undo" | "read">("");
export const failed = signal("");

export const mayBulk = computed(() => may("decide") || may("approve"));
export const steps = computed(() => STEPS.filter((one) => may(isReview(one) ? "approve" : "decide")));

/** What is still to be drawn or written before a preview; "" where nothing is. */
export const lacking = computed((): "" | "bulk.needsPolygon" | "bulk.needsComment" => {
  if (within.value && (drawing.value || !polygonOf(corners.value))) return "bulk.needsPolygon";
  return needsWhy(step.value) && !comment.value.trim() ? "bulk.needsComment" : "";
});

/** The service's own words, and what to do about them. */
const plain = (error: unknown): string => {
  if (error instanceof Problem && error.status === 409) return t("bulk.stale", { detail: error.message });
  if (error instanceof Problem && error.status === 413) return t("bulk.tooMany", { detail: error.message });
  return error instanceof Error ? error.message : String(error);
};

const doing = async <T>(what: typeof busy.value, asked: () => Promise<T>, done: (told: T) => void): Promise<void> => {
  if (busy.peek()) return;
  [busy.value, failed.value] = [what, ""];
  try {
    done(await asked());
  } catch (error) {
    failed.value = plain(error);
  } finally {
    busy.value = "";
  }
};

/** Counts up with every change of the choice: a preview of another choice is not shown. */
let choice = 0;

export const askPreview = (): Promise<void> => {
  const body = bodyOf({
    step: step.peek(),
    comment: comment.peek(),
    values: queryOf(view.peek(), "flags"),
    polygon: within.peek() ? polygonOf(corners.peek()) : null,
  });
  const asked = choice;
  return doing(
    "preview",
    () => calls.preview(body),
    (told) => {
      if (asked === choice) preview.value = told;
    },
  );
};

const shown = (told: Result): void => {
  [comment.value, preview.value, undone.value, result.value] = ["", null, null, told];
  keep(told.bulk_id);
  revision.value += 1;
};

/** Where the answer of the first try was lost, the service tells under which id it was carried out. */
const executed = async (token: string): Promise<Result> => {
  try {
    return await calls.execute(token);
  } catch (error) {
    const id = error instanceof Problem ? error.body.bulk_id : undefined;
    if (!id) throw error;
    return calls.read(id);
  }
};

export const carryOut = (): Promise<void> => {
  const token = preview.peek()?.token ?? "";
  return doing("execute", () => executed(token), shown);
};

export const takeBack = (): Promise<void> => {
  const id = result.peek()?.bulk_id ?? "";
  return doing(
    "undo",
    () => calls.undo(id),
    (told) => {
      undone.value = told;
      revision.value += 1;
    },
  );
};

/** Return what the service tells of the last step. */
const recalled = (): Promise<Result | null> =>
  calls.read(kept()).catch((error: unknown) => {
    if (!(error instanceof Problem && error.status === 404)) throw error;
    keep(""); // somebody else works in this window now
    return null;
  });

export const openBulk = (): void => {
  [opened.value, place.value] = [true, null];
  if (!steps.peek().includes(step.peek())) step.value = steps.peek()[0] ?? "comment";
  go({ flag: "", source: "" });
};

export const another = (): void => {
  [result.value, undone.value, preview.value, failed.value] = [null, null, null, ""];
  keep("");
};

export const closeBulk = (): void => {
  another();
  cancel();
  [opened.value, within.value] = [false, false];
};

/** A preview is of what was chosen then: another choice needs another one. A reload finds the last result again. */
export const followBulk = (): (() => void) => {
  const ends = [
    effect(() => {
      void [filterKey.value, step.value, comment.value, within.value, corners.value];
      choice += 1;
      preview.value = null;
    }),
    effect(() => {
      if (!user.value || !mayBulk.value || result.peek() || !kept()) return;
      opened.value = true;
      void doing("read", recalled, (told) => (result.value = told));
    }),
  ];
  return () => ends.forEach((end) => end());
};
