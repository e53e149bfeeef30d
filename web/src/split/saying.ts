/** Numbers of plans in words. */
import type { Edit, PlanHead } from "../api/plans";
import { language, t, word } from "../text";

const TENTHS = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

export const hours = (minutes: number): string =>
  t("split.hours", { n: (minutes / 60).toLocaleString(language.value === "zh" ? "zh-CN" : "en-GB", TENTHS) });

/** A share with its sign; what is not nought is never shown as nought. */
export const signed = (share: number): string => {
  const text = exact(Math.abs(share));
  return share > 0 ? `+${text}` : share < 0 ? `−${text}` : text;
};
export const exact = (share: number): string => {
  const percent = share * 100;
  return percent > 0 && percent < 0.05 ? "< 0.1 %" : `${percent.toFixed(1)} %`;
};

export const time = (text: string): string =>
  new Date(text).toLocaleString(language.value === "zh" ? "zh-CN" : "en-GB", {
    dateStyle: "short",
    timeStyle: "short",
  });

/** Whether the plan holds the tolerance, and what is proven about it: one sentence each. */
export const verdict = (plan: Pick<PlanHead, "feasible" | "deviation" | "tolerance">): string =>
  t(plan.feasible ? "split.feasible" : "split.infeasible", {
    d: exact(plan.deviation ?? 0),
    tolerance: exact(plan.tolerance),
  });
export const proof = (plan: Pick<PlanHead, "optimal" | "bound" | "feasible">): string => {
  if (plan.optimal === true) return t("split.optimal");
  if (plan.optimal === "balance") return t("split.optimalBalance");
  return plan.bound && !plan.feasible ? t("split.bounded", { d: exact(plan.bound) }) : t("split.unproven");
};

/** What an edit did, in a line. */
export const editText = (edit: Edit, nameOf: (zone: string) => string): string => {
  const what = word("split.action", edit.action.replace("plan.", ""));
  const n = Object.keys(edit.after.units ?? {}).length;
  const zone = edit.request.field_zone;
  const where = typeof zone === "string" ? ` → ${nameOf(zone)}` : "";
  return n ? `${what}${where} · ${t("split.nUnits", { n })}` : `${what}${where}`;
};
