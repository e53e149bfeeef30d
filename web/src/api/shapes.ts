/** Answers by short names: the service describes them (api/geocensus_api/schemas), the client is generated from that. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Severity = Schemas["Severity"];
/** What a person may decide. */
export type Outcome = "corrected" | "claim_corrected" | "statement_attached" | "false_alarm" | "cannot_decide";

export type Me = Schemas["Me"];
export type RowSum = Required<Schemas["RowSum"]>;
export type Counts = Schemas["Counts"];
export type Groups = Schemas["Groups"];

export type Lock = Schemas["Lock"];
export type Flag = Schemas["Flag"];
export type Source = Schemas["Source"];
export type Cause = Schemas["Cause"];
export type Repair = Schemas["Repair"];
export type Comment = Schemas["Comment"];
export type Panel = Schemas["Panel"];
export type Standing = Schemas["Standing"];
export type NearFlag = Schemas["NearFlag"];
export type Queue = Schemas["Queue"];

export type Found = Schemas["Found"];
export type CollectionTold = Schemas["Collection"];
export type PlanTold = Schemas["PlanHead"];
export type Progress = Schemas["Progress"];
export type Done = Schemas["FlagNumbers"];

/** Features have the properties of their collection, which `/schema` tells and no document of all. */
export interface Feature<P> {
  id: number;
  geometry: { type: string; coordinates: unknown } | null;
  properties: P;
}

export interface Features<P> {
  numberMatched: number;
  features: Feature<P>[];
}
