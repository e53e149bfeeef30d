/** All texts in English; the keys are those of the Chinese ones, or it does not compile. */
import type { Key } from "../zh";
import { bulk } from "./bulk";
import { filters } from "./filters";
import { frame } from "./frame";
import { progress } from "./progress";
import { review } from "./review";
import { split } from "./split";
import { words } from "./words";

export const en: Record<Key, string> = { ...frame, ...filters, ...review, ...bulk, ...split, ...progress, ...words };
