/** The page of progress: open, decided and closed flags, by rule, severity or area; printed as it stands. */
import { useEffect } from "preact/hooks";
import type { Done } from "../api/shapes";
import { Filters } from "../filters/Filters";
import { areaLevels } from "../state/levels";
import { ask, by, told } from "./numbers";
import { revision } from "../state/session";
import { filterKey } from "../state/view";
import { number, percent, t, word, type Key } from "../text";

const KINDS: Record<string, string> = { rule: "rule", severity: "severity" };

const nameOf = (group: Record<string, unknown>): string => {
  const value = group[by.value];
  if (value === null || value === "") return KINDS[by.value] ? t("filter.blank") : t("filter.outside");
  return KINDS[by.value] ? word(KINDS[by.value] ?? "", String(value)) : String(value);
};

const Row = ({ name, done, most }: { name: string; done: Done; most: number }) => (
  <tr>
    <th scope="row">{name}</th>
    <td class="bar">
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect width={(100 * done.flags) / most} height="10" fill="#dfe5ea" />
        <rect width={(100 * done.closed) / most} height="10" fill="#0b6e4f" />
      </svg>
    </td>
    <td>{number(done.flags)}</td>
    <td>{number(done.open + done.reopened)}</td>
    <td>{number(done.closed)}</td>
    <td>{done.closed_share === null ? "–" : percent(done.closed_share)}</td>
  </tr>
);

const Table = () => {
  const answer = told.value;
  if (!answer) return <p class="none">{t("state.loading")}</p>;
  if (!answer.flags) return <p class="none">{t("state.empty")}</p>;
  const most = Math.max(1, ...answer.groups.map((group) => group.flags));
  return (
    <table>
      <thead>
        <tr>
          <th />
          <th />
          {(["flags", "open", "closed", "share"] as const).map((name) => (
            <th key={name} scope="col">
              {t(`progress.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {answer.groups.map((group) => (
          <Row key={nameOf(group)} name={nameOf(group)} done={group} most={most} />
        ))}
      </tbody>
      <tfoot>
        <Row name={t("progress.total")} done={answer} most={answer.flags} />
      </tfoot>
    </table>
  );
};

export const Progress = () => {
  useEffect(ask, [by.value, filterKey.value, revision.value]);
  const levels = areaLevels.value;
  return (
    <main class="page">
      <Filters />
      <article class="progress">
        <h1>{t("progress.title")}</h1>
        <label>
          {t("progress.by")}{" "}
          <select value={by} onChange={(event) => (by.value = event.currentTarget.value)}>
            {["rule", "severity", ...levels].map((name) => (
              <option key={name} value={name}>
                {t((name === "rule" || name === "severity" ? `filter.${name}` : `level.${name}`) as Key)}
              </option>
            ))}
          </select>
        </label>
        <Table />
      </article>
    </main>
  );
};
