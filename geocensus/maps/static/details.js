// What a popup says: one source, a stack of sources, a village of the public edition, an area.

function fact(label, ...value) {
  return [h("dt", {}, label), h("dd", {}, ...value)];
}

function areaText(area) {
  return area < 0 ? t("no_area") : [areaPath(area), " ", h("code", {}, AREAS.code[area])];
}

function sourceTitle(i) {
  return SOURCES.name[i] || SOURCES.id[i];
}

function distanceText(i) {
  const d = SOURCES.distance[i];
  if (d === null) return null;
  const text = t(d > 0 ? "distance_out" : "distance_in", { m: metres(d) });
  const tolerance = SOURCES.tolerance[i];
  return tolerance === null ? text : `${text} (${t("tolerance")} ${metres(tolerance)})`;
}

function rawCoordinate(i) {
  const parts = [SOURCES.lon_text[i], SOURCES.lat_text[i]].filter((part) => part !== null && part !== "");
  return parts.length ? h("code", { className: "raw" }, parts.join(" , ")) : t("none");
}

function claimText(i) {
  if (SOURCES.claimed[i] >= 0) return areaText(SOURCES.claimed[i]);
  const code = SOURCES.claim_text[i];
  return code ? [h("code", {}, code), ` ${t("unmatched")}`] : t("none");
}

function reasons(i) {
  const flags = FLAGS_OF.get(i) ?? [];
  if (!flags.length) return null;
  return h("ul", { className: "reasons" }, flags.map((f) =>
    h("li", {}, severityIcon(DATA.flags.severity[f], 15), h("span", {}, DATA.flags.text[f] || DATA.flags.rules[DATA.flags.rule[f]][1]))));
}

/** All that the page tells about one source. */
function sourceFacts(i) {
  const located = SOURCES.x[i] !== null;
  const distance = distanceText(i), flags = reasons(i);
  const status = SOURCES.near[i] ? ` · ${STYLE.statuses[1]}` : SOURCES.on_border[i] ? ` · ${t("on_border")}` : "";
  return h("dl", { className: "facts" },
    fact(t("class"), classIcon(SOURCES.class[i], 15), ` ${SOURCES.class_text[i] ? `${CLASSES[SOURCES.class[i]].name} (${SOURCES.class_text[i]})` : CLASSES[SOURCES.class[i]].name}`),
    fact(t("claimed"), claimText(i)),
    located ? fact(t("located_in"), areaText(SOURCES.located[i])) : flags ? null : fact(t("reason"), offMapReason(i)),
    distance ? fact(t("distance"), distance + status) : null,
    flags ? fact(t("reasons"), flags) : null,
    CAUSES_OF.has(i) ? [fact(t("causes"), causeList(i)), fact(t("repair"), repairText(i))] : null,
    fact(t("coordinate"), rawCoordinate(i)),
    SOURCES.row[i] === null ? null : fact(t("row"), SOURCES.row[i]));
}

/** Why a row is not on the map. */
function offMapReason(i) {
  if (SOURCES.state[i] === 2) return `${t("excluded")}: ${SOURCES.reason[i] || "–"}`;
  const first = (FLAGS_OF.get(i) ?? [])[0];
  return first === undefined ? SOURCES.problem[i] || t("unlocated") : DATA.flags.text[first];
}

function sourceEntry(i, open) {
  return h("details", { className: "entry", open }, h("summary", {}, classIcon(SOURCES.class[i], 15), h("b", {}, sourceTitle(i)), SOURCES.severity[i] >= 0 ? severityIcon(SOURCES.severity[i], 14) : null), h("p", { className: "id" }, SOURCES.id[i]), sourceFacts(i));
}

const MOST_NEARBY = 30;

/** Popup of a place: every source at the very coordinate, then those close by on the screen. */
function placeContent({ same, near }) {
  const one = same.length === 1;
  const shown = near.slice(0, MOST_NEARBY);
  return h("div", { className: "popup" },
    one
      ? [h("h2", {}, sourceTitle(same[0])), h("p", { className: "id" }, SOURCES.id[same[0]]), sourceFacts(same[0])]
      : [h("h2", {}, t("here", { n: same.length })), same.map((i, k) => sourceEntry(i, k === 0))],
    near.length ? h("h3", {}, t("nearby", { n: near.length })) : null,
    shown.map((i) => sourceEntry(i, false)),
    near.length > shown.length ? h("p", { className: "muted" }, t("others_below", { n: near.length - shown.length })) : null);
}

/** Popup of a village in the public edition. */
function villageContent(i) {
  const area = DATA.villages.area[i];
  return h("div", { className: "popup" }, h("h2", {}, AREAS.name[area]), h("p", { className: "id" }, `${areaPath(area)} · ${AREAS.code[area]}`),
    h("table", { className: "counts" }, CLASSES.map((c, k) => (DATA.villages.counts[k][i] ? h("tr", {}, h("td", {}, classIcon(k, 15)), h("th", { scope: "row" }, c.name), h("td", {}, number.format(DATA.villages.counts[k][i]))) : null))));
}

/** Popup of an area. */
function areaContent(area) {
  return h("div", { className: "popup" }, h("h2", {}, AREAS.name[area] || AREAS.code[area]), h("p", { className: "id" }, areaPath(area)),
    h("dl", { className: "facts" },
      fact(LEVELS[AREAS.level[area]][1], h("code", {}, AREAS.code[area])),
      fact(t("in_area"), number.format(COUNTS.all[area])),
      SOURCES ? fact(t("flags"), number.format(COUNTS.flagged[area])) : null));
}
