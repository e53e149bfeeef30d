// Borders of every level and barriers, as Leaflet layers on one canvas.

const LINE_OF_LEVEL = {
  province: { color: "#3f4a56", weight: 3 },
  prefecture: { color: "#3f4a56", weight: 2.6 },
  county: { color: "#46525e", weight: 2.4 },
  township: { color: "#76808b", weight: 1.3 },
  village: { color: "#b3b6ad", weight: 0.7 },
  zone: { color: "#a08a68", weight: 0.7 },
};

/** Areas of each level in a layer group; the tinted level also carries the fill. */
function areaLayers(map) {
  map.createPane("fill").style.zIndex = 390;
  const fill = L.canvas({ pane: "fill", padding: 0.3 });
  const lines = L.canvas({ padding: 0.3 });
  const groups = LEVELS.map(() => L.layerGroup());
  const tints = L.layerGroup().addTo(map);
  const order = [...AREAS.level.keys()].reverse(); // coarse borders over fine ones
  for (const area of order) {
    if (!BORDERS[area].length) continue;
    const level = AREAS.level[area];
    const line = { ...LINE_OF_LEVEL[LEVELS[level][0]], interactive: false, smoothFactor: 0.6, renderer: lines };
    L.polygon(BORDERS[area], { ...line, fill: false }).addTo(groups[level]);
    if (AREAS.tint[area] >= 0)
      L.polygon(BORDERS[area], {
        stroke: false, fillColor: STYLE.tints[AREAS.tint[area]], fillOpacity: 1, interactive: false, smoothFactor: 0.6, renderer: fill, pane: "fill",
      }).addTo(tints);
  }
  return { groups, tints, barriers: barrierLayer(lines) };
}

function barrierLayer(renderer) {
  const { name, kind, lines } = DATA.barriers;
  const parts = take(decodeParts(lines.steps, lines.part_sizes), lines.line_parts);
  const group = L.layerGroup();
  name.forEach((_, i) => {
    const color = STYLE.barriers[kind[i]] ?? STYLE.barriers.other;
    const common = { interactive: false, renderer, smoothFactor: 0.6 };
    if (kind[i] !== "river") L.polyline(parts[i], { ...common, color: "#fff", weight: 4.6, opacity: 0.9 }).addTo(group);
    const dashArray = kind[i] === "railway" ? "8 5" : null;
    L.polyline(parts[i], { ...common, color, weight: kind[i] === "river" ? 3 : 2.6, dashArray }).addTo(group);
  });
  return group;
}

/** The zoom from which areas of a level are wide enough on the screen, by their median width. */
function zoomForWidth(level, pixels) {
  const widths = BOXES.filter((box, i) => AREAS.level[i] === level && box[0] <= box[2]).map((box) => box[2] - box[0]);
  if (!widths.length) return 0;
  widths.sort((a, b) => a - b);
  return Math.log2((pixels * 360) / (256 * widths[widths.length >> 1]));
}

/** Shows a level's borders only where they do not blacken the map; returns what a checkbox calls. */
function levelSwitch(map, group, level) {
  const from = level === LEVELS.length - 1 && AREAS.level.filter((l) => l === level).length > 1500 ? zoomForWidth(level, 8) : 0;
  let wanted = true;
  const update = () => (wanted && map.getZoom() >= from ? group.addTo(map) : group.remove());
  map.on("zoomend", update);
  update();
  return (on) => {
    wanted = on;
    update();
  };
}
