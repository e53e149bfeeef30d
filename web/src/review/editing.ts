/** The edit of the flag that is open, before it is sent: a place, a claim or a statement; kept as a draft. */
import { computed } from "@preact/signals";
import { draftOf, keepDraft, type Edit } from "../state/drafts";
import { view } from "../state/view";
import { chosen, show } from "./opening";
import { offersEdit, statedOf, targetOf } from "./standing";
import { opened } from "./steps";

/** The edit of the flag that is open; null where none is, or it may not be made any more. */
export const edit = computed<Edit | null>(() => {
  const told = opened();
  const draft = told && draftOf(told.flag.flag_id).edit;
  return told && draft && offersEdit(told, draft.kind) ? draft : null;
});

export const keep = (change: Edit | null): void => {
  const id = view.peek().flag;
  if (id) keepDraft(id, { edit: change });
};

const BEGUN: Record<Edit["kind"], () => Edit> = {
  point: () => {
    const told = opened();
    const [lon, lat] = (told && (targetOf(told, chosen.value) ?? statedOf(told))) ?? [null, null];
    return { kind: "point", lon, lat, text: "" };
  },
  claim: () => ({ kind: "claim", code: "", name: "", text: "" }),
  statement: () => ({ kind: "statement", file: "" }),
};

export const begin = (kind: Edit["kind"]): void => {
  const told = opened();
  if (!told || !offersEdit(told, kind)) return;
  if (edit.value && edit.value.kind !== kind) return; // one edit at a time: what was typed stays
  if (!edit.value) keep(BEGUN[kind]());
  focusSoon(kind === "point" && document.getElementById("marker") ? "marker" : `edit-${kind}`);
};

/** Type a place instead of dragging it. */
export const beginTyping = (): void => {
  begin("point");
  focusSoon("edit-point");
};

const focusSoon = (id: string): void => {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
};

export const cancel = (): void => {
  keep(null);
  show();
  focusSoon("panel");
};
