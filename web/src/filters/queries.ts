/** Which filter holds for which collection, and by which property: the only place that knows. */
import type { Many, View } from "../state/address";

type Properties = Partial<Record<Many, string>>;

/** Where a collection has no such property the filter cannot hold for it; the left column says so by its two parts. */
export const PROPERTIES: Record<"sources" | "flags", Properties> = {
  sources: { class: "class", area: "code_", group: "import_group" },
  flags: { severity: "severity", rule: "rule", state: "review_state" },
};

export type Filtered = keyof typeof PROPERTIES;

/** Return the query of a collection under the filters, without one of them (for the numbers beside its values). */
export const queryOf = (view: View, collection: Filtered, without?: Many): Record<string, string[]> => {
  const query: Record<string, string[]> = {};
  const put = (name: string, value: string): void => void (query[name] ??= []).push(value);
  for (const [name, property] of Object.entries(PROPERTIES[collection]) as [Many, string][]) {
    if (name === without) continue;
    for (const value of view[name]) {
      if (name !== "area") put(property, value);
      else put(`${property}${value.split(":")[0]}`, value.split(":").slice(1).join(":"));
    }
  }
  return query;
};

export const searchOf = (query: Record<string, string[]>): URLSearchParams =>
  new URLSearchParams(Object.entries(query).flatMap(([name, values]) => values.map((value) => [name, value])));
