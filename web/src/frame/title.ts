/** The title of the document: the page, then the product. */
import { effect } from "@preact/signals";
import { t } from "../text";
import { page } from "./pages";

export const followTitle = (): (() => void) =>
  effect(() => {
    document.title = `${t(`nav.${page.value}`)} · ${t("title")}`;
  });
