/** The last step of this window, so that a reload finds it again; what was done and left the service keeps. */
const KEY = "geocensus.bulk";

export const kept = (): string => sessionStorage.getItem(KEY) ?? "";

export const keep = (id: string): void => {
  if (id) sessionStorage.setItem(KEY, id);
  else sessionStorage.removeItem(KEY);
};
