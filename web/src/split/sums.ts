/** How many units and sources the chosen areas hold; the service counts. */
import { signal } from "@preact/signals";
import * as calls from "../api/calls";
import { areaLevels } from "../state/levels";
import type { Chosen } from "./asking";

export interface Sums {
  sources: number | null;
  units: number | null;
}
export const sums = signal<Sums | null>(null);

let running = new AbortController();
const count = async (collection: string, values: Record<string, string[]>): Promise<number> =>
  (await calls.grouped(collection, "", values, running.signal)).matched;

/** Walk down from areas to those of the level of the units, by their parents. */
const unitsBelow = async (codes: string[], from: number, to: number): Promise<number> => {
  const levels = areaLevels.peek();
  let parents = codes;
  for (let rank = from + 1; rank < to; rank++) {
    const { groups } = await calls.grouped(`areas-${levels[rank]}`, "code", { parent_code: parents }, running.signal);
    parents = groups.map((group) => String(group["code"]));
  }
  return from === to ? codes.length : count(`areas-${levels[to]}`, { parent_code: parents });
};

const total = async (parts: Promise<number>[]): Promise<number> =>
  (await Promise.all(parts)).reduce((sum, part) => sum + part, 0);

/** Ask anew; what is late is given up. Units that are cut first (blocks, cells) are not known before. */
export const askSums = async (within: Chosen[], unitLevel: string): Promise<void> => {
  running.abort();
  running = new AbortController();
  const { signal: mine } = running;
  sums.value = null; // not those of the choice before
  if (!within.length) return;
  const levels = areaLevels.peek();
  const to = levels.indexOf(unitLevel);
  const each = levels
    .map((level) => ({ level, codes: within.filter((one) => one.level === level).map(({ code }) => code) }))
    .filter(({ codes }) => codes.length);
  const sources = total(each.map(({ level, codes }) => count("sources", { [`code_${level}`]: codes })));
  const known = to >= 0 && each.every(({ level }) => levels.indexOf(level) <= to);
  const units = known
    ? total(each.map(({ level, codes }) => unitsBelow(codes, levels.indexOf(level), to)))
    : Promise.resolve(null);
  try {
    const found = { sources: await sources, units: await units };
    if (!mine.aborted) sums.value = found;
  } catch (error) {
    if (!mine.aborted) throw error;
  }
};
