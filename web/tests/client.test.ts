import { afterEach, describe, expect, it, vi } from "vitest";
import * as calls from "../src/api/calls";
import * as reviewing from "../src/api/review";
import { serialized } from "../src/api/client";
import { Problem, problemOf } from "../src/api/problem";
import { expired, offline } from "../src/state/session";
import { language } from "../src/text";

const asked: Request[] = [];
const answer = (status: number, body: unknown): void => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  vi.stubGlobal("fetch", (request: Request) => {
    asked.push(request);
    return Promise.resolve(new Response(text, { status, headers: { "Content-Type": "application/json" } }));
  });
};

afterEach(() => {
  asked.length = 0;
  [expired.value, offline.value] = [false, false];
  vi.unstubAllGlobals();
});

describe("client", () => {
  it("sends the version that was seen, and the language", async () => {
    answer(201, { flag_id: "f", etag: '"2"' });
    language.value = "en";
    await reviewing.decide("f/1", '"1"', { outcome: "false_alarm" });
    const request = asked[0] as Request;
    expect(request.headers.get("If-Match")).toBe('"1"');
    expect(request.headers.get("Accept-Language")).toBe("en");
    expect(new URL(request.url).pathname).toContain("/flags/f%2F1/decisions");
  });
  it("tells the difference where somebody was faster", async () => {
    answer(412, { status: 412, title: "x", detail: "late", difference: { events: [] } });
    const error = await reviewing.undo("f", '"1"').catch((one: unknown) => one);
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).body.difference).toEqual({ events: [] });
  });
  it("notes the end of the session", async () => {
    answer(401, { detail: "who?" });
    await expect(calls.me()).rejects.toThrow("who?");
    expect(expired.value).toBe(true);
  });
  it("notes the lost connection, and its return", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
    await expect(calls.me()).rejects.toThrow("network");
    expect(offline.value).toBe(true);
    answer(200, { name: "a" });
    await calls.me();
    expect(offline.value).toBe(false);
  });
  it("reads what a proxy says in its own way", async () => {
    const told = await problemOf(new Response("<h1>Bad gateway</h1>", { status: 502, statusText: "Bad Gateway" }));
    expect([told.status, told.message]).toEqual([502, "Bad Gateway"]);
  });
  it("writes properties of a collection as parameters", () => {
    const query = { by: "", limit: 2, values: { rule: ["a", "b"], cell: "1/2/3", empty: undefined } };
    expect(serialized(query)).toBe("limit=2&rule=a&rule=b&cell=1%2F2%2F3");
  });
});
