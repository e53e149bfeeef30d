/** The requests the page makes, one function each. */
import { api } from "./client";
import type * as S from "./shapes";

type Query = Record<string, unknown>;
const data = async <T>(asked: Promise<{ data?: unknown }>): Promise<T> => (await asked).data as T;
const query = (values: Query): never => values as never; // properties of a collection are no part of the document
const at = (flag_id: string): { flag_id: string } => ({ flag_id });
const seen = (etag: string): { "If-Match": string } => ({ "If-Match": etag });

export const me = (): Promise<S.Me> => data(api().GET("/me"));
export const counts = (): Promise<S.Counts> => data(api().GET("/counts"));
export const plans = async (): Promise<S.PlanTold[]> =>
  (await data<{ plans: S.PlanTold[] }>(api().GET("/plans"))).plans;
export const collections = async (): Promise<S.CollectionTold[]> =>
  (await data<{ collections: S.CollectionTold[] }>(api().GET("/collections"))).collections;
export const grouped = (collection: string, by: string, values: Query, signal: AbortSignal): Promise<S.Groups> =>
  data(api().GET("/counts", { params: { query: query({ collection, by, values }) }, signal }));
export const progress = (by: string, values: Query): Promise<S.Progress> =>
  data(api().GET("/progress", { params: { query: query({ by, values }) } }));
export const search = async (q: string, signal: AbortSignal): Promise<S.Found[]> =>
  (await data<{ results: S.Found[] }>(api().GET("/search", { params: { query: { q, limit: 8 } }, signal }))).results;
export const items = <P>(collection_id: string, values: Query): Promise<S.Features<P>> =>
  data(api().GET("/collections/{collection_id}/items", { params: { path: { collection_id }, query: query(values) } }));
export const item = <P>(collection_id: string, feature_id: number): Promise<S.Feature<P>> =>
  data(
    api().GET("/collections/{collection_id}/items/{feature_id}", {
      params: { path: { collection_id, feature_id: String(feature_id) as never } },
    }),
  );
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
export const login = (token: string): Promise<S.Me> => data(api().POST("/login", { body: { token } }));
export const logout = (): Promise<unknown> => data(api().POST("/logout", { headers: { Accept: "application/json" } }));
