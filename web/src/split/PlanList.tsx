/** All plans, and splits that run. */
import type { PlanHead } from "../api/plans";
import { may } from "../state/session";
import { go } from "../state/view";
import { language, number, t } from "../text";
import * as desk from "./desk";
import { NEW, others } from "./running";
import { exact, time } from "./saying";

const areasOf = (plan: PlanHead): string => plan.within.map(({ code, name }) => name ?? code).join("、");

const Head = ({ plan }: { plan: PlanHead }) => (
  <li>
    <button class="row plan" onClick={() => go({ plan: plan.plan, at: null })}>
      <span class="name">
        <strong>{plan.plan}</strong>
        <small>
          {areasOf(plan)} · {t("split.nZones", { n: number(plan.field_zones) })} ·{" "}
          {t("split.nUnits", { n: number(plan.units) })}
        </small>
        <small>
          {plan.by ? `${plan.by} · ` : ""}
          {time(plan.state.edited ?? plan.created)}
          {plan.state.edits ? ` · ${t("split.nEdits", { n: plan.state.edits })}` : ""}
        </small>
      </span>
      <span class={plan.feasible ? "n" : "n far"}>
        {plan.feasible ? "✓" : "▲"} {exact(plan.deviation ?? 0)}
      </span>
    </button>
  </li>
);

const Jobs = () => (
  <section>
    <h2>{t("split.running")}</h2>
    {others.value.map((job) => (
      <button key={job.jobID} class="row" onClick={() => go({ job: job.jobID })}>
        <span class="name">
          {job.messages[language.value]}
          <small>{job.owner}</small>
        </span>
        <span class="n">{job.progress} %</span>
      </button>
    ))}
  </section>
);

const List = () => {
  const heads = desk.heads.value;
  if (desk.failed.value)
    return (
      <section class="notice" role="alert">
        <p>{t("state.error", { detail: desk.failed.value })}</p>
        <button onClick={() => void desk.askHeads().then(() => (desk.failed.value = ""))}>{t("state.retry")}</button>
      </section>
    );
  if (!heads) return <p class="none">{t("state.loading")}</p>;
  if (!heads.length) return <p class="none">{t(may("plan") ? "split.empty" : "split.emptyHere")}</p>;
  return (
    <ul class="plans">
      {[...heads].reverse().map((plan) => (
        <Head key={plan.id} plan={plan} />
      ))}
    </ul>
  );
};

export const PlanList = () => (
  <aside class="left desk" aria-label={t("split.plans")}>
    <header class="line">
      <h1 class="name">{t("split.plans")}</h1>
      {may("plan") && (
        <button class="main" onClick={() => go({ job: NEW })}>
          {t("split.new")}
        </button>
      )}
    </header>
    {others.value.length > 0 && <Jobs />}
    <List />
  </aside>
);
