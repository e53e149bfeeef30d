/** The page where flags are reviewed: filters, map, panel. */
import type { CollectionTold } from "../api/shapes";
import { MapView } from "../map/MapView";
import { Filters } from "../filters/Filters";
import { FlagPanel } from "./FlagPanel";
import { Begin, SourceFlags } from "./PlacePanel";
import { BulkPanel } from "../bulk/BulkPanel";
import { bulkOpen } from "../bulk/state";
import { Chips } from "../filters/Chips";
import { PlaceList } from "../map/PlaceList";
import { seesFlags } from "../state/session";
import { view } from "../state/view";
import { place } from "../state/work";
import { t } from "../text";

const Right = () => {
  const { flag, source } = view.value;
  if (flag) return <FlagPanel />;
  if (source) return <SourceFlags id={source} />;
  if (bulkOpen.value) return <BulkPanel />;
  return place.value ? <PlaceList /> : <Begin />;
};

export const Review = ({ told }: { told: CollectionTold[] }) => (
  <main class={seesFlags.value ? "review" : "page"}>
    <Filters />
    <div class="middle">
      <Chips />
      <MapView told={told} />
    </div>
    {seesFlags.value && (
      <aside class="right" aria-label={t("filter.flags")}>
        <Right />
      </aside>
    )}
  </main>
);
