/** Two plans side by side. */
import { signal } from "@preact/signals";
import * as calls from "../api/plans";
import type { Comparison, Plan, Unit } from "../api/plans";
import { idOf, shapesOf, type Shown } from "./desk";

export interface Sheet {
  plan: Plan;
  units: ReadonlyMap<string, Unit>;
  shown: Shown;
}
export interface Pair {
  told: Comparison;
  sheets: [Sheet, Sheet];
}

export const pair = signal<Pair | null>(null);
export const trouble = signal("");

const sheetOf = async (name: string): Promise<Sheet> => {
  const plan = await calls.plan((await idOf(name)) ?? name);
  const { shown, units } = await shapesOf(plan);
  return { plan, shown, units: new Map(units.map((unit) => [unit.code, unit])) };
};

/** Ask for both; what comes late, after others were asked for, is dropped by `late`. */
export const compare = async (one: string, two: string, late: () => boolean): Promise<void> => {
  [pair.value, trouble.value] = [null, ""];
  try {
    const [told, ...sheets] = await Promise.all([calls.compare(one, two), sheetOf(one), sheetOf(two)]);
    if (!late()) pair.value = { told, sheets };
  } catch (error) {
    if (!late()) trouble.value = error instanceof Error ? error.message : String(error);
  }
};

/** Field zones of the second plan keep the tint of the first where they go by the same key. */
export const keysOf = ({ sheets: [one, two] }: Pair): string[] => [
  ...new Set([...one.plan.field_zones, ...two.plan.field_zones].map((zone) => zone.field_zone)),
];
