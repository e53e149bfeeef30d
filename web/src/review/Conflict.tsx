/** Somebody else was faster: what they did, and how to go on without losing what was typed. */
import { conflict, reload } from "./steps";
import { t, word } from "../text";

export const Conflict = () => {
  const seen = conflict.value;
  if (!seen) return null;
  return (
    <section class="conflict" role="alert">
      <h2>{t("conflict.title")}</h2>
      <ul>
        {(seen.events ?? []).map((one) => (
          <li key={`${one.time}${one.event}`}>
            {one.author} · {word("outcome", one.outcome ?? one.verdict ?? one.event)} {one.text}
          </li>
        ))}
      </ul>
      <p>{t("conflict.text")}</p>
      <button onClick={reload}>{t("conflict.reload")}</button>
    </section>
  );
};
