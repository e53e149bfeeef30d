/** The requests on plans, and what they answer. */
import type { FeatureCollection, MultiPolygon, Polygon } from "geojson";
import { data, query, seen } from "./asking";
import { api } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type PlanHead = Schemas["PlanHead"];
export type FieldZone = Schemas["PlanZone"];
export type Edit = Schemas["PlanEdit"];
export type Unit = Schemas["PlanUnit"];
export type Side = Schemas["PlanSide"];
export type Comparison = Schemas["PlanComparison"];
/** With its ETag: every edit says which state it was made on. */
export type Plan = Schemas["Plan"] & { etag: string };
export type Shapes = FeatureCollection<Polygon | MultiPolygon, { code: string; field_zone: string }>;

export interface Team {
  name?: string;
  owner?: string;
  phone?: string;
  people?: number;
}

const of = (plan_id: string): { plan_id: string } => ({ plan_id });

const tagged = async (asked: Promise<{ data?: unknown; response: Response }>): Promise<Plan> => {
  const { data: told, response } = await asked;
  return { ...(told as Plan), etag: response.headers.get("ETag") ?? "" };
};

export const plans = async (): Promise<PlanHead[]> => (await data<{ plans: PlanHead[] }>(api().GET("/plans"))).plans;
export const plan = (id: string): Promise<Plan> => tagged(api().GET("/plans/{plan_id}", { params: { path: of(id) } }));
export const units = async (id: string): Promise<Unit[]> =>
  (await data<{ units: Unit[] }>(api().GET("/plans/{plan_id}/units", { params: { path: of(id) } }))).units;
export const shapes = (id: string): Promise<Shapes> =>
  data(api().GET("/plans/{plan_id}/units", { params: { path: of(id), query: { f: "geojson" } } }));
export const zoneShapes = (plan: string, limit: number): Promise<Shapes> =>
  data(
    api().GET("/collections/{collection_id}/items", {
      params: { path: { collection_id: "field-zones" }, query: query({ values: { plan, limit } }) },
    }),
  );
export const edits = async (id: string): Promise<Edit[]> =>
  (await data<{ edits: Edit[] }>(api().GET("/plans/{plan_id}/history", { params: { path: of(id) } }))).edits;
export const compare = (a: string, b: string): Promise<Comparison> =>
  data(api().GET("/plans/compare", { params: { query: { a, b } } }));

const sent = (id: string, etag: string) => ({ params: { path: of(id), header: seen(etag) } });
export const move = (id: string, etag: string, units: string[], field_zone: string): Promise<Plan> =>
  tagged(api().POST("/plans/{plan_id}/move", { ...sent(id, etag), body: { units, field_zone } }));
export const lock = (id: string, etag: string, what: { field_zones?: string[]; units?: string[] }): Promise<Plan> =>
  tagged(api().POST("/plans/{plan_id}/lock", { ...sent(id, etag), body: what as never }));
export const unlock = (id: string, etag: string, what: { field_zones?: string[]; units?: string[] }): Promise<Plan> =>
  tagged(api().POST("/plans/{plan_id}/unlock", { ...sent(id, etag), body: what }));
export const rebalance = (id: string, etag: string, seconds: number): Promise<Plan> =>
  tagged(api().POST("/plans/{plan_id}/rebalance", { ...sent(id, etag), body: { seconds } as never }));
export const refresh = (id: string, etag: string): Promise<Plan> =>
  tagged(api().POST("/plans/{plan_id}/refresh", sent(id, etag)));
export const undo = (id: string, etag: string): Promise<Plan> =>
  tagged(api().POST("/plans/{plan_id}/undo", sent(id, etag)));
export const redo = (id: string, etag: string): Promise<Plan> =>
  tagged(api().POST("/plans/{plan_id}/redo", sent(id, etag)));
export const staff = (id: string, etag: string, zone_id: string, team: Team): Promise<Plan> =>
  tagged(
    api().PUT("/plans/{plan_id}/field-zones/{zone_id}", {
      params: { path: { plan_id: id, zone_id }, header: seen(etag) },
      body: team,
    }),
  );
export const copy = (id: string, name: string): Promise<Plan> =>
  tagged(api().POST("/plans/{plan_id}/copy", { params: { path: of(id) }, body: { name } }));
export const remove = (id: string, etag: string): Promise<unknown> =>
  data(api().DELETE("/plans/{plan_id}", sent(id, etag)));
/** Bring a deleted plan back. */
export const restore = (id: string): Promise<Plan> =>
  tagged(api().POST("/plans/{plan_id}/undo", { params: { path: of(id) } }));
