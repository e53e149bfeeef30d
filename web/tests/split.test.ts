import { describe, expect, it } from "vitest";
import type { Shapes } from "../src/api/plans";
import { BLANK, NO_ROW, fieldOf, inputsOf, pasted, settingsOf, type Asked } from "../src/split/asking";
import { bordersOf } from "../src/split/borders";
import { TINTS, namesAt, tinted, touching } from "../src/split/colouring";
import { groundOf } from "../src/split/painting";
import { exact, proof, signed, verdict } from "../src/split/saying";
import { language } from "../src/text";

const square = (code: string, x: number, y: number): Shapes["features"][number] => ({
  type: "Feature",
  properties: { code, field_zone: "" },
  geometry: {
    type: "Polygon",
    coordinates: [
      [
        [x, y],
        [x + 1, y],
        [x + 1, y + 1],
        [x, y + 1],
        [x, y],
      ],
    ],
  },
});
const grid = (side: number): Shapes => ({
  type: "FeatureCollection",
  features: Array.from({ length: side * side }, (_, n) => square(`u${n}`, n % side, Math.floor(n / side))),
});

describe("borders", () => {
  it("has one line for every two neighbours and one for every unit at the rim", () => {
    const { features } = bordersOf(grid(3));
    const inner = features.filter(({ properties }) => properties.a && properties.b);
    expect(inner).toHaveLength(12);
    expect(features.length - inner.length).toBe(8); // the middle one has no rim
  });
  it("joins what follows one another, and loses no length", () => {
    const { features } = bordersOf(grid(3));
    const corner = features.find(({ properties: { a, b } }) => a === "u0" && !b);
    const points = corner?.geometry.coordinates.flat().length ?? 0;
    expect(points).toBeLessThanOrEqual(4);
    const segments = features.flatMap(({ geometry }) => geometry.coordinates.map((line) => line.length - 1));
    expect(segments.reduce((sum, n) => sum + n, 0)).toBe(24);
  });
});

describe("colours", () => {
  const lines = bordersOf(grid(6)).features.map(({ properties }) => properties);
  const zoneOf = (code: string): string | undefined => (code ? String(Number(code.slice(1)) % 7) : undefined);
  it("differ between neighbours", () => {
    const stripes = (code: string): string | undefined =>
      code ? String(Math.floor(Number(code.slice(1)) / 6)) : undefined;
    const near = touching(lines, stripes);
    const tints = tinted(["0", "1", "2", "3", "4", "5"], near, new Map());
    for (const [zone, others] of near) for (const other of others) expect(tints.get(zone)).not.toBe(tints.get(other));
  });
  it("stay as they were where neighbours allow it", () => {
    const near = new Map([["a", new Set(["b"])]]);
    const before = new Map([["a", TINTS[4] as string]]);
    expect(tinted(["a"], near, before).get("a")).toBe(TINTS[4]);
  });
  it("are given also where more than seven touch", () => {
    const tints = tinted(["0", "1", "2", "3", "4", "5", "6", "7"], touching(lines, zoneOf), new Map());
    expect([...tints.values()].every((tint) => TINTS.includes(tint))).toBe(true);
  });
});

describe("names", () => {
  it("stand on a unit of their field zone", () => {
    const { boxes } = groundOf(grid(3));
    const units = [...boxes.keys()].map((code) => ({ code, field_zone: code === "u4" ? "2" : "1" }));
    expect(namesAt(units, boxes).get("2")).toEqual([1.5, 1.5]);
    expect(namesAt(units, boxes).get("1")).not.toEqual([1.5, 1.5]); // the middle is another's
  });
});

describe("a new split", () => {
  const form = (change: Partial<Asked>): Asked => ({
    ...BLANK,
    within: [{ code: "33", name: "x", level: "county" }],
    ...change,
  });
  it("leaves to the service what was left blank", () => {
    expect(inputsOf(form({}), [])).toEqual({ within: ["33"], teams: 3, tolerance: 0.05, barriers: "soft", seed: 0 });
    expect(inputsOf(form({ teams: "", tolerance: "", seed: "" }), [])).toEqual({ within: ["33"], barriers: "soft" });
  });
  it("sends what is no number as it was typed", () => {
    expect(inputsOf(form({ teams: "three" }), [])["teams"]).toBe("three");
    expect(inputsOf(form({ tolerance: "5 %" }), [])["tolerance"]).toBe("5 %");
  });
  it("sends teams without empty rows", () => {
    const rows = [NO_ROW, { ...NO_ROW, name: "东组", people: "2", start_lon: "118.5" }];
    expect(inputsOf(form({ by: "table", rows }), [])["teams"]).toEqual([{ name: "东组", people: 2, start_lon: 118.5 }]);
  });
  it("fills the table from a paste, down and to the right", () => {
    const rows = pasted([NO_ROW], 0, 1, "2\t0570\r\n3\t0571\textra\tx\ty\tbeyond\r\n");
    expect(rows.map(({ people, phone }) => [people, phone])).toEqual([
      ["2", "0570"],
      ["3", "0571"],
    ]);
    expect(rows[1]?.start_lat).toBe("y");
  });
  it("writes settings as TOML, tables last", () => {
    const settings = settingsOf(
      form({ minutes: { farm: "50", other: " " }, village_minutes: "300", settings: "x = 1\n" }),
    );
    expect(settings).toBe("x = 1\n[load]\nvillage_minutes = 300\n[load.minutes]\nfarm = 50");
  });
  it.each([
    ["teams[0]: people missing", "teams"],
    ["teams：不得小于 1", "teams"],
    ["name 三组：不可用", "name"],
    ["settings of the request.toml: unknown", "settings"],
    ["19 个单元无法划分为 300 个片区", ""],
    ["300 field zones cannot be made", ""],
  ])("puts “%s” where it belongs", (text, field) => expect(fieldOf(text)).toBe(field));
});

describe("words", () => {
  it("never show something as nothing", () => {
    expect([signed(0.0001), signed(-0.041), signed(0), exact(0.05)]).toEqual(["+< 0.1 %", "−4.1 %", "0.0 %", "5.0 %"]);
  });
  it("tell what is proven", () => {
    language.value = "en";
    const plan = { feasible: false, deviation: 0.089, tolerance: 0.05, bound: 0.07 };
    expect(verdict(plan)).toBe("Largest deviation 8.9 %, beyond the tolerance of 5.0 %.");
    expect(proof({ ...plan, optimal: false })).toContain("7.0 %");
    expect(proof({ ...plan, optimal: "balance" })).toContain("smallest");
    expect(proof({ ...plan, optimal: true })).toBe("Proven optimal.");
  });
});
