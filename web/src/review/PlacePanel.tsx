/** The flags of one source, and where to begin. */
import { useEffect, useState } from "preact/hooks";
import * as calls from "../api/calls";
import type { Flag } from "../api/shapes";
import { nextFlag } from "./steps";
import { seesFlags } from "../state/session";
import { go, view } from "../state/view";
import { sayError } from "../state/work";
import { said, t, word } from "../text";
import { Swatch } from "../filters/Swatch";

export const SourceFlags = ({ id }: { id: string }) => {
  const [flags, setFlags] = useState<Flag[] | null>(null);
  useEffect(() => {
    setFlags(null);
    if (!seesFlags.value) return;
    calls
      .items<Flag>("flags", { values: { source_id: id, limit: 50 } })
      .then((found) => setFlags(found.features.map((one) => one.properties)))
      .catch(sayError);
  }, [id]);
  return (
    <section class="scroll">
      <h2>
        {t("list.sourceFlags")} <code>{id}</code>
      </h2>
      {flags === null && <p class="none">{t("state.loading")}</p>}
      {flags?.length === 0 && <p class="none">{t("list.noFlags")}</p>}
      <ul class="flags">
        {flags?.map((one) => (
          <li key={one.flag_id}>
            <button class="row tall" onClick={() => go({ flag: one.flag_id })}>
              <Swatch kind="severity" value={one.severity} />
              <span class="name">
                {word("rule", one.rule)}
                <small>{said(one, "message")}</small>
              </span>
              <span class="n">{word("review", one.review_state)}</span>
            </button>
          </li>
        ))}
      </ul>
      <button onClick={() => go({ source: "" })}>{t("panel.close")}</button>
    </section>
  );
};

export const Begin = () => (
  <div class="notice">
    <h2>{t("panel.start")}</h2>
    <p>{t("panel.startText")}</p>
    <button class="main" onClick={() => void nextFlag()}>
      {t("panel.begin")}
      <kbd>N</kbd>
    </button>
    {view.value.source && <SourceFlags id={view.value.source} />}
  </div>
);
