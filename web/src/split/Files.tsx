/** Files of the plan, its copies, comparison, end. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { root } from "../api/base";
import { search } from "../api/calls";
import * as jobs from "../api/jobs";
import type { Results } from "../api/jobs";
import type { Plan } from "../api/plans";
import { may } from "../state/session";
import { go, view } from "../state/view";
import { sayError } from "../state/work";
import { language, t } from "../text";
import { ask } from "./asking";
import * as desk from "./desk";
import { print } from "./Paper";
import { NEW } from "./running";

const made = signal<Results | null>(null);
const MADE = ["labels", "workbook", "page", "picture", "layers"] as const;

const addressOf = (path: string, values: Record<string, string>): string =>
  `${root()}${path}?${new URLSearchParams({ ...values, lang: language.value })}`;

type Offer = { name: "labels" | "workbook" | "layers" | "page" | "picture"; href: string };

const offers = ({ plan, id }: Plan): Offer[] => [
  ...(may("export_plans")
    ? [
        { name: "labels" as const, href: addressOf("collections/plan-members/download", { f: "csv", plan }) },
        { name: "workbook" as const, href: addressOf(`plans/${encodeURIComponent(id)}/workbook`, {}) },
        { name: "layers" as const, href: addressOf("collections/field-zones/download", { f: "gpkg", plan }) },
      ]
    : []),
  ...(may("export_maps")
    ? [
        { name: "page" as const, href: addressOf("maps/zones", { f: "html", plan }) },
        { name: "picture" as const, href: addressOf("maps/zones", { f: "png", plan, dpi: "150" }) },
      ]
    : []),
];

const Downloads = ({ plan }: { plan: Plan }) => (
  <section>
    <h2>{t("split.files")}</h2>
    <ul>
      {offers(plan).map(({ name, href }) => (
        <li key={name}>
          <a
            href={href}
            download={name === "page" || name === "picture" ? undefined : ""}
            target="_blank"
            rel="noopener"
          >
            {t(`split.file.${name}`)}
          </a>
        </li>
      ))}
    </ul>
    <button onClick={() => void print()}>{t("split.print")}</button>
  </section>
);

/** Files as the split made them, before any edit; they are there as long as the job is. */
const Made = () => {
  const { job } = view.value;
  useEffect(() => {
    made.value = null;
    if (job && job !== NEW)
      jobs
        .results(job)
        .then((told) => (made.value = told))
        .catch(() => undefined); // no longer kept: nothing to offer
  }, [job]);
  const told = made.value;
  return told ? (
    <section>
      <h2>{t("split.made")}</h2>
      <ul>
        {MADE.filter((name) => told[name]).map((name) => (
          <li key={name}>
            <a href={told[name]?.href ?? ""} download="">
              {told[name]?.title}
            </a>
          </li>
        ))}
      </ul>
    </section>
  ) : null;
};

const Against = ({ plan }: { plan: Plan }) => {
  const others = (desk.heads.value ?? []).filter((head) => head.plan !== plan.plan);
  return (
    <section>
      <h2>{t("split.compare")}</h2>
      {!others.length && <p class="none">{t("split.noOther")}</p>}
      {others.length > 0 && (
        <select
          aria-label={t("split.compareWith")}
          value=""
          onChange={(event) => go({ other: event.currentTarget.value, at: null })}
        >
          <option value="">{t("split.compareWith")}</option>
          {others.map((head) => (
            <option key={head.id} value={head.plan}>
              {head.plan}
            </option>
          ))}
        </select>
      )}
    </section>
  );
};

/** Return the level of an area, as the service finds it. */
const levelOf = async (code: string): Promise<string> => {
  const { results } = await search(code, new AbortController().signal);
  return results.find((one) => one.kind === "area" && one.code === code)?.collection?.replace("areas-", "") ?? "";
};

/** Ask for a new split of the same areas that reassigns least. */
const anew = async (plan: Plan): Promise<void> => {
  const areas = plan.within.map(async ({ code, name }) => ({ code, name: name ?? code, level: await levelOf(code) }));
  const within = await Promise.all(areas);
  ask({ within, units: plan.level, teams: String(plan.field_zones.length), current: plan.plan, locks: true });
  go({ plan: "", job: NEW });
};

const copyName = signal("");

const Ends = ({ plan }: { plan: Plan }) => (
  <section>
    <h2>{t("split.whole")}</h2>
    <form
      class="line"
      onSubmit={(event) => {
        event.preventDefault();
        void desk.copy(copyName.value || t("split.copyOf", { name: plan.plan })).then(() => (copyName.value = ""));
      }}
    >
      <input
        class="name"
        aria-label={t("split.copyName")}
        placeholder={t("split.copyOf", { name: plan.plan })}
        maxLength={60}
        value={copyName}
        onInput={(event) => (copyName.value = event.currentTarget.value)}
      />
      <button disabled={desk.sending.value !== ""}>{t("split.copy")}</button>
    </form>
    <button onClick={() => void anew(plan).catch(sayError)}>{t("split.anew")}</button>
    <button
      class="bad"
      disabled={desk.sending.value !== ""}
      onClick={() => confirm(t("split.sure", { name: plan.plan })) && void desk.remove()}
    >
      {t("split.delete")}
    </button>
  </section>
);

export const Files = () => {
  const plan = desk.plan.value;
  return plan ? (
    <div class="files">
      <Downloads plan={plan} />
      <Made />
      <Against plan={plan} />
      {may("plan") && <Ends plan={plan} />}
    </div>
  ) : null;
};
