/** Search for a name, a code or a coordinate. */
import { signal } from "@preact/signals";
import * as calls from "../api/calls";
import type { Found, Source } from "../api/shapes";
import { go } from "../state/view";
import { map, sayError } from "../state/work";
import { t } from "../text";

const text = signal("");
const found = signal<Found[] | null>(null);
const active = signal(0);
const WAIT_MS = 180;
let timer: ReturnType<typeof setTimeout> | undefined;
let asked = new AbortController();

const look = (): void => {
  clearTimeout(timer);
  asked.abort();
  if (!text.value.trim()) return void (found.value = null);
  timer = setTimeout(() => {
    asked = new AbortController();
    calls
      .search(text.value.trim(), asked.signal)
      .then((results) => ([found.value, active.value] = [results, 0]))
      .catch(sayError);
  }, WAIT_MS);
};

const take = async (one: Found): Promise<void> => {
  found.value = null;
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
  const results = found.value ?? [];
  if (event.key === "Escape") [found.value, text.value] = [null, ""];
  else if (event.key === "ArrowDown") active.value = Math.min(active.value + 1, results.length - 1);
  else if (event.key === "ArrowUp") active.value = Math.max(active.value - 1, 0);
  else if (event.key === "Enter" && results[active.value]) void take(results[active.value] as Found).catch(sayError);
  else return;
  event.preventDefault();
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
        {!found.value.length && <li class="none">{t("search.none")}</li>}
        {found.value.map((one, rank) => (
          <li
            key={`${one.collection}/${one.id}`}
            role="option"
            aria-selected={rank === active.value}
            onPointerDown={() => void take(one).catch(sayError)}
          >
            <small>{t(`kind.${one.kind}`)}</small>
            <span>{one.name ?? one.bbox?.slice(0, 2).join(", ")}</span>
            <code>{one.code}</code>
          </li>
        ))}
      </ul>
    )}
  </div>
);
