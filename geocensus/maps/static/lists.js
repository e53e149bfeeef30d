// Lists of the panel: flags by rule, and rows that are not on the map. Long ones grow on demand.

const STEP = 100;

/** A table body that shows some rows and a button for more. */
function growing(count, row, head = null) {
  const body = h("tbody", {});
  const button = h("button", { type: "button", className: "more", onclick: () => grow() });
  let shown = 0;
  const grow = () => {
    const to = Math.min(count, shown + STEP);
    for (; shown < to; shown++) body.append(row(shown));
    button.hidden = shown >= count;
    button.textContent = t("more", { n: number.format(Math.min(STEP, count - shown)) });
  };
  grow();
  return h("div", {}, h("table", { className: "rows" }, head, body), button);
}

function sourceRow(i, extra, onSource) {
  const go = h("button", { type: "button", className: "link", onclick: () => onSource(i) }, sourceTitle(i));
  return h("tr", {}, h("td", {}, classIcon(SOURCES.class[i], 15)), h("td", {}, go, h("small", {}, extra)));
}

/** Flags grouped by rule, the worst and most frequent first. */
function flagList(onSource) {
  const { rule, rules, severity, source, text, group } = DATA.flags;
  if (!rule.length) return h("p", { className: "muted" }, t("no_flags"));
  const byRule = rules.map(() => []);
  rule.forEach((r, f) => byRule[r].push(f));
  const worst = byRule.map((flags) => flags.reduce((least, f) => Math.min(least, severity[f]), SEVERITIES.length - 1));
  const order = [...rules.keys()].sort((a, b) => worst[a] - worst[b] || byRule[b].length - byRule[a].length || a - b);
  const row = (f) => (source[f] < 0 ? h("tr", {}, h("td", {}, severityIcon(severity[f], 15)), h("td", {}, text[f], h("small", {}, `${t("group")} ${group[f] ?? ""}`))) : sourceRow(source[f], text[f], onSource));
  return h("div", {}, CAUSES_OF.size ? h("h3", {}, `${t("by_rule")} (${number.format(rule.length)})`) : null, order.map((r) => {
    const holder = h("div", {});
    const fill = () => holder.childElementCount || holder.append(growing(byRule[r].length, (k) => row(byRule[r][k])));
    return h("details", { className: "rule", ontoggle: (event) => event.target.open && fill() },
      h("summary", {}, severityIcon(worst[r], 17), h("b", {}, rules[r][1]), rules[r][1] === rules[r][0] ? null : h("small", {}, rules[r][0]), h("span", { className: "n" }, number.format(byRule[r].length))), holder);
  }), causeSections(onSource));
}

/** Unlocated and excluded rows, so that none is out of reach. */
function offMapList(onSource) {
  const rowsOf = [[], []];
  SOURCES.x.forEach((x, i) => x === null && rowsOf[SOURCES.state[i] === 2 ? 1 : 0].push(i));
  const section = (key, rows) => [
    h("h3", {}, `${t(key)} (${number.format(rows.length)})`),
    rows.length
      ? growing(rows.length, (k) => offMapRow(rows[k], onSource), h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("row")), h("th", { scope: "col" }, `${t("sources")} · ${t("reason")}`))))
      : h("p", { className: "muted" }, t("no_rows")),
  ];
  return h("div", {}, h("p", { className: "muted" }, t("off_map_note")), section("unlocated", rowsOf[0]), section("excluded", rowsOf[1]));
}

function offMapRow(i, onSource) {
  const go = h("button", { type: "button", className: "link", onclick: () => onSource(i) }, sourceTitle(i));
  return h("tr", {}, h("td", { className: "n" }, SOURCES.row[i] ?? ""), h("td", {}, go, h("small", {}, offMapReason(i))));
}
