/** The requests of a step on many flags. */
import { data } from "./asking";
import { api } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Preview = Schemas["BulkPreview"];
export type Result = Schemas["BulkDone"];
export type OneResult = Schemas["BulkResult"];

export const preview = (body: Record<string, unknown>): Promise<Preview> =>
  data(api().POST("/flags/bulk", { body: body as never }));
export const execute = (token: string): Promise<Result> =>
  data(api().POST("/flags/bulk", { body: { token } as never }));
export const read = (bulk_id: string): Promise<Result> =>
  data(api().GET("/flags/bulk/{bulk_id}", { params: { path: { bulk_id } } }));
export const undo = (bulk_id: string): Promise<Result> =>
  data(api().POST("/flags/bulk/{bulk_id}/undo", { params: { path: { bulk_id } } }));
