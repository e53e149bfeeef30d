/** The map. */
import { effect } from "@preact/signals";
import "maplibre-gl/dist/maplibre-gl.css";
import { useEffect, useRef } from "preact/hooks";
import type { CollectionTold } from "../api/shapes";
import { revision } from "../state/session";
import { filterKey, go, view } from "../state/view";
import * as work from "../state/work";
import { t } from "../text";
import { chosenSource, make, renewPoints, renewShapes, showLayers, type Made } from "./making";
import { drawn } from "./chosen";
import { onScreen } from "./counting";
import { pick, pointsAt } from "./picking";

const CHINA: [number, number, number, number] = [73, 18, 135, 54];
const POINTS = ["sources-one", "sources-many"];

/** The box of the coarsest areas: the frame to begin with. */
const boxOf = (told: CollectionTold[]): [number, number, number, number] =>
  told.find((one) => one.id.startsWith("areas-"))?.extent?.spatial?.bbox?.[0] ?? CHINA;

const listen = ({ map }: Made): void => {
  map.on("moveend", () => {
    const { lng, lat } = map.getCenter();
    go({ at: { lon: lng, lat, zoom: map.getZoom() } });
  });
  map.on("idle", () => {
    work.screen.value = onScreen(map, "sources", POINTS);
    map.getContainer().dataset["idle"] = "yes";
  });
  for (const event of ["movestart", "dataloading"] as const)
    map.on(event, () => void (map.getContainer().dataset["idle"] = "no"));
  map.on("click", (event) => {
    const { lng, lat } = event.lngLat.wrap();
    if (work.placing.value) work.placing.value([lng, lat]);
    else pick(map, event);
  });
  map.on("mousemove", (event) => {
    work.pointer.value = { lon: event.lngLat.lng, lat: event.lngLat.lat };
    map.getCanvas().style.cursor = work.placing.value ? "crosshair" : pointsAt(map, event) ? "pointer" : "";
  });
  map.on("mouseout", () => (work.pointer.value = null));
  map.on("error", ({ error }) => {
    if ((error as { status?: number }).status !== 401) console.warn(error.message);
  });
};

/** Keep the map as the signals say; returns what ends it. */
const follow = (made: Made): (() => void) => {
  let first = true;
  const once = (done: () => void): (() => void) => effect(done);
  const ends = [
    once(() => {
      void [filterKey.value, revision.value];
      if (!first) renewPoints(made, view.peek());
    }),
    once(() => {
      if (revision.value && !first) renewShapes(made, view.peek(), ["repairs"]);
    }),
    once(() => showLayers(made, view.value)),
    once(() => chosenSource(made)?.setData(drawn(work.sketch.value))),
  ];
  let plan = view.peek().plan;
  ends.push(
    effect(() => {
      if (view.value.plan !== plan) renewShapes(made, view.value, ["field-zones"]);
      plan = view.value.plan;
    }),
  );
  first = false;
  return () => ends.forEach((end) => end());
};

export const MapView = ({ told }: { told: CollectionTold[] }) => {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!element.current) return;
    const made = make(
      element.current,
      view.peek(),
      told.map((one) => one.id),
      boxOf(told),
    );
    listen(made);
    let end = (): void => undefined;
    made.map.on("load", () => {
      end = follow(made);
      work.map.value = made.map;
    });
    return () => {
      end();
      work.map.value = null;
      made.map.remove();
    };
  }, [told]);
  return <div class="map" ref={element} role="region" aria-label={t("map.label")} />;
};
