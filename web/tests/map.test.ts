import { describe, expect, it } from "vitest";
import { summed, type Cell } from "../src/map/counting";
import { cornersOf, polygonOf, withCorner } from "../src/map/drawing";
import { membersOf } from "../src/map/listing";
import { markOf } from "../src/map/mark";
import { marks } from "../src/map/marks";
import { roundLength } from "../src/map/roundLength";
import { widest } from "../src/map/stretch";
import { language } from "../src/text";

const cell = (n: number, name: string, x: number): Cell => ({
  id: n === 1 ? Number(name) : undefined,
  properties: n === 1 ? { n } : { n, cell: name },
  at: [x, 0],
});

describe("the mark of a map", () => {
  const basemap = {
    name: "miaoli",
    title_zh: "苗栗縣",
    title_en: "Miaoli",
    source_zh: "内政部",
    source_en: "MOI",
    notice_zh: "界线经简化",
    notice_en: "Simplified",
    licence: "OGDL 1.0",
    code_year: 2021,
    schematic: false,
  };
  it("says whose the borders are, and of which year the codes", () => {
    language.value = "zh";
    expect(markOf(basemap)).toBe("界线经简化 · 苗栗縣，2021 年区划 · 内政部 · OGDL 1.0");
  });
  it("says of schematic borders that they are", () => {
    language.value = "en";
    const schematic = { ...basemap, notice_en: "Schematic borders", schematic: true, code_year: null };
    expect([markOf(schematic), markOf(null)]).toEqual(["Schematic borders · Miaoli", ""]);
  });
});

describe("numbers in the frame", () => {
  it("count each cell once, by its point", () => {
    const cells = [cell(1, "7", 1), cell(1, "7", 1), cell(40, "9/1/2", 2), cell(40, "9/1/2", 2), cell(5, "9/1/3", 11)];
    expect(summed(cells, ([x]) => x < 10)).toBe(41);
    expect(summed(cells, () => true)).toBe(46);
  });
});

const ring = (...corners: [number, number][]) => [[...corners, corners[0] as [number, number]]];
const square = (from: number, to: number) => ring([from, 0], [to, 0], [to, 4], [from, 4]);

describe("the stretch for a name", () => {
  it("joins the pieces that tiles have cut", () => {
    const found = widest([square(0, 5.2), square(5, 10)], [-99, -99, 99, 99]);
    expect(found?.width).toBeCloseTo(10);
    expect(found?.at[0]).toBeCloseTo(5);
    expect(found?.at[1]).toBeGreaterThan(1);
  });
  it("is within the frame, or is none", () => {
    expect(widest([square(0, 10)], [8, -9, 99, 9])).toMatchObject({ width: 2, at: [9, expect.any(Number)] });
    expect(widest([square(0, 10)], [20, -9, 99, 9])).toBeNull();
    expect(widest([square(0, 10)], [0, 10, 9, 20])).toBeNull();
  });
  it("does not run over a bay", () => {
    const bay = ring([0, 0], [10, 0], [10, 4], [6, 4], [6, 1], [4, 1], [4, 4], [0, 4]);
    expect(widest([bay], [-9, 2, 99, 9])?.width).toBeCloseTo(4);
  });
});

describe("a polygon", () => {
  it("takes the two clicks of a double click as one corner", () => {
    expect(withCorner(withCorner([], [1, 2]), [1, 2])).toEqual([[1, 2]]);
  });
  it("is closed, and none with two corners", () => {
    expect(polygonOf([[0, 0], [1, 0]])).toBeNull(); // prettier-ignore
    expect(polygonOf(cornersOf(0, 0, 2, 1))?.coordinates[0]).toHaveLength(5);
  });
  it("shows its corners while it is drawn", () => {
    const kinds = (closed: boolean) =>
      marks(null, null, cornersOf(0, 0, 1, 1), closed).features.map((one) => one.properties?.["kind"]);
    expect(kinds(false)).toEqual(["inside", "outline", "corner", "corner", "corner", "corner"]);
    expect(kinds(true)).toEqual(["inside", "outline"]);
    expect(marks([1, 2], [3, 4], [], true).features).toHaveLength(2);
  });
});

describe("the scale", () => {
  it("has a round length", () => expect([1, 1.9, 2, 49, 55, 7200].map(roundLength)).toEqual([1, 1, 2, 30, 50, 5000]));
});

describe("a list", () => {
  it("has no more when all were listed", async () =>
    expect(await membersOf([{ collection: "flags", n: 2 }], 2, 50)).toEqual([]));
});
