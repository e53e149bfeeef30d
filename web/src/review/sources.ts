/** A source by its id, in whichever collection it is, with its flags. */
import * as calls from "../api/calls";
import type { Flag, Source } from "../api/shapes";

const COLLECTIONS = ["sources", "unlocated-sources"];
const LISTED = 50;

export const askSource = async (id: string): Promise<{ source: Source | null; matched: number; flags: Flag[] }> => {
  const [flags, ...rows] = await Promise.all([
    calls.items<Flag>("flags", { values: { source_id: id, limit: LISTED } }),
    ...COLLECTIONS.map((one) => calls.items<Source>(one, { values: { source_id: id, limit: 1 } })),
  ]);
  return {
    source: rows.flatMap(({ features }) => features)[0]?.properties ?? null,
    matched: flags.numberMatched,
    flags: flags.features.map((one) => one.properties),
  };
};
