/** The open plan: what it is worth, its field zones, units, history and files; the map beside. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Plan } from "../api/plans";
import type { CollectionTold } from "../api/shapes";
import { may, offline, seesFlags } from "../state/session";
import { go, view } from "../state/view";
import { number, t } from "../text";
import { Chosen } from "./Chosen";
import * as desk from "./desk";
import { Files } from "./Files";
import { FieldZones } from "./FieldZones";
import { Paper, take } from "./Paper";
import { Past } from "./Past";
import { PlanMap, layers, picture } from "./PlanMap";
import { editText, exact, proof, time, verdict } from "./saying";
import { Units } from "./Units";

export const TABS = ["zones", "units", "past", "files"] as const;
const tab = signal<(typeof TABS)[number]>("zones");
const PANELS = { zones: FieldZones, units: Units, past: Past, files: Files };

export const toList = (): void => go({ plan: "", other: "", job: "", at: null });

const Worth = ({ plan }: { plan: Plan }) => (
  <section class="worth">
    <p class={plan.feasible ? undefined : "far"}>
      {plan.feasible ? "✓" : "▲"} {verdict(plan)}
    </p>
    <p>{proof(plan)}</p>
    <p class="none">
      {t("split.measures", {
        km: number(Math.round(plan.cut_km ?? 0)),
        compact: (plan.report.polsby_popper ?? 0).toFixed(2),
        rms: ((plan.report.rms_m ?? 0) / 1000).toFixed(1),
      })}
    </p>
    {plan.warnings.length > 0 && (
      <details>
        <summary>{t("split.warnings", { n: plan.warnings.length })}</summary>
        <ul class="warnings">
          {plan.warnings.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </details>
    )}
  </section>
);

const Basis = ({ plan }: { plan: Plan }) => {
  const { editable, reason, changed } = plan.basis;
  if (editable) return null;
  return (
    <section class="conflict">
      <h2>{t("split.stale")}</h2>
      <p>{reason}</p>
      {may("plan") && changed && (
        <p>
          {changed.can_refresh ? (
            <button disabled={desk.sending.value !== ""} onClick={() => void desk.refresh()}>
              {t("split.refresh")}
            </button>
          ) : (
            t("split.splitAnew")
          )}
        </p>
      )}
    </section>
  );
};

const Conflict = () => {
  const edits = desk.conflict.value;
  return edits ? (
    <section class="conflict" role="alert">
      <h2>{t("split.conflict")}</h2>
      <ul>
        {edits.map((edit) => (
          <li key={edit.number}>
            {edit.author} · {time(edit.time)} · {editText(edit, desk.nameOf)}
          </li>
        ))}
      </ul>
      <p>{t("split.conflictText")}</p>
      <button onClick={() => (desk.conflict.value = null)}>{t("split.seen")}</button>
    </section>
  ) : null;
};

const Acts = ({ plan }: { plan: Plan }) => {
  const busy = desk.sending.value !== "" || offline.value || !plan.basis.editable;
  return (
    <div class="acts-bar">
      <button disabled={busy || !plan.state.can_undo} onClick={() => void desk.undo()}>
        {t("act.undo")}
      </button>
      <button disabled={busy || !plan.state.can_redo} onClick={() => void desk.redo()}>
        {t("split.redo")}
      </button>
      <button disabled={busy} title={t("split.rebalanceHint")} onClick={() => void desk.rebalance()}>
        {t("split.rebalance")}
      </button>
      <span class="n" role="status" aria-live="polite">
        {desk.sending.value && desk.doingText(desk.sending.value)}
      </span>
    </div>
  );
};

const Layers = () => (
  <fieldset class="layers-bar">
    <legend class="unseen">{t("layers.title")}</legend>
    {(["barriers", "sources"] as const).map((name) => (
      <label key={name} class="pick">
        <input
          type="checkbox"
          checked={layers.value.includes(name)}
          onChange={() =>
            (layers.value = layers.value.includes(name)
              ? layers.value.filter((one) => one !== name)
              : [...layers.value, name])
          }
        />
        {t(`layer.${name}`)}
      </label>
    ))}
    {picture.value && <span class="none">{t("split.lockedSign")}</span>}
  </fieldset>
);

const Tabs = () => (
  <nav class="tabs" aria-label={t("split.parts")}>
    {TABS.filter((name) => name !== "past" || seesFlags.value).map((name) => (
      <button
        key={name}
        class="tab"
        aria-current={tab.value === name ? "true" : undefined}
        onClick={() => (tab.value = name)}
      >
        {t(`split.tab.${name}`)}
      </button>
    ))}
  </nav>
);

const Whole = ({ plan }: { plan: Plan }) => {
  const Panel = PANELS[tab.value];
  return (
    <>
      <header>
        <button class="quiet" onClick={toList}>
          ← {t("split.plans")}
        </button>
        <h1>{plan.plan}</h1>
        <p class="none">
          {plan.within.map(({ code, name }) => name ?? code).join("、")} ·{" "}
          {t("split.nUnits", { n: number(plan.units) })} · {t("split.tolerance.short", { d: exact(plan.tolerance) })}
        </p>
      </header>
      <Worth plan={plan} />
      <Basis plan={plan} />
      <Conflict />
      {may("plan") && <Acts plan={plan} />}
      <Tabs />
      <div class="scroll" tabIndex={0}>
        <Panel />
      </div>
    </>
  );
};

const Gone = () => (
  <section class="notice" role="alert">
    <h2>{t("split.gone", { name: desk.gone.value })}</h2>
    <p>{t("split.goneText")}</p>
    <button class="main" onClick={toList}>
      {t("split.toList")}
    </button>
    {may("plan") && desk.plan.value && (
      <button onClick={() => void desk.restore(desk.gone.value, desk.plan.value?.id ?? "")}>
        {t("split.restore")}
      </button>
    )}
  </section>
);

const Failed = () => (
  <section class="notice" role="alert">
    <p>{t("state.error", { detail: desk.failed.value })}</p>
    <button onClick={() => void desk.open(view.value.plan)}>{t("state.retry")}</button>
    <button onClick={toList}>{t("split.toList")}</button>
  </section>
);

const Desk = () => {
  if (desk.gone.value) return <Gone />;
  if (desk.failed.value) return <Failed />;
  return desk.plan.value ? <Whole plan={desk.plan.value} /> : <p class="none">{t("state.loading")}</p>;
};

export const OpenPlan = ({ told }: { told: CollectionTold[] }) => {
  useEffect(() => {
    addEventListener("beforeprint", take);
    return () => removeEventListener("beforeprint", take);
  }, []);
  return (
    <main class="split">
      <aside class="left desk" aria-label={t("nav.split")}>
        <Desk />
      </aside>
      <div class="board">
        {desk.shown.value ? <PlanMap told={told} /> : <div class="map" />}
        <Layers />
        {!desk.gone.value && <Chosen />}
      </div>
      <Paper />
    </main>
  );
};
