/** Search for a name, a code or a coordinate. */
import { signal } from "@preact/signals";
import * as calls from "../api/calls";
import type { Found, Search as Told, Source } from "../api/shapes";
import { shown } from "../map/coordinates";
import { go } from "../state/view";
import { format, map, sayError, spot } from "../state/work";
import { t } from "../text";

const text = signal("");
const found = signal<Told | null>(null);
const active = signal(0);
const WAIT_MS = 180;
let timer: ReturnType<typeof setTimeout> | undefined;
let asked = new AbortController();

const clear = (): void => void ([found.value, text.value, spot.value] = [null, "", null]);

const look = (): void => {
  clearTimeout(timer);
  asked.abort();
  found.value = null; // Enter takes nothing that was found for another text
  if (!text.value.trim()) return clear();
  timer = setTimeout(() => {
    asked = new AbortController();
    calls
      .search(text.value.trim(), asked.signal)
      .then((told) => ([found.value, active.value] = [told, 0]))
      .catch(sayError);
  }, WAIT_MS);
};

const take = async (one: Found): Promise<void> => {
  found.value = null;
  spot.value = one.kind === "coordinate" && one.bbox ? [one.bbox[0], one.bbox[1]] : null;
  if (one.bbox) {
    const maxZoom = one.kind === "area" || one.kind === "field_zone" ? 14 : 15;
    map.value?.fitBounds(one.bbox, { padding: 60, maxZoom, duration: 400 });
  }
  if (one.kind === "source" && one.collection && one.id !== null) {
    const { properties } = await calls.item<Source>(one.collection, one.id);
    go({ source: properties.source_id, flag: "", page: "review" });
  } else go({ page: "review" });
};

const onKey = (event: KeyboardEvent): void => {
  const results = found.value?.results ?? [];
  if (event.key === "Escape") clear();
  else if (event.key === "ArrowDown") active.value = Math.min(active.value + 1, results.length - 1);
  else if (event.key === "ArrowUp") active.value = Math.max(active.value - 1, 0);
  else if (event.key === "Enter" && results[active.value]) void take(results[active.value] as Found).catch(sayError);
  else return;
  event.preventDefault();
};

/** A coordinate is told as people read it, with the finest area it lies in. */
const nameOf = ({ kind, name, bbox, areas }: Found): string => {
  if (kind !== "coordinate" || !bbox) return name ?? "";
  const inside = Object.values(areas ?? {}).filter((area) => area !== null);
  return [shown(bbox[0], bbox[1], format.value), ...inside.slice(-2).map((area) => area.name ?? area.code)].join(" ");
};

export const Search = () => (
  <div class="search">
    <input
      id="search"
      type="search"
      role="combobox"
      list={undefined}
      aria-expanded={found.value !== null}
      aria-controls="found"
      aria-autocomplete="list"
      aria-activedescendant={found.value?.results.length ? `found-${active.value}` : undefined}
      aria-label={t("search.placeholder")}
      placeholder={t("search.placeholder")}
      maxLength={200}
      value={text}
      onInput={(event) => {
        text.value = event.currentTarget.value;
        look();
      }}
      onKeyDown={onKey}
      onBlur={() => setTimeout(() => (found.value = null), 200)}
    />
    {found.value && (
      <ul id="found" role="listbox" class="drop">
        {!found.value.results.length && (
          <li role="option" aria-selected={false} aria-disabled class="none">
            {t("search.none")}
          </li>
        )}
        {found.value.results.map((one, rank) => (
          <li
            key={`${one.collection}/${one.id}`}
            id={`found-${rank}`}
            role="option"
            aria-selected={rank === active.value}
            onPointerDown={() => void take(one).catch(sayError)}
          >
            <small>{t(`kind.${one.kind}`)}</small>
            <span class="clamped">{nameOf(one)}</span>
            <code>{one.code}</code>
          </li>
        ))}
        {found.value.more && (
          <li role="option" aria-selected={false} aria-disabled class="none">
            {t("search.more", { n: found.value.results.length })}
          </li>
        )}
      </ul>
    )}
  </div>
);
