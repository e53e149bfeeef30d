/** A marker that is dragged, or moved by the arrow keys. */
import { Marker, type Map as MapLibre } from "maplibre-gl";
import type { Spot } from "./chosen";

const SVG = "http://www.w3.org/2000/svg";
const STEPS: Record<string, Spot> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FAR = 10; // pixels at a time, with Shift

/** A ring with a dot: what lies below stays in sight. */
const sign = (): SVGElement => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 36 36");
  for (const [r, name] of [
    [15, "ring"],
    [3, "dot"],
  ] as const) {
    const circle = document.createElementNS(SVG, "circle");
    for (const [key, value] of Object.entries({ cx: 18, cy: 18, r, class: name })) circle.setAttribute(key, `${value}`);
    svg.append(circle);
  }
  return svg;
};

export interface Manners {
  label: string;
  moved: (spot: Spot) => void;
  done: () => void;
}

export const markerOn = (map: MapLibre, at: Spot, { label, moved, done }: Manners): Marker => {
  const element = document.createElement("div");
  element.className = "marker";
  element.id = "marker";
  element.tabIndex = 0;
  element.append(sign());
  const marker = new Marker({ element, draggable: true }).setLngLat(at).addTo(map);
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", label);
  const tell = (): void => moved(marker.getLngLat().wrap().toArray() as Spot);
  marker.on("drag", tell);
  element.addEventListener("click", (event) => event.stopPropagation());
  element.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (event.key === "Enter") done();
    else if (step) {
      const { x, y } = map.project(marker.getLngLat());
      const by = event.shiftKey ? FAR : 1;
      marker.setLngLat(map.unproject([x + step[0] * by, y + step[1] * by]));
      tell();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return marker;
};
