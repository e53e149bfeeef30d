/** Send what was edited: as a decision, or as the fix of another person's. */
import { computed } from "@preact/signals";
import { panel, sayError } from "../state/work";
import { upload } from "./attaching";
import { edit } from "./editing";
import { read, reading } from "./placing";
import { can } from "./standing";
import { decide, judge, opened } from "./steps";

/** Whether what is edited can be sent. */
export const ready = computed(() => {
  const now = edit.value;
  if (now?.kind === "point") return now.lon !== null && !reading.value?.problem;
  if (now?.kind === "claim") return now.code !== "";
  return now !== null && (panel.value?.attachments.length ?? 0) > 0 && !upload.value;
});

export const save = async (): Promise<void> => {
  const before = edit.value;
  if (before?.kind === "point" && before.text && !(await read(before.text).catch(sayError))) return;
  const [now, told] = [edit.value, opened()];
  if (!now || !told || !ready.value) return;
  if (now.kind === "statement") return decide("statement_attached");
  const values = now.kind === "point" ? { lon: now.lon as number, lat: now.lat as number } : { claimed_code: now.code };
  if (can(told, "review")) return judge("approved_with_fixes", values);
  return decide(now.kind === "point" ? "corrected" : "claim_corrected", values);
};
