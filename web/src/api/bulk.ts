/** The requests of a step on many flags. */
import { data } from "./asking";
import { api } from "./client";

export interface Preview {
  token: string;
  expires_in: number;
  action: string;
  matched: number;
  eligible: number;
  not_eligible: { reason: string; detail: string; n: number }[];
  by_rule: { rule: string; severity: string; matched: number; eligible: number }[];
  without_place: number;
}

export interface OneResult {
  flag_id: string;
  result: "ok" | "skipped" | "failed";
  reason?: string;
  detail?: string;
}

export interface Result {
  bulk_id: string;
  action: string;
  ok: number;
  skipped: number;
  failed: number;
  results: OneResult[];
  /** Of a step that is read again. */
  outcome?: string;
  undone?: boolean;
}

export const preview = (body: Record<string, unknown>): Promise<Preview> =>
  data(api().POST("/flags/bulk", { body: body as never }));
export const execute = (token: string): Promise<Result> =>
  data(api().POST("/flags/bulk", { body: { token } as never }));
export const read = (bulk_id: string): Promise<Result> =>
  data(api().GET("/flags/bulk/{bulk_id}", { params: { path: { bulk_id } } }));
export const undo = (bulk_id: string): Promise<Result> =>
  data(api().POST("/flags/bulk/{bulk_id}/undo", { params: { path: { bulk_id } } }));
