/** Opens the panel for many flags, for those who may decide or approve. */
import { t } from "../text";
import { bulkOpen, closeBulk, mayBulk, openBulk } from "./state";

export const BulkButton = () =>
  mayBulk.value ? (
    <button class="bulk" aria-pressed={bulkOpen.value} onClick={() => (bulkOpen.value ? closeBulk() : openBulk())}>
      {t("bulk.title")}
    </button>
  ) : null;
