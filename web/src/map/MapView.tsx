/** The map. */
import "maplibre-gl/dist/maplibre-gl.css";
import { useEffect, useRef } from "preact/hooks";
import type { CollectionTold } from "../api/shapes";
import { view } from "../state/view";
import * as work from "../state/work";
import { t } from "../text";
import { cancel } from "./drawing";
import { follow, listen } from "./following";
import { make } from "./making";
import { Scale } from "./Scale";

const CHINA: [number, number, number, number] = [73, 18, 135, 54];

/** The box of the coarsest areas: the frame to begin with. */
const boxOf = (told: CollectionTold[]): [number, number, number, number] =>
  told.find((one) => one.id.startsWith("areas-"))?.extent?.spatial?.bbox?.[0] ?? CHINA;

export const MapView = ({ told }: { told: CollectionTold[] }) => {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!element.current) return;
    const ids = told.map((one) => one.id);
    const made = make(element.current, view.peek(), ids, boxOf(told));
    listen(made);
    let end = (): void => undefined;
    made.map.on("load", () => {
      end = follow(made);
      work.map.value = made.map;
    });
    return () => {
      end();
      cancel();
      [work.map.value, work.screen.value] = [null, {}];
      made.map.remove();
    };
  }, [told]);
  return (
    <div class="mapframe">
      <div class="map" ref={element} role="region" aria-label={t("map.label")} />
      <Scale />
    </div>
  );
};
