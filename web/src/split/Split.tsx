/** The page of field zones: plans, a new split, the open plan, two plans side by side. */
import { useEffect } from "preact/hooks";
import type { CollectionTold } from "../api/shapes";
import { may } from "../state/session";
import { view } from "../state/view";
import { AreaMap } from "./AreaMap";
import { Compare } from "./Compare";
import * as desk from "./desk";
import { NewSplit } from "./NewSplit";
import { OpenPlan } from "./OpenPlan";
import { PlanList } from "./PlanList";
import { NEW, followJob } from "./running";
import { Running } from "./Running";

type Told = { told: CollectionTold[] };

const onKey = (event: KeyboardEvent): void => {
  const typing = (event.target as HTMLElement).closest("textarea, select, input:not([type=checkbox]), dialog");
  if (event.key === "Escape" && !typing) desk.chosen.value = new Set();
  const held = event.ctrlKey || event.metaKey;
  const turns = event.key.toLowerCase() === (held ? "z" : "u"); // U as on the review page
  if (!turns || typing || !may("plan") || !desk.plan.peek()) return;
  event.preventDefault();
  void (event.shiftKey ? desk.redo() : desk.undo());
};

const Without = ({ told }: Told) => {
  const { job } = view.value;
  return (
    <main class="split">
      {job === NEW && may("plan") ? <NewSplit /> : job && job !== NEW ? <Running /> : <PlanList />}
      <AreaMap told={told} picking={job === NEW} />
    </main>
  );
};

export const Split = ({ told }: Told) => {
  useEffect(() => {
    const ends = [desk.followPlan(), followJob()];
    addEventListener("keydown", onKey);
    return () => {
      ends.forEach((end) => end());
      removeEventListener("keydown", onKey);
    };
  }, []);
  const { plan, other } = view.value;
  if (!plan) return <Without told={told} />;
  return other ? <Compare told={told} /> : <OpenPlan told={told} />;
};
