/** What the progress page asks for. */
import { computed, signal } from "@preact/signals";
import * as calls from "../api/calls";
import type { Progress } from "../api/shapes";
import { queryOf } from "../filters/queries";
import { areaLevels } from "../state/levels";
import { offline } from "../state/session";
import { view } from "../state/view";
import { sharesOf } from "./table";

/** What numbers can be told by: of the flag, of its source, of the area the source lies in or is claimed for. */
export const KINDS = computed(() => ({
  flag: ["rule", "severity"],
  source: ["class", "import_group"],
  located: areaLevels.value,
  claimed: areaLevels.value.map((level) => `claimed_${level}`),
}));

const known = computed(() => new Set(Object.values(KINDS.value).flat()));
export const by = computed(() => (known.value.has(view.value.by) ? view.value.by : "rule"));

export const told = signal<Progress | null>(null);
export const failed = signal("");

/** Of the level that the numbers are told by: the share of each area's sources that lie where they are claimed. */
export const certain = signal<Map<string, number>>(new Map());

const askCertain = async (level: string, signal: AbortSignal): Promise<void> => {
  const code = `code_${level}`;
  const { groups } = await calls.grouped("sources", `${code},within_claim`, queryOf(view.peek(), "sources"), signal);
  if (!signal.aborted) certain.value = sharesOf(groups, code);
};

/** Ask under the filters of the address; returns what gives the question up. */
export const ask = (): (() => void) => {
  const asked = new AbortController();
  const kind = by.value;
  [failed.value, certain.value] = ["", new Map()];
  calls
    .progress(kind, queryOf(view.value, "flags"), asked.signal)
    .then((answer) => {
      told.value = answer;
      if (areaLevels.value.includes(kind)) void askCertain(kind, asked.signal).catch(() => undefined); // too many groups
    })
    .catch((error: unknown) => {
      if (asked.signal.aborted || offline.peek()) return;
      [told.value, failed.value] = [null, error instanceof Error ? error.message : String(error)];
    });
  return () => asked.abort();
};
