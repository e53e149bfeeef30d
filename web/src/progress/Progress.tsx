/** The page of progress: open, decided and closed flags, by what one chooses; printed as it stands. */
import { useEffect } from "preact/hooks";
import { Filters } from "../filters/Filters";
import { Stamp } from "../frame/Stamp";
import { offline, revision } from "../state/session";
import { filterKey, go } from "../state/view";
import { t, type Key } from "../text";
import { Headline } from "./Headline";
import { ask, by, failed, KINDS, told } from "./numbers";
import { csvOf } from "./table";
import { many, rows, search, startAnew, Table } from "./Table";

const textOf = (kind: string): string => {
  const known: Record<string, Key> = {
    rule: "filter.rule",
    severity: "filter.severity",
    class: "filter.class",
    import_group: "filter.group",
  };
  return t(known[kind] ?? (`level.${kind.replace("claimed_", "")}` as Key));
};

const Choice = () => (
  <label>
    {t("progress.by")}{" "}
    <select value={by} onChange={(event) => go({ by: event.currentTarget.value })}>
      {Object.entries(KINDS.value).map(([kind, names]) => (
        <optgroup key={kind} label={t(`progress.of.${kind}` as Key)}>
          {names.map((name) => (
            <option key={name} value={name}>
              {textOf(name)}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  </label>
);

const Search = () => (
  <label>
    <span class="unseen">{t("progress.search")}</span>
    <input
      type="search"
      placeholder={t("progress.search")}
      maxLength={200}
      value={search}
      onInput={(event) => (search.value = event.currentTarget.value)}
    />
  </label>
);

const save = (): void => {
  if (!told.value) return;
  const text = csvOf(rows.value, told.value, by.value);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = `progress-${by.value}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

const Tools = () => (
  <div class="tools">
    <Choice />
    {many.value && <Search />}
    <span class="gap" />
    <button onClick={save}>{t("progress.csv")}</button>
    <button onClick={() => print()}>{t("progress.print")}</button>
  </div>
);

const Body = () => {
  const answer = told.value;
  if (failed.value)
    return (
      <section role="alert">
        <p>{t("state.error", { detail: failed.value })}</p>
        <button onClick={ask}>{t("state.retry")}</button>
      </section>
    );
  if (!answer) return <p class="none loading">{t("state.loading")}</p>;
  if (!answer.flags) return <p class="none">{t("state.empty")}</p>;
  return (
    <>
      <Headline told={answer} />
      {answer.by[0] === by.value ? <Table answer={answer} /> : <p class="none loading">{t("state.loading")}</p>}
    </>
  );
};

export const Progress = () => {
  useEffect(ask, [by.value, filterKey.value, revision.value, offline.value]);
  useEffect(startAnew, [by.value]);
  return (
    <main class="page">
      <Filters />
      <article class="progress">
        <h1>{t("progress.title")}</h1>
        <Stamp />
        <Tools />
        <Body />
      </article>
    </main>
  );
};
