/** What a bulk step asks of the service. */
import type { Polygon } from "geojson";
import type { Values } from "../filters/queries";

export const STEPS = [
  "false_alarm",
  "cannot_decide",
  "statement_attached",
  "approved",
  "rejected",
  "disputed",
  "comment",
  "lock",
  "unlock",
] as const;
export type Step = (typeof STEPS)[number];

const VERDICTS: readonly Step[] = ["approved", "rejected", "disputed"];
const NEEDS_WHY: readonly Step[] = ["rejected", "disputed", "comment"];
const SILENT: readonly Step[] = ["lock", "unlock"];

export const isReview = (step: Step): boolean => VERDICTS.includes(step);
export const needsWhy = (step: Step): boolean => NEEDS_WHY.includes(step);
export const takesComment = (step: Step): boolean => !SILENT.includes(step);

export interface Asked {
  step: Step;
  comment: string;
  values: Values;
  polygon: Polygon | null;
}

const stepOf = (step: Step): Record<string, string> => {
  if (step === "comment" || step === "lock" || step === "unlock") return { action: step };
  return isReview(step) ? { action: "review", verdict: step } : { action: "decide", outcome: step };
};

/** Return the body of the request for a preview; a filter in words stands apart from the values. */
export const bodyOf = ({ step, comment, values, polygon }: Asked): Record<string, unknown> => {
  const { filter, ...others } = values;
  const why = comment.trim();
  return {
    preview: true,
    ...stepOf(step),
    ...(why && takesComment(step) ? { comment: why } : {}),
    values: others,
    ...(filter?.[0] ? { filter: filter[0] } : {}),
    ...(polygon ? { polygon } : {}),
  };
};
