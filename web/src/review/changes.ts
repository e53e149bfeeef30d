/** What changed, as old → new: between rows of a source, and between two looks at a flag. */
import type { Difference, Happened, Panel, Values, Version } from "../api/shapes";
import { spot } from "../map/chosen";
import { shown } from "../map/coordinates";
import { format } from "../state/work";

export interface Change {
  what: "place" | "claim";
  from: string;
  to: string;
}

const placeOf = (row: Values): string => {
  const at = spot(row["lon"], row["lat"]);
  return at ? shown(...at, format.value) : [row["lon_text"], row["lat_text"]].filter(Boolean).join(" ");
};
const LEVELS = ["county", "township", "village"].map((level) => `claimed_${level}_name`);
export const claimOf = (row: Values): string =>
  [...LEVELS.map((name) => row[name]), row["claimed_code"]].filter(Boolean).join(" ");

/** Return place and claim where they differ; a row may hold only the values that a step changed. */
export const changesOf = (before: Values, after: Values): Change[] => {
  const changes: Change[] = [
    { what: "place", from: placeOf(before), to: placeOf(after) },
    { what: "claim", from: claimOf(before), to: claimOf(after) },
  ];
  return changes.filter(({ from, to }) => from !== to);
};

/** What a decision or a review with fixes changed. */
export const changesBy = ({ before, after }: { before: Values; after: Values }): Change[] =>
  changesOf(before, { ...before, ...after });

/** What each version changed: its row is the one before, the next one's (or the present) the one after. */
export const changesOfVersions = (versions: Version[], present: Values): (Version & { changes: Change[] })[] =>
  versions.map((one, rank) => ({ ...one, changes: changesOf(one.values, versions[rank + 1]?.values ?? present) }));

const happened = (told: Panel): Happened[] => [
  ...told.decisions.map((one) => ({ ...one, event: "decision" as const })),
  ...told.reviews.map((one) => ({ ...one, event: "review" as const })),
  ...told.comments.map((one) => ({ ...one, event: "comment" as const })),
  ...told.attachments.map((one) => ({ ...one, event: "attachment" as const })),
];

export const idOf = (one: Happened): string =>
  one.event === "review"
    ? one.review_id // which names the decision, too
    : one.event === "decision"
      ? one.decision_id
      : one.event === "comment"
        ? one.comment_id
        : one.attachment_id;

/** Return all that happened to a flag, oldest first. */
export const eventsOf = (told: Panel): Happened[] => happened(told).sort((a, b) => a.time.localeCompare(b.time));

/** Return what is new between two looks, as the service tells it to whoever acts too late. */
export const newSince = (before: Panel, now: Panel): Difference => {
  const seen = new Set(eventsOf(before).map(idOf));
  const states = ["flag_state", "review_state"] as const;
  const moved = states.filter((name) => before.flag[name] !== now.flag[name]);
  const [was, is]: [Values, Values] = [before.source ?? {}, now.source ?? {}];
  const changed = before.source_versions !== now.source_versions && changesOf(was, is).length > 0;
  return {
    events: eventsOf(now).filter((one) => !seen.has(idOf(one))),
    values: Object.fromEntries(moved.map((name) => [name, { seen: before.flag[name], now: now.flag[name] }])),
    source_versions: changed
      ? [{ version: now.source_versions, time: now.time, author: "", decision_id: "", kind: "", values: was }]
      : [],
  };
};
