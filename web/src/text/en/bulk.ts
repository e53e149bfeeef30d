/** English: one step on many flags. */
import type { bulk as zh } from "../zh/bulk";

export const bulk: Record<keyof typeof zh, string> = {
  "bulk.title": "Many at once",
};
