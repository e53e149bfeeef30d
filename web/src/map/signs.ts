/** Signs of the map, drawn from the forms that the legend has too. */
import type { Map as MapLibre } from "maplibre-gl";
import { CLASSES, CLASS_FORMS, MARK, SEVERITIES, SEVERITY_FORMS, WIDTHS } from "./palette";

const BOX = 16;
const FINE = 3; // pixels of the sign a pixel of the box: sharp on fine screens and where signs are drawn larger
const EDGE = 2; // around the box, for the white edge

type Drawn = (context: CanvasRenderingContext2D, form: Path2D) => void;

const sign = (map: MapLibre, id: string, path: string, draw: Drawn): void => {
  const side = (BOX + 2 * EDGE) * FINE;
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(FINE, 0, 0, FINE, EDGE * FINE, EDGE * FINE);
  context.lineJoin = "round";
  draw(context, new Path2D(path));
  map.addImage(id, context.getImageData(0, 0, side, side), { pixelRatio: FINE });
};

const stroke = (context: CanvasRenderingContext2D, form: Path2D, colour: string, width: number): void => {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(form);
};

const PIN = "M8 16C8 16 2.6 10 2.6 6A5.4 5.4 0 0 1 13.4 6C13.4 10 8 16 8 16Z";

/** Give the map a sign for each class and severity. */
export const addSigns = (map: MapLibre): void => {
  for (const [name, path] of Object.entries(CLASS_FORMS))
    sign(map, `class-${name}`, path, (context, form) => {
      stroke(context, form, "#ffffff", 2.4);
      context.fillStyle = CLASSES[name] ?? "";
      context.fill(form);
    });
  for (const [name, path] of Object.entries(SEVERITY_FORMS))
    sign(map, `severity-${name}`, path, (context, form) => {
      stroke(context, form, "rgba(255,255,255,0.9)", (WIDTHS[name] ?? 1) + 1.6);
      stroke(context, form, SEVERITIES[name] ?? "", WIDTHS[name] ?? 1);
    });
  sign(map, "found", PIN, (context, form) => {
    stroke(context, form, "#ffffff", 2);
    context.fillStyle = MARK;
    context.fill(form);
  });
};
