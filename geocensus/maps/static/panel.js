// The panel beside the map: title, row sum, search, layers and legend, lists, facts.

function check(label, icon, count, on, onChange, name) {
  const input = h("input", { type: "checkbox", checked: on, name, onchange: (event) => onChange(event.target.checked) });
  return h("label", { className: count === 0 ? "layer none" : "layer" }, input, icon, h("span", {}, label), count === null ? null : h("span", { className: "n" }, number.format(count)));
}

/** 读入 = 已定位 + 未定位 + 剔除, with the numbers. */
function rowSum() {
  const [rows, located, unlocated, excluded] = DATA.rows;
  const part = (key, n, sign) => [sign ? h("i", {}, sign) : null, h("span", { className: `part ${key}` }, h("b", {}, number.format(n)), h("small", {}, t(key)))];
  return h("p", { className: "rowsum", id: "rowsum" }, part("read", rows), part("located", located, "="), part("unlocated", unlocated, "+"), part("excluded", excluded, "+"));
}

function layerSection(map, layers, overlay) {
  const shown = overlay.shown, redraw = () => overlay.redraw();
  const set = (target, key) => (on) => {
    target[key] = on;
    redraw();
  };
  const classes = CLASSES.map((c, k) => (c.count ? check(c.name, classIcon(k), c.count, true, set(shown.classes, k), `class-${c.slug}`) : null));
  const severities = SEVERITIES.map((s, k) => check(s.name, severityIcon(k), s.count, true, set(shown.severities, k), `severity-${s.slug}`));
  const near = SOURCES ? SOURCES.near.reduce((n, near) => n + near, 0) : 0;
  const levels = LEVELS.map(([key, name], level) => {
    const { color, weight } = LINE_OF_LEVEL[key];
    return check(name, lineIcon(color, weight + 0.4), AREAS.level.filter((l) => l === level).length, true, levelSwitch(map, layers.groups[level], level), `level-${key}`);
  });
  const kinds = [...new Set(DATA.barriers.kind)];
  const barrierIcon = lineIcon(STYLE.barriers[kinds[0]] ?? STYLE.barriers.other, 3);
  const toggleBarriers = (on) => (on ? layers.barriers.addTo(map) : layers.barriers.remove());
  toggleBarriers(true);
  return h("div", {},
    h("fieldset", {}, h("legend", {}, SOURCES ? t("sources") : t("public_symbols")), classes,
      SOURCES ? null : h("p", { className: "layer muted" }, h("span", {}), h("span", {}), h("span", {}, t("outside_basemap")), h("span", { className: "n" }, number.format(DATA.villages.outside.reduce((a, b) => a + b, 0))))),
    SOURCES ? h("fieldset", {}, h("legend", {}, t("severity")), severities,
      check(t("near_border"), svg(18, ["circle", { r: 1.1, fill: "none", stroke: "#2e7d6b", "stroke-width": 0.22 }]), near, true, set(shown, "near"), "near"),
      check(t("lines"), lineIcon("#B24A00", 2, ".5 .3"), DATA.lines.source.length, true, set(shown, "lines"), "lines")) : null,
    SOURCES ? repairSection(set, shown) : null,
    h("fieldset", {}, h("legend", {}, t("areas")), levels,
      kinds.length ? check(t("barriers"), barrierIcon, DATA.barriers.kind.length, true, toggleBarriers, "barriers") : null,
      check(t("labels"), h("span", { className: "letter" }, DATA.lang === "zh" ? "文" : "Aa"), null, true, set(shown, "labels"), "labels")));
}

function aboutSection() {
  return h("div", {}, DATA.notice ? h("p", { className: "notice-text" }, DATA.notice) : null, DATA.public ? h("p", {}, t("public")) : null,
    h("dl", { className: "facts wide" }, DATA.facts.map(([label, value]) => fact(label, value))));
}

/** Tabs with arrow keys; sections are made when first shown. */
function tabs(sections) {
  const bar = h("div", { className: "tabs", role: "tablist" });
  const holders = sections.map(([key]) => h("section", { id: `panel-${key}`, role: "tabpanel", "aria-labelledby": `tab-${key}`, hidden: true, tabIndex: 0 }));
  const show = (k, focus = false) => {
    if (!holders[k].childElementCount) holders[k].append(sections[k][2]());
    holders.forEach((holder, i) => (holder.hidden = i !== k));
    [...bar.children].forEach((button, i) => {
      button.setAttribute("aria-selected", String(i === k));
      button.tabIndex = i === k ? 0 : -1;
    });
    if (focus) bar.children[k].focus();
  };
  sections.forEach(([key, label], k) => bar.append(h("button", { type: "button", role: "tab", id: `tab-${key}`, "aria-controls": `panel-${key}`, onclick: () => show(k) }, label)));
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = [...bar.children].indexOf(document.activeElement);
    if (step && at >= 0) show((at + step + sections.length) % sections.length, true);
  });
  show(0);
  return [bar, h("div", { className: "sections" }, holders)];
}

/** The row sum in one line, shown while the panel is closed. */
function shortSum() {
  const [rows, located, unlocated, excluded] = ["read", "located", "unlocated", "excluded"].map((key, k) => `${t(key)} ${number.format(DATA.rows[k])}`);
  return h("div", { id: "sum" }, `${rows} = ${located} + ${unlocated} + ${excluded}`);
}

const NARROW = 700; // pixels: below, the panel would cover the map and starts closed

/** The button that closes and opens the panel. */
function panelToggle(map) {
  const button = h("button", { type: "button", id: "toggle", "aria-controls": "panel", onclick: () => close(!document.body.classList.contains("panel-closed")) });
  const close = (closed) => {
    document.body.classList.toggle("panel-closed", closed);
    button.textContent = closed ? "›" : "‹";
    button.title = t(closed ? "open" : "close");
    button.setAttribute("aria-expanded", String(!closed));
    map.invalidateSize();
  };
  close(window.innerWidth < NARROW);
  return button;
}

/** Zoom, whole map, print and the scale, at the same places on every page. */
function addControls(map, fitWhole) {
  L.control.zoom({ position: "topright", zoomInTitle: "+", zoomOutTitle: "−" }).addTo(map);
  mapButton(map, "fit", "M-1-.3V-1H-.3M.3-1H1V-.3M1 .3V1H.3M-.3 1H-1V.3", () => {
    map.closePopup();
    fitWhole();
  });
  mapButton(map, "print", "M-.6-.35V-1H.6V-.35M-.6.6H-1V-.35H1V.6H.6M-.6.25H.6V1H-.6Z", () => window.print());
  L.control.scale({ imperial: false, maxWidth: 140, position: "bottomright" }).addTo(map);
}

function mapButton(map, key, path, onClick) {
  const icon = svg(20, ["path", { d: path, fill: "none", stroke: "currentColor", "stroke-width": 0.22, "stroke-linejoin": "round" }]);
  const Button = L.Control.extend({
    onAdd: () => {
      const button = h("button", { type: "button", id: `map-${key}`, title: t(key), "aria-label": t(key), onclick: onClick }, icon);
      const holder = h("div", { className: "leaflet-bar map-button" }, button);
      L.DomEvent.disableClickPropagation(holder);
      return holder;
    },
  });
  new Button({ position: "topright" }).addTo(map);
}

function makePanel(map, layers, overlay, { onChoose, onSource }) {
  const off = DATA.rows[2] + DATA.rows[3];
  const sections = [["layers", t("layers"), () => layerSection(map, layers, overlay)]];
  if (SOURCES) {
    sections.push(["flags", `${t("flags")} ${number.format(DATA.flags.rule.length)}`, () => flagList(onSource)]);
    sections.push(["off", `${t("off_map")} ${number.format(off)}`, () => offMapList(onSource)]);
  }
  sections.push(["about", t("about"), aboutSection]);
  const panel = h("aside", { id: "panel" },
    h("header", {}, h("h1", {}, DATA.title), DATA.public ? h("p", { className: "muted" }, t("public")) : null, rowSum()), searchBox(onChoose), tabs(sections));
  document.body.prepend(panel, panelToggle(map), shortSum());
  map.invalidateSize();
  return panel;
}
