/** Levels of areas of this workspace, from coarse to fine. */
import { signal } from "@preact/signals";

export const areaLevels = signal<string[]>([]);
