/** Which filter holds for which collection, and by which property: the only place that knows. */
import { signal } from "@preact/signals";
import * as calls from "../api/calls";
import { MANY, type Many, type View } from "../state/address";

export type Filtered = "sources" | "flags" | "unlocated-sources";
export type Values = Record<string, string[]>;

/** The property of each filter; of areas there is one a level. */
const PROPERTIES: Record<Exclude<Many, "area">, string> = {
  class: "class",
  severity: "severity",
  rule: "rule",
  state: "review_state",
  group: "import_group",
};

/** Properties by which a person may choose; a filter holds for every collection that has its property. */
export const queryables = signal<Partial<Record<Filtered, readonly string[]>>>({});

export const askQueryables = async (collections: readonly string[]): Promise<void> => {
  const asked = (["sources", "flags", "unlocated-sources"] as const).filter((one) => collections.includes(one));
  const told = await Promise.all(asked.map(async (one) => [one, await calls.queryables(one)] as const));
  queryables.value = Object.fromEntries(told);
};

export const levelOf = (area: string): string => area.split(":")[0] ?? "";
export const codeOf = (area: string): string => area.slice(levelOf(area).length + 1);

/** Return the property by which a filter holds for a collection, if it does. */
export const propertyOf = (collection: Filtered, name: Many, level = ""): string | undefined => {
  const property = name === "area" ? `code_${level}` : PROPERTIES[name];
  return queryables.value[collection]?.includes(property) ? property : undefined;
};

/** Return whether all chosen values of a filter hold for a collection. */
export const holds = (view: View, collection: Filtered, name: Many): boolean =>
  name === "area"
    ? view.area.every((area) => propertyOf(collection, name, levelOf(area)))
    : propertyOf(collection, name) !== undefined;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Areas of one level are values of its property; of several levels, either is meant: a text of CQL2. */
const areasOf = (view: View, collection: Filtered): Values => {
  const levels = new Map<string, string[]>();
  for (const area of view.area) {
    const property = propertyOf(collection, "area", levelOf(area));
    if (property) levels.set(property, [...(levels.get(property) ?? []), codeOf(area)]);
  }
  if (levels.size < 2) return Object.fromEntries(levels);
  return { filter: [[...levels].map(([name, codes]) => `${name} IN (${codes.map(quoted).join(",")})`).join(" OR ")] };
};

/** Return the query of a collection under the filters, without one of them (for the numbers beside its values). */
export const queryOf = (view: View, collection: Filtered, without?: Many): Values => {
  const query: Values = without === "area" ? {} : areasOf(view, collection);
  for (const name of MANY) {
    const property = name === "area" || name === without ? undefined : propertyOf(collection, name);
    if (property && view[name].length) query[property] = view[name];
  }
  return query;
};

/** Return a query that is narrowed by a condition of CQL2. */
export const narrowed = (query: Values, condition: string): Values => ({
  ...query,
  filter: [query["filter"]?.[0] ? `(${query["filter"][0]}) AND ${condition}` : condition],
});

export const searchOf = (query: Values): URLSearchParams =>
  new URLSearchParams(Object.entries(query).flatMap(([name, values]) => values.map((value) => [name, value])));
