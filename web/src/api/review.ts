/** The requests of the review. */
import { at, data, query, seen, type Query } from "./asking";
import { root } from "./base";
import { api } from "./client";
import { problemOf } from "./problem";
import { expired, offline } from "../state/session";
import { language } from "../text";
import type * as S from "./shapes";

export const flag = async (id: string): Promise<S.Panel> => ({
  ...(await data<S.Panel>(api().GET("/flags/{flag_id}", { params: { path: at(id) } }))),
  at: Date.now(),
});
export const next = async (values: Query): Promise<S.NearFlag[]> =>
  (await data<{ flags: S.NearFlag[] }>(api().GET("/flags/next", { params: { query: query({ values }) } }))).flags;
export const queue = (): Promise<S.Queue> => data(api().GET("/queue", { params: { query: { limit: 50 } } }));
export const versions = async (source_id: string): Promise<S.Version[]> =>
  (
    await data<{ versions: S.Version[] }>(
      api().GET("/sources/{source_id}/versions", { params: { path: { source_id } } }),
    )
  ).versions;

export interface Place {
  lon?: number;
  lat?: number;
  claimed_code?: string;
}
export interface Decision extends Place {
  outcome: S.Outcome;
  repair_id?: string;
  comment?: string;
}
export type Verdict = "approved" | "approved_with_fixes" | "rejected" | "disputed";
export interface Review extends Place {
  verdict: Verdict;
  comment?: string;
}
export const decide = (id: string, etag: string, body: Decision): Promise<S.Standing> =>
  data(api().POST("/flags/{flag_id}/decisions", { params: { path: at(id), header: seen(etag) }, body }));
export const review = (id: string, etag: string, body: Review): Promise<S.Standing> =>
  data(api().POST("/flags/{flag_id}/reviews", { params: { path: at(id), header: seen(etag) }, body }));
export const undo = (id: string, etag: string): Promise<S.Standing> =>
  data(api().POST("/flags/{flag_id}/undo", { params: { path: at(id), header: seen(etag) }, body: {} }));
export const comment = (id: string, text: string): Promise<S.Standing> =>
  data(api().POST("/flags/{flag_id}/comments", { params: { path: at(id) }, body: { text } }));
export const lock = (id: string): Promise<S.Standing> =>
  data(api().POST("/flags/{flag_id}/lock", { params: { path: at(id) } }));
export const unlock = (id: string): Promise<S.Standing> =>
  data(api().DELETE("/flags/{flag_id}/lock", { params: { path: at(id) } }));

export const parse = (text: string): Promise<S.Reading> => data(api().GET("/parse", { params: { query: { text } } }));
/** Where a place lies, and how far from the area that is claimed ("" for none). */
export const locate = async (lon: number, lat: number, claimed_code: string): Promise<S.Located | null> => {
  const body = { points: [[lon, lat]], claimed_code };
  return (await data<{ results: S.Located[] }>(api().POST("/locate", { body }))).results[0] ?? null;
};

export const attachment = (id: string): string => `${root()}attachments/${encodeURIComponent(id)}`;

/** Send a file; by XMLHttpRequest, since fetch tells nothing of what is on its way. */
export const attach = (id: string, file: File, progress: (share: number) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const name = encodeURIComponent(file.name);
    request.open("POST", `${root()}flags/${encodeURIComponent(id)}/attachments?name=${name}`);
    request.setRequestHeader("Accept-Language", language.value);
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onerror = () => {
      offline.value = true;
      reject(new TypeError("network"));
    };
    request.onload = () => {
      if (request.status < 300) return resolve();
      if (request.status === 401) expired.value = true;
      void problemOf(new Response(request.responseText, { status: request.status })).then(reject);
    };
    request.send(file);
  });
