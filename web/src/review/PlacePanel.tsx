/** Sources of one place, and where to begin. */
import { nextFlag } from "./opening";
import { go } from "../state/view";
import { place } from "../state/work";
import { t } from "../text";
import { Swatch } from "../filters/Swatch";

export const PlaceList = () => {
  const told = place.value;
  if (!told) return null;
  return (
    <section class="scroll">
      <h2>{t("list.title", { n: told.matched })}</h2>
      {told.sources.length < told.matched && <p class="none">{t("list.shown", { n: told.sources.length })}</p>}
      <ul class="flags">
        {told.sources.map((one) => (
          <li key={one.source_id}>
            <button class="row" onClick={() => go({ source: one.source_id })}>
              <Swatch kind="class" value={String(one["class"] ?? "")} />
              <span class="name">{one["name"] ?? one.source_id}</span>
              <code>{one.source_id}</code>
            </button>
          </li>
        ))}
      </ul>
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
  </div>
);
