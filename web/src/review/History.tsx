/** All that happened to a flag and its source, in order, with what changed. */
import { useEffect, useState } from "preact/hooks";
import { attachment, versions } from "../api/review";
import type { Happened, Panel, Values, Version } from "../api/shapes";
import { sayError } from "../state/work";
import { language, t, word } from "../text";
import { Changes } from "./Change";
import { changesBy, changesOf, changesOfVersions, eventsOf, idOf, type Change } from "./changes";

interface Entry {
  key: string;
  author: string;
  time: string;
  what: string;
  text: string;
  changes: Change[];
  file?: { id: string; name: string };
}

/** Say what an event was, in words. */
export const wordOf = (one: Happened): string =>
  one.event === "decision"
    ? word("outcome", one.outcome)
    : one.event === "review"
      ? word("verdict", one.verdict)
      : t(`event.${one.event}`);

/** Say what somebody wrote with it. */
export const textOf = (one: Happened): string =>
  one.event === "comment" ? one.text : one.event === "attachment" ? "" : one.comment;

export const changesIn = (one: Happened): Change[] =>
  one.event === "decision" ? changesBy(one) : one.event === "review" ? changesOf({}, one.after.values ?? {}) : [];

const entriesOf = (told: Panel): Entry[] =>
  eventsOf(told).map((one) => ({
    key: idOf(one),
    author: one.author,
    time: one.time,
    what: wordOf(one),
    text: textOf(one),
    changes: changesIn(one),
    ...(one.event === "attachment" ? { file: { id: one.attachment_id, name: one.name } } : {}),
  }));

/** Changes of the source that steps on other flags made. */
const elsewhere = (told: Panel, rows: Version[]): Entry[] => {
  const own = new Set(told.decisions.map((one) => one.decision_id));
  return versionEntries(rows, told.source ?? {}).filter((one) => !own.has(one.decision));
};

const versionEntries = (rows: Version[], present: Values): (Entry & { decision: string })[] =>
  changesOfVersions(rows, present).map((one) => ({
    key: `v${one.version}`,
    author: one.author,
    time: one.time,
    what: word("version", one.kind),
    text: "",
    changes: one.changes,
    decision: one.decision_id,
  }));

const when = (time: string): string =>
  new Date(time).toLocaleString(language.value === "zh" ? "zh-CN" : "en-GB", {
    dateStyle: "short",
    timeStyle: "short",
  });

const List = ({ entries }: { entries: Entry[] }) => (
  <ol class="history">
    {entries.map((one) => (
      <li key={one.key}>
        <small>
          {when(one.time)} {one.author}
        </small>{" "}
        {one.what}
        {one.file && (
          <a href={attachment(one.file.id)} download>
            {one.file.name}
          </a>
        )}
        <Changes changes={one.changes} />
        {one.text && <p>{one.text}</p>}
      </li>
    ))}
  </ol>
);

/** Ask for the rows a source had, whenever their number changes. */
const useVersions = (source: string, n: number): Version[] => {
  const [rows, setRows] = useState<Version[]>([]);
  useEffect(() => {
    setRows([]);
    if (!source || !n) return;
    let here = true;
    versions(source)
      .then((told) => here && setRows(told))
      .catch(sayError);
    return () => {
      here = false;
    };
  }, [source, n]);
  return rows;
};

export const History = ({ told }: { told: Panel }) => {
  const rows = useVersions(told.flag.source_id ?? "", told.source_versions);
  const entries = [...entriesOf(told), ...elsewhere(told, rows)].sort((a, b) => a.time.localeCompare(b.time));
  if (!entries.length) return null;
  return (
    <section>
      <h2>{t("panel.history")}</h2>
      <List entries={entries} />
    </section>
  );
};

export const SourceHistory = ({ id, present }: { id: string; present: Values }) => {
  const rows = useVersions(id, 1);
  return rows.length ? (
    <section>
      <h2>{t("panel.history")}</h2>
      <List entries={versionEntries(rows, present)} />
    </section>
  ) : null;
};
