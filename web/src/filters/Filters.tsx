/** The left column: one's own lists, filters with their numbers, layers and legend in one. */
import { MANY } from "../state/address";
import { may, seesFlags } from "../state/session";
import { t } from "../text";
import { Facet } from "./Facet";
import { HOME, areaLevel } from "./facets";
import { propertyOf } from "./queries";
import { Layers } from "./Layers";
import { Mine } from "./Mine";

const Part = ({ collection }: { collection: "sources" | "flags" }) => (
  <section>
    <h2>{t(`filter.${collection}`)}</h2>
    {MANY.filter((name) => HOME[name] === collection && propertyOf(collection, name, areaLevel.value)).map((name) => (
      <Facet key={name} name={name} />
    ))}
  </section>
);

export const Filters = () => (
  <aside class="left" aria-label={t("filter.title")}>
    {may("decide") && <Mine />}
    {seesFlags.value && <Part collection="flags" />}
    <Part collection="sources" />
    <Layers />
  </aside>
);
