/** Layers of the map, with their signs: list and legend in one. */
import { signal } from "@preact/signals";
import * as calls from "../api/plans";
import type { PlanTold } from "../api/shapes";
import { LAYERS } from "../state/address";
import { seesFlags } from "../state/session";
import { go, toggleLayer, view } from "../state/view";
import { t } from "../text";
import { Swatch } from "./Swatch";

export const plans = signal<PlanTold[]>([]);
export const askPlans = async (): Promise<void> => {
  plans.value = await calls.plans().catch(() => []);
};

const SIGNS = ["many", "stated", "proposed"] as const;

const Signs = () => (
  <ul>
    {SIGNS.filter((name) => name === "many" || seesFlags.value).map((name) => (
      <li key={name} class="pick">
        <Swatch kind="layer" value={name} />
        <span class="name">{t(`legend.${name}`)}</span>
      </li>
    ))}
  </ul>
);

export const Layers = () => (
  <section>
    <h2>{t("layers.title")}</h2>
    {LAYERS.filter((name) => seesFlags.value || (name !== "flags" && name !== "repairs")).map((name) => (
      <label key={name} class="pick">
        <input type="checkbox" checked={view.value.layers.includes(name)} onChange={() => toggleLayer(name)} />
        <Swatch kind="layer" value={name} />
        <span class="name">{t(`layer.${name}`)}</span>
      </label>
    ))}
    {plans.value.length > 0 && (
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
    )}
    <Signs />
  </section>
);
