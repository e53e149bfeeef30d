import { describe, expect, it } from "vitest";
import { EMPTY } from "../src/state/address";
import { queryOf, searchOf } from "../src/filters/queries";

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
  it("leave out the one whose numbers are asked for", () => {
    expect(queryOf(view, "flags", "severity")).toEqual({ review_state: ["open"] });
  });
  it("repeat a property with several values", () => {
    expect(searchOf(queryOf(view, "flags")).toString()).toBe("severity=error&severity=warning&review_state=open");
  });
});
