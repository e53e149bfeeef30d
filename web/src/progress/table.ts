/** Groups as rows of a table: names, order, search, parts of a bar, a file. Pure. */
import type { Done, Groups, Progress } from "../api/shapes";
import type { Many } from "../state/address";
import { t, word } from "../text";

export const NUMBERS = [
  "flags",
  "open",
  "reopened",
  "decided",
  "disputed",
  "approved",
  "closed",
  "closed_share",
] as const;
export type Column = (typeof NUMBERS)[number] | "name" | "certain";

export interface Row {
  code: string | null;
  name: string;
  done: Done;
  certain: number | null;
}

export interface Order {
  column: Column;
  up: boolean;
}

const WORDS: Record<string, string> = { rule: "rule", severity: "severity", class: "class" };
export const isArea = (by: string): boolean => !(by in WORDS) && by !== "import_group";

const nameOf = (by: string, code: string | null, name: string | null | undefined): string => {
  if (code === null || code === "") return t(isArea(by) ? "filter.outside" : "filter.blank");
  return WORDS[by] ? word(WORDS[by], code) : (name ?? code);
};

/** By code: which share of its sources are inside of their claims, of those of which it is known. */
export const sharesOf = (groups: Groups["groups"], code: string): Map<string, number> => {
  const sums = new Map<string, { inside: number; known: number }>();
  for (const { n, within_claim, ...group } of groups) {
    if (!within_claim || group[code] === null) continue;
    const sum = sums.get(String(group[code])) ?? { inside: 0, known: 0 };
    sums.set(String(group[code]), { inside: sum.inside + (within_claim === "inside" ? n : 0), known: sum.known + n });
  }
  return new Map([...sums].map(([area, { inside, known }]) => [area, inside / known]));
};

export const rowsOf = ({ by: [by = ""], groups }: Progress, certain: Map<string, number> = new Map()): Row[] =>
  groups.map((group) => {
    const code = group[by] === null || group[by] === undefined ? null : String(group[by]);
    return { code, name: nameOf(by, code, group.name), done: group, certain: certain.get(code ?? "") ?? null };
  });

/** Columns that the answer has. */
export const columnsOf = (rows: Row[]): Column[] => [
  "name",
  ...NUMBERS,
  ...(rows.some(({ certain }) => certain !== null) ? (["certain"] as const) : []),
];

export const valueOf = (row: Row, column: Column): number | string | null =>
  column === "name" ? row.name : column === "certain" ? row.certain : row.done[column];

/** Rows that have every word of a search, in an order; what has no value comes last, and equal rows by their code. */
export const arranged = (rows: Row[], search: string, { column, up }: Order): Row[] => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ name, code }: Row): boolean => words.every((one) => `${name} ${code}`.toLowerCase().includes(one));
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const compare = (a: Row, b: Row): number => {
    const [one, other] = [valueOf(a, column), valueOf(b, column)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    const order =
      typeof one === "number" && typeof other === "number" ? one - other : collator.compare(`${one}`, `${other}`);
    return (up ? order : -order) || collator.compare(`${a.code}`, `${b.code}`);
  };
  return rows.filter(fits).sort(compare);
};

/** Parts of a bar, from done to not begun; they add up to the flags. */
export const PIECES = ["approved", "decided", "disputed", "closed", "reopened", "open"] as const;
export type Piece = (typeof PIECES)[number];

export const piecesOf = (done: Done): { piece: Piece; n: number }[] => {
  const { approved, decided, disputed, closed, reopened, open } = done;
  const parts = { approved, decided, disputed, closed: closed - approved - decided - disputed, reopened, open };
  return PIECES.map((piece) => ({ piece, n: parts[piece] })).filter(({ n }) => n > 0);
};

/** The filter that leaves the flags of a group, where there is one. */
export const filterOf = (by: string, code: string | null): Partial<Record<Many, string[]>> | null => {
  if (code === null || code === "" || by.startsWith("claimed_")) return null;
  if (isArea(by)) return { area: [`${by}:${code}`] };
  return { [by === "import_group" ? "group" : by]: [code] };
};

const FORMULA = /^\s*[=+\-@|%]|^[\t\r\n]/; // a sheet would reckon such a text
const cell = (value: number | string | null): string => {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** The table as a file for sheets: all rows that fit, then the whole. */
export const csvOf = (rows: Row[], total: Done, by: string): string => {
  const columns = columnsOf(rows);
  const lines = [...rows, { code: "", name: t("progress.total"), done: total, certain: null }].map((row) => [
    row.code,
    ...columns.map((column) => valueOf(row, column)),
  ]);
  const head = [by, ...columns.map((column) => t(`progress.${column}`))];
  return `\uFEFF${[head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
};
