import { afterEach, describe, expect, it } from "vitest";
import type { Decision, Judgement, Me, Panel, Repair, Version } from "../src/api/shapes";
import { drawn } from "../src/map/chosen";
import { changesOf, changesOfVersions, newSince } from "../src/review/changes";
import { offersEdit, offersHold, proposedOf, statedOf, targetOf } from "../src/review/standing";
import { minutesLeft, now } from "../src/state/clock";
import { draftOf, dropDraft, keepDraft } from "../src/state/drafts";
import { user } from "../src/state/session";

const repair = (rest: Partial<Repair>): Repair =>
  ({ repair_id: "a", rank: 1, kind: "point", lon: 118.5, lat: 28.9, offered: 1, ...rest }) as Repair;
const decision = (rest: Partial<Decision>): Decision =>
  ({
    decision_id: "d1",
    outcome: "corrected",
    author: "王工",
    time: "1",
    comment: "",
    before: {},
    after: {},
    ...rest,
  }) as Decision;
const judged = (author: string, verdict: string): Judgement =>
  ({ review_id: author + verdict, decision_id: "d1", author, verdict, time: "2", comment: "", after: {} }) as Judgement;
const panel = (rest: Partial<Panel>, flag: Partial<Panel["flag"]> = {}): Panel =>
  ({
    flag: { flag_id: "f", flag_state: "open", review_state: "open", decision_id: "", lon: null, lat: null, ...flag },
    source: { source_id: "s", lon: 118, lat: 28 },
    repairs: [],
    decisions: [],
    reviews: [],
    comments: [],
    attachments: [],
    source_versions: 0,
    lock: null,
    allowed: [],
    ...rest,
  }) as unknown as Panel;
const decided = (reviews: Judgement[] = [], state = "decided"): Panel =>
  panel(
    { decisions: [decision({ before: { lon: 118, lat: 28 }, after: { lon: 119, lat: 29 } })], reviews },
    { flag_state: state === "rejected" ? "open" : "closed", review_state: state, decision_id: "d1" },
  );

const person = (name: string): Me => ({ name, actions: ["exact", "decide"] }) as unknown as Me;
const [qa, reviewer] = [person("王工"), person("李工")];

describe("what is offered", () => {
  const allowing = (told: Panel, ...allowed: Panel["allowed"]): Panel => ({ ...told, allowed });
  it("is to change place and claim of a source, not of a group, where one may decide", () => {
    const kinds = ["point", "claim", "statement"] as const;
    const offered = (told: Panel) => kinds.filter((kind) => offersEdit(told, kind));
    expect(offered(panel({}))).toEqual([]);
    expect(offered(allowing(panel({}), "decide"))).toEqual(kinds);
    expect(offered(allowing(panel({ source: null }), "decide"))).toEqual(["statement"]);
    expect(offered(allowing(decided(), "review"))).toEqual(["point"]); // fix only what was decided
  });
  it("is a hold where there is something to do, and the end of one that is there", () => {
    const lock = { author: "钱工", since: "", until: "", seconds_left: 60 };
    expect(offersHold(allowing(panel({}), "lock", "unlock"))).toBe(false);
    expect(offersHold(allowing(panel({}), "decide", "lock"))).toBe(true);
    expect(offersHold(allowing(panel({ lock }), "decide", "lock"))).toBe(false);
    expect(offersHold(allowing(panel({ lock }), "unlock"))).toBe(true);
  });
});

describe("the open flag on the map", () => {
  it("is a line from the stated to the proposed point", () => {
    const [from, to] = [statedOf(panel({})), targetOf(panel({ repairs: [repair({})] }), "")];
    const kinds = drawn({ from, to, end: to }).features.map((one) => one.properties?.["kind"]);
    expect(kinds).toEqual(["line", "stated", "proposed"]);
    expect(drawn({ from: null, to, end: to }).features).toHaveLength(1);
  });
  it("proposes what is chosen, then what is offered, then what is only possible", () => {
    const [weak, offered] = [repair({ offered: 0 }), repair({ repair_id: "b", rank: 2 })];
    const told = panel({ repairs: [weak, offered] });
    expect([proposedOf(told), proposedOf(told, "a")]).toEqual([offered, weak]);
  });
  it("shows a decision as before and after, with what was fixed", () => {
    expect([statedOf(decided()), targetOf(decided(), "")]).toEqual([
      [118, 28],
      [119, 29],
    ]);
    const fixed = {
      ...judged("李工", "approved_with_fixes"),
      after: { verdict: "approved_with_fixes", values: { lon: 119.5, lat: 29 } },
    };
    expect(targetOf(decided([fixed], "approved"), "")).toEqual([119.5, 29]);
  });
});

describe("changes", () => {
  it("are told where they differ, with the text where no place could be read", () => {
    const before = { lon_text: "abc", lat_text: "28", claimed_code: "1" };
    expect(changesOf(before, { ...before, lon: 118, lat: 28 })).toEqual([
      { what: "place", from: "abc 28", to: "118.000000, 28.000000" },
    ]);
  });
  it("of a version lead to the row of the next one", () => {
    const rows = [{ values: { claimed_code: "1" } }, { values: { claimed_code: "2" } }] as unknown as Version[];
    const told = changesOfVersions(rows, { claimed_code: "1" }).map((one) => one.changes[0]);
    expect(told).toEqual([
      { what: "claim", from: "1", to: "2" },
      { what: "claim", from: "2", to: "1" },
    ]);
  });
  it("since the last look are the events that were not seen", () => {
    const difference = newSince(panel({}), decided());
    expect(difference.events.map((one) => one.author)).toEqual(["王工"]);
    expect(difference.values["review_state"]).toEqual({ seen: "open", now: "decided" });
    expect(newSince(decided(), decided()).events).toEqual([]);
  });
});

describe("time left", () => {
  afterEach(() => {
    now.value = Date.now();
  });
  it("runs from when it was told, and ends", () => {
    now.value = 1_000_000;
    expect([minutesLeft(7200, 1_000_000), minutesLeft(60, 970_000), minutesLeft(60, 900_000)]).toEqual([120, 1, 0]);
  });
});

describe("drafts", () => {
  it("hold text and edit until they are sent, and are nobody else's", () => {
    user.value = qa;
    keepDraft("f", { comment: "<b>半句" });
    keepDraft("f", { edit: { kind: "point", lon: 118, lat: 28, text: "118°" } });
    expect(draftOf("f")).toEqual({ comment: "<b>半句", edit: { kind: "point", lon: 118, lat: 28, text: "118°" } });
    expect(sessionStorage.getItem("geocensus.drafts")).toContain("半句");
    user.value = reviewer;
    expect(draftOf("f").comment).toBe("");
    user.value = qa;
    dropDraft("f");
    expect(sessionStorage.getItem("geocensus.drafts")).toBe("{}");
  });
});
