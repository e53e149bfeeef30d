/** Layers of the map, with their signs: list and legend in one. */
import { signal } from "@preact/signals";
import * as calls from "../api/plans";
import { onlineShown } from "../map/online";
import { LAYERS, type Layer } from "../state/address";
import { seesFlags, user } from "../state/session";
import { go, toggleLayer, view } from "../state/view";
import { t, word } from "../text";
import { CLASS_FORMS } from "../map/palette";
import { facets } from "./facets";
import { Swatch } from "./Swatch";

export const plans = signal<calls.PlanHead[]>([]);
export const askPlans = async (): Promise<void> => {
  plans.value = await calls.plans().catch(() => []);
};

const Sign = ({ kind, value, text }: { kind: string; value: string; text: string }) => (
  <li>
    <Swatch kind={kind} value={value} />
    {text}
  </li>
);

/** Classes that there are; all of them until the numbers are there. */
const classes = (): string[] => {
  const told = facets.value.class;
  return Array.isArray(told) && told.length
    ? told.map(({ value }) => value).filter((value) => value in CLASS_FORMS)
    : Object.keys(CLASS_FORMS);
};

/** What the signs of a layer mean. */
const Signs = ({ name }: { name: Layer }) => {
  if (name === "sources")
    return (
      <ul class="signs">
        {classes().map((value) => (
          <Sign key={value} kind="class" value={value} text={word("class", value)} />
        ))}
        <Sign kind="layer" value="many" text={t("legend.many")} />
      </ul>
    );
  if (name === "flags")
    return (
      <ul class="signs">
        {["error", "warning", "info"].map((value) => (
          <Sign key={value} kind="severity" value={value} text={word("severity", value)} />
        ))}
        <Sign kind="layer" value="closed" text={t("legend.closed")} />
        <Sign kind="layer" value="stated" text={t("legend.stated")} />
        <Sign kind="layer" value="proposed" text={t("legend.proposed")} />
      </ul>
    );
  return null;
};

const Plan = () => (
  <label class="pick">
    <Swatch kind="layer" value="plan" />
    <span>{t("layer.plan")}</span>
    <select class="name" value={view.value.plan} onChange={(event) => go({ plan: event.currentTarget.value })}>
      <option value="">{t("layer.noplan")}</option>
      {plans.value.map((one) => (
        <option key={one.id} value={one.plan}>
          {one.plan}
        </option>
      ))}
    </select>
  </label>
);

/** Somebody else's tiles: off at first, and in no link. */
const Online = () => {
  const told = user.value?.background;
  return told ? (
    <label class="pick">
      <input type="checkbox" checked={onlineShown} onChange={() => (onlineShown.value = !onlineShown.value)} />
      <span class="name" title={told.title}>
        {t("layer.online")} <small>{told.title}</small>
      </span>
    </label>
  ) : null;
};

export const Layers = () => (
  <section class="layers">
    <h2>{t("layers.title")}</h2>
    {LAYERS.filter((name) => seesFlags.value || (name !== "flags" && name !== "repairs")).map((name) => (
      <div key={name}>
        <label class="pick">
          <input type="checkbox" checked={view.value.layers.includes(name)} onChange={() => toggleLayer(name)} />
          <Swatch kind="layer" value={name} />
          <span class="name">{t(`layer.${name}`)}</span>
        </label>
        {view.value.layers.includes(name) && <Signs name={name} />}
      </div>
    ))}
    {plans.value.length > 0 && <Plan />}
    <Online />
  </section>
);
