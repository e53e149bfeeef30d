// Search by name and code over sources and areas: a text box with a list, usable with the keyboard alone.

const MOST_HITS = 40;
const plain = (text) => String(text ?? "").normalize("NFKC").toLowerCase();

const searchIndex = (() => {
  let index = null;
  const build = () => {
    const entries = AREAS.code.map((code, i) => ({ area: i, text: plain(`${AREAS.name[i]} ${code}`) }));
    SOURCES?.id.forEach((id, i) => entries.push({ source: i, text: plain(`${SOURCES.name[i] ?? ""} ${id} ${SOURCES.claim_text[i] ?? ""}`) }));
    return entries;
  };
  return () => (index ??= build());
})();

/** Entries that hold every word; those that begin with the text first. */
function find(query) {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const found = searchIndex().filter(({ text }) => words.every((word) => text.includes(word)));
  const rank = ({ text }) => (text.startsWith(words[0]) ? 0 : 1);
  return found.map((entry, k) => [rank(entry), k, entry]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , entry]) => entry);
}

function hitRow(entry, k, choose) {
  const row = entry.source === undefined
    ? [h("span", { className: "where" }, LEVELS[AREAS.level[entry.area]][1]), h("b", {}, AREAS.name[entry.area]), h("small", {}, AREAS.code[entry.area])]
    : [classIcon(SOURCES.class[entry.source], 16), h("b", {}, sourceTitle(entry.source)), h("small", {}, SOURCES.id[entry.source] + (SOURCES.x[entry.source] === null ? ` · ${t("off_map")}` : ""))];
  return h("li", { id: `hit-${k}`, role: "option", "aria-selected": "false", onclick: () => choose(entry) }, row);
}

/** The search box; calls back with {area} or {source}. */
function searchBox(onChoose) {
  const list = h("ul", { id: "hits", role: "listbox", hidden: true, "aria-label": t("search") });
  const status = h("div", { className: "muted", role: "status" });
  const drop = h("div", { className: "drop", hidden: true }, list, status);
  const input = h("input", { type: "search", id: "search", placeholder: t("search"), autocomplete: "off", role: "combobox", "aria-label": t("search"), "aria-controls": "hits", "aria-expanded": "false", "aria-autocomplete": "list" });
  let hits = [], active = -1;
  const close = () => {
    list.hidden = true;
    status.textContent = "";
    drop.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  };
  const choose = (entry) => {
    close();
    onChoose(entry);
  };
  const mark = (k) => {
    active = (k + list.children.length) % list.children.length;
    [...list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === active)));
    list.children[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `hit-${active}`);
  };
  const update = () => {
    hits = find(input.value);
    const shown = hits.slice(0, MOST_HITS);
    list.replaceChildren(...shown.map((entry, k) => hitRow(entry, k, choose)));
    list.hidden = !shown.length;
    active = -1;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = !input.value.trim() ? "" : !hits.length ? t("no_hits") : hits.length > shown.length ? t("hits", { n: number.format(hits.length), m: shown.length }) : "";
    drop.hidden = list.hidden && !status.textContent;
  };
  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // an input method is choosing characters
    if (event.key === "Escape") close();
    if (list.hidden || !list.children.length) return;
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active < 0 ? -1 : active - 1);
    else if (event.key === "Enter") choose(hits[Math.max(0, active)]);
    else return;
    event.preventDefault();
  });
  return h("div", { className: "search", role: "search" }, input, drop);
}
