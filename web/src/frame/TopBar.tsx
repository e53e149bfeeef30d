/** The bar at the top: pages, search, language, who works. */
import * as calls from "../api/calls";
import { PAGES, type Page } from "../state/address";
import { seesFlags, user } from "../state/session";
import { go, view } from "../state/view";
import { language, t, word } from "../text";
import { Search } from "./Search";
import { helpOpen } from "./Help";

/** What one may not do is not offered. */
const offered = (page: Page): boolean => page !== "progress" || seesFlags.value;

const leave = async (): Promise<void> => {
  await calls.logout().catch(() => undefined);
  location.assign(new URL("../login", document.baseURI).href);
};

export const TopBar = () => (
  <header class="top">
    <strong class="brand">{t("brand")}</strong>
    <nav aria-label={t("title")}>
      {PAGES.filter(offered).map((page) => (
        <button
          key={page}
          class="tab"
          aria-current={view.value.page === page ? "page" : undefined}
          onClick={() => go({ page })}
        >
          {t(`nav.${page}`)}
        </button>
      ))}
    </nav>
    <Search />
    <span class="gap" />
    <button class="quiet" title={t("help.open")} aria-label={t("help.open")} onClick={() => (helpOpen.value = true)}>
      ?
    </button>
    <button class="quiet" lang={language.value === "zh" ? "en" : "zh"} onClick={swap}>
      {language.value === "zh" ? "English" : "中文"}
    </button>
    {user.value && (
      <span class="user" title={user.value.scope?.map((area) => area.name ?? area.code).join("、")}>
        {user.value.name} <small>{word("user.role", user.value.role)}</small>
      </span>
    )}
    <button class="quiet" onClick={() => void leave()}>
      {t("user.logout")}
    </button>
  </header>
);

const swap = (): void => {
  language.value = language.value === "zh" ? "en" : "zh";
};
