/** What is asked for in a new split; what is wrong with it the service says, at its field. */
import type { ComponentChildren } from "preact";
import { areaLevels } from "../state/levels";
import { offline } from "../state/session";
import { go } from "../state/view";
import { t, word } from "../text";
import { Areas } from "./Areas";
import { BLANK, MINUTES, ask, asked, type Asked } from "./asking";
import * as desk from "./desk";
import { start, starting, wrong } from "./running";
import { Sent, Teams } from "./Teams";

type Texts = { [K in keyof Asked]: Asked[K] extends string ? K : never }[keyof Asked];

const Wrong = ({ of }: { of: readonly string[] }) =>
  wrong.value && of.includes(wrong.value.field) ? (
    <p class="wrong" role="alert">
      {wrong.value.text}
    </p>
  ) : null;

const Part = ({ title, of, children }: { title: string; of: readonly string[]; children: ComponentChildren }) => (
  <fieldset>
    <legend>{title}</legend>
    {children}
    <Wrong of={of} />
  </fieldset>
);

const Text = ({ name, label, kind = "text" }: { name: Texts; label: string; kind?: "text" | "decimal" }) => (
  <label class="field">
    {label}
    <input
      inputMode={kind}
      value={asked.value[name]}
      maxLength={200}
      onInput={(event) => ask({ [name]: event.currentTarget.value })}
    />
  </label>
);

const Select = ({ name, label, options }: { name: Texts; label: string; options: (readonly [string, string])[] }) => (
  <label class="field">
    {label}
    <select value={asked.value[name]} onChange={(event) => ask({ [name]: event.currentTarget.value })}>
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  </label>
);

const Box = ({ name, label }: { name: "supervisors" | "visits" | "locks"; label: string }) => (
  <label class="pick">
    <input
      type="checkbox"
      checked={asked.value[name]}
      onChange={(event) => ask({ [name]: event.currentTarget.checked })}
    />
    {label}
  </label>
);

const Units = () => {
  const levels = ["township", "village", "zone"].filter((level) => areaLevels.value.includes(level));
  const options = [
    ["", t("split.unitsAuto")] as const,
    ...[...levels, "block", "cell"].map((one) => [one, word("split.unit", one)] as const),
  ];
  return <Select name="units" label={t("split.units")} options={options} />;
};

const Together = () => (
  <>
    <Text name="sector" label={t("split.sector")} />
    <Sent
      label={t("split.parks")}
      accept=".gpkg,.geojson,.json,.fgb"
      file={asked.value.parks}
      onSent={(parks) => ask({ parks })}
    />
    {(asked.value.sector || asked.value.parks) && (
      <Select
        name="together_as"
        label={t("split.togetherAs")}
        options={[
          ["hard", t("split.together.hard")],
          ["soft", t("split.together.soft")],
        ]}
      />
    )}
  </>
);

const Today = () => (
  <>
    <Select
      name="current"
      label={t("split.current")}
      options={[["", t("split.noCurrent")], ...(desk.heads.value ?? []).map(({ plan }) => [plan, plan] as const)]}
    />
    {asked.value.current && <Box name="locks" label={t("split.keepLocks")} />}
  </>
);

const Minutes = () => (
  <>
    <div class="minutes">
      {MINUTES.map((name) => (
        <label key={name} class="field">
          {word("class", name)}
          <input
            type="number"
            min={0}
            step="any"
            placeholder={t("split.asSet")}
            value={asked.value.minutes[name] ?? ""}
            onInput={(event) => ask({ minutes: { ...asked.value.minutes, [name]: event.currentTarget.value } })}
          />
        </label>
      ))}
      <Text name="village_minutes" label={t("split.villageMinutes")} kind="decimal" />
    </div>
    <label class="field">
      {t("split.settings")}
      <textarea
        rows={4}
        spellcheck={false}
        value={asked.value.settings}
        onInput={(event) => ask({ settings: event.currentTarget.value })}
      />
    </label>
  </>
);

const More = () => (
  <details open={["settings", "seed", "together", "sector", "current", "lock"].includes(wrong.value?.field ?? "")}>
    <summary>{t("split.more")}</summary>
    <Part title={t("split.togetherTitle")} of={["sector", "together", "together_as"]}>
      <Together />
    </Part>
    <Part title={t("split.today")} of={["current", "lock"]}>
      <Today />
    </Part>
    <Part title={t("split.also")} of={[]}>
      <Box name="supervisors" label={t("split.supervisors")} />
      <Box name="visits" label={t("split.visits")} />
    </Part>
    <Part title={t("split.minutes")} of={["settings"]}>
      <Minutes />
    </Part>
    <Part title={t("split.seedTitle")} of={["seed"]}>
      <Text name="seed" label={t("split.seed")} kind="decimal" />
    </Part>
  </details>
);

const BARRIERS = ["soft", "hard", "off"] as const;

export const NewSplit = () => (
  <aside class="left desk" aria-label={t("split.new")}>
    <header class="line">
      <button class="quiet" onClick={() => go({ job: "" })}>
        ← {t("split.plans")}
      </button>
      <h1 class="name">{t("split.new")}</h1>
      <button class="quiet" onClick={() => ask(BLANK)}>
        {t("split.reset")}
      </button>
    </header>
    <form
      class="asked"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
      noValidate
    >
      <Part title={t("split.areas")} of={["within"]}>
        <Areas />
      </Part>
      <Part title={t("split.howMany")} of={["teams", "capacity"]}>
        <Teams />
      </Part>
      <Part title={t("split.how")} of={["units", "tolerance", "barriers"]}>
        <Units />
        <Text name="tolerance" label={t("split.tolerance")} kind="decimal" />
        <Select
          name="barriers"
          label={t("split.barriers")}
          options={BARRIERS.map((one) => [one, t(`split.barriers.${one}`)] as const)}
        />
      </Part>
      <More />
      <Part title={t("split.nameTitle")} of={["name"]}>
        <Text name="name" label={t("split.name")} />
      </Part>
      <footer>
        <Wrong of={[""]} />
        <button class="main" disabled={starting.value || offline.value}>
          {t("split.start")}
        </button>
      </footer>
    </form>
  </aside>
);
