/** The right panel while a flag is open. */
import type { Panel } from "../api/shapes";
import { go } from "../state/view";
import { panel } from "../state/work";
import { said, t, word } from "../text";
import { Actions } from "./Actions";
import { Causes, Repairs } from "./Causes";
import { Conflict } from "./Conflict";
import { attach } from "./attaching";
import { edit } from "./editing";
import { Facts } from "./Facts";
import { History } from "./History";
import { Group, Notices } from "./Notices";
import { failed, loading, reload } from "./opening";
import { can } from "./standing";
import { Swatch } from "../filters/Swatch";

export const Head = ({ told }: { told: Panel }) => (
  <header>
    <div class="line">
      <Swatch kind="severity" value={told.flag.severity} />
      <span class={`severity ${told.flag.severity}`}>{word("severity", told.flag.severity)}</span>
      <span class="state">{word("review", told.flag.review_state)}</span>
      {told.flag.outcome && <span class="state">{word("outcome", told.flag.outcome)}</span>}
      <span class="gap" />
      <button class="quiet" aria-label={t("panel.close")} title={`${t("panel.close")} (Esc)`} onClick={close}>
        ✕
      </button>
    </div>
    <h1>{word("rule", told.flag.rule)}</h1>
    <p class="message">{said(told.flag, "message")}</p>
  </header>
);

const close = (): void => go({ flag: "", source: "" });

/** A file that is let go over the panel is a statement. */
const drop = (event: DragEvent, told: Panel): void => {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  const free = (edit.value?.kind ?? "statement") === "statement";
  if (file && free && can(told, "decide")) void attach(file);
};

const Others = ({ told }: { told: Panel }) =>
  told.other_flags.length ? (
    <section>
      <h2>{t("panel.others")}</h2>
      <ul class="flags">
        {told.other_flags.map((one) => (
          <li key={one.flag_id}>
            <button class="row" onClick={() => go({ flag: one.flag_id })}>
              <Swatch kind="severity" value={one.severity} />
              <span class="name">{word("rule", one.rule)}</span>
              <span class="n">{word("review", one.review_state)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  ) : null;

export const FlagPanel = () => {
  const told = panel.value;
  if (failed.value)
    return (
      <div class="notice" role="alert">
        <p>{t("state.error", { detail: failed.value })}</p>
        <button onClick={() => void reload()}>{t("state.retry")}</button>{" "}
        <button onClick={close}>{t("panel.close")}</button>
      </div>
    );
  if (!told) return <div class="notice">{loading.value ? t("state.loading") : ""}</div>;
  return (
    <article
      class="panel"
      id="panel"
      tabIndex={-1}
      aria-busy={loading}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => drop(event, told)}
    >
      <div class="scroll">
        <Head told={told} />
        <Conflict />
        <Notices told={told} />
        {told.source ? <Facts source={told.source} /> : <Group told={told} />}
        <Repairs told={told} />
        {told.source && <Causes told={told} />}
        <Others told={told} />
        <History told={told} />
      </div>
      <Actions told={told} />
    </article>
  );
};
