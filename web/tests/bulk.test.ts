import { describe, expect, it } from "vitest";
import { bodyOf, needsWhy, takesComment } from "../src/bulk/asking";
import { keep, kept } from "../src/bulk/kept";

const polygon = { type: "Polygon" as const, coordinates: [] };
const asked = { comment: " 现场核实 ", values: { rule: ["place.stacked"] }, polygon: null };

describe("a bulk step", () => {
  it("decides, reviews, or does what it is called", () => {
    expect(bodyOf({ ...asked, step: "false_alarm" })).toEqual({
      preview: true,
      action: "decide",
      outcome: "false_alarm",
      comment: "现场核实",
      values: { rule: ["place.stacked"] },
    });
    expect(bodyOf({ ...asked, step: "rejected" })).toMatchObject({ action: "review", verdict: "rejected" });
    expect(bodyOf({ ...asked, step: "lock" })).toEqual({ preview: true, action: "lock", values: asked.values });
  });
  it("sends a filter in words apart, and the outline", () => {
    const body = bodyOf({ ...asked, step: "unlock", values: { filter: ["a OR b"] }, polygon });
    expect(body).toEqual({ preview: true, action: "unlock", values: {}, filter: "a OR b", polygon });
  });
  it("says what needs a reason, and what takes none", () => {
    expect([needsWhy("comment"), needsWhy("approved"), takesComment("lock")]).toEqual([true, false, false]);
  });
});

describe("the last result", () => {
  it("is found again until another step begins", () => {
    keep("b");
    expect(kept()).toBe("b");
    keep("");
    expect(kept()).toBe("");
  });
});
