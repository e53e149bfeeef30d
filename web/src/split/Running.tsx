/** A split while it runs, and why it came to nothing. */
import { offline } from "../state/session";
import { go } from "../state/view";
import { language, t } from "../text";
import { NEW, dismiss, job, trouble } from "./running";

const Failed = () => (
  <section class="notice" role="alert">
    <h2>{t("split.notDone")}</h2>
    <p>{trouble}</p>
    <button class="main" onClick={() => go({ job: NEW })}>
      {t("split.change")}
    </button>
  </section>
);

const Progress = () => {
  const step = job.value;
  return (
    <section class="notice">
      <h2 aria-live="polite">{step?.messages[language.value] ?? t("state.loading")}</h2>
      <progress max={100} value={step?.progress ?? 0} aria-label={t("split.progress")} />
      <p class="n">{step?.progress ?? 0} %</p>
      <p class="none">{t("split.leave")}</p>
      <button disabled={offline.value} onClick={() => void dismiss()}>
        {t("split.dismiss")}
      </button>
    </section>
  );
};

export const Running = () => (
  <aside class="left desk" aria-label={t("split.running")}>
    <header class="line">
      <button class="quiet" onClick={() => go({ job: "" })}>
        ← {t("split.plans")}
      </button>
    </header>
    {trouble.value ? <Failed /> : <Progress />}
  </aside>
);
