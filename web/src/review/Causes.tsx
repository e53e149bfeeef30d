/** Ranked causes with their evidence, and the repairs that follow from them. */
import type { Panel, Repair } from "../api/shapes";
import { proposedOf } from "../map/chosen";
import { shown } from "../map/coordinates";
import { format } from "../state/work";
import { metres, percent, said, t, word } from "../text";

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
  const at = repair.lon !== null && repair.lat !== null ? shown(repair.lon, repair.lat, format.value) : "";
  return repair.moved_m === null ? at : `${at} · ${t("panel.moved", { d: metres(repair.moved_m) })}`;
};

export const Repairs = ({ told }: { told: Panel }) => {
  const first = proposedOf(told);
  if (!first) return null;
  return (
    <section class={first.offered ? "repair" : "repair weak"}>
      <h2>{t("panel.repairs")}</h2>
      <div class="line">
        <strong class="name">{what(first)}</strong>
        <span class="n">{percent(first.probability)}</span>
      </div>
      {first.kind === "point" && first.proposed_name && (
        <p>
          {t("panel.located")} {first.proposed_name}
        </p>
      )}
      {!first.offered && <p>{said(first, "reason") || t("panel.notOffered")}</p>}
    </section>
  );
};
