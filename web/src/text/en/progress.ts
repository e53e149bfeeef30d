/** English: the page of progress. */
import type { progress as zh } from "../zh/progress";

export const progress: Record<keyof typeof zh, string> = {
  "progress.title": "Progress of the flags",
  "progress.by": "By",
  "progress.flags": "Flags",
  "progress.open": "Open",
  "progress.closed": "Closed",
  "progress.share": "Closed, %",
  "progress.total": "Total",
};
