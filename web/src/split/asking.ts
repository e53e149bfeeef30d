/** What a new split asks for: kept while one types, and through a reload; tested by the service alone. */
import { signal } from "@preact/signals";

export const MINUTES = ["key_industrial", "industrial", "centralised", "farm", "domestic", "mobile", "other"] as const;
export const COLUMNS = ["name", "people", "phone", "owner", "start_lon", "start_lat"] as const;
export const BY = ["number", "table", "file", "capacity"] as const;
const NUMBERS: readonly string[] = ["people", "start_lon", "start_lat"];

export type Row = Record<(typeof COLUMNS)[number], string>;
export interface Chosen {
  code: string;
  name: string;
  level: string;
}
export interface Uploaded {
  id: string;
  name: string;
}
export interface Asked {
  within: Chosen[];
  units: string;
  by: (typeof BY)[number];
  teams: string;
  rows: Row[];
  file: Uploaded | null;
  capacity: string;
  tolerance: string;
  barriers: string;
  sector: string;
  parks: Uploaded | null;
  together_as: string;
  supervisors: boolean;
  visits: boolean;
  minutes: Record<string, string>;
  village_minutes: string;
  settings: string;
  current: string;
  locks: boolean;
  seed: string;
  name: string;
}

export const NO_ROW = Object.fromEntries(COLUMNS.map((column) => [column, ""])) as Row;
export const BLANK: Asked = {
  within: [],
  units: "",
  by: "number",
  teams: "3",
  rows: [NO_ROW, NO_ROW],
  file: null,
  capacity: "",
  tolerance: "5",
  barriers: "soft",
  sector: "",
  parks: null,
  together_as: "hard",
  supervisors: false,
  visits: false,
  minutes: {},
  village_minutes: "",
  settings: "",
  current: "",
  locks: false,
  seed: "0",
  name: "",
};

const KEY = "geocensus.split";
const read = (): Asked => {
  try {
    return { ...BLANK, ...(JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<Asked>) };
  } catch {
    return BLANK;
  }
};

export const asked = signal<Asked>(read());
export const ask = (change: Partial<Asked>): void => {
  asked.value = { ...asked.value, ...change };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(asked.value));
  } catch {
    // storage may be full or forbidden: the form stands all the same
  }
};

/** A number, or the text as it was typed: the service says what is wrong with it. */
export const numeric = (text: string): number | string => {
  const value = Number(text.trim());
  return Number.isFinite(value) ? value : text.trim();
};

/** Tables come from Excel by the clipboard: tabs between cells, a line for each row. */
export const pasted = (rows: Row[], at: number, column: number, text: string): Row[] => {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  const filled = [...rows];
  lines.forEach((line, down) => {
    const cells = line.split("\t").slice(0, COLUMNS.length - column);
    const put = cells.map((cell, right) => [COLUMNS[column + right] as string, cell.trim()]);
    filled[at + down] = { ...(filled[at + down] ?? NO_ROW), ...(Object.fromEntries(put) as Partial<Row>) };
  });
  return filled;
};

const teamOf = (row: Row): Record<string, string | number> =>
  Object.fromEntries(
    COLUMNS.filter((column) => row[column].trim() !== "").map((column) => [
      column,
      NUMBERS.includes(column) ? numeric(row[column]) : row[column].trim(),
    ]),
  );

const howMany = (form: Asked): Record<string, unknown> => {
  if (form.by === "file") return form.file ? { teams_upload: form.file.id } : {};
  if (form.by === "capacity") return form.capacity.trim() ? { capacity: numeric(form.capacity) } : {};
  if (form.by === "number") return form.teams.trim() ? { teams: numeric(form.teams) } : {};
  return { teams: form.rows.map(teamOf).filter((team) => Object.keys(team).length) };
};

/** Settings as TOML: what was typed freely comes first, tables follow. */
export const settingsOf = ({ minutes, village_minutes, settings }: Asked): string => {
  const each = MINUTES.filter((name) => minutes[name]?.trim()).map((name) => `${name} = ${minutes[name]?.trim()}`);
  const parts = [
    settings.trim(),
    village_minutes.trim() && `[load]\nvillage_minutes = ${village_minutes.trim()}`,
    each.length && `[load.minutes]\n${each.join("\n")}`,
  ];
  return parts.filter(Boolean).join("\n");
};

const listed = (text: string): string[] => text.split(/[\s,，、;；]+/).filter(Boolean);

/** Return the inputs of the process; what was left blank is left to the service. */
export const inputsOf = (form: Asked, lock: { code: string; field_zone: string }[]): Record<string, unknown> => {
  const sector = listed(form.sector);
  const together = sector.length > 0 || form.parks !== null;
  const settings = settingsOf(form);
  return {
    within: form.within.map(({ code }) => code),
    ...howMany(form),
    ...(form.units && { units: form.units }),
    ...(form.tolerance.trim() && { tolerance: share(form.tolerance) }),
    barriers: form.barriers,
    ...(sector.length > 0 && { sector }),
    ...(form.parks && { together: form.parks.id }),
    ...(together && { together_as: form.together_as }),
    ...(form.supervisors && { supervisors: true }),
    ...(form.visits && { visits: true }),
    ...(form.current && { current: form.current }),
    ...(lock.length > 0 && { lock }),
    ...(form.name.trim() && { name: form.name.trim() }),
    ...(settings && { settings }),
    ...(form.seed.trim() && { seed: numeric(form.seed) }),
  };
};

const share = (percent: string): number | string => {
  const value = numeric(percent);
  return typeof value === "number" ? Number((value / 100).toPrecision(12)) : value;
};

const FIELDS: Record<string, string> = { teams_upload: "teams", lock_upload: "lock", current_upload: "current" };
export const INPUTS = [
  "within",
  "teams",
  "capacity",
  "units",
  "tolerance",
  "barriers",
  "sector",
  "together",
  "together_as",
  "current",
  "lock",
  "settings",
  "seed",
  "name",
] as const;

/** Return the field that a message of the service begins with; "" for the whole form. */
export const fieldOf = (message: string): string => {
  const [, first = ""] = /^([a-z_]+)/.exec(message) ?? [];
  const field = FIELDS[first] ?? first;
  return (INPUTS as readonly string[]).includes(field) ? field : "";
};
