/** The whole in one look: how many flags, how many closed and how, whether the next check is due. */
import type { Progress } from "../api/shapes";
import { areaLevels } from "../state/levels";
import { number, percent, t, when, word } from "../text";
import { Bar, Legend } from "./Bar";

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

/** How sure the areas of all located sources are, at the level that is told by, else at the finest. */
const Certainty = ({ told }: { told: Progress }) => {
  const level = [...told.by, ...areaLevels.value.toReversed()].find((one) => one in told.certainty) ?? "";
  const sums = told.certainty[level];
  if (!sums) return null;
  const { certain, ambiguous, outside } = sums;
  const values = { certain: number(certain), ambiguous: number(ambiguous), outside: number(outside) };
  return <p class="none">{t("progress.sure", { level: word("level", level), ...values })}</p>;
};

export const Headline = ({ told }: { told: Progress }) => (
  <div class="headline">
    <section>
      <p class="said">
        {t("progress.said", {
          flags: number(told.flags),
          closed: number(told.closed),
          share: told.closed_share === null ? "–" : percent(told.closed_share),
        })}
      </p>
      <Bar done={told} most={told.flags} />
      <Legend done={told} />
      <Certainty told={told} />
      <p class={told.recheck_due ? "due" : "none"}>
        {told.recheck_due
          ? t("progress.due", { time: told.recheck_due_since ? when(told.recheck_due_since) : "–" })
          : t("progress.notDue")}
      </p>
    </section>
    <Outcomes outcomes={told.outcomes} />
  </div>
);
