/** Time as it passes on the page: what is left of a lock, counted from when the service told it. */
import { signal } from "@preact/signals";

const TICK_MS = 15_000;
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), TICK_MS);

/** Return the whole minutes left of seconds that were told at a time; 0 when they are over. */
export const minutesLeft = (seconds: number, told: number): number =>
  Math.max(0, Math.ceil((seconds - (Math.max(now.value, told) - told) / 1000) / 60));
