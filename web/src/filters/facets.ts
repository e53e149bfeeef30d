/** Numbers beside the values of the filters; each is counted under all the other filters. */
import { effect, signal } from "@preact/signals";
import * as calls from "../api/calls";
import type { Counts } from "../api/shapes";
import { MANY, type Many } from "../state/address";
import { PROPERTIES, queryOf, type Filtered } from "./queries";
import { offline, revision, seesFlags } from "../state/session";
import { filterKey, view } from "../state/view";
import { sayError } from "../state/work";

export interface Value {
  value: string;
  text: string;
  n: number;
}

export const facets = signal<Partial<Record<Many, Value[]>>>({});
export const matched = signal<Partial<Record<Filtered, number>>>({});
export const counts = signal<Counts | null>(null);

/** The level whose areas the filter lists: the one below the coarsest, where there is one. */
export const areaLevel = signal("");

const byOf = (name: Many, property: string): string =>
  name === "area" ? `code_${areaLevel.value},name_${areaLevel.value}` : property;

const ask = async (collection: Filtered, name: Many, signal: AbortSignal): Promise<void> => {
  const property = PROPERTIES[collection][name] ?? "";
  const by = byOf(name, property);
  const { groups } = await calls.grouped(collection, by, queryOf(view.peek(), collection, name), signal);
  const [first = "", second] = by.split(",");
  const told = groups
    .filter((group) => group[first] !== null && group[first] !== "") // a blank cannot be asked for
    .map((group) => {
      const code = String(group[first]);
      const value = name === "area" ? `${areaLevel.value}:${code}` : code;
      return { value, text: second ? String(group[second] ?? code) : code, n: group.n };
    });
  facets.value = { ...facets.value, [name]: told };
};

const askMatched = async (collection: Filtered, signal: AbortSignal): Promise<void> => {
  const { matched: n } = await calls.grouped(collection, "", queryOf(view.peek(), collection), signal);
  matched.value = { ...matched.value, [collection]: n };
};

/** Ask for all numbers whenever filters or rows change; what is late is given up. */
export const followFacets = (): (() => void) => {
  let running = new AbortController();
  return effect(() => {
    void [filterKey.value, revision.value, offline.value];
    if (!areaLevel.value || offline.value) return;
    running.abort();
    running = new AbortController();
    const { signal } = running;
    const collections: Filtered[] = seesFlags.value ? ["sources", "flags"] : ["sources"];
    const asked = collections.flatMap((collection) => [
      askMatched(collection, signal),
      ...MANY.filter((name) => offeredFor(collection, name)).map((name) => ask(collection, name, signal)),
    ]);
    void Promise.all([...asked, calls.counts().then((told) => (counts.value = told))]).catch(sayError);
  });
};

/** A viewer's sources have few properties; import groups are not asked for where the person sees none. */
const offeredFor = (collection: Filtered, name: Many): boolean =>
  PROPERTIES[collection][name] !== undefined && (name !== "group" || seesFlags.value);
