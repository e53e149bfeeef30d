/** Answers whose members the OpenAPI document does not list yet. */
import type { components } from "./schema";

/** What one may do with a flag. */
export type Step = components["schemas"]["Panel"]["allowed"][number];
export type Severity = "error" | "warning" | "info";
export type Outcome = "corrected" | "claim_corrected" | "statement_attached" | "false_alarm" | "cannot_decide";

export interface Me {
  name: string;
  role: string;
  scope: { code: string; name: string | null }[] | null;
  actions: string[];
  session: boolean;
  expires: string | null;
  background?: Background | null;
}

/** Tiles of somebody else, with the user's key: only where the operator has set them. */
export interface Background {
  tiles: string[];
  attribution: string;
  title: string;
}

export interface RowSum {
  rows: number;
  located: number;
  unlocated: number;
  excluded: number;
}

/** The check that the numbers rest on; null before the first one. */
export interface Check {
  finished: string;
  basemap_name: string;
  code_year: number | null;
}

export interface Counts {
  rowSum: Partial<RowSum>;
  check?: Check | null;
  collections: Record<string, number>;
}

export interface Groups {
  matched: number;
  groups: ({ n: number } & Record<string, string | number | boolean | null>)[];
}

export interface Lock {
  author: string;
  until: string;
  seconds_left: number;
}

export interface Flag {
  flag_id: string;
  source_id: string | null;
  group: string;
  rule: string;
  severity: Severity;
  message_zh: string;
  message_en: string;
  lon: number | null;
  lat: number | null;
  flag_state: string;
  review_state: string;
  outcome: string;
  decision_id: string;
}

export type Source = Record<string, string | number | null> & { source_id: string; collection: string };

/** A row of a list of the page, of whatever collection. */
export type Row = Record<string, string | number | null>;

export interface Cause {
  rank: number;
  cause: string;
  probability: number;
  evidence_zh: string;
  evidence_en: string;
}

export interface Repair extends Cause {
  repair_id: string;
  flag_id: string;
  kind: string;
  offered: number;
  reason_zh: string;
  reason_en: string;
  lon: number | null;
  lat: number | null;
  stated_lon: number | null;
  stated_lat: number | null;
  proposed_code: string | null;
  proposed_name: string | null;
  moved_m: number | null;
}

export interface Comment {
  comment_id: string;
  author: string;
  time: string;
  text: string;
}

/** Values of a source that a step changed: lon, lat, claimed_code, names, texts. */
export type Values = Record<string, string | number | null>;

export interface Decision {
  decision_id: string;
  outcome: string;
  author: string;
  time: string;
  comment: string;
  before: Values;
  after: Values;
}

export interface Judgement {
  review_id: string;
  decision_id: string;
  verdict: string;
  author: string;
  time: string;
  comment: string;
  after: { verdict?: string; values?: Values };
}

export interface Attachment {
  attachment_id: string;
  name: string;
  size: number;
  author: string;
  time: string;
}

/** The row that a source had before a change. */
export interface Version {
  version: number;
  time: string;
  author: string;
  decision_id: string;
  kind: string;
  values: Values;
}

export interface Panel {
  flag: Flag;
  source: Source | null;
  causes: Cause[];
  repairs: Repair[];
  decisions: Decision[];
  reviews: Judgement[];
  comments: Comment[];
  attachments: Attachment[];
  other_flags: Pick<Flag, "flag_id" | "rule" | "severity" | "flag_state" | "review_state">[];
  source_versions: number;
  lock: Lock | null;
  etag: string;
  allowed: Step[];
  time: string;
  /** When it was told, by the clock of this machine. */
  at: number;
}

export interface Standing {
  flag_id: string;
  flag_state: string;
  review_state: string;
  outcome: string;
  lock: Lock | null;
  etag: string;
}

export interface NearFlag {
  flag_id: string;
  source_id: string | null;
  rule: string;
  severity: Severity;
  message_zh: string;
  message_en: string;
  review_state: string;
  outcome?: string;
  distance_m?: number | null;
  lock?: Lock | null;
  reason?: string;
}

/** What a text means as a coordinate; `problem` where it means none. */
export interface Reading {
  lon: number | null;
  lat: number | null;
  lon_format: string | null;
  problem: string | null;
  message: string | null;
}

/** The areas that a point lies in, by level. */
export interface Located {
  codes: Record<string, string | null>;
  names: Record<string, string | null>;
  on_border: boolean;
}

export interface Found {
  kind: "coordinate" | "area" | "field_zone" | "zone" | "source";
  collection: string | null;
  id: number | null;
  code: string | null;
  name: string | null;
  bbox: [number, number, number, number] | null;
  areas?: Record<string, { code: string; name: string | null } | null>;
}

/** `more`: there are more in some collection than are listed. */
export interface Search {
  q: string;
  more: boolean;
  results: Found[];
}

export interface Feature<P> {
  id: number;
  geometry: { type: string; coordinates: unknown } | null;
  properties: P;
}

export interface Features<P> {
  numberMatched: number;
  features: Feature<P>[];
}

export interface CollectionTold {
  id: string;
  title: string;
  extent?: { spatial?: { bbox?: [number, number, number, number][] } };
}

export interface PlanTold {
  plan: string;
  id: string;
  field_zones: number;
  units: number;
  deviation: number | null;
}

export type Queue = Record<
  "locked" | "awaiting_review" | "rejected" | "to_review",
  { total: number; flags: NearFlag[] }
>;

/** How far flags are; closed = decided + disputed + approved. */
export interface Done {
  flags: number;
  open: number;
  reopened: number;
  decided?: number;
  disputed?: number;
  approved?: number;
  closed: number;
  closed_share: number | null;
}

export type Group = Done & { name?: string | null } & Record<string, unknown>;

export interface Progress extends Done {
  by: string[];
  groups: Group[];
  outcomes: Record<string, number>;
  reviews: Record<string, number>;
  /** Told by a service that also counts sources by their certainty. */
  certainty?: Record<string, unknown>;
  recheck_due: boolean;
  recheck_due_since: string | null;
}
