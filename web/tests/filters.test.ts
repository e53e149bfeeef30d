import { beforeEach, describe, expect, it } from "vitest";
import { EMPTY } from "../src/state/address";
import { holds, narrowed, queryOf, queryables, searchOf } from "../src/filters/queries";
import { listed, searched } from "../src/filters/searching";

const SOURCES = ["class", "code_township", "code_village", "import_group", "state"];
const FLAGS = ["severity", "rule", "review_state"];

beforeEach(() => {
  queryables.value = { sources: SOURCES, flags: FLAGS };
});

const view = {
  ...EMPTY,
  severity: ["error", "warning"],
  class: ["farm"],
  area: ["township:330822115"],
  state: ["open"],
};

describe("filters", () => {
  it("ask sources for what sources have", () => {
    expect(queryOf(view, "sources")).toEqual({ class: ["farm"], code_township: ["330822115"] });
  });
  it("ask flags for what flags have", () => {
    expect(queryOf(view, "flags")).toEqual({ severity: ["error", "warning"], review_state: ["open"] });
  });
  it("hold for flags as well once these have the properties", () => {
    queryables.value = { sources: SOURCES, flags: [...FLAGS, "class", "code_township"] };
    expect(queryOf(view, "flags")).toMatchObject({ class: ["farm"], code_township: ["330822115"] });
    expect(holds(view, "flags", "area")).toBe(true);
    expect(holds({ ...view, area: ["village:1"] }, "flags", "area")).toBe(false);
  });
  it("leave out the one whose numbers are asked for", () => {
    expect(queryOf(view, "flags", "severity")).toEqual({ review_state: ["open"] });
    expect(queryOf(view, "sources", "area")).toEqual({ class: ["farm"] });
  });
  it("mean either area, also of two levels", () => {
    const two = { ...EMPTY, area: ["township:330822115", "village:3308'1", "village:33082"] };
    const filter = "code_township IN ('330822115') OR code_village IN ('3308''1','33082')";
    expect(queryOf(two, "sources")).toEqual({ filter: [filter] });
    expect(narrowed(queryOf(two, "sources"), "lon IS NULL")).toEqual({ filter: [`(${filter}) AND lon IS NULL`] });
    expect(narrowed({}, "lon IS NULL")).toEqual({ filter: ["lon IS NULL"] });
  });
  it("ask nothing of a collection that a person does not see", () => {
    expect(queryOf(view, "unlocated-sources")).toEqual({});
  });
  it("repeat a property with several values", () => {
    expect(searchOf(queryOf(view, "flags")).toString()).toBe("severity=error&severity=warning&review_state=open");
  });
});

const values = ["a", "b", "ab", "c"].map((value) => ({ value, text: value.toUpperCase(), n: 1 }));

describe("values of a filter", () => {
  const find = (chosen: string[], text: string, most: number): [string, number] => {
    const { shown, total } = listed(values, chosen, text, most, (one) => one.text);
    return [shown.map((one) => one.value).join(), total];
  };
  it("are the chosen ones, then the first of the others", () => expect(find(["c"], "", 3)).toEqual(["c,a,b", 4]));
  it("are found by a part of what they are called", () => expect(find([], "B", 9)).toEqual(["b,ab", 2]));
  it("keep the chosen ones, whatever is looked for", () => expect(find(["c"], "a", 1)).toEqual(["c", 3]));
  it("are looked for as they are written", () => {
    expect(searched(" 100%_'x ")).toBe("name LIKE '%100\\%\\_''x%' OR code LIKE '100\\%\\_''x%'");
  });
});
