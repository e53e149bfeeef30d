/** The map of the open plan. */
import { effect, signal } from "@preact/signals";
import type { Map as MapLibre, MapMouseEvent, PointLike } from "maplibre-gl";
import { useEffect, useRef } from "preact/hooks";
import type { CollectionTold } from "../api/shapes";
import type { Layer } from "../state/address";
import { language, t } from "../text";
import { around, labelled, namesAt, tinted, touching, type Box } from "./colouring";
import * as desk from "./desk";
import { ground, showGround } from "./maps";
import { painted, type Ground, type Painter } from "./painting";
import { hours } from "./saying";

export const layers = signal<Layer[]>(["areas", "barriers"]);
export const several = signal(false);
export const picture = signal<(() => string) | null>(null);
const tints = signal<ReadonlyMap<string, string>>(new Map());

export const tintOf = (zone: string): string => tints.value.get(zone) ?? "#e4e7e9";

const codesAt = (map: MapLibre, where: PointLike | [PointLike, PointLike]): string[] =>
  map.queryRenderedFeatures(where, { layers: ["units-fill"] }).map(({ id }) => String(id));

/** Add units to what is chosen, or choose them alone; chosen again, they are left out. */
export const choose = (codes: string[], more: boolean): void => {
  if (desk.shown.peek()?.coarse) return void (desk.hovered.value = codes[0] ?? "");
  const before = desk.chosen.peek();
  if (!more) desk.chosen.value = before.size === 1 && before.has(codes[0] ?? "") ? new Set() : new Set(codes);
  else {
    const next = new Set(before);
    const leaving = codes.length === 1 && next.has(codes[0] as string);
    for (const code of codes)
      if (leaving) next.delete(code);
      else next.add(code);
    desk.chosen.value = next;
  }
};

/** Shift and a drag take all units that the box touches. */
const boxed = (map: MapLibre): void => {
  const canvas = map.getCanvasContainer();
  canvas.addEventListener("mousedown", (down: MouseEvent) => {
    if (!down.shiftKey || down.button !== 0) return;
    map.dragPan.disable();
    const frame = canvas.getBoundingClientRect();
    const at = (event: MouseEvent): [number, number] => [event.clientX - frame.x, event.clientY - frame.y];
    const from = at(down);
    const drawn = document.createElement("div");
    drawn.className = "box";
    canvas.append(drawn);
    const drag = (event: MouseEvent): void => {
      const to = at(event);
      Object.assign(drawn.style, {
        left: `${Math.min(from[0], to[0])}px`,
        top: `${Math.min(from[1], to[1])}px`,
        width: `${Math.abs(from[0] - to[0])}px`,
        height: `${Math.abs(from[1] - to[1])}px`,
      });
    };
    const up = (event: MouseEvent): void => {
      document.removeEventListener("mousemove", drag);
      drawn.remove();
      map.dragPan.enable();
      const to = at(event);
      if (Math.hypot(from[0] - to[0], from[1] - to[1]) > 4) choose(codesAt(map, [from, to]), true);
    };
    document.addEventListener("mousemove", drag);
    document.addEventListener("mouseup", up, { once: true });
  });
};

const listen = (map: MapLibre): void => {
  map.on("click", (event: MapMouseEvent) => {
    const codes = codesAt(map, event.point).slice(0, 1);
    if (codes.length) choose(codes, several.peek() || event.originalEvent.shiftKey);
    else desk.chosen.value = new Set();
  });
  map.on("mousemove", ({ point }) => {
    const [code] = codesAt(map, point);
    desk.hovered.value = code === undefined ? "" : (desk.zoneOf(code) ?? "");
    map.getCanvas().style.cursor = code === undefined ? "" : "pointer";
  });
  map.on("mouseout", () => (desk.hovered.value = ""));
  boxed(map);
};

/** What a field zone is called on the map: name, load, and a word where it is locked. */
const nameOn = (zone: string): string => {
  const told = desk.zoneNamed.value.get(zone);
  if (!told) return zone;
  const name = told.name.length > 24 ? `${told.name.slice(0, 23)}…` : told.name;
  return `${name}\n${hours(told.load)}${told.locked ? ` · ${t("split.locked")}` : ""}`;
};

const lockedCodes = (shown: Ground): string[] => {
  const { field_zones, units } = desk.plan.value?.locks ?? { field_zones: [], units: {} };
  const zones = new Set(field_zones);
  return shown.shapes.features
    .map(({ properties }) => properties.code)
    .filter((code) => code in units || zones.has(desk.zoneOf(code) ?? ""));
};

const followZones = (painter: Painter, shown: Ground): (() => void)[] => {
  const lines = shown.borders.features.map(({ properties }) => properties);
  return [
    effect(() => {
      const zones = desk.plan.value?.field_zones.map((zone) => zone.field_zone) ?? [];
      tints.value = tinted(zones, touching(lines, desk.zoneOf), tints.peek());
      painter.zones(desk.zoneOf, tints.peek());
    }),
    effect(() => {
      void language.value;
      const units = shown.shapes.features.map(({ properties: { code } }) => ({
        code,
        field_zone: desk.zoneOf(code) ?? "",
      }));
      const spots = namesAt(units, shown.boxes);
      painter.names({
        type: "FeatureCollection",
        features: [...spots].map(([zone, spot]) => labelled(spot, nameOn(zone))),
      });
    }),
    effect(() => painter.pattern("locked", lockedCodes(shown))),
    effect(() => painter.mark("chosen", desk.chosen.value)),
    effect(() => {
      const zone = desk.hovered.value;
      const codes = shown.shapes.features.map(({ properties }) => properties.code);
      painter.mark("hover", new Set(zone ? codes.filter((code) => desk.zoneOf(code) === zone) : []));
    }),
  ];
};

export const frame = (box: Box): void => void drawnMap.peek()?.fitBounds(box, { padding: 40 });
const drawnMap = signal<MapLibre | null>(null);

export const PlanMap = ({ told }: { told: CollectionTold[] }) => {
  const element = useRef<HTMLDivElement>(null);
  const shown = desk.shown.value;
  useEffect(() => {
    if (!element.current || !shown) return;
    const made = ground(element.current, told, around(shown.ground.boxes.values()));
    const { map } = made;
    let ends: (() => void)[] = [];
    map.on("load", () => {
      const painter = painted(map, shown.ground);
      ends = [...followZones(painter, shown.ground), effect(() => showGround(made, layers.value))];
      listen(map);
      drawnMap.value = map;
      picture.value = () => {
        map.redraw();
        return map.getCanvas().toDataURL("image/png");
      };
    });
    return () => {
      ends.forEach((end) => end());
      [drawnMap.value, picture.value] = [null, null];
      map.remove();
    };
  }, [shown, told]);
  return <div class="map" ref={element} role="region" aria-label={t("map.label")} />;
};
