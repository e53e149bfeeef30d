/** What was typed and not yet sent, by flag; survives a reload and the end of a session. */
import { signal } from "@preact/signals";

const KEY = "geocensus.drafts";

const read = (): Record<string, string> => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
};

export const drafts = signal<Record<string, string>>(read());

export const keepDraft = (flag: string, text: string): void => {
  const { [flag]: _old, ...others } = drafts.value;
  drafts.value = text ? { ...others, [flag]: text } : others;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(drafts.value));
  } catch {
    // storage may be full or forbidden: the text stays in the field all the same
  }
};
