/** Which pages a person is offered, and which one is shown. */
import { computed } from "@preact/signals";
import { PAGES, type Page } from "../state/address";
import { seesFlags } from "../state/session";
import { view } from "../state/view";

/** What one may not do is not offered. */
export const offered = computed<Page[]>(() => PAGES.filter((page) => page !== "progress" || seesFlags.value));

/** A link to a page that is not offered shows the first one. */
export const page = computed<Page>(() => (offered.value.includes(view.value.page) ? view.value.page : "review"));
