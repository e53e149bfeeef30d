/** Keep the map as the view says, and the view as the map is moved. */
import { effect } from "@preact/signals";
import { revision } from "../state/session";
import { filterKey, go, view } from "../state/view";
import * as work from "../state/work";
import { language, t } from "../text";
import { drawn } from "./chosen";
import { onScreen } from "./counting";
import { addCorner, corners, drawing, finish } from "./drawing";
import { ownSource, renewPoints, renewShapes, showLayers, type Made } from "./making";
import { marks } from "./marks";
import { placeNames } from "./names";
import { ONLINE, followOnline, onlineFailed } from "./online";
import { pick, pointsAt } from "./picking";
import { POINTS } from "./tiles";

const isPoints = (sourceId: string): boolean => (POINTS as readonly string[]).includes(sourceId);

/** Numbers of a moment ago are no numbers of the frame: none are told until all is drawn. */
const unsettled = ({ map }: Made, points: boolean): void => {
  map.getContainer().dataset["idle"] = "no";
  if (points) work.screen.value = {};
};

const settled = ({ map, levels }: Made, moved: boolean): void => {
  const [sources, flags] = [onScreen(map, "sources", "sources-one"), onScreen(map, "flags", "flags-sign")];
  work.screen.value = { ...(sources !== undefined && { sources }), ...(flags !== undefined && { flags }) };
  if (moved) placeNames(map, levels);
  map.getContainer().dataset["idle"] = "yes";
};

const POINTED = ["mousemove", "mouseout", "click", "dblclick"] as const;

const listenToPointer = ({ map }: Made): void => {
  const act: Record<(typeof POINTED)[number], Parameters<typeof map.on<"mousemove">>[1]> = {
    mousemove: ({ lngLat, point }) => {
      work.pointer.value = { lon: lngLat.lng, lat: lngLat.lat };
      const aimed = drawing.value || work.placing.value;
      map.getCanvas().style.cursor = aimed ? "crosshair" : pointsAt(map, point) ? "pointer" : "";
    },
    mouseout: () => (work.pointer.value = null),
    click: (event) => {
      const { lng, lat } = event.lngLat.wrap();
      if (drawing.value) addCorner(event);
      else if (work.placing.value) work.placing.value([lng, lat]);
      else pick(map, event.point);
    },
    dblclick: () => drawing.value && finish(),
  };
  for (const name of POINTED) map.on(name, act[name]);
};

/** Arrows and + − are MapLibre's own; Enter opens what lies in the middle of the frame. */
const listenToKeys = ({ map }: Made): void => {
  const canvas = map.getCanvas();
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !drawing.value) pick(map, { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 });
  });
};

export const listen = (made: Made): void => {
  const { map } = made;
  map.on("moveend", () => {
    const { lng, lat } = map.getCenter();
    go({ at: { lon: lng, lat, zoom: map.getZoom() } });
  });
  let moved = true; // or other areas came: names of areas have nothing to do with points
  map.on("idle", () => {
    settled(made, moved);
    moved = false;
  });
  map.on("move", () => void (moved = true));
  map.on("sourcedata", ({ sourceId, tile }) => {
    if (tile && !isPoints(sourceId)) moved = true;
  });
  map.on("movestart", () => unsettled(made, true));
  map.on("sourcedataloading", ({ sourceId }) => unsettled(made, isPoints(sourceId)));
  listenToPointer(made);
  listenToKeys(made);
  map.on("error", ({ error, ...event }) => {
    const { status } = error as { status?: number };
    if ((event as { sourceId?: string }).sourceId === ONLINE) onlineFailed();
    else if (status !== 401 && !/fetch/i.test(error.message)) console.warn(error.message); // those two are said elsewhere
  });
};

/** MapLibre names its buttons once; readers change the language. */
const sayControls = ({ map }: Made): void => {
  const names = { "ctrl-zoom-in": t("map.in"), "ctrl-zoom-out": t("map.out"), canvas: t("map.keys") };
  for (const [part, name] of Object.entries(names)) {
    const element = map.getContainer().querySelector<HTMLElement>(`.maplibregl-${part}`);
    element?.setAttribute("aria-label", name);
    if (part !== "canvas") element?.setAttribute("title", name);
  }
};

/** Keep the map as the signals say; returns what ends it. */
export const follow = (made: Made): (() => void) => {
  let [key, state, plan] = [filterKey.peek(), revision.peek(), view.peek().plan];
  const ends = [
    effect(() => {
      const [filters, rows] = [filterKey.value, revision.value];
      if (filters !== key || rows !== state) renewPoints(made, view.peek(), rows !== state);
      if (rows !== state) renewShapes(made, view.peek(), ["repairs"]);
      [key, state] = [filters, rows];
    }),
    effect(() => {
      if (view.value.plan !== plan) renewShapes(made, view.value, ["field-zones"]);
      plan = view.value.plan;
    }),
    effect(() => showLayers(made, view.value)),
    effect(() => void ownSource(made, "chosen")?.setData(drawn(work.sketch.value))),
    effect(() => {
      const drawnNow = marks(work.spot.value, work.pointedAt.value, corners.value, !drawing.value);
      void ownSource(made, "marks")?.setData(drawnNow);
    }),
    effect(() => {
      void language.value;
      sayControls(made);
    }),
    followOnline(made.map),
  ];
  return () => ends.forEach((end) => end());
};
