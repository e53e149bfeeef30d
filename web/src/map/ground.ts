/** What lies under the points: areas, zones, field zones, barriers. */
import type { ExpressionSpecification } from "maplibre-gl";
import { FONT, match, type Shown } from "./expressions";
import { BARRIERS, BORDER, INK, LAND, ZONES } from "./palette";

export const areas = (level: string, rank: number, ranks: number): Shown[] => {
  const source = `areas-${level}`;
  const coarse = ranks - rank; // 1 = finest
  const fill: Shown[] = rank
    ? []
    : [
        {
          box: "areas",
          layer: { id: `${source}-fill`, type: "fill", source, "source-layer": source, paint: { "fill-color": LAND } },
        },
      ];
  return [
    ...fill,
    {
      box: "areas",
      layer: {
        id: `${source}-line`,
        type: "line",
        source,
        "source-layer": source,
        layout: { "line-join": "round" },
        paint: {
          "line-color": coarse === 1 ? "#d3d7da" : BORDER,
          "line-width": coarse === 1 ? 0.8 : 0.6 + coarse * 0.5,
        },
      },
    },
  ];
};

export const label = (level: string, rank: number, ranks: number): Shown => {
  const source = `areas-${level}`;
  const finest = rank === ranks - 1;
  return {
    box: "areas",
    layer: {
      id: `${source}-name`,
      type: "symbol",
      source,
      "source-layer": source,
      ...(rank === 0 && ranks > 1 ? { maxzoom: 8 } : {}),
      minzoom: finest && ranks > 1 ? 12.5 : 0,
      layout: {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": finest ? 11 : 13,
        "text-padding": finest ? 6 : 24,
        "symbol-avoid-edges": true,
      },
      paint: { "text-color": finest ? "#7a828a" : "#565e66", "text-halo-color": LAND, "text-halo-width": 2 },
    },
  };
};

/** Neighbours differ as far as their numbers do; a plan's own borders are drawn as well. */
const fillOf = (): ExpressionSpecification =>
  [
    "match",
    ["%", ["to-number", ["get", "field_zone"], 0], ZONES.length],
    ...ZONES.flatMap((colour, rank) => [rank, colour]),
    "#cccccc",
  ] as unknown as ExpressionSpecification;

export const ground = (): Shown[] => [
  {
    box: "plan",
    layer: {
      id: "field-zones-fill",
      type: "fill",
      source: "field-zones",
      "source-layer": "field-zones",
      paint: {
        "fill-color": fillOf(),
        "fill-opacity": 0.25,
      },
    },
  },
  {
    box: "plan",
    layer: {
      id: "field-zones-line",
      type: "line",
      source: "field-zones",
      "source-layer": "field-zones",
      paint: { "line-color": INK, "line-width": 1.6, "line-dasharray": [3, 1.5] },
    },
  },
  {
    box: "zones",
    layer: {
      id: "zones-line",
      type: "line",
      source: "zones",
      "source-layer": "zones",
      paint: { "line-color": "#8d7aa8", "line-width": 0.9 },
    },
  },
  {
    box: "barriers",
    layer: {
      id: "barriers-line",
      type: "line",
      source: "barriers",
      "source-layer": "barriers",
      paint: { "line-color": match("kind", BARRIERS, "#b8b2a5"), "line-width": 2.2 },
    },
  },
];
