/** English: the page of field zones. */
import type { split as zh } from "../zh/split";

export const split: Record<keyof typeof zh, string> = {
  "nav.split": "Field zones",
};
