/** Where a flag stands, read from its panel: whose step was the last, who may take it back or judge it. */
import type { Decision, Judgement, Panel, Repair, Values } from "../api/shapes";
import { spot, type Spot } from "../map/chosen";
import type { Me } from "../api/shapes";

const isAdmin = (who: Me): boolean => who.actions.includes("admin");

/** Decisions that nobody took back, oldest first. */
const kept = ({ decisions }: Panel): Decision[] => {
  const withdrawn = new Set(decisions.map((one) => one.after["withdraws"]).filter(Boolean));
  return decisions.filter((one) => one.outcome !== "withdrawn" && !withdrawn.has(one.decision_id));
};

/** The decision that holds; none of its own where the correction of another flag closed this one. */
export const heldOf = (told: Panel): Decision | null =>
  kept(told).find((one) => one.decision_id === told.flag.decision_id) ?? null;

/** Verdicts on a decision that nobody took back, oldest first. */
const verdictsOn = ({ reviews }: Panel, { decision_id }: Decision): Judgement[] =>
  reviews
    .filter((one) => one.decision_id === decision_id)
    .reduce<Judgement[]>((all, one) => (one.verdict === "withdrawn" ? all.slice(0, -1) : [...all, one]), []);

export const verdictOf = (told: Panel): Judgement | null => {
  const held = heldOf(told);
  return held ? (verdictsOn(told, held).at(-1) ?? null) : null;
};

const lockedByOther = ({ lock }: Panel, who: Me): boolean => lock !== null && lock.author !== who.name;

/** A flag that rests on other values by now has a last decision that still can be taken back. */
export const mayUndo = (told: Panel, who: Me): boolean => {
  const held = heldOf(told) ?? (told.flag.decision_id ? null : (kept(told).at(-1) ?? null));
  const last = held && (verdictsOn(told, held).at(-1) ?? held);
  return last !== null && !lockedByOther(told, who) && (isAdmin(who) || last.author === who.name);
};

export const mayDecide = (told: Panel, who: Me): boolean =>
  who.actions.includes("decide") && told.flag.flag_state !== "closed" && !lockedByOther(told, who);

/** A second person judges a decision, a third one where the second disputed it. */
export const mayJudge = (told: Panel, who: Me): boolean => {
  const held = heldOf(told);
  if (!held || !["decided", "disputed"].includes(told.flag.review_state)) return false;
  if (!who.actions.includes("approve") || lockedByOther(told, who)) return false;
  const said = told.flag.review_state === "disputed" ? verdictsOn(told, held).map((one) => one.author) : [];
  return isAdmin(who) || ![held.author, ...said].includes(who.name);
};

/** Whoever works on a flag may hold it; a hold is released by its holder or an administrator. */
export const mayHold = (told: Panel, who: Me): boolean =>
  mayDecide(told, who) || mayJudge(told, who) || (told.lock !== null && isAdmin(who));

/** What can be changed: where the source lies and what it claims; when judging, only what the decision changed. */
export const mayEdit = (told: Panel, who: Me, kind: "point" | "claim" | "statement"): boolean => {
  if (mayDecide(told, who)) return kind === "statement" || told.source !== null;
  const outcome = { point: "corrected", claim: "claim_corrected", statement: "" }[kind];
  return mayJudge(told, who) && heldOf(told)?.outcome === outcome;
};

/** The repair that was chosen, else the first that is offered, else the first. */
export const proposedOf = ({ repairs }: Panel, chosen = ""): Repair | null =>
  repairs.find((one) => one.repair_id === chosen) ?? repairs.find((one) => one.offered) ?? repairs[0] ?? null;

/** The values that a correction gave, with what a second person fixed. */
export const givenOf = (told: Panel): Values | null => {
  const held = heldOf(told);
  if (!held || !["corrected", "claim_corrected"].includes(held.outcome)) return null;
  return { ...held.after, ...verdictOf(told)?.after.values };
};

/** Where the source was stated: before the correction that holds, if there is one. */
export const statedOf = (told: Panel): Spot | null => {
  const held = told.flag.flag_state === "closed" ? heldOf(told) : null;
  if (held?.outcome === "corrected") return spot(held.before["lon"], held.before["lat"]);
  return spot(told.source?.["lon"] ?? told.flag.lon, told.source?.["lat"] ?? told.flag.lat);
};

/** Where it goes: by the correction that holds, else by the repair that is chosen. */
export const targetOf = (told: Panel, chosen: string): Spot | null => {
  if (told.flag.flag_state === "closed") {
    const given = givenOf(told);
    return given && spot(given["lon"], given["lat"]);
  }
  const repair = proposedOf(told, chosen);
  return repair?.kind === "point" ? spot(repair.lon, repair.lat) : null;
};
