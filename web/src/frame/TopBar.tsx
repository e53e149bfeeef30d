/** The bar at the top: pages, search, language, who works. */
import * as calls from "../api/calls";
import { user } from "../state/session";
import { go } from "../state/view";
import { language, t, word } from "../text";
import { helpOpen } from "./Help";
import { offered, page } from "./pages";
import { Search } from "./Search";
import { Skip, Sidebar } from "./Sidebar";

const leave = async (): Promise<void> => {
  await calls.logout().catch(() => undefined);
  location.assign(new URL("../login", document.baseURI).href);
};

export const TopBar = () => (
  <header class="top">
    <Skip />
    <Sidebar />
    <strong class="brand">{t("brand")}</strong>
    <nav aria-label={t("title")}>
      {offered.value.map((one) => (
        <button
          key={one}
          class="tab"
          aria-current={page.value === one ? "page" : undefined}
          onClick={() => go({ page: one })}
        >
          {t(`nav.${one}`)}
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
        <span>{user.value.name}</span> <small>{word("user.role", user.value.role)}</small>
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
