/** Where to begin. */
import { t } from "../text";
import { nextFlag } from "./opening";

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
