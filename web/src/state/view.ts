/** The view as a signal, kept in the address bar. */
import { computed, effect, signal } from "@preact/signals";
import { EMPTY, MANY, formatView, parseView, type Layer, type Many, type View } from "./address";

export const view = signal<View>(parseView(location.search));

/** Change some of the view. */
export const go = (change: Partial<View>): void => {
  view.value = { ...view.value, ...change };
};

export const toggleValue = (name: Many, value: string): void => {
  const values = view.value[name];
  go({ [name]: values.includes(value) ? values.filter((one) => one !== value) : [...values, value].sort() });
};

export const toggleLayer = (name: Layer): void => {
  const layers = view.value.layers;
  go({ layers: layers.includes(name) ? layers.filter((one) => one !== name) : [...layers, name] });
};

export const clearFilters = (): void => go({ ...Object.fromEntries(MANY.map((name) => [name, []])), mine: "" });

/** Changes only with the filters, not with every move of the map. */
export const filterKey = computed(() => JSON.stringify(MANY.map((name) => view.value[name])));
export const filtered = computed(() => filterKey.value !== JSON.stringify(MANY.map((name) => EMPTY[name])));

/** What makes a step of "back": the place of the map and the filters do not. */
const step = (one: View): string =>
  [one.page, one.flag, one.source, ...(one.page === "split" ? [one.plan, one.other, one.job] : [])].join("\n");

/** Keep signal and address bar equal; returns what ends it. */
export const followAddress = (): (() => void) => {
  const back = (): void => {
    view.value = parseView(location.search);
  };
  addEventListener("popstate", back);
  const end = effect(() => {
    const query = formatView(view.value);
    if (query === formatView(parseView(location.search))) return;
    const before = parseView(location.search);
    const address = `${location.pathname}${query ? `?${query}` : ""}`;
    if (step(before) === step(view.value)) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
  });
  return () => {
    end();
    removeEventListener("popstate", back);
  };
};
