/** All texts in Chinese; one file a page. */
import { bulk } from "./bulk";
import { filters } from "./filters";
import { frame } from "./frame";
import { progress } from "./progress";
import { review } from "./review";
import { split } from "./split";
import { words } from "./words";

export const zh = { ...frame, ...filters, ...review, ...bulk, ...split, ...progress, ...words };
export type Key = keyof typeof zh;
