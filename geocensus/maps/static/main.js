// Puts the page together.

const map = window.geocensusMap;
const whole = (() => {
  const boxes = BOXES.filter((box) => box[0] <= box[2]);
  if (!boxes.length) return L.latLngBounds([[18, 73], [54, 135]]);
  const edge = (k, pick) => boxes.reduce((best, box) => pick(best, box[k]), boxes[0][k]);
  return L.latLngBounds([edge(1, Math.min), edge(0, Math.min)], [edge(3, Math.max), edge(2, Math.max)]);
})();

function fitWhole(options = {}) {
  map.fitBounds(whole, { padding: [14, 14], ...options });
}

function positionControl() {
  const place = h("div", { id: "position", "aria-hidden": "true" });
  const Position = L.Control.extend({ onAdd: () => place });
  new Position({ position: "bottomleft" }).addTo(map);
  map.on("mousemove", ({ latlng }) => {
    const { lng, lat } = latlng.wrap(), area = areaAt(lng, lat);
    place.textContent = `${Math.abs(lng).toFixed(5)}°${lng < 0 ? "W" : "E"}  ${Math.abs(lat).toFixed(5)}°${lat < 0 ? "S" : "N"}${area < 0 ? "" : `  ${areaPath(area)}`}`;
  });
}

function start() {
  map.setView([0, 0], 2, { animate: false });
  addControls(map, fitWhole);
  positionControl();
  const layers = areaLayers(map);
  const overlay = new Overlay({ classes: CLASSES.map(() => true), severities: SEVERITIES.map(() => true), lines: true, near: true, labels: true, certain: true, offered: true });
  const marked = L.layerGroup().addTo(map);
  const actions = makeActions(overlay, marked);
  makePanel(map, layers, overlay, actions);
  if (DATA.notice) document.body.append(h("div", { id: "notice", role: "note" }, DATA.notice));
  fitWhole({ animate: false });
  L.setOptions(overlay, { fitZoom: map.getZoom() });
  overlay.addTo(map);
  listen(overlay, actions);
  return overlay;
}

/** What choosing a source or an area does. */
function makeActions(overlay, marked) {
  const outline = (area, options) => area >= 0 && BORDERS[area].length && L.polygon(BORDERS[area], { fill: false, interactive: false, ...options }).addTo(marked);
  const popup = (place, content) => L.popup({ maxWidth: 360, minWidth: 250, maxHeight: Math.max(180, map.getSize().y * 0.55), autoPanPaddingTopLeft: [30, 50], autoPanPaddingBottomRight: [60, 30] }).setLatLng(place).setContent(content).openOn(map);
  const clear = () => {
    marked.clearLayers();
    if (overlay.selected >= 0) overlay.select(-1);
  };
  map.on("popupclose", clear);
  const openPlace = (found) => {
    const i = found.same[0];
    if (SOURCES) popup(found.proposed ? proposedPlace(i) : [SOURCES.y[i], SOURCES.x[i]], placeContent(found));
    else popup([AREAS.y[DATA.villages.area[i]], AREAS.x[DATA.villages.area[i]]], villageContent(i));
    if (SOURCES) outline(SOURCES.claimed[i], { color: "#0B6E99", weight: 3, dashArray: "7 5" });
    overlay.select(i);
  };
  const openArea = (area, place = null) => {
    popup(place ?? [AREAS.y[area], AREAS.x[area]], areaContent(area));
    outline(area, { color: "#0B6E99", weight: 3.5 });
  };
  const onSource = (i) => {
    const off = SOURCES.x[i] === null, place = off ? proposedPlace(i) : [SOURCES.y[i], SOURCES.x[i]];
    if (!place) return openCard(i);
    map.setView(place, Math.max(map.getZoom(), overlay.options.fitZoom + 3), { animate: false });
    openPlace(off ? { same: [i], near: [], proposed: true } : stack(i));
  };
  const onChoose = ({ source, area }) => {
    if (source !== undefined) return onSource(source);
    if (!BORDERS[area].length) return popup(map.getCenter(), areaContent(area));
    const [west, south, east, north] = BOXES[area];
    map.fitBounds([[south, west], [north, east]], { padding: [60, 60], animate: false });
    openArea(area);
  };
  return { onSource, onChoose, openPlace, openArea };
}

/** A source without a place is shown in a dialog. */
function openCard(i) {
  const dialog = h("dialog", { className: "card", onclose: () => dialog.remove() },
    h("h2", {}, sourceTitle(i)), h("p", { className: "id" }, SOURCES.id[i]), sourceFacts(i), h("form", { method: "dialog" }, h("button", {}, "✕")));
  document.body.append(dialog);
  dialog.showModal();
}

function listen(overlay, { openPlace, openArea }) {
  map.on("click", ({ latlng, layerPoint }) => {
    const found = overlay.hit(layerPoint);
    if (found) return openPlace(found);
    const area = areaAt(latlng.lng, latlng.lat);
    if (area >= 0) openArea(area, latlng);
  });
  map.on("mousemove", ({ layerPoint }) => {
    map.getContainer().style.cursor = overlay.hit(layerPoint) ? "pointer" : "";
  });
  window.addEventListener("beforeprint", () => map.invalidateSize({ animate: false }));
  window.addEventListener("afterprint", () => map.invalidateSize({ animate: false }));
}

start();
performance.measure("geocensus:script", "geocensus:start");
document.body.dataset.ready = "true";
