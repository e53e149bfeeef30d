// One canvas over the map for all sources, rings, lines and place names: 12,000 symbols without 12,000 objects.

const FULL = 2 * Math.PI;
const FAR = 50_000; // metres
// Steps from a name's own place, in pixels, the nearest first.
const NAME_SHIFTS = [0, -9, 9, -18, 18, -27, 27].flatMap((dy) => [0, -16, 16, -32, 32, -48, 48].map((dx) => [dx, dy])).sort((a, b) => Math.hypot(...a) - Math.hypot(...b) || a[0] - b[0] || a[1] - b[1]);

/** Longitude and latitude in pixels of zoom 0 (spherical Mercator, as Leaflet's). */
function mercator(xs, ys) {
  const n = xs.length, px = new Float64Array(n), py = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const sin = Math.sin((Math.max(-85.05, Math.min(85.05, ys[i] ?? NaN)) * Math.PI) / 180);
    px[i] = xs[i] === null ? NaN : ((xs[i] + 180) / 360) * 256;
    py[i] = xs[i] === null ? NaN : (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 256;
  }
  return { px, py, x: new Float32Array(n), y: new Float32Array(n) };
}

const Overlay = L.Layer.extend({
  initialize(shown) {
    this.shown = shown; // {classes: [bool], severities: [bool], lines, near, labels}
    this.places = SOURCES ? mercator(SOURCES.x, SOURCES.y) : mercator(DATA.villages.area.map((a) => AREAS.x[a]), DATA.villages.area.map((a) => AREAS.y[a]));
    this.names = mercator(AREAS.x, AREAS.y);
    this.ends = SOURCES ? mercator(DATA.lines.x, DATA.lines.y) : null;
    this.proposed = SOURCES ? mercator(REPAIRS.x, REPAIRS.y) : null;
    this.order = SOURCES ? drawingOrder() : [];
    this.selected = -1;
  },

  onAdd(map) {
    const pane = map.createPane("symbols");
    pane.style.zIndex = 450;
    pane.style.pointerEvents = "none";
    this.canvas = h("canvas", { className: "leaflet-zoom-animated" });
    pane.append(this.canvas);
    const fine = (level) => LEVELS.length > 1 && (level === LEVELS.length - 1 || LEVELS[level][0] === "village");
    this.labelZooms = LEVELS.map((_, level) => zoomForWidth(level, fine(level) ? 62 : 34));
    this.redraw();
  },

  getEvents() {
    return { moveend: this.redraw, viewreset: this.redraw, resize: this.redraw, zoomanim: this.follow };
  },

  follow(event) {
    const map = this._map, scale = map.getZoomScale(event.zoom, this.zoom);
    const offset = map._latLngBoundsToNewLayerBounds(this.bounds, event.zoom, event.center).min;
    L.DomUtil.setTransform(this.canvas, offset, scale);
  },

  redraw() {
    const map = this._map, size = map.getSize(), pad = size.multiplyBy(0.25).round(), ratio = window.devicePixelRatio || 1;
    const corner = map.containerPointToLayerPoint([-pad.x, -pad.y]).round();
    this.width = size.x + 2 * pad.x;
    this.height = size.y + 2 * pad.y;
    this.zoom = map.getZoom();
    this.bounds = L.latLngBounds(map.layerPointToLatLng(corner), map.layerPointToLatLng(corner.add([this.width, this.height])));
    this.canvas.width = this.width * ratio;
    this.canvas.height = this.height * ratio;
    Object.assign(this.canvas.style, { width: `${this.width}px`, height: `${this.height}px` });
    L.DomUtil.setTransform(this.canvas, corner, 1);
    const origin = map.getPixelOrigin().add(corner);
    for (const set of [this.places, this.names, this.ends, this.proposed]) if (set) this.place(set, origin);
    this.corner = corner;
    const ctx = this.canvas.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, this.width, this.height);
    this.draw(ctx, ratio);
  },

  place(set, origin) {
    const scale = 2 ** this.zoom, { px, py, x, y } = set;
    for (let i = 0; i < px.length; i++) {
      x[i] = px[i] * scale - origin.x;
      y[i] = py[i] * scale - origin.y;
    }
  },

  draw(ctx, ratio) {
    if (SOURCES) {
      this.radius = this.symbolRadius();
      if (this.shown.lines) this.drawLines(ctx);
      drawRepairs(ctx, this);
      this.drawSymbols(ctx, ratio);
      this.drawRings(ctx);
    } else this.drawPies(ctx);
    if (this.shown.labels) this.drawNames(ctx);
    if (this.selected >= 0) this.drawSelected(ctx);
  },

  symbolRadius() {
    const n = DATA.rows[1], base = n < 400 ? 5 : n < 3000 ? 4 : 2.6;
    return Math.min(7.5, base + Math.max(0, this.zoom - this.options.fitZoom) * 0.9);
  },

  visible(i) {
    const { x, y } = this.places;
    return x[i] > -20 && y[i] > -20 && x[i] < this.width + 20 && y[i] < this.height + 20 && this.shown.classes[SOURCES.class[i]];
  },

  drawSymbols(ctx, ratio) {
    const { x, y } = this.places;
    for (const i of this.order) {
      if (!this.visible(i)) continue;
      const { canvas, half } = sprite(SOURCES.class[i], this.radius, ratio);
      ctx.drawImage(canvas, x[i] - half, y[i] - half, 2 * half, 2 * half);
    }
  },

  drawRings(ctx) {
    const ringOf = (i) => SOURCES.severity[i], gap = Math.min(4, this.radius * 0.8 + 0.6);
    const near = (flagged) => (i) => this.shown.near && SOURCES.near[i] && ringOf(i) >= 0 === flagged;
    const style = { colour: "#2e7d6b", width: 1.2, dash: [] };
    this.ring(ctx, near(false), style, gap - 0.8);
    this.ring(ctx, near(true), style, gap + 2.6); // around the ring of its severity
    for (let s = SEVERITIES.length - 1; s >= 0; s--)
      if (this.shown.severities[s]) this.ring(ctx, (i) => ringOf(i) === s, SEVERITIES[s], gap);
  },

  ring(ctx, wanted, { colour, width, dash }, gap) {
    const { x, y } = this.places, r = this.radius + gap;
    ctx.setLineDash(dash);
    const thin = this.radius < 3.5 ? 0.75 : 1; // crowded: lighter rings
    for (const [stroke, line] of [["rgba(255,255,255,.85)", width * thin + 1.4], [colour, width * thin]]) {
      ctx.strokeStyle = stroke;
      ctx.lineWidth = line;
      ctx.beginPath();
      for (const i of this.order)
        if (wanted(i) && this.visible(i)) {
          ctx.moveTo(x[i] + r, y[i]);
          ctx.arc(x[i], y[i], r, 0, FULL);
        }
      ctx.stroke();
    }
    ctx.setLineDash([]);
  },

  drawLines(ctx) {
    const { x, y } = this.places, ends = this.ends;
    const crowded = DATA.lines.source.length > 500 && this.zoom < this.options.fitZoom + 1.5;
    ctx.strokeStyle = ctx.fillStyle = "#B24A00";
    ctx.setLineDash([5, 3]);
    const kept = DATA.lines.source.map((i, k) => [i, k]).filter(([i]) => this.shown.classes[SOURCES.class[i]]);
    const repaired = (i) => (this.shown.certain || this.shown.offered) && proposedPlace(i) !== null;
    const far = ([i]) => !(SOURCES.distance[i] < FAR) || repaired(i);
    for (const [lines, alpha] of [[kept.filter(far), 0.25], [kept.filter((line) => !far(line)), crowded ? 0.45 : 0.75]]) {
      ctx.globalAlpha = alpha; // sources in another province are faint lines across the map; so are those with a better place to go
      ctx.lineWidth = alpha < 0.3 ? 1 : 1.3;
      ctx.beginPath();
      for (const [i, k] of lines) {
        ctx.moveTo(x[i], y[i]);
        ctx.lineTo(ends.x[k], ends.y[k]);
      }
      ctx.stroke();
    }
    ctx.setLineDash([]);
    ctx.beginPath();
    for (const [, k] of kept) ctx.rect(ends.x[k] - 2, ends.y[k] - 2, 4, 4);
    ctx.fill();
    ctx.globalAlpha = 1;
  },

  drawPies(ctx) {
    const { x, y } = this.places, { area } = DATA.villages;
    const totals = area.map((_, i) => this.pieCounts(i).reduce((a, b) => a + b, 0)), most = Math.max(1, ...totals);
    this.radii = totals.map((n) => (n ? 5 + 11 * Math.sqrt(n / most) * Math.min(1.5, 1 + Math.max(0, this.zoom - this.options.fitZoom) * 0.2) : 0));
    const order = [...area.keys()].sort((a, b) => totals[b] - totals[a]); // small ones on top
    for (const i of order) {
      if (!totals[i]) continue;
      let from = -Math.PI / 2;
      this.pieCounts(i).forEach((n, c) => {
        if (!n) return;
        const to = from + (FULL * n) / totals[i];
        ctx.fillStyle = CLASSES[c].colour;
        ctx.beginPath();
        ctx.moveTo(x[i], y[i]);
        ctx.arc(x[i], y[i], this.radii[i], from, to);
        ctx.fill();
        from = to;
      });
      ctx.strokeStyle = "#fff";
      ctx.lineWidth = 1.4;
      ctx.beginPath();
      ctx.arc(x[i], y[i], this.radii[i], 0, FULL);
      ctx.stroke();
      if (this.radii[i] > 8) this.text(ctx, String(totals[i]), x[i], y[i], "600 11px sans-serif", "#111", 3);
    }
  },

  pieCounts(i) {
    return DATA.villages.counts.map((counts, c) => (this.shown.classes[c] ? counts[i] : 0));
  },

  text(ctx, text, x, y, font, colour, halo) {
    ctx.font = font;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = halo;
    ctx.strokeStyle = "rgba(255,255,255,.88)";
    ctx.strokeText(text, x, y);
    ctx.fillStyle = colour;
    ctx.fillText(text, x, y);
  },

  /** Place names, coarse levels first; a name that would cover another is left out. */
  drawNames(ctx) {
    const { x, y } = this.names, taken = [], family = getComputedStyle(document.body).fontFamily, pies = this.pieBoxes();
    for (let area = 0; area < x.length; area++) {
      const level = AREAS.level[area];
      if (level === 0 && LEVELS.length > 1) continue; // the whole map is this area
      if (!(x[area] > 0 && y[area] > 0 && x[area] < this.width && y[area] < this.height)) continue;
      if (this.zoom < this.labelZooms[level]) continue;
      const finest = level === LEVELS.length - 1 && level > 0, size = finest ? 11 : level === DATA.tinted ? 14 : 16;
      const font = `${finest ? 500 : 700} ${size}px ${family}`;
      ctx.font = font;
      const w = ctx.measureText(AREAS.name[area]).width / 2 + 3, half = size * 0.7;
      const place = this.freePlace(area, taken, pies, w, half);
      if (!place) continue;
      const [at_x, at_y] = place;
      taken.push([at_x - w, at_y - half, at_x + w, at_y + half]);
      this.text(ctx, AREAS.name[area], at_x, at_y, font, finest ? "#5b605a" : "#2b3440", finest ? 2.5 : 3.5);
    }
  },

  /** Where a name stands clear of other names, and of pies if it can: a place in its area, or null. */
  freePlace(area, taken, pies, w, half) {
    const x = this.names.x[area], y = this.names.y[area];
    const inside = (at) => {
      const { lat, lng } = this._map.layerPointToLatLng(this.corner.add(at));
      return BORDERS[area].some((rings) => inRings(rings, lng, lat));
    };
    const hits = (boxes, [cx, cy]) => boxes.some((b) => cx - w < b[2] && cx + w > b[0] && cy - half < b[3] && cy + half > b[1]);
    const tries = pies.length ? NAME_SHIFTS : NAME_SHIFTS.slice(0, 5);
    const clear = tries.map(([dx, dy]) => [x + dx, y + dy]).find((at) => !hits(taken, at) && !hits(pies, at) && inside(at));
    return clear ?? (hits(taken, [x, y]) ? null : [x, y]);
  },

  pieBoxes() {
    const { x, y } = this.places;
    return SOURCES ? [] : this.radii.map((r, i) => [x[i] - r, y[i] - r, x[i] + r, y[i] + r]);
  },

  drawSelected(ctx) {
    const { x, y } = this.places, i = this.selected;
    ctx.strokeStyle = "#0B6E99";
    ctx.lineWidth = 3;
    ctx.globalAlpha = 0.55;
    ctx.beginPath();
    ctx.arc(x[i], y[i], (this.radius ?? 10) + 9, 0, FULL);
    ctx.stroke();
    ctx.globalAlpha = 1;
  },

  select(i) {
    this.selected = i;
    this.redraw();
  },

  /** Symbols under a place of the map's layer: those at the nearest one's very coordinate, and others close by. */
  hit(point) {
    const { x, y } = this.places, px = point.x - this.corner.x, py = point.y - this.corner.y, close = [];
    for (let i = 0; i < x.length; i++) {
      if (!(Math.abs(x[i] - px) < 26 && Math.abs(y[i] - py) < 26)) continue;
      if (SOURCES && !this.visible(i)) continue;
      const d = Math.hypot(x[i] - px, y[i] - py), reach = SOURCES ? this.radius + 4 : this.radii[i];
      if (d <= reach) close.push([d, i]);
    }
    close.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const repaired = SOURCES && !close.length ? hitRepair(this, px, py) : -1;
    if (repaired >= 0) return { same: [repaired], near: [], proposed: true };
    if (!close.length) return null;
    return SOURCES ? stack(close[0][1], close.map(([, i]) => i)) : { same: [close[0][1]], near: [] };
  },
});

/** Sources at one source's very coordinate, whether their class is shown or not, and the others of a list. */
function stack(first, others = []) {
  const same = [];
  for (let i = 0; i < SOURCES.x.length; i++) if (SOURCES.x[i] === SOURCES.x[first] && SOURCES.y[i] === SOURCES.y[first]) same.push(i);
  const known = new Set(same);
  return { same: [first, ...same.filter((i) => i !== first)], near: others.filter((i) => !known.has(i)) };
}

/** Frequent classes below, rare ones above, flagged ones on top. */
function drawingOrder() {
  const order = [];
  for (let i = 0; i < SOURCES.x.length; i++) if (SOURCES.x[i] !== null) order.push(i);
  const weight = (i) => (SOURCES.severity[i] >= 0 ? 10 - SOURCES.severity[i] : 0) * 1e9 - CLASSES[SOURCES.class[i]].count;
  const weights = new Map(order.map((i) => [i, weight(i)]));
  return order.sort((a, b) => weights.get(a) - weights.get(b) || a - b);
}
