/** Parts of the page that are fetched when they are first shown: most people never open them. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { returned } from "../state/session";
import { sayError } from "../state/work";
import { t } from "../text";

export const later = <P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> => {
  const part = signal<ComponentType<P> | null>(null);
  let asked = false;
  const ask = async (): Promise<void> => {
    asked = true;
    try {
      part.value = await load();
    } catch (error) {
      asked = false; // asked for again when one is back
      sayError(error);
    }
  };
  return (props: P) => {
    void returned.value;
    const Part = part.value;
    if (!Part && !asked) void ask();
    return Part ? <Part {...props} /> : <main class="notice loading">{t("state.loading")}</main>;
  };
};
