/** Make the map, and keep it as the view says. */
import {
  AttributionControl,
  Map as MapLibre,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type GeoJSONSource,
  type VectorTileSource,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { View } from "../state/address";
import type { Shown } from "./expressions";
import { layersFor } from "./layers";
import { GROUND } from "./palette";
import { POINTS, addressOf, describedOf, sourceOf } from "./tiles";

setWorkerUrl(workerUrl);

const SHAPES = ["field-zones", "zones", "barriers", "repairs"];

export interface Made {
  map: MapLibre;
  shown: Shown[];
}

/** Put a map into an element, with the collections that the person sees. */
export const make = (
  container: HTMLElement,
  view: View,
  there: string[],
  box: [number, number, number, number],
): Made => {
  const levels = there.filter((id) => id.startsWith("areas-")).map((id) => id.slice("areas-".length));
  const used = [...levels.map((level) => `areas-${level}`), ...SHAPES, ...POINTS].filter((id) => there.includes(id));
  const shown = layersFor(levels).filter(({ layer }) => {
    const source = "source" in layer ? String(layer.source) : "";
    return source === "chosen" || used.includes(source);
  });
  const chosen = { type: "geojson" as const, data: { type: "FeatureCollection" as const, features: [] } };
  const map = new MapLibre({
    container,
    ...(view.at
      ? { center: [view.at.lon, view.at.lat], zoom: view.at.zoom }
      : { bounds: box, fitBoundsOptions: { padding: 24 } }),
    maxZoom: 20,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: false,
    fadeDuration: 0,
    style: {
      version: 8,
      sources: { ...Object.fromEntries(used.map((id) => [id, sourceOf(id, view)])), chosen },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": GROUND } },
        ...shown.map(({ layer }) => layer as never),
      ],
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-left");
  map.addControl(new AttributionControl({ compact: true }), "bottom-right");
  return { map, shown };
};

/** Show and hide layers as the boxes say. */
export const showLayers = ({ map, shown }: Made, view: View): void => {
  for (const { box, layer } of shown) {
    const on = box === "always" || (box === "plan" ? view.plan !== "" : view.layers.includes(box));
    map.setLayoutProperty(layer.id, "visibility", on ? "visible" : "none");
  }
};

/** Ask for points anew: other filters, or other rows. */
export const renewPoints = ({ map }: Made, view: View): void => {
  for (const id of POINTS) map.getSource<VectorTileSource>(id)?.setTiles([addressOf(id, view)]);
};

/** Ask for shapes anew: another plan, or a repair that was decided on. */
export const renewShapes = ({ map }: Made, view: View, ids: string[]): void => {
  for (const id of ids) map.getSource<VectorTileSource>(id)?.setUrl(describedOf(id, view));
};

export const chosenSource = ({ map }: Made): GeoJSONSource | undefined => map.getSource<GeoJSONSource>("chosen");
