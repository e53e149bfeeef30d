/** Errors of the service (RFC 9457), or of the way to it. */
import type { Edit } from "./plans";
import type { Values, Version } from "./shapes";

export interface ProblemBody {
  status: number;
  title: string;
  detail: string;
  difference?: Difference & { edits?: Edit[] };
  holder?: string;
  seconds_left?: number;
  bulk_id?: string;
}

/** One event of a flag: a decision, review, comment or attachment. */
export interface Happened {
  event: string;
  author: string;
  time: string;
  outcome?: string;
  verdict?: string;
  comment?: string;
  text?: string;
  name?: string;
  before?: Values;
  after?: Values & { values?: Values };
}

/** What somebody else changed since a flag was seen. */
export interface Difference {
  events: Happened[];
  values: Record<string, { seen: string | null; now: string | null }>;
  source_versions: Version[];
  [other: string]: unknown;
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
