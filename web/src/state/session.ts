/** Who works here, and whether the service can be reached; kept apart from everything that was typed. */
import { computed, signal } from "@preact/signals";
import type { Me } from "../api/shapes";

export const user = signal<Me | null>(null);
export const expired = signal(false);
export const offline = signal(false);

/** Counts up when rows changed, by us or by others: tiles and numbers are asked for again. */
export const revision = signal(0);

/** Counts up when one comes back: after a sleep, a lost connection, a new login. What is open may have changed. */
export const returned = signal(0);
export const comeBack = (): void => {
  revision.value += 1;
  returned.value += 1;
};

const AWAY_MS = 60_000;

/** A tab that slept has heard nothing meanwhile. */
export const followSleep = (): void => {
  let left = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left = Date.now();
    else if (Date.now() - left >= AWAY_MS) comeBack();
  });
};

/** How much the service takes at a time. */
export const limits = computed(() => user.value?.limits);

export const may = (action: string): boolean => user.value?.actions.includes(action) ?? false;
export const seesFlags = computed(() => may("exact"));
