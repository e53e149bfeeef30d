/** Make the map, and keep it as the view says. */
import {
  AttributionControl,
  Map as MapLibre,
  NavigationControl,
  setWorkerUrl,
  type GeoJSONSource,
  type SourceSpecification,
  type VectorTileSource,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { View } from "../state/address";
import type { Shown } from "./expressions";
import { layersFor } from "./layers";
import { markControl } from "./mark";
import { onlineShown } from "./online";
import { GROUND } from "./palette";
import { addSigns } from "./signs";
import { POINTS, addressOf, describedOf, sourceOf } from "./tiles";

setWorkerUrl(workerUrl);

const SHAPES = ["field-zones", "zones", "census-zones", "barriers", "repairs"];
const OURS = ["chosen", "names", "marks"];

export interface Made {
  map: MapLibre;
  levels: string[];
  addresses: Map<string, string>;
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
    return OURS.includes(source) || used.includes(source);
  });
  const empty = { type: "geojson" as const, data: { type: "FeatureCollection" as const, features: [] } };
  const map = new MapLibre({
    container,
    ...(view.at
      ? { center: [view.at.lon, view.at.lat], zoom: view.at.zoom }
      : { bounds: box, fitBoundsOptions: { padding: 24 } }),
    maxZoom: 20,
    dragRotate: false,
    pitchWithRotate: false,
    renderWorldCopies: false, // a feature is at one place: numbers add up also where the whole world is seen
    attributionControl: false,
    fadeDuration: 0,
    style: {
      version: 8,
      sources: Object.fromEntries([
        ...used.map((id) => [id, sourceOf(id, view)]),
        ...OURS.map((id) => [id, empty]),
      ]) as Record<string, SourceSpecification>,
      layers: [
        { id: "ground", type: "background", paint: { "background-color": GROUND } },
        ...shown.map(({ layer }) => layer as never),
      ],
    },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(markControl(), "bottom-right");
  map.addControl(new AttributionControl({ compact: true }), "bottom-right");
  map.touchPitch.disable();
  addSigns(map);
  return { map, shown, levels, addresses: new Map(POINTS.map((id) => [id, addressOf(id, view)])) };
};

/** Show and hide layers as the boxes say. */
export const showLayers = ({ map, shown }: Made, view: View): void => {
  const land = view.layers.includes("areas") && !onlineShown.value;
  for (const { box, layer } of shown) {
    const on =
      box === "always" || (box === "land" ? land : box === "plan" ? view.plan !== "" : view.layers.includes(box));
    map.setLayoutProperty(layer.id, "visibility", on ? "visible" : "none");
  }
};

/** Ask for points anew where their filters are others, or all of them where rows changed; old tiles stay till then. */
export const renewPoints = ({ map, addresses }: Made, view: View, all: boolean): void => {
  for (const id of POINTS) {
    const address = addressOf(id, view);
    if (!all && addresses.get(id) === address) continue;
    addresses.set(id, address);
    map.getSource<VectorTileSource>(id)?.setTiles([address]);
  }
};

/** Ask for shapes anew: another plan, or a repair that was decided on. */
export const renewShapes = ({ map }: Made, view: View, ids: string[]): void => {
  for (const id of ids) map.getSource<VectorTileSource>(id)?.setUrl(describedOf(id, view));
};

export const ownSource = ({ map }: Made, id: "chosen" | "marks"): GeoJSONSource | undefined =>
  map.getSource<GeoJSONSource>(id);
