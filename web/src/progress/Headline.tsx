/** The whole in one look: how many flags, how many closed and how, whether the next check is due; and what it rests on. */
import type { Progress } from "../api/shapes";
import { counts } from "../filters/facets";
import { MANY, type Many } from "../state/address";
import { user } from "../state/session";
import { view } from "../state/view";
import { rowSumText } from "../frame/StatusBar";
import { number, percent, t, when, word } from "../text";
import { Bar, Legend } from "./Bar";
import { run } from "./numbers";
import { totalOf } from "./table";

const KINDS: Partial<Record<Many, string>> = { state: "review" };
const chosen = (): string =>
  MANY.filter((name) => view.value[name].length)
    .map((name) => {
      const values = view.value[name].map((value) => word(KINDS[name] ?? name, value.split(":").at(-1) ?? ""));
      return t("progress.filter", { name: t(`filter.${name}`), values: values.join(t("progress.comma")) });
    })
    .join(t("progress.semicolon"));

const scope = (): string =>
  user.value?.scope?.map(({ name, code }) => name ?? code).join(t("progress.comma")) ?? t("progress.everything");

/** Basemap, time of the check, scope, row sum, filters; on paper also who printed it and when. */
export const Stamp = () => {
  const sum = counts.value?.rowSum;
  const filters = chosen();
  const made = run.value;
  return (
    <p class="stamp">
      {made && (
        <span>
          {t("progress.checked", { time: when(made.finished) })}
          {t("progress.basemap", { name: made.basemap_name, year: made.code_year ?? "–" })}
        </span>
      )}
      <span>{t("progress.scope", { scope: scope() })}</span>
      {sum && <span>{rowSumText(sum)}</span>}
      {filters && <span>{t("progress.filtered", { filters })}</span>}
      <span class="paper">
        {t("progress.printed", { who: user.value?.name ?? "", time: when(new Date().toISOString()) })}
      </span>
    </p>
  );
};

const Outcomes = ({ outcomes }: { outcomes: Record<string, number> }) => {
  const found = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  const most = Math.max(1, ...found.map(([, n]) => n));
  return (
    <section class="outcomes" aria-labelledby="outcomes">
      <h2 id="outcomes">{t("progress.outcomes")}</h2>
      {!found.length && <p class="none">{t("progress.noOutcomes")}</p>}
      <ul>
        {found.map(([name, n]) => (
          <li key={name}>
            <span class="name">{word("outcome", name)}</span>
            <svg class="bar" viewBox={`0 0 ${most} 10`} preserveAspectRatio="none" aria-hidden="true">
              <rect class="piece outcome" width={n} height="10" />
            </svg>
            <span class="n">{number(n)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
};

export const Headline = ({ told }: { told: Progress }) => {
  const total = totalOf(told);
  return (
    <div class="headline">
      <section>
        <p class="said">
          {t("progress.said", {
            flags: number(told.flags),
            closed: number(told.closed),
            share: told.closed_share === null ? "–" : percent(told.closed_share),
          })}
        </p>
        <Bar done={total} most={total.flags} />
        <Legend done={total} />
        <p class={told.recheck_due ? "due" : "none"}>
          {told.recheck_due
            ? t("progress.due", { time: told.recheck_due_since ? when(told.recheck_due_since) : "–" })
            : t("progress.notDue")}
        </p>
      </section>
      <Outcomes outcomes={told.outcomes} />
    </div>
  );
};
