import { describe, expect, it } from "vitest";
import { EMPTY, LAYERS, LISTS, MANY, PAGES, formatView, parseView, type View } from "../src/state/address";

/** Small generator of its own, so that every run draws the same views. */
const drawing = (seed: number) => {
  let state = seed;
  const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  return { next, pick };
};

const WORDS = [
  "error",
  "place.outside_claimed",
  "村 A&B",
  "a=b",
  "township:330822115",
  "第1批,第2批",
  "%2C",
  "+",
  "日本語",
  "<b>",
];

const view = (seed: number): View => {
  const { next, pick } = drawing(seed);
  const some = (): string[] => [...new Set(WORDS.filter(() => next() < 0.3))].sort();
  const text = (): string => (next() < 0.5 ? "" : pick(WORDS));
  const round = (value: number, digits: number): number => Number(value.toFixed(digits));
  return {
    ...(Object.fromEntries(MANY.map((name) => [name, some()])) as Pick<View, (typeof MANY)[number]>),
    page: pick(PAGES),
    mine: pick([...LISTS, ""] as const),
    at:
      next() < 0.3
        ? null
        : { lon: round(next() * 360 - 180, 5), lat: round(next() * 170 - 85, 5), zoom: round(next() * 24, 2) },
    flag: text(),
    source: text(),
    by: text(),
    plan: text(),
    other: text(),
    job: text(),
    layers: LAYERS.filter(() => next() < 0.5),
  };
};

describe("address", () => {
  it("gives every view back", () => {
    for (let seed = 1; seed <= 500; seed++) expect(parseView(`?${formatView(view(seed))}`)).toEqual(view(seed));
  });

  it("is empty for the view one begins with", () => {
    expect(formatView(EMPTY)).toBe("");
    expect(parseView("")).toEqual(EMPTY);
  });

  it("says each thing once, in one order", () => {
    const asked = parseView("?rule=b&severity=error&rule=a&rule=b&rule=");
    expect(formatView(asked)).toBe("severity=error&rule=a&rule=b");
  });

  it.each(["at=", "at=1,2", "at=1,2,3,4", "at=181,0,3", "at=0,89,3", "at=x,1,2", "at=,,", "at=0,0,25", "at=NaN,0,1"])(
    "leaves out %s",
    (query) => expect(parseView(`?${query}`).at).toBeNull(),
  );

  it("leaves out pages, lists and layers that there are not", () => {
    const read = parseView("?page=admin&mine=all&layers=sources,moon");
    expect([read.page, read.mine, read.layers]).toEqual(["review", "", ["sources"]]);
  });

  it("tells no layers from the usual ones", () => {
    expect(parseView(`?${formatView({ ...EMPTY, layers: [] })}`).layers).toEqual([]);
  });
});
