/** The filters that hold, above the map: what is chosen, for what, and how to let go of it. */
import { MANY, type Many } from "../state/address";
import { seesFlags } from "../state/session";
import { clearFilters, filtered, toggleValue, view } from "../state/view";
import { t } from "../text";
import { BulkButton } from "../bulk/BulkButton";
import { textOf } from "./Facet";
import { holds } from "./queries";

/** A filter that flags or sources have no property for leaves them all on the map: that is said. */
const only = (name: Many): string => {
  if (!seesFlags.value) return "";
  if (!holds(view.value, "flags", name)) return t("chip.sources");
  return holds(view.value, "sources", name) ? "" : t("chip.flags");
};

const Chip = ({ name, value }: { name: Many; value: string }) => {
  const text = textOf(name, value);
  return (
    <li class="chip">
      <small>{t(`filter.${name}`)}</small>
      <span title={text}>{text}</span>
      {only(name) && <small class="only">{only(name)}</small>}
      <button class="quiet" aria-label={t("chip.remove", { name: text })} onClick={() => toggleValue(name, value)}>
        ✕
      </button>
    </li>
  );
};

export const Chips = () =>
  filtered.value || seesFlags.value ? (
    <div class="chips">
      <ul aria-label={t("chip.title")}>
        {MANY.flatMap((name) => view.value[name].map((value) => <Chip key={name + value} name={name} value={value} />))}
        {!filtered.value && <li class="none">{t("chip.none")}</li>}
      </ul>
      {filtered.value && (
        <button class="link" onClick={clearFilters}>
          {t("filter.clear")}
        </button>
      )}
      <BulkButton />
    </div>
  ) : null;
