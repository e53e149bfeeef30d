/** What was typed or dragged and not yet sent, by person and flag; survives a reload and the end of a session. */
import { signal } from "@preact/signals";
import { user } from "./session";

const KEY = "geocensus.drafts";

/** A place that is typed keeps its text, as it may not be readable yet; where it was dragged, the text is empty. */
export interface PointEdit {
  kind: "point";
  lon: number | null;
  lat: number | null;
  text: string;
}
export interface ClaimEdit {
  kind: "claim";
  code: string;
  name: string;
  text: string;
}
/** A browser gives no file back after a reload: only its name can be kept. */
export interface StatementEdit {
  kind: "statement";
  file: string;
}
export type Edit = PointEdit | ClaimEdit | StatementEdit;

export interface Draft {
  comment: string;
  edit: Edit | null;
}

const NONE: Draft = { comment: "", edit: null };

const read = (): Record<string, Draft> => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Record<string, Draft>;
  } catch {
    return {};
  }
};

const drafts = signal<Record<string, Draft>>(read());

/** Another person at the same desk does not see what was typed here. */
const keyOf = (flag: string): string => `${user.value?.name ?? ""}\n${flag}`;

export const draftOf = (flag: string): Draft => drafts.value[keyOf(flag)] ?? NONE;

export const keepDraft = (flag: string, change: Partial<Draft>): void => {
  const key = keyOf(flag);
  const draft = { ...draftOf(flag), ...change };
  const { [key]: _old, ...others } = drafts.value;
  drafts.value = draft.comment || draft.edit ? { ...others, [key]: draft } : others;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(drafts.value));
  } catch {
    // storage may be full or forbidden: what was typed stays in the fields all the same
  }
};

export const dropDraft = (flag: string): void => keepDraft(flag, NONE);
