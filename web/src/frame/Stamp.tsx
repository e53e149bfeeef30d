/** What the numbers rest on: check, basemap, scope, row sum, filters; on paper also who printed it and when. */
import { counts } from "../filters/facets";
import { MANY, type Many } from "../state/address";
import { user } from "../state/session";
import { view } from "../state/view";
import { t, when, word } from "../text";
import { rowSumText } from "./StatusBar";

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
  const { rowSum: sum, check: made } = counts.value ?? {};
  const filters = chosen();
  return (
    <p class="stamp">
      {made?.finished && (
        <span>
          {t("stamp.checked", { time: when(made.finished) })}
          {t("stamp.basemap", { name: made.basemap_name ?? "–", year: made.code_year ?? "–" })}
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
