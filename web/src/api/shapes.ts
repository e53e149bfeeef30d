/** Answers by short names: the service describes them (api/geocensus_api/schemas), the client is generated from that. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Severity = Schemas["Severity"];
/** What a person may decide. */
export type Outcome = "corrected" | "claim_corrected" | "statement_attached" | "false_alarm" | "cannot_decide";

export type Me = Schemas["Me"];
/** Tiles of somebody else, with the user's key: only where the operator has set them. */
export type Background = Schemas["Background"];
export type RowSum = Schemas["RowSum"];
export type Counts = Schemas["Counts"];
export type Groups = Schemas["Groups"];
export type CollectionTold = Schemas["Collection"];
export type Found = Schemas["Found"];
export type Search = Schemas["SearchResults"];
export type Reading = Schemas["Parsed"];
export type Located = Schemas["Located"];
export type Progress = Schemas["Progress"];
export type Done = Schemas["FlagNumbers"];
export type Group = Progress["groups"][number];

export type Flag = Schemas["Flag"];
export type Source = Schemas["Source"];
export type Repair = Schemas["Repair"];
/** Values of a source, as they were or as a step changed them: lon, lat, claimed_code, names, texts. */
export type Values = Schemas["Values"];
export type Decision = Schemas["Decision"];
export type Judgement = Schemas["Review"];
export type Version = Schemas["SourceVersion"];
export type Happened = Schemas["Event"];
/** What somebody else changed since a flag was seen. */
export type Difference = Schemas["FlagDifference"];
/** `at`: when it was told, by the clock of this machine. */
export type Panel = Schemas["Panel"] & { at: number };
/** What one may do with a flag. */
export type Step = Panel["allowed"][number];
export type Standing = Schemas["Standing"];
export type NearFlag = Schemas["NearFlag"];
export type Queue = Schemas["Queue"];

/** A row of a list of the page, of whatever collection. */
export type Row = Values;

/** Features have the properties of their collection, which its schema tells and no document of all. */
export interface Feature<P> {
  id: number;
  geometry: { type: string; coordinates: unknown } | null;
  properties: P;
}

export interface Features<P> {
  numberMatched: number;
  features: Feature<P>[];
}
