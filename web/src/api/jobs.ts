/** The requests on jobs and uploads. */
import { data } from "./asking";
import { root } from "./base";
import { api } from "./client";
import { problemOf } from "./problem";
import type { components } from "./schema";
import { language } from "../text";

type Schemas = components["schemas"];
export type Job = Schemas["Job"];
export type Step = Schemas["JobEvent"];
export type Results = { report: { plan: string } } & Record<string, Schemas["Link"]>;

const of = (job_id: string): { path: { job_id: string } } => ({ path: { job_id } });

export const split = (inputs: Record<string, unknown>): Promise<Job> =>
  data(
    api().POST("/processes/{process_id}/execution", {
      params: { path: { process_id: "split" }, header: { Prefer: "respond-async" } },
      body: { inputs: inputs as never },
    }),
  );
export const job = (id: string): Promise<Job> => data(api().GET("/jobs/{job_id}", { params: of(id) }));
export const results = (id: string): Promise<Results> => data(api().GET("/jobs/{job_id}/results", { params: of(id) }));
export const dismiss = (id: string): Promise<Job> => data(api().DELETE("/jobs/{job_id}", { params: of(id) }));
export const unfinished = async (): Promise<Job[]> => {
  const asked = (status: "accepted" | "running") =>
    data<{ jobs: Job[] }>(api().GET("/jobs", { params: { query: { status, processID: "split" } } }));
  return (await Promise.all([asked("running"), asked("accepted")])).flatMap(({ jobs }) => jobs);
};
export const eventsOf = (id: string): EventSource => new EventSource(`${root()}jobs/${id}/events`);

/** A file goes as it is, without a form around it; returns the id that inputs name. */
export const upload = async (file: globalThis.File): Promise<string> => {
  const answer = await fetch(`${root()}uploads?name=${encodeURIComponent(file.name)}`, {
    method: "POST",
    body: file,
    headers: { "Content-Type": "application/octet-stream", "Accept-Language": language.value },
  });
  if (!answer.ok) throw await problemOf(answer);
  return ((await answer.json()) as Schemas["Upload"]).id;
};
