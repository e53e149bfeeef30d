/** Lists of rows that lie at one place, or that have none: the first of them, and more when asked for. */
import * as calls from "../api/calls";
import type { Row } from "../api/shapes";
import type { Values } from "../filters/queries";
import type { Key } from "../text";

const STEP = 50;

/** Rows of a collection: one by its id, or all that a query means. */
export interface Part {
  collection: string;
  n: number;
  id?: number;
  query?: Values;
}

export interface Member {
  collection: string;
  row: Row;
}

export interface Listed {
  title: Key;
  parts: Part[];
  matched: number;
  members: Member[];
}

const ask = async ({ collection, id, query = {} }: Part, offset: number, limit: number): Promise<Row[]> => {
  if (id !== undefined) return [(await calls.item<Row>(collection, id)).properties];
  const { features } = await calls.items<Row>(collection, { values: query, offset, limit });
  return features.map((one) => one.properties);
};

/** Return the members from a number on, over all parts in order. */
export const membersOf = async (parts: readonly Part[], skip: number, limit: number): Promise<Member[]> => {
  const asked: Promise<Member[]>[] = [];
  let [before, left] = [skip, limit];
  for (const part of parts) {
    const here = Math.min(part.n - before, left);
    if (here > 0) {
      const { collection } = part;
      asked.push(ask(part, before, here).then((rows) => rows.map((row) => ({ collection, row }))));
      left -= here;
    }
    before = Math.max(0, before - part.n);
  }
  return (await Promise.all(asked)).flat();
};

export const listOf = async (title: Key, parts: Part[]): Promise<Listed> => ({
  title,
  parts,
  matched: parts.reduce((sum, { n }) => sum + n, 0),
  members: await membersOf(parts, 0, STEP),
});

export const moreOf = async (list: Listed): Promise<Listed> => ({
  ...list,
  members: [...list.members, ...(await membersOf(list.parts, list.members.length, STEP))],
});
