/** One filter: its values with their numbers; where there are many, the first of them and a search. */
import { useEffect, useState } from "preact/hooks";
import type { Many } from "../state/address";
import { areaLevels } from "../state/levels";
import { toggleValue, view } from "../state/view";
import { sayError } from "../state/work";
import { number, t, word } from "../text";
import { areaLevel, areaNames, facets, type Value } from "./facets";
import { codeOf, levelOf } from "./queries";
import { areasLike, listed, type AreasFound } from "./searching";
import { Swatch } from "./Swatch";

const FEW = 6;
const MORE = 50;
const KINDS: Partial<Record<Many, string>> = { severity: "severity", rule: "rule", state: "review", class: "class" };

/** What a value of a filter is called. */
export const textOf = (name: Many, value: string): string => {
  if (name === "area") return areaNames.value[value] ?? codeOf(value);
  const kind = KINDS[name];
  return kind ? word(kind, value) : value;
};

/** Values that are chosen stay listed, also where nothing is left of them; areas of another level are not counted. */
const withChosen = (name: Many, told: readonly Value[]): Value[] => {
  const lost = view.value[name].filter((value) => !told.some((one) => one.value === value));
  const counted = (value: string): boolean =>
    facets.value[name] !== "many" && (name !== "area" || levelOf(value) === areaLevel.value);
  return [...told, ...lost.map((value) => ({ value, text: textOf(name, value), n: counted(value) ? 0 : null }))];
};

const NOTHING: AreasFound = { total: 0, values: [] };

/** Ask the service for areas where there are too many to list. */
const useAreas = (asked: boolean, text: string, most: number): AreasFound => {
  const [found, setFound] = useState(NOTHING);
  const level = areaLevel.value;
  useEffect(() => {
    if (!asked) return;
    const abort = new AbortController();
    areasLike(level, text, most, abort.signal).then(setFound).catch(sayError);
    return () => abort.abort();
  }, [asked, level, text, most]);
  return asked ? found : NOTHING;
};

const Level = () =>
  areaLevels.value.length > 1 ? (
    <select
      aria-label={t("filter.level")}
      value={areaLevel.value}
      onChange={(event) => (areaLevel.value = event.currentTarget.value)}
    >
      {areaLevels.value.map((level) => (
        <option key={level} value={level}>
          {word("level", level)}
        </option>
      ))}
    </select>
  ) : null;

const Pick = ({ name, one }: { name: Many; one: Value }) => (
  <label class="pick">
    <input
      type="checkbox"
      checked={view.value[name].includes(one.value)}
      onChange={() => {
        if (name === "area") areaNames.value = { ...areaNames.value, [one.value]: one.text };
        toggleValue(name, one.value);
      }}
    />
    <Swatch kind={name} value={one.value} />
    <span class="name" title={name === "area" ? `${one.text} ${codeOf(one.value)}` : textOf(name, one.value)}>
      {name === "area" ? one.text : textOf(name, one.value)}
    </span>
    {one.n !== null && <span class="n">{number(one.n)}</span>}
  </label>
);

export const Facet = ({ name }: { name: Many }) => {
  const [text, setText] = useState("");
  const [most, setMost] = useState(FEW);
  const told = facets.value[name] ?? [];
  const found = useAreas(name === "area" && told === "many", text, most);
  const values = withChosen(name, told === "many" ? found.values : told);
  const said = (one: Value): string => (name === "area" ? one.text : textOf(name, one.value));
  const here = listed(values, view.value[name], told === "many" ? "" : text, most, said);
  const total = told === "many" ? Math.max(found.total, here.total) : here.total;
  if (!values.length && told !== "many" && !view.value[name].length) return null;
  return (
    <fieldset>
      <legend>{t(`filter.${name}`)}</legend>
      {name === "area" && <Level />}
      {(values.length > FEW || told === "many") && (
        <input
          type="search"
          class="within"
          aria-label={t("filter.within", { name: t(`filter.${name}`) })}
          placeholder={t("filter.find")}
          maxLength={100}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      )}
      {here.shown.map((one) => (
        <Pick key={one.value} name={name} one={one} />
      ))}
      {total > here.shown.length && (
        <p class="more">
          {t("list.first", { n: number(here.shown.length), m: number(total) })}
          <button class="link" onClick={() => setMost(most + MORE)}>
            {t("list.more")}
          </button>
        </p>
      )}
      {most > FEW && (
        <button class="link" onClick={() => setMost(FEW)}>
          {t("filter.less")}
        </button>
      )}
      {text && !here.shown.length && <p class="none">{t("search.none")}</p>}
    </fieldset>
  );
};
