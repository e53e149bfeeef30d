/** Messages that go away, the lost connection, and the session that ended: nothing typed is lost by any of them. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import * as calls from "../api/calls";
import { root } from "../api/base";
import { comeBack, expired, offline, user } from "../state/session";
import { note } from "../state/work";
import { t } from "../text";

const AGAIN_MS = 3000;
const wrong = signal("");

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
    </div>
  ) : null;
};

const enter = async (event: SubmitEvent): Promise<void> => {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const token = String(new FormData(form).get("token") ?? "").trim();
  try {
    const who = await calls.login(token);
    if (user.value && who.name !== user.value.name) location.reload(); // somebody else: their own view
    [user.value, expired.value, wrong.value] = [who, false, ""];
    comeBack();
  } catch (error) {
    wrong.value = error instanceof Error ? error.message : t("login.wrong");
  }
};

export const Expired = () =>
  expired.value ? (
    <div class="cover">
      <form class="login" onSubmit={(event) => void enter(event)} aria-labelledby="login-title">
        <h2 id="login-title">{t("login.title")}</h2>
        <p>{t("login.expired")}</p>
        <input
          class="unseen"
          name="user"
          autocomplete="username"
          value={user.value?.name ?? ""}
          readonly
          tabIndex={-1}
        />
        <label>
          {t("login.token")}
          <input name="token" type="password" autocomplete="current-password" required autofocus />
        </label>
        {wrong.value && (
          <p class="wrong" role="alert">
            {wrong}
          </p>
        )}
        <button class="main">{t("login.enter")}</button>
      </form>
    </div>
  ) : null;
