/** The map on which areas are chosen for a split. */
import { effect, signal } from "@preact/signals";
import type { FillLayerSpecification, FilterSpecification } from "maplibre-gl";
import { useEffect, useRef } from "preact/hooks";
import type { CollectionTold } from "../api/shapes";
import { placeNames } from "../map/names";
import { areaLevels } from "../state/levels";
import { t } from "../text";
import { ask, asked, type Chosen } from "./asking";
import { ground, showGround } from "./maps";
import type { Box } from "./colouring";

const CHINA: Box = [73, 18, 135, 54];
export const level = signal("");

export const toggle = (area: Chosen): void => {
  const { within } = asked.peek();
  const there = within.some(({ code }) => code === area.code);
  ask({ within: there ? within.filter(({ code }) => code !== area.code) : [...within, area] });
};

const frameOf = (told: CollectionTold[]): Box =>
  told.find(({ id }) => id.startsWith("areas-"))?.extent?.spatial?.bbox?.[0] ?? CHINA;

const inside = (codes: string[]): FilterSpecification => ["in", ["get", "code"], ["literal", codes]];

const build = (element: HTMLElement, told: CollectionTold[], picking: boolean): (() => void) => {
  const made = ground(element, told, frameOf(told));
  const { map } = made;
  let end = (): void => undefined;
  const addPicks = (): void => {
    const names = map.getStyle().layers.find(({ type }) => type === "symbol")?.id;
    for (const one of areaLevels.peek()) {
      const source = `areas-${one}`;
      const layer = { source, "source-layer": source };
      const put = (id: string, paint: FillLayerSpecification["paint"]): void =>
        void map.addLayer({ ...layer, id, type: "fill", paint: paint ?? {} }, names);
      put(`pick-${one}`, { "fill-color": "#2b4a66", "fill-opacity": 0 });
      put(`picked-${one}`, { "fill-color": "#4a7fb5", "fill-opacity": 0.4, "fill-outline-color": "#2b4a66" });
    }
  };
  const follow = (): (() => void) =>
    effect(() => {
      for (const one of areaLevels.value) {
        const codes = asked.value.within.filter((area) => area.level === one).map(({ code }) => code);
        map.setFilter(`picked-${one}`, inside(codes));
        map.setLayoutProperty(`pick-${one}`, "visibility", one === level.value ? "visible" : "none");
      }
    });
  map.on("idle", () => placeNames(map, made.levels));
  map.on("load", () => {
    showGround(made, ["areas", "barriers"]);
    if (!picking) return;
    addPicks();
    end = follow();
    map.on("click", ({ point }) => {
      const one = level.peek();
      const [hit] = map.queryRenderedFeatures(point, { layers: [`pick-${one}`] });
      const { code, name } = hit?.properties ?? {};
      if (code) toggle({ code: String(code), name: String(name ?? code), level: one });
    });
  });
  return () => {
    end();
    map.remove();
  };
};

export const AreaMap = ({ told, picking }: { told: CollectionTold[]; picking: boolean }) => {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!level.peek()) level.value = areaLevels.peek()[1] ?? areaLevels.peek()[0] ?? "";
    return element.current ? build(element.current, told, picking) : undefined;
  }, [told, picking]);
  return <div class="map" ref={element} role="region" aria-label={t("map.label")} />;
};
