/** Who works here, and whether the service can be reached; kept apart from everything that was typed. */
import { computed, signal } from "@preact/signals";
import type { Me } from "../api/shapes";

export const user = signal<Me | null>(null);
export const expired = signal(false);
export const offline = signal(false);

/** Counts up when rows changed, by us or by others: tiles and numbers are asked for again. */
export const revision = signal(0);

export const may = (action: string): boolean => user.value?.actions.includes(action) ?? false;
export const seesFlags = computed(() => may("exact"));
