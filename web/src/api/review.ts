/** The requests of the review. */
import { at, data, query, seen, type Query } from "./asking";
import { api } from "./client";
import type * as S from "./shapes";

export const flag = (id: string): Promise<S.Panel> => data(api().GET("/flags/{flag_id}", { params: { path: at(id) } }));
export const next = async (values: Query): Promise<S.NearFlag[]> =>
  (await data<{ flags: S.NearFlag[] }>(api().GET("/flags/next", { params: { query: query({ values }) } }))).flags;
export const queue = (): Promise<S.Queue> => data(api().GET("/queue", { params: { query: { limit: 50 } } }));

export interface Decision {
  outcome: S.Outcome;
  repair_id?: string;
  comment?: string;
}
export const decide = (id: string, etag: string, body: Decision): Promise<S.Standing> =>
  data(api().POST("/flags/{flag_id}/decisions", { params: { path: at(id), header: seen(etag) }, body }));
export const undo = (id: string, etag: string): Promise<S.Standing> =>
  data(api().POST("/flags/{flag_id}/undo", { params: { path: at(id), header: seen(etag) }, body: {} }));
export const comment = (id: string, text: string): Promise<S.Standing> =>
  data(api().POST("/flags/{flag_id}/comments", { params: { path: at(id) }, body: { text } }));
export const lock = (id: string): Promise<S.Standing> =>
  data(api().POST("/flags/{flag_id}/lock", { params: { path: at(id) } }));
export const unlock = (id: string): Promise<S.Standing> =>
  data(api().DELETE("/flags/{flag_id}/lock", { params: { path: at(id) } }));
