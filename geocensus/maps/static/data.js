// The page's data: columns of plain values, decoded once.

const DATA = JSON.parse(document.getElementById("geocensus-data").textContent);
const { areas: AREAS, style: STYLE, levels: LEVELS } = DATA;
const SOURCES = DATA.sources ?? null; // null in the public edition
const SCALE = 1e6; // coordinates are written as whole millionths of a degree

/** A text of the page, with {n} and {m} filled in. */
function t(key, values = {}) {
  let text = DATA.texts[key];
  for (const [name, value] of Object.entries(values)) text = text.replace(`{${name}}`, value);
  return text;
}

const number = new Intl.NumberFormat(DATA.lang === "zh" ? "zh-CN" : "en");

/** Metres as people say them. */
function metres(value) {
  const m = Math.abs(value);
  if (m < 1000) return `${m < 10 ? m.toFixed(1) : Math.round(m)} m`;
  return `${number.format(Number((m / 1000).toPrecision(3)))} km`;
}

/** An element with properties and children; texts are always text, never markup. */
function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "style") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** Vertices from differences: [[lat, lon], ...] by part sizes. */
function decodeParts(steps, sizes) {
  let x = 0, y = 0, at = 0;
  return sizes.map((size) => {
    const part = new Array(size);
    for (let i = 0; i < size; i++) {
      x += steps[at++];
      y += steps[at++];
      part[i] = [y / SCALE, x / SCALE];
    }
    return part;
  });
}

function take(list, sizes) {
  let at = 0;
  return sizes.map((size) => list.slice(at, (at += size)));
}

// Borders: an area is a list of polygons, a polygon a list of rings.
const BORDERS = (() => {
  const { steps, ring_sizes, part_sizes, area_parts } = AREAS.borders;
  return take(take(decodeParts(steps, ring_sizes), part_sizes), area_parts);
})();

const BOXES = BORDERS.map((polygons) => {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [ring] of polygons)
    for (const [lat, lon] of ring) {
      if (lon < box[0]) box[0] = lon;
      if (lat < box[1]) box[1] = lat;
      if (lon > box[2]) box[2] = lon;
      if (lat > box[3]) box[3] = lat;
    }
  return box;
});

/** The finest area at a place, -1 where there is none. */
function areaAt(lon, lat) {
  for (let area = BORDERS.length - 1; area >= 0; area--) {
    const [west, south, east, north] = BOXES[area];
    if (lon < west || lon > east || lat < south || lat > north) continue;
    if (BORDERS[area].some((rings) => inRings(rings, lon, lat))) return area;
  }
  return -1;
}

function inRings(rings, lon, lat) {
  let inside = false;
  for (const ring of rings)
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [yi, xi] = ring[i], [yj, xj] = ring[j];
      if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside;
    }
  return inside;
}

/** Names from the coarse level down, without the single top area. */
function areaPath(area) {
  const names = [];
  for (let at = area; at >= 0; at = AREAS.parent[at]) names.unshift(AREAS.name[at] || AREAS.code[at]);
  return (names.length > 1 ? names.slice(1) : names).join(" › ");
}

/** How many located sources an area holds, by area; flagged ones apart. */
const COUNTS = (() => {
  const all = new Uint32Array(AREAS.code.length), flagged = new Uint32Array(AREAS.code.length);
  const add = (area, n, bad) => {
    for (let at = area; at >= 0; at = AREAS.parent[at]) {
      all[at] += n;
      flagged[at] += bad;
    }
  };
  if (SOURCES) SOURCES.located.forEach((area, i) => SOURCES.x[i] !== null && add(area, 1, SOURCES.severity[i] >= 0 ? 1 : 0));
  else DATA.villages.area.forEach((area, i) => add(area, DATA.villages.counts.reduce((sum, c) => sum + c[i], 0), 0));
  return { all, flagged };
})();

/** Flags by source. */
const FLAGS_OF = new Map();
DATA.flags?.source.forEach((source, flag) => {
  if (source < 0) return;
  if (!FLAGS_OF.has(source)) FLAGS_OF.set(source, []);
  FLAGS_OF.get(source).push(flag);
});
