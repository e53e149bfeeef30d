/** The requests on plans, and what they answer. */
import type { FeatureCollection, MultiPolygon, Polygon } from "geojson";
import { data, query, seen } from "./asking";
import { api } from "./client";
import type * as S from "./shapes";

export interface PlanHead extends S.PlanTold {
  created: string;
  level: string;
  tolerance: number;
  feasible: boolean;
  optimal: boolean | "balance" | null;
  bound: number | null;
  cut_km: number | null;
  sources: number | null;
  within: { code: string; name: string | null }[];
  by: string | null;
  state: { edits: number; edited: string | null; can_undo: boolean; can_redo: boolean };
}

export interface FieldZone {
  id: string;
  field_zone: string;
  name: string;
  owner?: string;
  phone?: string;
  people?: number;
  load: number;
  target: number | null;
  deviation: number | null;
  units: number;
  sources?: number;
  locked: boolean;
  bbox: [number, number, number, number];
}

export interface Edit {
  number: number;
  action: string;
  author: string;
  time: string;
  turns: number | null;
  request: { units?: string[]; field_zones?: string[]; field_zone?: string } & Record<string, unknown>;
  before: { units?: Record<string, string> };
  after: { units?: Record<string, string> };
}

export interface Changed {
  basemap: string[] | null;
  units_added: string[];
  units_gone: string[];
  units_changed: number;
  minutes: [number, number];
  can_refresh: boolean;
}

export interface Plan extends Omit<PlanHead, "field_zones"> {
  field_zones: FieldZone[];
  locks: { field_zones: string[]; units: Record<string, string> };
  report: {
    polsby_popper?: number;
    rms_m?: number;
    connected?: boolean;
    load?: Record<"min" | "mean" | "max", number>;
  };
  warnings: string[];
  basis: { editable: boolean; reason: string | null; changed: Changed | null };
  edit: Edit | null;
  ended?: boolean;
  etag: string;
}

export interface Unit {
  code: string;
  name: string | null;
  field_zone: string;
  load: number;
  sources: number | null;
  locked: boolean;
  group: number | null;
  neighbours: string[];
  may_go_to: string[];
}

export type Shapes = FeatureCollection<Polygon | MultiPolygon, { code: string; field_zone: string }>;

export interface Side {
  name: string;
  load: number;
  units: number;
  deviation: number | null;
}

export interface Comparison {
  moved: { code: string; before: string | null; after: string | null; load: number; name: string | null }[];
  moved_units: number;
  moved_minutes: number;
  moved_sources: number;
  moved_share: number;
  flows: { before: string; after: string; units: number; load: number }[];
  field_zones: { field_zone: string; before: Side | null; after: Side | null }[];
  measures: Record<string, { before: number | null; after: number | null }>;
  text: string | null;
}

export interface Team {
  name?: string;
  owner?: string;
  phone?: string;
  people?: number;
}

const of = (plan_id: string): { plan_id: string } => ({ plan_id });

/** A plan comes with its ETag: every edit says which state it was made on. */
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
