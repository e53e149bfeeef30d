import { afterEach, describe, expect, it } from "vitest";
import { shown } from "../src/map/coordinates";
import { language, metres, percent, t, word } from "../src/text";
import { en } from "../src/text/en";
import { zh, type Key } from "../src/text/zh";

afterEach(() => {
  language.value = "zh";
});

const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "").sort();

describe("texts", () => {
  it("have the same values in both languages", () => {
    for (const key of Object.keys(zh) as Key[]) expect(places(en[key]), key).toEqual(places(zh[key]));
  });
  it("are not empty, and are put together", () => {
    for (const text of [...Object.values(zh), ...Object.values(en)]) expect(text.trim()).not.toBe("");
    expect(t("sum.sources", { n: 3 })).toBe("污染源 3");
    language.value = "en";
    expect(t("sum.sources", { n: 3 })).toBe("Sources 3");
  });
  it("are in their language: no Chinese letter in English ones, none without one in Chinese ones", () => {
    for (const [key, text] of Object.entries(en)) expect(/\p{Script=Han}/u.test(text), key).toBe(false);
    const signs = /^(\{\w+\}|[\P{L}])*$/u; // values and signs are of no language
    for (const [key, text] of Object.entries(zh))
      expect(/\p{Script=Han}/u.test(text) || signs.test(text), key).toBe(true);
  });
  it("show a word of the service that we do not know as it is", () => {
    expect(word("rule", "new.rule")).toBe("new.rule");
  });
});

describe("numbers", () => {
  it("never round up to certainty", () => {
    expect([1, 0.9999, 0.5, 0.001, 0].map(percent)).toEqual(["100 %", "> 99 %", "50 %", "< 1 %", "0 %"]);
  });
  it("are metres, then kilometres", () => {
    expect([0.44, -812.4, 15_919, 250_000].map(metres)).toEqual(["0.4 m", "812 m", "15.9 km", "250 km"]);
  });
  it("never show sixty seconds", () => {
    expect(shown(118.99999999, -28.5, "dms")).toBe("119°00′00.0″E 28°30′00.0″S");
    expect(shown(118.99999999, -28.5, "dm")).toBe("119°00.0000′E 28°30.0000′S");
    expect(shown(118.5, 28.25, "decimal")).toBe("118.500000, 28.250000");
  });
});
