/** The left column: filters with their numbers, one's own lists, layers and legend in one. */
import { signal } from "@preact/signals";
import { MANY, type Many } from "../state/address";
import { facets, type Value } from "./facets";
import { PROPERTIES, type Filtered } from "./queries";
import { may, seesFlags } from "../state/session";
import { clearFilters, filtered, toggleValue, view } from "../state/view";
import { number, t, word } from "../text";
import { Layers } from "./Layers";
import { Mine } from "./Mine";
import { Swatch } from "./Swatch";

const FEW = 6;
const whole = signal<Partial<Record<Many, boolean>>>({});
const KINDS: Partial<Record<Many, string>> = { severity: "severity", rule: "rule", state: "review", class: "class" };

const textOf = (name: Many, { value, text }: Value): string => {
  const kind = KINDS[name];
  return kind ? word(kind, value) : text;
};

/** Values that are chosen stay listed, also where nothing is left of them. */
const valuesOf = (name: Many): Value[] => {
  const told = facets.value[name] ?? [];
  const lost = view.value[name].filter((value) => !told.some((one) => one.value === value));
  return [...told, ...lost.map((value) => ({ value, text: value.split(":").at(-1) ?? value, n: 0 }))];
};

const Facet = ({ name }: { name: Many }) => {
  const values = valuesOf(name);
  if (!values.length) return null;
  const all = whole.value[name] ?? false;
  const chosen = view.value[name];
  const shown = values.filter((one, rank) => all || rank < FEW || chosen.includes(one.value));
  return (
    <fieldset>
      <legend>{t(`filter.${name}`)}</legend>
      {shown.map((one) => (
        <label key={one.value} class="pick">
          <input type="checkbox" checked={chosen.includes(one.value)} onChange={() => toggleValue(name, one.value)} />
          <Swatch kind={name} value={one.value} />
          <span class="name" title={textOf(name, one)}>
            {textOf(name, one)}
          </span>
          <span class="n">{number(one.n)}</span>
        </label>
      ))}
      {values.length > FEW && (
        <button class="link" onClick={() => (whole.value = { ...whole.value, [name]: !all })}>
          {all ? t("filter.less") : t("filter.more", { n: values.length - shown.length })}
        </button>
      )}
    </fieldset>
  );
};

const Part = ({ collection }: { collection: Filtered }) => (
  <section>
    <h2>{t(`filter.${collection}`)}</h2>
    {MANY.filter((name) => PROPERTIES[collection][name]).map((name) => (
      <Facet key={name} name={name} />
    ))}
  </section>
);

export const Filters = () => (
  <aside class="left" aria-label={t("filter.title")}>
    {filtered.value && (
      <button class="clear" onClick={clearFilters}>
        {t("filter.clear")}
      </button>
    )}
    {may("decide") && <Mine />}
    {seesFlags.value && <Part collection="flags" />}
    <Part collection="sources" />
    <Layers />
  </aside>
);
