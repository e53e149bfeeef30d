// Why locations are wrong and what is proposed: lists by source, words for popups, arrows on the map.

const CAUSES = DATA.causes ?? { source: [], rank: [], cause: [], p: [], text: [], names: [] };
const REPAIRS = DATA.repairs ?? { source: [], offered: [], certain: [], claim: [], x: [], y: [] };
const REPAIR_COLOUR = "#0B3D91";

const CAUSES_OF = new Map();
CAUSES.source.forEach((source, k) => CAUSES_OF.set(source, [...(CAUSES_OF.get(source) ?? []), k]));
const REPAIR_OF = new Map(REPAIRS.source.map((source, k) => [source, k]));

/** Every diagnosed source in exactly one kind: the numbers add up. */
const REPAIR_KINDS = (() => {
  const kinds = { certain: 0, offered: 0, claim: 0, declined: 0 };
  for (const source of CAUSES_OF.keys()) {
    const k = REPAIR_OF.get(source);
    if (k === undefined || !REPAIRS.offered[k]) kinds.declined++;
    else if (REPAIRS.claim[k]) kinds.claim++;
    else kinds[REPAIRS.certain[k] ? "certain" : "offered"]++;
  }
  return kinds;
})();

/** Repairs with an arrow or a point on the map. */
const DRAWN_REPAIRS = REPAIRS.source.map((_, k) => k).filter((k) => REPAIRS.offered[k] && REPAIRS.x[k] !== null);

function percent(p) {
  return `${p > 0.995 ? ">\u00a099" : Math.round(100 * p)}\u00a0%`;
}

/** The likeliest causes of a source with their evidence. */
function causeList(i) {
  const causes = CAUSES_OF.get(i);
  if (!causes) return null;
  return h("ol", { className: "causes" }, causes.map((k) =>
    h("li", {}, h("b", {}, CAUSES.names[CAUSES.cause[k]]), ` ${percent(CAUSES.p[k])}`, CAUSES.text[k] ? h("small", {}, CAUSES.text[k]) : null)));
}

/** What is proposed for a source: text as written → as intended, where that lies, how sure; or why nothing is. */
function repairText(i) {
  const k = REPAIR_OF.get(i);
  if (k === undefined) return CAUSES_OF.has(i) ? t("declined") : null;
  if (!REPAIRS.offered[k]) return [`${t("declined")}${REPAIRS.reason[k] ? `${t("colon")}${REPAIRS.reason[k]}` : ""}`];
  const sure = h("span", { className: REPAIRS.certain[k] ? "sure certain" : "sure" }, `${percent(REPAIRS.p[k])}${REPAIRS.certain[k] ? ` · ${t("certain")}` : ""}`);
  if (REPAIRS.claim[k]) return [t("claim_to"), " ", areaText(REPAIRS.area[k]), " ", sure];
  const written = [REPAIRS.lon_text[k], REPAIRS.lat_text[k]].filter((part) => part !== "");
  const intended = written.length ? written.join(" , ") : `${REPAIRS.x[k].toFixed(6)} , ${REPAIRS.y[k].toFixed(6)}`;
  const moved = REPAIRS.moved[k] === null ? null : ` · ${t("moved", { m: metres(REPAIRS.moved[k]) })}`;
  return [rawCoordinate(i), " → ", h("code", { className: "raw proposed" }, intended), h("br"), areaText(REPAIRS.area[k]), moved, " ", sure];
}

/** The proposed place of a source, if one is offered. */
function proposedPlace(i) {
  const k = REPAIR_OF.get(i);
  return k !== undefined && REPAIRS.offered[k] && REPAIRS.x[k] !== null ? [REPAIRS.y[k], REPAIRS.x[k]] : null;
}

// A star, which no class of sources has, in a unit circle.
const STAR = [...Array(10).keys()].map((k) => [Math.sin((k * Math.PI) / 5) * (k % 2 ? 0.45 : 1), -Math.cos((k * Math.PI) / 5) * (k % 2 ? 0.45 : 1)]);

/** Star of a proposed point: filled where it is nearly certain. */
function repairIcon(certain) {
  return svg(18, ["path", { d: `M${STAR.map(([x, y]) => `${(1.4 * x).toFixed(2)} ${(1.4 * y).toFixed(2)}`).join("L")}Z`, fill: certain ? REPAIR_COLOUR : "#fff", stroke: REPAIR_COLOUR, "stroke-width": 0.3 }]);
}

/** Legend: what is drawn, and what is not but counted. */
function repairSection(set, shown) {
  if (!CAUSES_OF.size) return null;
  const counted = (key) => h("p", { className: "layer plain" }, h("span", {}), h("span", {}), h("span", {}, t(`repairs_${key}`)), h("span", { className: "n" }, number.format(REPAIR_KINDS[key])));
  return h("fieldset", { id: "repairs" }, h("legend", {}, `${t("repairs")} (${t("diagnosed", { n: number.format(CAUSES_OF.size) })})`),
    check(t("repairs_certain"), repairIcon(true), REPAIR_KINDS.certain, true, set(shown, "certain"), "repairs-certain"),
    check(t("repairs_offered"), repairIcon(false), REPAIR_KINDS.offered, true, set(shown, "offered"), "repairs-offered"),
    counted("claim"), counted("declined"));
}

/** Diagnosed sources by their first cause, the most frequent first. */
function causeSections(onSource) {
  const first = CAUSES.source.map((_, k) => k).filter((k) => CAUSES.rank[k] === 1);
  if (!first.length) return null;
  const byCause = CAUSES.names.map(() => []);
  first.forEach((k) => byCause[CAUSES.cause[k]].push(k));
  const order = [...byCause.keys()].filter((c) => byCause[c].length).sort((a, b) => byCause[b].length - byCause[a].length || a - b);
  const row = (k) => sourceRow(CAUSES.source[k], `${percent(CAUSES.p[k])} · ${CAUSES.text[k]}`, onSource);
  return [h("h3", {}, `${t("first_causes")} (${number.format(first.length)})`), order.map((c) => {
    const holder = h("div", {});
    const fill = () => holder.childElementCount || holder.append(growing(byCause[c].length, (n) => row(byCause[c][n])));
    return h("details", { className: "rule cause", ontoggle: (event) => event.target.open && fill() },
      h("summary", {}, h("span", {}), h("b", {}, CAUSES.names[c]), h("span", { className: "n" }, number.format(byCause[c].length))), holder);
  })];
}

const HEAD = 7; // pixels of an arrow's head

/** Arrows from stated to proposed points, and the proposed points; those of far sources are faint. */
function drawRepairs(ctx, overlay) {
  const { places, proposed, shown } = overlay;
  const wanted = (k) => shown[REPAIRS.certain[k] ? "certain" : "offered"] && shown.classes[SOURCES.class[REPAIRS.source[k]]];
  const drawn = DRAWN_REPAIRS.filter(wanted);
  ctx.strokeStyle = REPAIR_COLOUR;
  for (const far of [true, false]) {
    ctx.globalAlpha = far ? 0.22 : 0.8;
    ctx.lineWidth = far ? 1 : 1.4;
    ctx.beginPath();
    for (const k of drawn) {
      const i = REPAIRS.source[k];
      if (SOURCES.x[i] === null || REPAIRS.moved[k] >= FAR !== far) continue;
      arrow(ctx, places.x[i], places.y[i], proposed.x[k], proposed.y[k], far ? 0 : HEAD);
    }
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  for (const k of drawn) star(ctx, proposed.x[k], proposed.y[k], 6.5, REPAIRS.certain[k]);
}

function arrow(ctx, x0, y0, x1, y1, head) {
  const long = Math.hypot(x1 - x0, y1 - y0);
  if (!(long > 1)) return;
  const ux = (x1 - x0) / long, uy = (y1 - y0) / long, x = x1 - 8 * ux, y = y1 - 8 * uy; // clear of the star
  ctx.moveTo(x0, y0);
  ctx.lineTo(x, y);
  if (!head || long < 3 * head) return;
  ctx.moveTo(x - head * (ux + 0.5 * uy), y - head * (uy - 0.5 * ux));
  ctx.lineTo(x, y);
  ctx.lineTo(x - head * (ux - 0.5 * uy), y - head * (uy + 0.5 * ux));
}

function star(ctx, x, y, r, filled) {
  ctx.beginPath();
  for (const [dx, dy] of STAR) ctx.lineTo(x + r * dx, y + r * dy);
  ctx.closePath();
  ctx.strokeStyle = "rgba(255,255,255,.9)";
  ctx.lineWidth = 3.2;
  ctx.stroke();
  ctx.fillStyle = filled ? REPAIR_COLOUR : "#fff";
  ctx.fill();
  ctx.strokeStyle = REPAIR_COLOUR;
  ctx.lineWidth = 1.2;
  ctx.stroke();
}

/** The source whose proposed point is at a place of the canvas, or -1. */
function hitRepair(overlay, px, py) {
  const { proposed, shown } = overlay;
  let best = -1, least = 7;
  for (const k of DRAWN_REPAIRS) {
    if (!shown[REPAIRS.certain[k] ? "certain" : "offered"] || !shown.classes[SOURCES.class[REPAIRS.source[k]]]) continue;
    const d = Math.hypot(proposed.x[k] - px, proposed.y[k] - py);
    if (d < least) [best, least] = [REPAIRS.source[k], d];
  }
  return best;
}
