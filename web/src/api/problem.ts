/** Errors of the service (RFC 9457), or of the way to it. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export interface ProblemBody extends Pick<Schemas["Problem"], "status" | "title" | "detail"> {
  difference?: Schemas["FlagDifference"] | Schemas["PlanDifference"];
  holder?: string;
  seconds_left?: number;
  bulk_id?: string;
}

export class Problem extends Error {
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail || body.title);
    this.name = "Problem";
    this.body = body;
  }

  get status(): number {
    return this.body.status;
  }
}

/** Read an answer that is an error; a proxy may answer with something else than a problem document. */
export const problemOf = async (response: Response): Promise<Problem> => {
  const told: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  const body = (typeof told === "object" && told !== null ? told : {}) as Partial<ProblemBody>;
  const title = body.title ?? (response.statusText || String(response.status));
  return new Problem({ ...body, status: response.status, title, detail: body.detail ?? title });
};
