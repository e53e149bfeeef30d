/** What the numbers rest on: check, basemap, scope, row sum, filters; on paper also who printed it and when. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import * as calls from "../api/calls";
import type { Run } from "../api/shapes";
import { counts } from "../filters/facets";
import { MANY, type Many } from "../state/address";
import { revision, user } from "../state/session";
import { view } from "../state/view";
import { t, when, word } from "../text";
import { rowSumText } from "./StatusBar";

/** The check that made the flags; people of some areas are not told of runs. */
const run = signal<Run | null>(null);

const ask = (): void => {
  if (user.value?.scope !== null || !user.value.actions.includes("exact")) return;
  calls
    .items<Run>("runs", { values: { sortby: "-finished", limit: 1 } })
    .then(({ features }) => (run.value = features[0]?.properties ?? null))
    .catch(() => undefined); // the numbers stand without it
};

const KINDS: Partial<Record<Many, string>> = { state: "review" };
const chosen = (): string =>
  MANY.filter((name) => view.value[name].length)
    .map((name) => {
      const values = view.value[name].map((value) => word(KINDS[name] ?? name, value.split(":").at(-1) ?? ""));
      return t("stamp.filter", { name: t(`filter.${name}`), values: values.join(t("stamp.comma")) });
    })
    .join(t("stamp.semicolon"));

const scope = (): string =>
  user.value?.scope?.map(({ name, code }) => name ?? code).join(t("stamp.comma")) ?? t("stamp.everything");

/** Basemap, time of the check, scope, row sum, filters; on paper also who printed it and when. */
export const Stamp = () => {
  useEffect(ask, [user.value, revision.value]);
  const sum = counts.value?.rowSum;
  const filters = chosen();
  const made = run.value;
  return (
    <p class="stamp">
      {made && (
        <span>
          {t("stamp.checked", { time: when(made.finished) })}
          {t("stamp.basemap", { name: made.basemap_name, year: made.code_year ?? "–" })}
        </span>
      )}
      <span>{t("stamp.scope", { scope: scope() })}</span>
      {sum && <span>{rowSumText(sum)}</span>}
      {filters && <span>{t("stamp.filtered", { filters })}</span>}
      <span class="paper">
        {t("stamp.printed", { who: user.value?.name ?? "", time: when(new Date().toISOString()) })}
      </span>
    </p>
  );
};
