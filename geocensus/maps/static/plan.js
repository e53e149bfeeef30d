// The page of a plan: field zones in colour, a table of loads beside them.

const map = window.geocensusMap;
const { zones: ZONES, units: UNITS } = DATA;
const COUNT = ZONES.load.length; // the first areas are field zones, the others units
const polygonsOf = ({ steps, ring_sizes, part_sizes, area_parts }) => take(take(decodeParts(steps, ring_sizes), part_sizes), area_parts);
const SUPERVISORS = polygonsOf(DATA.supervisors), PARKS = polygonsOf(DATA.parks);
const SUPERVISOR_LINE = "#6a2d82", PARK_LINE = "#B24A00";
const MOST_MIX = 8;
const MOST_NAMES = 120;
const MOST_UNIT_NAMES = 400;

const tenths = new Intl.NumberFormat(DATA.lang === "zh" ? "zh-CN" : "en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const shown = (value, text) => (value === null ? "–" : text(value));
const hours = (minutes) => shown(minutes, (m) => t("hours", { n: m < 6000 ? tenths.format(m / 60) : number.format(Math.round(m / 60)) }));
const whole = (value) => shown(value, (v) => number.format(Number(v.toFixed(1))));
const percent = (share) => shown(share, (s) => (Math.abs(s) < 5e-4 ? "0.0%" : `${s > 0 ? "+" : "−"}${Math.abs(s * 100).toFixed(1)}%`));
const beyond = (share) => share !== null && Math.abs(share) > DATA.tolerance + 5e-5;
const colourOf = (zone) => STYLE.tints[AREAS.tint[zone]];
const membersOf = (() => {
  const lists = ZONES.load.map(() => []);
  AREAS.parent.forEach((zone, area) => zone >= 0 && lists[zone].push(area));
  return (zone) => lists[zone];
})();

function planLayers() {
  map.createPane("fill").style.zIndex = 390;
  const fill = L.canvas({ pane: "fill", padding: 0.3 }), lines = L.canvas({ padding: 0.3 });
  const group = { fill: L.layerGroup(), unit: L.layerGroup(), field_zone: L.layerGroup(), supervisor_area: L.layerGroup(), parks: L.layerGroup(), barriers: barrierLayer(lines), labels: L.layerGroup() };
  AREAS.level.forEach((level, area) => {
    if (!BORDERS[area].length) return;
    const common = { interactive: false, smoothFactor: 0.5 };
    if (level) return L.polygon(BORDERS[area], { ...common, renderer: lines, fill: false, color: "#7d8892", weight: 0.8, opacity: 0.8 }).addTo(group.unit);
    L.polygon(BORDERS[area], { ...common, renderer: fill, pane: "fill", stroke: false, fillColor: colourOf(area), fillOpacity: 1 }).addTo(group.fill);
    L.polygon(BORDERS[area], { ...common, renderer: lines, fill: false, color: "#2b3947", weight: 2.6 }).addTo(group.field_zone);
  });
  for (const polygons of SUPERVISORS)
    for (const [color, weight] of [["#fff", 7], [SUPERVISOR_LINE, 4]])
      L.polygon(polygons, { interactive: false, smoothFactor: 0.5, renderer: lines, fill: false, color, weight }).addTo(group.supervisor_area);
  for (const polygons of PARKS) L.polygon(polygons, { interactive: false, smoothFactor: 0.5, renderer: lines, fill: false, color: PARK_LINE, weight: 1.8, dashArray: "5 4" }).addTo(group.parks);
  for (const key of ["fill", "unit", "barriers", "field_zone", "supervisor_area", "parks", "labels"]) group[key].addTo(map); // the last is on top
  addNames(group.labels);
  unitNames(L.layerGroup().addTo(group.labels));
  return group;
}

function addNames(group) {
  if (COUNT > MOST_NAMES) return;
  for (let zone = 0; zone < COUNT; zone++) {
    if (AREAS.x[zone] === null) continue;
    const html = h("div", { className: "zone-name" }, AREAS.name[zone], h("small", {}, hours(ZONES.load[zone])));
    const icon = L.divIcon({ className: "zone-name-holder", html, iconSize: [0, 0] });
    L.marker([AREAS.y[zone], AREAS.x[zone]], { icon, interactive: false, keyboard: false }).addTo(group);
  }
}

/** Names of units from the zoom on where there is room; those that would cover the name of a field zone wait. */
function unitNames(group) {
  if (AREAS.code.length - COUNT > MOST_UNIT_NAMES) return;
  const from = zoomForWidth(1, 58);
  const update = () => {
    group.clearLayers();
    if (map.getZoom() < from) return;
    const point = (area) => map.latLngToLayerPoint([AREAS.y[area], AREAS.x[area]]);
    for (let area = COUNT; area < AREAS.code.length; area++) {
      const zone = AREAS.parent[area];
      if (AREAS.x[area] === null || !AREAS.name[area] || (COUNT <= MOST_NAMES && point(area).distanceTo(point(zone)) < 40)) continue;
      const icon = L.divIcon({ className: "zone-name-holder", html: h("div", { className: "unit-name" }, AREAS.name[area]), iconSize: [0, 0] });
      L.marker([AREAS.y[area], AREAS.x[area]], { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(group);
    }
  };
  map.on("zoomend", update);
}

function deviationBar(share) {
  if (share === null) return null;
  const largest = Math.max(DATA.tolerance, ...ZONES.deviation.map((d) => Math.abs(d ?? 0)), 1e-9);
  const width = (50 * Math.abs(share)) / largest;
  const bar = h("i", {});
  bar.style.width = `${width}%`;
  bar.style.left = `${share < 0 ? 50 - width : 50}%`;
  return h("span", { className: beyond(share) ? "off beyond" : "off", "aria-hidden": "true" }, bar);
}

function zoneTable(choose) {
  const swatch = (zone) => {
    const box = h("span", { className: "swatch", "aria-hidden": "true" });
    box.style.background = colourOf(zone);
    return box;
  };
  const area = (zone) => (ZONES.supervisor_area[zone] ? t("area_n", { n: ZONES.supervisor_area[zone] }) : "");
  const detail = (zone) => [ZONES.owner[zone], ZONES.people[zone] > 1 ? t("people_n", { n: whole(ZONES.people[zone]) }) : "", area(zone)].filter(Boolean).join(" · ");
  const hasSources = ZONES.sources.some((n) => n !== null);
  const rows = ZONES.load.map((_, zone) =>
    h("tr", { id: `zone-${zone}` },
      h("td", {}, swatch(zone), h("button", { type: "button", className: "link", onclick: () => choose(zone) }, AREAS.name[zone]), detail(zone) ? h("small", {}, detail(zone)) : null),
      h("td", {}, number.format(ZONES.units[zone])), hasSources ? h("td", {}, whole(ZONES.sources[zone])) : null,
      h("td", {}, hours(ZONES.load[zone])), h("td", {}, percent(ZONES.deviation[zone]), deviationBar(ZONES.deviation[zone]))));
  const add = (list) => list.reduce((sum, value) => sum + (value ?? 0), 0);
  const total = h("tr", { className: "total" }, h("td", {}, `${t("sum")} ${number.format(COUNT)}`), h("td", {}, number.format(add(ZONES.units))),
    hasSources ? h("td", {}, whole(add(ZONES.sources))) : null, h("td", {}, hours(add(ZONES.load))), h("td", {}));
  const head = ["field_zone", "units", hasSources ? "sources" : null, "load", "deviation"].filter(Boolean);
  return h("table", { className: "zones" }, h("thead", {}, h("tr", {}, head.map((key) => h("th", { scope: "col" }, t(key))))), h("tbody", {}, rows, total));
}

function zoneContent(zone) {
  const lines = [["owner", ZONES.owner[zone]], ["people", shown(ZONES.people[zone], whole)], ["load", hours(ZONES.load[zone])], ["target", hours(ZONES.target[zone])],
    ["deviation", percent(ZONES.deviation[zone])], ["sources", whole(ZONES.sources[zone])], ["units", number.format(ZONES.units[zone])],
    ["supervisor_area", ZONES.supervisor_area[zone]], ["visit_days", shown(ZONES.visit_days[zone], whole)], ["visit_km", shown(ZONES.visit_km[zone], (km) => t("kilometres", { n: number.format(Math.round(km)) }))]];
  return h("div", { className: "popup" }, h("h2", {}, AREAS.name[zone]), h("p", { className: "id" }, AREAS.code[zone]),
    h("dl", { className: "facts" }, lines.filter(([, value]) => value && value !== "–").map(([key, value]) => fact(t(key), value))),
    ["class", "sector"].map((kind) => mixTable(kind, ZONES.mix[zone].filter((row) => row[0] === kind))),
    h("ul", { className: "members" }, membersOf(zone).slice(0, 200).map((area) => h("li", {}, AREAS.name[area] || AREAS.code[area]))));
}

/** How many sources of each class or sector: the largest first, the small ones in one line. */
function mixTable(kind, rows) {
  if (!rows.length) return null;
  const first = rows.length > MOST_MIX + 1 ? rows.slice(0, MOST_MIX) : rows, rest = rows.slice(first.length);
  const others = rest.length ? [[kind, t("mix_more", { n: rest.length }), rest.reduce((sum, row) => sum + row[2], 0)]] : [];
  const most = Math.max(...rows.map((row) => row[2]));
  return [h("h3", {}, t(kind)), h("table", { className: "mix" }, [...first, ...others].map(([, name, n]) => {
    const bar = h("i", {});
    bar.style.width = `${Math.min(100, (100 * n) / most)}%`;
    return h("tr", {}, h("th", { scope: "row" }, name), h("td", { className: "bar", "aria-hidden": "true" }, bar), h("td", {}, number.format(n)));
  }))];
}

function unitContent(area) {
  const unit = area - COUNT, zone = AREAS.parent[area];
  return h("div", { className: "popup" }, h("h2", {}, AREAS.name[area] || AREAS.code[area]), h("p", { className: "id" }, AREAS.code[area]),
    h("dl", { className: "facts" }, fact(t("field_zone"), AREAS.name[zone]), fact(t("load"), hours(UNITS.load[unit])), UNITS.sources[unit] === null ? null : fact(t("sources"), whole(UNITS.sources[unit]))));
}

function makeActions() {
  const marked = L.layerGroup().addTo(map);
  const clear = () => {
    marked.clearLayers();
    document.querySelectorAll("tr.chosen").forEach((row) => row.classList.remove("chosen"));
  };
  map.on("popupclose", clear);
  const open = (area, place = null) => {
    const content = area < COUNT ? zoneContent(area) : unitContent(area);
    if (!BORDERS[area].length) return L.popup().setLatLng(map.getCenter()).setContent(content).openOn(map);
    L.popup({ maxWidth: 340, minWidth: 220, maxHeight: Math.max(180, map.getSize().y * 0.65), autoPanPaddingTopLeft: [30, 50], autoPanPaddingBottomRight: [60, 30] }).setLatLng(place ?? [AREAS.y[area], AREAS.x[area]]).setContent(content).openOn(map);
    L.polygon(BORDERS[area], { fill: false, interactive: false, color: "#0B6E99", weight: 4 }).addTo(marked);
    document.getElementById(`zone-${area < COUNT ? area : AREAS.parent[area]}`)?.classList.add("chosen");
  };
  const choose = (area) => {
    if (BORDERS[area].length) {
      const [west, south, east, north] = BOXES[area];
      map.fitBounds([[south, west], [north, east]], { padding: [70, 70], animate: false });
    }
    open(area);
  };
  map.on("click", ({ latlng }) => {
    const area = areaAt(latlng.lng, latlng.lat);
    if (area >= 0) open(area, latlng);
  });
  return { open, choose };
}

function legend(group) {
  const toggle = (key) => (on) => (on ? group[key].addTo(map) : group[key].remove());
  const kinds = [...new Set(DATA.barriers.kind)];
  return h("fieldset", {}, h("legend", {}, t("layers")),
    check(t("field_zone"), lineIcon("#2b3947", 3), COUNT, true, toggle("field_zone"), "field_zone"),
    SUPERVISORS.length ? check(t("supervisor_area"), lineIcon(SUPERVISOR_LINE, 4), SUPERVISORS.length, true, toggle("supervisor_area"), "supervisor_area") : null,
    PARKS.length ? check(t("parks"), lineIcon(PARK_LINE, 2, ".5 .3"), PARKS.length, true, toggle("parks"), "parks") : null,
    check(t("unit"), lineIcon("#7d8892", 1.2), AREAS.code.length - COUNT, true, toggle("unit"), "unit"),
    kinds.length ? check(t("barriers"), lineIcon(STYLE.barriers[kinds[0]] ?? STYLE.barriers.other, 3), DATA.barriers.kind.length, true, toggle("barriers"), "barriers") : null,
    check(t("labels"), h("span", { className: "letter" }, DATA.lang === "zh" ? "文" : "Aa"), null, true, toggle("labels"), "labels"));
}

function makePlanPanel(group, { choose }) {
  const facts = (lines) => h("dl", { className: "facts wide" }, lines.map(([label, value]) => fact(label, value)));
  const warnings = DATA.warnings.length ? [h("h3", {}, t("warnings")), h("ul", { className: "notes" }, DATA.warnings.map((text) => h("li", {}, text)))] : [];
  const sections = [
    ["zones", `${t("zones")} ${number.format(COUNT)}`, () => h("div", {}, zoneTable(choose), legend(group))],
    ["quality", t("quality"), () => h("div", {}, facts(DATA.facts), warnings)],
    ["about", t("about"), () => h("div", {}, DATA.notice ? h("p", { className: "notice-text" }, DATA.notice) : null, facts(DATA.about))],
  ];
  const [balance, proof] = DATA.outcome;
  const panel = h("aside", { id: "panel" },
    h("header", {}, h("h1", {}, DATA.title), h("p", { id: "outcome", className: ZONES.deviation.some(beyond) ? "outcome beyond" : "outcome" }, h("b", {}, balance), proof)),
    searchBox(({ area }) => choose(area)), tabs(sections));
  document.body.prepend(panel, panelToggle(map));
  map.invalidateSize();
}

function fitWhole() {
  const boxes = BOXES.filter((box) => box[0] <= box[2]);
  const edge = (side, pick) => boxes.reduce((best, box) => pick(best, box[side]), boxes[0][side]);
  const bounds = boxes.length ? [[edge(1, Math.min), edge(0, Math.min)], [edge(3, Math.max), edge(2, Math.max)]] : [[18, 73], [54, 135]];
  map.fitBounds(bounds, { padding: [14, 14], animate: false });
}

function start() {
  map.setView([0, 0], 2, { animate: false });
  addControls(map, fitWhole);
  makePlanPanel(planLayers(), makeActions());
  if (DATA.notice) document.body.append(h("div", { id: "notice", role: "note" }, DATA.notice));
  fitWhole();
  for (const event of ["beforeprint", "afterprint"]) window.addEventListener(event, () => map.invalidateSize({ animate: false }));
}

start();
document.body.dataset.ready = "true";
