/** What the layers of the map share. */
import type { AddLayerObject, ExpressionSpecification } from "maplibre-gl";
import type { Layer } from "../state/address";

/** Sans serif of the machine: MapLibre draws glyphs itself, nothing is fetched. */
export const FONT = ["sans-serif"];

export const match = (property: string, values: Record<string, string | number>, other: string | number) =>
  ["match", ["get", property], ...Object.entries(values).flat(), other] as unknown as ExpressionSpecification;

/** A layer of ours: which box of the layer list shows it. */
export interface Shown {
  box: Layer | "plan" | "land" | "always";
  layer: AddLayerObject;
}
