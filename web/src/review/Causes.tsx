/** Ranked causes with their evidence, and the repairs that follow from them. */
import type { Panel, Repair } from "../api/shapes";
import { shown } from "../map/coordinates";
import { format } from "../state/work";
import { metres, percent, said, t, word } from "../text";
import { chosen, show } from "./opening";
import { proposedOf } from "./standing";

const Bar = ({ share }: { share: number }) => (
  <meter min={0} max={1} value={share} aria-label={percent(share)}>
    {percent(share)}
  </meter>
);

export const Causes = ({ told }: { told: Panel }) => (
  <section>
    <h2>{t("panel.causes")}</h2>
    {!told.causes.length && <p class="none">{t("panel.noCauses")}</p>}
    <ol class="causes">
      {told.causes.map((one) => (
        <li key={one.rank}>
          <div class="line">
            <span class="name">{word("cause", one.cause)}</span>
            <Bar share={one.probability} />
            <span class="n">{percent(one.probability)}</span>
          </div>
          <p>{said(one, "evidence")}</p>
        </li>
      ))}
    </ol>
  </section>
);

const what = (repair: Repair): string => {
  if (repair.kind === "claim")
    return t("panel.newClaim", { name: `${repair.proposed_name ?? ""} ${repair.proposed_code ?? ""}` });
  return repair.lon !== null && repair.lat !== null ? shown(repair.lon, repair.lat, format.value) : "";
};

/** How far it moves, where to, and by which cause. */
const how = ({ kind, moved_m, proposed_name, cause }: Repair): string =>
  [
    kind !== "point" || moved_m === null ? "" : t("panel.moved", { d: metres(moved_m) }),
    kind === "point" && proposed_name ? `${t("panel.located")} ${proposed_name}` : "",
    word("cause", cause),
  ]
    .filter(Boolean)
    .join(" · ");

const take = (repair: Repair): void => {
  chosen.value = repair.repair_id;
  show();
};

const One = ({ repair, taken, several }: { repair: Repair; taken: boolean; several: boolean }) => (
  <div class={`repair${repair.offered ? "" : " weak"}${taken ? " taken" : ""}`}>
    <label class="line">
      {several && <input type="radio" name="repair" checked={taken} onChange={() => take(repair)} />}
      <strong class="name">{what(repair)}</strong>
      <span class="n">{percent(repair.probability)}</span>
    </label>
    <p>{how(repair)}</p>
    {!repair.offered && <p class="why">{said(repair, "reason") || t("panel.notOffered")}</p>}
  </div>
);

/** All repairs, ranked; the one that is chosen is drawn, and taken by "accept". */
export const Repairs = ({ told }: { told: Panel }) => {
  const taken = proposedOf(told, chosen.value);
  if (!taken || told.flag.flag_state === "closed") return null;
  return (
    <section>
      <h2>{t("panel.repairs")}</h2>
      <div class="repairs" role={told.repairs.length > 1 ? "radiogroup" : undefined} aria-label={t("panel.repairs")}>
        {told.repairs.map((one) => (
          <One key={one.repair_id} repair={one} taken={one === taken} several={told.repairs.length > 1} />
        ))}
      </div>
    </section>
  );
};
