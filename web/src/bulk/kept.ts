/** The last result of this window, so that a reload finds it again. */
import type { OneResult } from "../api/bulk";

const KEY = "geocensus.bulk";

/** The service keeps what was done; what was left out, and why, is known from its answer only. */
export interface Kept {
  id: string;
  left: OneResult[];
}

export const kept = (): Kept | null => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Kept | null;
  } catch {
    return null;
  }
};

export const keep = (one: Kept | null): void => {
  try {
    if (one) sessionStorage.setItem(KEY, JSON.stringify(one));
    else sessionStorage.removeItem(KEY);
  } catch {
    if (one?.left.length) keep({ ...one, left: [] }); // storage is small: the id is what matters
  }
};
