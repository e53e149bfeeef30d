/** Ways past the bars: straight to the content, and the left column that folds away where the screen is narrow. */
import { effect, signal } from "@preact/signals";
import { t } from "../text";

const open = signal(false);

const toContent = (): void => {
  const main = document.querySelector("main");
  main?.setAttribute("tabindex", "-1");
  main?.focus();
};

export const Skip = () => (
  <button class="skip" onClick={toContent}>
    {t("nav.skip")}
  </button>
);

effect(() => {
  document.documentElement.dataset["filters"] = open.value ? "open" : "";
});

/** Only seen where the column is folded (frame.css). */
export const Sidebar = () => (
  <button class="fold" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
    {t("filter.title")}
  </button>
);
