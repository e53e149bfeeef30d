/** What every map must carry: that borders are schematic, or whose they are; and of which year the codes are. */
import { computed, effect } from "@preact/signals";
import type { IControl } from "maplibre-gl";
import type { Counts } from "../api/shapes";
import { counts } from "../filters/facets";
import { said, t } from "../text";

export const markOf = (told: Counts["basemap"]): string => {
  if (!told) return "";
  const title = said(told, "title");
  const named = told.code_year ? t("map.mark", { title, year: told.code_year }) : title;
  const whose = told.schematic ? [] : [said(told, "source"), told.licence]; // schematic borders are nobody's
  return [said(told, "notice"), named, ...whose].filter(Boolean).join(" · ");
};

export const mark = computed(() => markOf(counts.value?.basemap ?? null));

/** The mark as a part of a map. */
export const markControl = (): IControl => {
  const element = document.createElement("p");
  element.className = "maplibregl-ctrl mark";
  let end = (): void => undefined;
  return {
    onAdd: () => {
      end = effect(() => void (element.textContent = mark.value));
      return element;
    },
    onRemove: () => {
      end();
      element.remove();
    },
  };
};
