/** Another claimed area: found by name or code. */
import { signal } from "@preact/signals";
import { search } from "../api/calls";
import type { Found } from "../api/shapes";
import { sayError } from "../state/work";
import { keep } from "./editing";

const WAIT_MS = 150;
let timer: ReturnType<typeof setTimeout> | undefined;
export const areasFound = signal<Found[] | null>(null);
let asked = new AbortController();

export const typeClaim = (text: string): void => {
  keep({ kind: "claim", code: "", name: "", text });
  forgetAreas();
  if (!text.trim()) return;
  asked = new AbortController();
  const { signal: given } = asked;
  timer = setTimeout(() => {
    search(text.trim(), given)
      .then(({ results }) => (areasFound.value = results.filter((one) => one.kind === "area")))
      .catch(sayError);
  }, WAIT_MS);
};

/** What was found for one flag is not offered for another. */
export const forgetAreas = (): void => {
  asked.abort();
  clearTimeout(timer);
  areasFound.value = null;
};

export const takeClaim = (code: string, name: string): void => {
  areasFound.value = null;
  keep({ kind: "claim", code, name, text: "" });
};
