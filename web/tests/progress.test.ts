import { beforeEach, describe, expect, it } from "vitest";
import type { Done, Group, Progress } from "../src/api/shapes";
import { arranged, columnsOf, csvOf, filterOf, piecesOf, rowsOf, sharesOf } from "../src/progress/table";
import { language } from "../src/text";

beforeEach(() => {
  language.value = "zh";
});

const done = (flags: number, closed = 0, rest: Partial<Done> = {}): Done => ({
  flags,
  open: flags - closed,
  reopened: 0,
  closed,
  decided: 0,
  disputed: 0,
  approved: 0,
  closed_share: flags ? closed / flags : null,
  ...rest,
});
const answer = (by: string, groups: Group[], rest: Partial<Progress> = {}): Progress => ({
  ...done(groups.reduce((sum, group) => sum + group.flags, 0)),
  by: [by],
  groups,
  outcomes: {},
  reviews: {},
  recheck_due: false,
  certainty: {},
  recheck_due_since: null,
  ...rest,
});
const towns = answer("township", [
  { ...done(5, 5), township: "330822100", name: "辉埠镇" },
  { ...done(9, 1), township: "330822001", name: "天马街道" },
  { ...done(5, 0), township: null },
]);

describe("rows of the table", () => {
  it("have names: of the area, of the rule, or of nothing", () => {
    expect(rowsOf(towns).map((row) => row.name)).toEqual(["辉埠镇", "天马街道", "（不在区划内）"]);
    expect(rowsOf(answer("rule", [{ ...done(1), rule: "place.stacked" }]))[0]?.name).toBe("多源同一坐标");
    expect(rowsOf(answer("class", [{ ...done(1), class: "" }]))[0]?.name).toBe("（空）");
  });
  it("are sorted by any column, what has no value last, equal ones by code", () => {
    const names = (column: "name" | "flags" | "certain", up: boolean): string[] =>
      arranged(rowsOf(towns), "", { column, up }).map((row) => row.code ?? "");
    expect(names("flags", false)).toEqual(["330822001", "330822100", ""]);
    expect(names("flags", true)).toEqual(["330822100", "", "330822001"]);
    const some = rowsOf(towns, new Map([["330822001", 0.75]]));
    expect(arranged(some, "", { column: "certain", up: false }).map((row) => row.certain)).toEqual([0.75, null, null]);
  });
  it("are found by name and by code", () => {
    const found = (search: string): number => arranged(rowsOf(towns), search, { column: "name", up: true }).length;
    expect([found("天马"), found("330822"), found("330822 辉埠"), found("没有")]).toEqual([1, 2, 1, 0]);
  });
  it("are many without effort", () => {
    const groups = Array.from({ length: 45_000 }, (_, n) => ({ ...done(n % 7), village: String(n) }));
    expect(arranged(rowsOf(answer("village", groups)), "4499", { column: "flags", up: false })).toHaveLength(15);
  });
  it("tell how sure their sources are, of those that have a claim", () => {
    const group = (code: string | null, within_claim: string, n: number) => ({ code_township: code, within_claim, n });
    const groups = [group("a", "inside", 3), group("a", "outside", 1), group("a", "", 9), group(null, "inside", 1)];
    expect([...sharesOf(groups, "code_township")]).toEqual([["a", 0.75]]);
  });
  it("show the share of what is certain where it is known", () => {
    expect(columnsOf(rowsOf(towns))).not.toContain("certain");
    expect(columnsOf([{ code: "a", name: "a", done: done(1, 1, { approved: 1 }), certain: 1 }])).toContain("certain");
  });
});

describe("a bar", () => {
  it("adds up to the flags", () => {
    const told = done(10, 6, { approved: 3, decided: 1, disputed: 1 });
    expect(piecesOf(told).map(({ piece, n }) => `${piece} ${n}`)).toEqual([
      "approved 3",
      "decided 1",
      "disputed 1",
      "closed 1",
      "open 4",
    ]);
  });
});

describe("a name leads to its flags", () => {
  it("by the filter of the review page", () => {
    expect(filterOf("rule", "place.stacked")).toEqual({ rule: ["place.stacked"] });
    expect(filterOf("import_group", "甲")).toEqual({ group: ["甲"] });
    expect(filterOf("township", "330822001")).toEqual({ area: ["township:330822001"] });
    expect([filterOf("township", null), filterOf("claimed_township", "1")]).toEqual([null, null]);
  });
});

describe("the file", () => {
  it("has a mark for sheets, every row and the whole", () => {
    const text = csvOf(rowsOf(towns), towns, "township");
    expect(text.startsWith("\uFEFFtownship,分组,疑点,")).toBe(true);
    expect(text.split("\r\n")).toHaveLength(6);
    expect(text).toContain("330822001,天马街道,9,8,0,0,0,0,1,");
  });
  it("holds no formula, and quotes what has a comma", () => {
    const rows = rowsOf(
      answer("import_group", [
        { ...done(1), import_group: "=1+1" },
        { ...done(1), import_group: 'a,"b"' },
      ]),
    );
    const text = csvOf(rows, done(2), "import_group");
    expect(text).toContain("'=1+1,'=1+1,");
    expect(text).toContain('"a,""b""","a,""b""",');
  });
});
