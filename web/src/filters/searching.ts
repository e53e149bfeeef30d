/** Search within the values of a filter. */
import * as calls from "../api/calls";
import type { Value } from "./facets";

/** Return the condition (CQL2) that finds areas by a part of the name or the beginning of the code. */
export const searched = (text: string): string => {
  const plain = text
    .trim()
    .replaceAll("'", "''")
    .replace(/[\\%_]/g, "\\$&");
  return `name LIKE '%${plain}%' OR code LIKE '${plain}%'`;
};

/** Return the values to list: those that are chosen first, then those that hold the text, `most` of them. */
export const listed = (
  values: readonly Value[],
  chosen: readonly string[],
  text: string,
  most: number,
  said: (value: Value) => string,
): { shown: Value[]; total: number } => {
  const asked = text.trim().toLowerCase();
  const first = values.filter((one) => chosen.includes(one.value));
  const rest = values.filter(
    (one) =>
      !chosen.includes(one.value) &&
      (said(one).toLowerCase().includes(asked) || one.value.toLowerCase().includes(asked)),
  );
  return { shown: [...first, ...rest.slice(0, Math.max(0, most - first.length))], total: first.length + rest.length };
};

export interface AreasFound {
  total: number;
  values: Value[];
}

/** Return the first areas of a level that a text finds: where there are too many to list, as 45,000 townships are. */
export const areasLike = async (
  level: string,
  text: string,
  limit: number,
  signal: AbortSignal,
): Promise<AreasFound> => {
  const values = { filter: searched(text), properties: "code,name", sortby: "code" };
  const found = await calls.items<{ code: string; name: string | null }>(`areas-${level}`, { limit, values }, signal);
  return {
    total: found.numberMatched,
    values: found.features.map(({ properties: { code, name } }) => ({
      value: `${level}:${code}`,
      text: name ?? code,
      n: null,
    })),
  };
};
