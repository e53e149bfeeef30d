/** The right panel while many flags are dealt with at once. */
import type { ComponentChildren } from "preact";
import { number, t } from "../text";
import { Choosing } from "./Choosing";
import { Previewed } from "./Previewed";
import { Results } from "./Results";
import {
  another,
  askPreview,
  busy,
  carryOut,
  closeBulk,
  failed,
  lacking,
  preview,
  result,
  takeBack,
  undone,
} from "./state";

const Waiting = () => {
  if (!busy.value) return null;
  const n = busy.value === "execute" ? preview.value?.eligible : busy.value === "undo" ? result.value?.ok : undefined;
  return (
    <div class="waiting" role="status">
      <progress aria-label={t("state.loading")} />
      {n === undefined ? t("state.loading") : t("bulk.working", { n: number(n) })}
    </div>
  );
};

const Acts = ({ children }: { children: ComponentChildren }) => (
  <footer>
    {failed.value && (
      <p class="wrong" role="alert">
        {failed.value}
      </p>
    )}
    <Waiting />
    {children}
  </footer>
);

const Before = () => {
  const eligible = preview.value?.eligible ?? 0;
  return (
    <>
      <div class="scroll">
        <Choosing />
        <Previewed />
      </div>
      <Acts>
        {lacking.value && <p class="none">{t(lacking.value)}</p>}
        <button
          class={preview.value ? "" : "main"}
          disabled={!!lacking.value || !!busy.value}
          onClick={() => void askPreview()}
        >
          {t("bulk.preview")}
        </button>
        {preview.value && (
          <button class="main" disabled={!eligible || !!busy.value} onClick={() => void carryOut()}>
            {t("bulk.carryOut", { n: number(eligible) })}
          </button>
        )}
      </Acts>
    </>
  );
};

const After = () => {
  const [told, back] = [result.value, undone.value];
  if (!told) return null;
  const undoable = !back && !told.undone && told.action !== "comment" && told.ok > 0;
  return (
    <>
      <div class="scroll">
        {told.undone && !back && <p class="none">{t("bulk.wasUndone")}</p>}
        <Results
          key={back ? "back" : "done"}
          told={back ?? told}
          title={t(back ? "bulk.undoneTitle" : "bulk.doneTitle")}
        />
      </div>
      <Acts>
        {told.action === "comment" && <p class="none">{t("bulk.commentsStay")}</p>}
        {undoable && (
          <button disabled={!!busy.value} onClick={() => void takeBack()}>
            {t("bulk.undo", { n: number(told.ok) })}
          </button>
        )}
        <button class="main" disabled={!!busy.value} onClick={another}>
          {t("bulk.another")}
        </button>
      </Acts>
    </>
  );
};

export const BulkPanel = () => (
  <section class="bulkpanel" aria-labelledby="bulk-title">
    <header class="line">
      <h2 id="bulk-title">{t("bulk.title")}</h2>
      <span class="gap" />
      <button class="quiet" aria-label={t("panel.close")} onClick={closeBulk}>
        ✕
      </button>
    </header>
    {result.value ? <After /> : <Before />}
  </section>
);
