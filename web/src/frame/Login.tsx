/** The session that ended: one logs in over the page, and nothing typed is lost. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import * as calls from "../api/calls";
import { Problem } from "../api/problem";
import { comeBack, expired, user } from "../state/session";
import { t } from "../text";

const wrong = signal("");
const sending = signal(false);

const saidOf = (error: unknown): string => {
  if (error instanceof Problem) return error.status === 401 ? t("login.wrong") : error.message;
  return t("state.offline");
};

const enter = async (event: SubmitEvent): Promise<void> => {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const token = String(new FormData(form).get("token") ?? "").trim();
  [wrong.value, sending.value] = ["", true];
  try {
    const who = await calls.login(token);
    if (user.value && who.name !== user.value.name) location.reload(); // somebody else: their own view
    [user.value, expired.value] = [who, false];
    comeBack();
  } catch (error) {
    wrong.value = saidOf(error);
  } finally {
    sending.value = false;
  }
};

/** A modal dialog keeps the focus inside; it stays until one is in, or leaves for the login page. */
export const Login = () => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (expired.value) dialog.current?.showModal();
  }, [expired.value]);
  if (!expired.value) return null;
  return (
    <dialog
      ref={dialog}
      class="login"
      aria-labelledby="login-title"
      onCancel={(event) => event.preventDefault()}
      onClose={() => expired.value && dialog.current?.showModal()}
    >
      <form onSubmit={(event) => void enter(event)}>
        <h2 id="login-title">{t("login.title")}</h2>
        <p>{t("login.expired")}</p>
        <input name="user" autocomplete="username" value={user.value?.name ?? ""} readonly hidden />
        <label>
          {t("login.token")}
          <input
            name="token"
            type="password"
            autocomplete="current-password"
            required
            autofocus
            aria-invalid={wrong.value !== ""}
            aria-describedby="login-wrong"
          />
        </label>
        <p id="login-wrong" class="wrong" role="alert">
          {wrong}
        </p>
        <button class="main" disabled={sending}>
          {t("login.enter")}
        </button>
      </form>
    </dialog>
  );
};
