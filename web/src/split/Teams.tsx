/** How many field zones: a number, a table of teams, a file, or the minutes that a team can work. */
import * as jobs from "../api/jobs";
import { sayError } from "../state/work";
import { t } from "../text";
import { BY, COLUMNS, NO_ROW, ask, asked, pasted, type Uploaded } from "./asking";

const set = (at: number, column: (typeof COLUMNS)[number], text: string): void =>
  ask({ rows: asked.peek().rows.map((row, rank) => (rank === at ? { ...row, [column]: text } : row)) });

const paste = (event: ClipboardEvent, at: number, column: number): void => {
  const text = event.clipboardData?.getData("text") ?? "";
  if (!/[\t\n]/.test(text)) return;
  event.preventDefault();
  ask({ rows: pasted(asked.peek().rows, at, column, text) });
};

const Table = () => {
  const { rows } = asked.value;
  return (
    <>
      <div class="teams">
        <table>
          <thead>
            <tr>
              <th scope="col">#</th>
              {COLUMNS.map((column) => (
                <th key={column} scope="col">
                  {t(`split.team.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                <th scope="row">{at + 1}</th>
                {COLUMNS.map((column, rank) => (
                  <td key={column}>
                    <input
                      aria-label={`${at + 1} ${t(`split.team.${column}`)}`}
                      value={row[column]}
                      maxLength={200}
                      onInput={(event) => set(at, column, event.currentTarget.value)}
                      onPaste={(event) => paste(event, at, rank)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="line">
        <button type="button" onClick={() => ask({ rows: [...rows, NO_ROW] })}>
          {t("split.addTeam")}
        </button>
        <button type="button" disabled={!rows.length} onClick={() => ask({ rows: rows.slice(0, -1) })}>
          {t("split.dropTeam")}
        </button>
      </div>
      <p class="none">{t("split.pasteHint")}</p>
    </>
  );
};

/** A file that is sent at once, so that its fault is told beside it. */
export const Sent = (props: {
  label: string;
  accept: string;
  file: Uploaded | null;
  onSent: (file: Uploaded | null) => void;
}) => {
  const send = async (input: HTMLInputElement): Promise<void> => {
    const [file] = input.files ?? [];
    if (!file) return;
    try {
      props.onSent({ id: await jobs.upload(file), name: file.name });
    } catch (error) {
      sayError(error);
    } finally {
      input.value = "";
    }
  };
  return props.file ? (
    <p class="line">
      <span class="name">{props.file.name}</span>
      <button type="button" onClick={() => props.onSent(null)}>
        {t("split.dropFile")}
      </button>
    </p>
  ) : (
    <label class="field">
      {props.label}
      <input type="file" accept={props.accept} onChange={(event) => void send(event.currentTarget)} />
    </label>
  );
};

const Ways = {
  number: () => (
    <label class="field">
      {t("split.teams")}
      <input
        type="number"
        min={1}
        value={asked.value.teams}
        onInput={(event) => ask({ teams: event.currentTarget.value })}
      />
    </label>
  ),
  table: Table,
  file: () => (
    <>
      <Sent
        label={t("split.teamsFile")}
        accept=".csv,.tsv,.xlsx,.xls,.ods"
        file={asked.value.file}
        onSent={(file) => ask({ file })}
      />
      <p class="none">{t("split.fileHint")}</p>
    </>
  ),
  capacity: () => (
    <label class="field">
      {t("split.capacity")}
      <input
        type="number"
        min={1}
        value={asked.value.capacity}
        onInput={(event) => ask({ capacity: event.currentTarget.value })}
      />
    </label>
  ),
};

export const Teams = () => {
  const Way = Ways[asked.value.by];
  return (
    <>
      <div class="choice" role="radiogroup" aria-label={t("split.howMany")}>
        {BY.map((by) => (
          <label key={by} class="pick">
            <input type="radio" name="by" checked={asked.value.by === by} onChange={() => ask({ by })} />
            {t(`split.by.${by}`)}
          </label>
        ))}
      </div>
      <Way />
    </>
  );
};
