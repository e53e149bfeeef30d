/** What a panel says, as the page offers and draws it; what may be done the service tells. */
import type { Decision, Judgement, Panel, Repair, Step, Values } from "../api/shapes";
import { spot, type Spot } from "../map/chosen";

/** What the service told that one may do now. */
export const can = (told: Panel, step: Step): boolean => told.allowed.includes(step);

/** The decision that holds; none of its own where the correction of another flag closed this one. */
export const heldOf = (told: Panel): Decision | null =>
  told.decisions.find((one) => one.decision_id === told.flag.decision_id) ?? null;

/** Verdicts on a decision that nobody took back, oldest first. */
const verdictsOn = ({ reviews }: Panel, { decision_id }: Decision): Judgement[] =>
  reviews
    .filter((one) => one.decision_id === decision_id)
    .reduce<Judgement[]>((all, one) => (one.verdict === "withdrawn" ? all.slice(0, -1) : [...all, one]), []);

export const verdictOf = (told: Panel): Judgement | null => {
  const held = heldOf(told);
  return held ? (verdictsOn(told, held).at(-1) ?? null) : null;
};

/** A hold is offered to whoever has something to do; somebody's hold can be ended. */
export const offersHold = (told: Panel): boolean =>
  told.lock ? can(told, "unlock") : can(told, "lock") && (can(told, "decide") || can(told, "review"));

/** What can be changed: where the source lies and what it claims; when judging, only what the decision changed. */
export const offersEdit = (told: Panel, kind: "point" | "claim" | "statement"): boolean => {
  if (can(told, "decide")) return kind === "statement" || told.source !== null;
  const outcome = { point: "corrected", claim: "claim_corrected", statement: "" }[kind];
  return can(told, "review") && heldOf(told)?.outcome === outcome;
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
