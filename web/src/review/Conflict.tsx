/** Somebody else was faster: what they did, which values changed, and how to go on without losing what was typed. */
import { view } from "../state/view";
import { t, word } from "../text";
import { Changes } from "./Change";
import { changesOf, type Change } from "./changes";
import { changesIn, textOf, wordOf } from "./History";
import { conflict } from "./opening";
import { seeNow } from "./steps";

/** From the first row that was not seen to the present one. */
const sourceChanges = (): Change[] => {
  const first = conflict.value?.difference.source_versions[0]?.values;
  return first ? changesOf(first, conflict.value?.now.source ?? {}) : [];
};

export const Conflict = () => {
  const seen = conflict.value;
  if (!seen || seen.flag !== view.value.flag) return null;
  const { events, values } = seen.difference;
  const state = values["review_state"];
  return (
    <section class="conflict" role="alert">
      <h2>{t("conflict.title")}</h2>
      <ul>
        {events.map((one) => (
          <li key={`${one.time}${one.event}`}>
            {one.author} · {wordOf(one)}
            {textOf(one) && `：${textOf(one)}`}
            <Changes changes={changesIn(one)} />
          </li>
        ))}
        {state && (
          <li>
            {t("change.state")} <del>{word("review", state.seen ?? "")}</del> →{" "}
            <ins>{word("review", state.now ?? "")}</ins>
          </li>
        )}
        {"basis" in values && <li>{t("conflict.basis")}</li>}
      </ul>
      {!events.length && <Changes changes={sourceChanges()} />}
      <p>{t("conflict.text")}</p>
      <button onClick={seeNow}>{t("conflict.reload")}</button>
    </section>
  );
};
