/** The groups: a bar and its numbers each, in any order; a name leads to its flags. */
import { computed, signal } from "@preact/signals";
import type { Progress } from "../api/shapes";
import { go } from "../state/view";
import { number, percent, t } from "../text";
import { Bar } from "./Bar";
import { certain, told } from "./numbers";
import { arranged, columnsOf, filterOf, rowsOf, valueOf, type Column, type Order, type Row } from "./table";

const MORE = 200;
export const search = signal("");
const order = signal<Order>({ column: "flags", up: false });
const listed = signal(MORE);

const all = computed(() => (told.value ? rowsOf(told.value, certain.value) : []));
export const rows = computed(() => arranged(all.value, search.value, order.value));
export const many = computed(() => all.value.length > 20);

export const startAnew = (): void => void ([listed.value, search.value] = [MORE, ""]);

const sortBy = (column: Column): void => {
  const same = order.value.column === column;
  order.value = { column, up: same ? !order.value.up : column === "name" };
};

const Head = ({ column }: { column: Column }) => {
  const { column: sorted, up } = order.value;
  const here = sorted === column;
  return (
    <th scope="col" aria-sort={here ? (up ? "ascending" : "descending") : undefined}>
      <button class="sort" onClick={() => sortBy(column)}>
        {t(`progress.${column}`)}
        <span aria-hidden="true">{here ? (up ? " ▲" : " ▼") : ""}</span>
      </button>
    </th>
  );
};

const shown = (row: Row, column: Column): string => {
  const value = valueOf(row, column);
  if (typeof value !== "number") return value ?? "–";
  return column === "closed_share" || column === "certain" ? percent(value) : number(value);
};

const Name = ({ row: { code, name }, by }: { row: Row; by: string }) => {
  const filter = filterOf(by, code);
  const text = (
    <span class="short" title={name}>
      {name}
    </span>
  );
  if (!filter) return text;
  return (
    <button class="link" onClick={() => go({ ...filter, page: "review", flag: "", source: "" })}>
      {text}
    </button>
  );
};

const Numbers = ({ row, columns }: { row: Row; columns: Column[] }) => (
  <>
    {columns.slice(1).map((column) => (
      <td key={column}>{shown(row, column)}</td>
    ))}
  </>
);

export const Table = ({ answer }: { answer: Progress }) => {
  const [by = ""] = answer.by;
  const columns = columnsOf(all.value);
  const few = rows.value.slice(0, listed.value);
  const most = Math.max(1, ...all.value.map(({ done }) => done.flags));
  const total = { code: "", name: t("progress.total"), done: answer, certain: null };
  return (
    <>
      <table>
        <thead>
          <tr>
            <Head column="name" />
            <th scope="col" class="chart">
              <span class="unseen">{t("progress.chart")}</span>
            </th>
            {columns.slice(1).map((column) => (
              <Head key={column} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          {few.map((row) => (
            <tr key={row.code}>
              <th scope="row">
                <Name row={row} by={by} />
              </th>
              <td class="chart">
                <Bar done={row.done} most={most} />
              </td>
              <Numbers row={row} columns={columns} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{total.name}</th>
            <td class="chart">
              <Bar done={total.done} most={total.done.flags} />
            </td>
            <Numbers row={total} columns={columns} />
          </tr>
        </tfoot>
      </table>
      <p class="none" role="status">
        {few.length < all.value.length && t("progress.shown", { n: number(few.length), m: number(all.value.length) })}
      </p>
      {few.length < rows.value.length && (
        <button onClick={() => (listed.value += MORE)}>{t("progress.more", { n: MORE })}</button>
      )}
    </>
  );
};
