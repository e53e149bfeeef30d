/** Numbers beside the values of the filters; each is counted under all the other filters. */
import { effect, signal } from "@preact/signals";
import * as calls from "../api/calls";
import { Problem } from "../api/problem";
import type { Counts } from "../api/shapes";
import { MANY, type Many } from "../state/address";
import { offline, revision, seesFlags } from "../state/session";
import { filterKey, view } from "../state/view";
import { sayError } from "../state/work";
import { codeOf, levelOf, narrowed, propertyOf, queryOf, queryables, searchOf, type Filtered } from "./queries";

export interface Value {
  value: string;
  text: string;
  /** None where it was not counted. */
  n: number | null;
}

/** The collection whose features a filter counts. */
export const HOME: Record<Many, "sources" | "flags"> = {
  severity: "flags",
  rule: "flags",
  state: "flags",
  class: "sources",
  area: "sources",
  group: "sources",
};

/** Values by filter; "many" where there are more than the service lists. */
export const facets = signal<Partial<Record<Many, Value[] | "many">>>({});
export const matched = signal<Partial<Record<Filtered | "unplaced", number>>>({});
export const counts = signal<Counts | null>(null);

/** How many of the numbers of the filters are being asked for: till then those of a moment ago are shown. */
export const counting = signal(0);

/** The level whose areas the filter lists. */
export const areaLevel = signal("");

/** Names of areas that were seen, by level and code: a link knows codes only. */
export const areaNames = signal<Record<string, string>>({});

const told = (name: Many, values: Value[] | "many"): void => {
  facets.value = { ...facets.value, [name]: values };
  if (name !== "area" || values === "many") return;
  areaNames.value = { ...areaNames.value, ...Object.fromEntries(values.map((one) => [one.value, one.text])) };
};

const ask = async (name: Many, by: string, signal: AbortSignal): Promise<void> => {
  const [first = "", second] = by.split(",");
  const asked = calls.grouped(HOME[name], by, queryOf(view.peek(), HOME[name], name), signal);
  const groups = await asked.then(
    (answer) => answer.groups,
    (error: unknown) => {
      if (error instanceof Problem && error.status === 400) return null; // more groups than one answer holds
      throw error;
    },
  );
  const level = areaLevel.peek();
  if (signal.aborted) return;
  const values = groups
    ?.filter((group) => group[first] !== null && group[first] !== "") // a blank cannot be asked for
    .map((group) => {
      const code = String(group[first]);
      return {
        value: name === "area" ? `${level}:${code}` : code,
        text: second ? String(group[second] ?? code) : code,
        n: group.n,
      };
    });
  told(name, values ?? "many");
};

const askMatched = async (
  name: keyof typeof matched.value,
  query: ReturnType<typeof queryOf>,
  signal: AbortSignal,
): Promise<void> => {
  counting.value = counting.peek() + 1;
  try {
    const { matched: n } = await calls.grouped(name === "unplaced" ? "flags" : name, "", query, signal);
    if (!signal.aborted) matched.value = { ...matched.value, [name]: n };
  } finally {
    counting.value = counting.peek() - 1;
  }
};

const running = new Map<string, { key: string; abort: AbortController }>();

/** Ask for a number if what it depends on has changed; an answer that is late is given up. */
const renew = (name: string, key: string, asked: (signal: AbortSignal) => Promise<void>): void => {
  const before = running.get(name);
  if (before?.key === key) return;
  before?.abort.abort();
  const now = { key, abort: new AbortController() };
  running.set(name, now);
  asked(now.abort.signal).catch((error: unknown) => {
    if (running.get(name) === now) running.delete(name); // asked again at the next change
    sayError(error);
  });
};

const askAll = (): void => {
  const state = String(revision.value);
  const now = view.peek();
  renew("counts", state, async (signal) => {
    const told = await calls.counts();
    if (!signal.aborted) counts.value = told;
  });
  const number = (name: keyof typeof matched.value, query: ReturnType<typeof queryOf>): void =>
    renew(name, `${state} ${searchOf(query)}`, (signal) => askMatched(name, query, signal));
  number("sources", queryOf(now, "sources"));
  if (seesFlags.value) {
    number("flags", queryOf(now, "flags"));
    number("unplaced", narrowed(queryOf(now, "flags"), UNPLACED));
    number("unlocated-sources", queryOf(now, "unlocated-sources"));
  }
  for (const name of MANY) {
    const level = areaLevel.value;
    const property = propertyOf(HOME[name], name, level);
    if (!property || (HOME[name] === "flags" && !seesFlags.value)) continue;
    const named = name === "area" && queryables.value[HOME[name]]?.includes(`name_${level}`);
    const by = named ? `${property},name_${level}` : property;
    const key = `${state} ${by} ${searchOf(queryOf(now, HOME[name], name))}`;
    renew(`by ${name}`, key, (signal) => ask(name, by, signal));
  }
};

/** Flags of sources without a location, and of whole import groups. */
export const UNPLACED = "lon IS NULL";

/** Names of areas that are chosen by a link, and not listed. */
const nameAreas = (): void => {
  for (const area of view.peek().area) {
    if (areaNames.peek()[area]) continue;
    areaNames.value = { ...areaNames.peek(), [area]: codeOf(area) };
    void calls
      .items<{ name: string | null }>(`areas-${levelOf(area)}`, { limit: 1, values: { code: codeOf(area) } })
      .then(({ features: [first] }) => {
        if (first?.properties.name) areaNames.value = { ...areaNames.peek(), [area]: first.properties.name };
      })
      .catch(() => undefined); // its code says which one it is
  }
};

/** Ask for all numbers whenever filters or rows change. */
export const followFacets = (): (() => void) => {
  const ends = [
    effect(() => {
      void filterKey.value;
      if (areaLevel.value && !offline.value) askAll();
    }),
    effect(() => {
      void filterKey.value;
      if (areaLevel.value) nameAreas();
    }),
  ];
  return () => ends.forEach((end) => end());
};
