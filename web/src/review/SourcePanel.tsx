/** A source that is open: its facts, its flags, what it was before. */
import { useEffect, useState } from "preact/hooks";
import type { Flag, Source } from "../api/shapes";
import { spot } from "../map/chosen";
import { go } from "../state/view";
import { place, sayError, sketch } from "../state/work";
import { said, t, word } from "../text";
import { Swatch } from "../filters/Swatch";
import { Facts } from "./Facts";
import { SourceHistory } from "./History";
import { bring } from "./opening";
import { askSource } from "./sources";

const Flags = ({ matched, flags }: { matched: number; flags: Flag[] }) => (
  <section>
    <h2>{t("list.sourceFlags")}</h2>
    {!flags.length && <p class="none">{t("list.noFlags")}</p>}
    {flags.length < matched && <p class="none">{t("list.firstOf", { n: flags.length, all: matched })}</p>}
    <ul class="flags">
      {flags.map((one) => (
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
  </section>
);

const close = (): void => {
  place.value = null;
  go({ source: "" });
};

export const SourcePanel = ({ id }: { id: string }) => {
  const [told, setTold] = useState<{ source: Source | null; matched: number; flags: Flag[] } | null>(null);
  useEffect(() => {
    let here = true;
    setTold(null);
    askSource(id)
      .then((found) => {
        if (!here) return;
        setTold(found);
        const at = spot(found.source?.["lon"], found.source?.["lat"]);
        sketch.value = { from: at, to: null, end: null };
        bring([at]);
      })
      .catch(sayError);
    return () => {
      here = false;
      sketch.value = { from: null, to: null, end: null };
    };
  }, [id]);
  if (!told) return <div class="notice">{t("state.loading")}</div>;
  return (
    <article class="panel" id="panel" tabIndex={-1}>
      <div class="scroll">
        <button class="quiet close" aria-label={t("panel.close")} title={`${t("panel.close")} (Esc)`} onClick={close}>
          ✕
        </button>
        {told.source ? <Facts source={told.source} /> : <p class="none">{t("list.noSource", { id })}</p>}
        {told.source && told.source["lon"] === null && <p class="none">{t("panel.unlocated")}</p>}
        <Flags {...told} />
        {told.source && <SourceHistory id={id} present={told.source} />}
      </div>
    </article>
  );
};
