/** The requests that every page makes, one function each. */
import { data, query, type Query } from "./asking";
import { api } from "./client";
import type * as S from "./shapes";

export const me = (): Promise<S.Me> => data(api().GET("/me"));
export const counts = (): Promise<S.Counts> => data(api().GET("/counts"));
export const collections = async (): Promise<S.CollectionTold[]> =>
  (await data<{ collections: S.CollectionTold[] }>(api().GET("/collections"))).collections;
export const grouped = (collection: string, by: string, values: Query, signal: AbortSignal): Promise<S.Groups> =>
  data(api().GET("/counts", { params: { query: query({ collection, by, values }) }, signal }));
export const progress = (by: string, values: Query, signal: AbortSignal): Promise<S.Progress> =>
  data(api().GET("/progress", { params: { query: query({ by, values }) }, signal }));
export const search = (q: string, signal: AbortSignal): Promise<S.Search> =>
  data(api().GET("/search", { params: { query: { q, limit: 8 } }, signal }));
export const items = <P>(
  collection_id: string,
  values: Query,
  signal: AbortSignal | null = null,
): Promise<S.Features<P>> =>
  data(
    api().GET("/collections/{collection_id}/items", {
      params: { path: { collection_id }, query: query(values) },
      signal,
    }),
  );
export const queryables = async (collection_id: string): Promise<string[]> =>
  Object.keys(
    (
      await data<{ properties: object }>(
        api().GET("/collections/{collection_id}/queryables", { params: { path: { collection_id } } }),
      )
    ).properties,
  );
export const item = <P>(collection_id: string, feature_id: number): Promise<S.Feature<P>> =>
  data(
    api().GET("/collections/{collection_id}/items/{feature_id}", {
      params: { path: { collection_id, feature_id: String(feature_id) as never } },
    }),
  );
export const login = (token: string): Promise<S.Me> => data(api().POST("/login", { body: { token } }));
export const logout = (): Promise<unknown> => data(api().POST("/logout", { headers: { Accept: "application/json" } }));
