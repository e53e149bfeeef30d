/** The job that splits: started, followed, dismissed; its id is in the address, so that it outlives a reload. */
import { computed, effect, signal } from "@preact/signals";
import * as calls from "../api/jobs";
import type { Job, Step } from "../api/jobs";
import * as plans from "../api/plans";
import { Problem } from "../api/problem";
import { offline, revision } from "../state/session";
import { go, view } from "../state/view";
import { say, sayError } from "../state/work";
import { language, t } from "../text";
import { asked, fieldOf, inputsOf, type Asked } from "./asking";
import { heads } from "./desk";

export const NEW = "new";
export const job = signal<Step | null>(null);
export const trouble = signal("");
export const wrong = signal<{ field: string; text: string } | null>(null);
export const starting = signal(false);
export const others = signal<Job[]>([]);

/** Locks of the plan of today, as the process takes them. */
const locksOf = async (form: Asked): Promise<{ code: string; field_zone: string }[]> => {
  const id = heads.peek()?.find((one) => one.plan === form.current)?.id;
  if (!form.locks || id === undefined) return [];
  const [told, { locks }] = await Promise.all([plans.units(id), plans.plan(id)]);
  const held = new Set(locks.field_zones);
  return told
    .filter((unit) => unit.locked || held.has(unit.field_zone))
    .map(({ code, field_zone }) => ({ code, field_zone }));
};

export const start = async (): Promise<void> => {
  if (starting.peek()) return;
  [starting.value, wrong.value] = [true, null];
  try {
    const made = await calls.split(inputsOf(asked.peek(), await locksOf(asked.peek())));
    go({ job: made.jobID });
  } catch (error) {
    if (error instanceof Problem && error.status !== 401) {
      wrong.value = { field: fieldOf(error.message), text: error.message };
      setTimeout(() => document.querySelector<HTMLElement>(".wrong")?.scrollIntoView({ block: "center" }));
    } else sayError(error);
  } finally {
    starting.value = false;
  }
};

export const dismiss = async (): Promise<void> => {
  const id = view.peek().job;
  try {
    await calls.dismiss(id);
    say(t("split.dismissed"));
    if (view.peek().job === id) go({ job: NEW });
  } catch (error) {
    sayError(error); // it had ended: its end is told by its events
  }
};

const ended = async (id: string): Promise<void> => {
  const told = await calls.job(id);
  if (view.peek().job !== id || view.peek().plan) return;
  job.value = told;
  if (told.status === "successful") go({ plan: (await calls.results(id)).report.plan, at: null });
  else if (told.status === "failed") {
    const text = told.problem?.details[language.peek()] ?? told.messages[language.peek()];
    trouble.value = text;
    wrong.value = { field: fieldOf(text), text };
  } else if (told.status === "dismissed") trouble.value = t("split.dismissed");
};

/** Hear of a job until it ends; a stream that the service refuses is asked about once more in the plain way. */
const hear = (id: string): (() => void) => {
  const events = calls.eventsOf(id);
  const fail = (error: unknown): void => {
    trouble.value = error instanceof Error ? error.message : String(error);
  };
  events.addEventListener("progress", ({ data }) => {
    job.value = JSON.parse(data as string) as Step;
  });
  events.addEventListener("end", ({ data }) => {
    events.close();
    job.value = JSON.parse(data as string) as Step;
    void ended(id).catch(fail);
  });
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) void ended(id).catch(fail);
    else offline.value = true; // the browser tries again by itself
  });
  events.addEventListener("open", () => (offline.value = false));
  return () => events.close();
};

export const followJob = (): (() => void) => {
  const id = computed(() => (view.value.page === "split" && !view.value.plan ? view.value.job : ""));
  return effect(() => {
    void revision.value;
    [job.value, trouble.value] = [null, ""];
    if (id.value && id.value !== NEW) return hear(id.value);
    void calls
      .unfinished()
      .then((told) => (others.value = told))
      .catch(sayError);
    return undefined;
  });
};
