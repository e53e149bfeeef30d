/** Messages that go away, and the lost connection. */
import { useEffect } from "preact/hooks";
import { root } from "../api/base";
import { comeBack, offline } from "../state/session";
import { note } from "../state/work";
import { t } from "../text";

const AGAIN_MS = 3000;

export const Toast = () => (
  <div class="toasts" role="status" aria-live="polite">
    {note.value && (
      <div class={note.value.bad ? "toast bad" : "toast"}>
        <span>{note.value.text}</span>
        {note.value.undo && (
          <button onClick={note.value.undo}>
            {t("act.undo")}
            <kbd>U</kbd>
          </button>
        )}
        <button class="quiet" aria-label={t("panel.close")} onClick={() => (note.value = null)}>
          ✕
        </button>
      </div>
    )}
  </div>
);

const again = async (): Promise<void> => {
  const there = await fetch(`${root()}healthz`).then(
    (answer) => answer.ok,
    () => false,
  );
  if (!there) return;
  offline.value = false;
  comeBack();
};

export const Offline = () => {
  useEffect(() => {
    if (!offline.value) return;
    const timer = setInterval(() => void again(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [offline.value]);
  return offline.value ? (
    <div class="offline" role="alert">
      {t("state.offline")}
      <button onClick={() => void again()}>{t("state.now")}</button>
    </div>
  ) : null;
};
