/** A statement that is attached: the file goes at once, the decision follows. */
import { signal } from "@preact/signals";
import * as calls from "../api/review";
import { draftOf, keepDraft } from "../state/drafts";
import { sayError } from "../state/work";
import { keep } from "./editing";
import { reload } from "./opening";
import { opened } from "./steps";

/** The file on its way, by flag, and the share that has arrived. */
export const upload = signal<{ flag: string; name: string; share: number } | null>(null);

export const attach = async (file: File): Promise<void> => {
  const id = opened()?.flag.flag_id;
  if (!id || upload.peek()) return;
  keep({ kind: "statement", file: file.name });
  upload.value = { flag: id, name: file.name, share: 0 };
  try {
    await calls.attach(id, file, (share) => (upload.value = { flag: id, name: file.name, share }));
    if (draftOf(id).edit?.kind === "statement") keepDraft(id, { edit: { kind: "statement", file: "" } });
    await reload();
  } catch (error) {
    sayError(error);
  } finally {
    upload.value = null;
  }
};
