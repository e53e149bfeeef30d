/** What was done, flag by flag. */
import { useEffect, useState } from "preact/hooks";
import type { OneResult, Result } from "../api/bulk";
import * as calls from "../api/calls";
import type { Flag } from "../api/shapes";
import { Swatch } from "../filters/Swatch";
import { go } from "../state/view";
import { sayError } from "../state/work";
import { number, t, word } from "../text";

const STEP = 50;
const KINDS = ["failed", "skipped", "ok"] as const; // what was not done comes first: it is what one looks for

type Known = Record<string, Flag>;

/** Ask for the flags of the rows that are listed: a result has their ids only. */
const useFlags = (rows: readonly OneResult[]): Known => {
  const [known, setKnown] = useState<Known>({});
  const lacking = rows.map((one) => one.flag_id).filter((id) => !(id in known));
  useEffect(() => {
    if (!lacking.length) return;
    calls
      .items<Flag>("flags", { limit: STEP, values: { flag_id: lacking.slice(0, STEP) } })
      .then(({ features }) => {
        const told = Object.fromEntries(features.map(({ properties }) => [properties.flag_id, properties]));
        setKnown((before) => ({ ...before, ...told }));
      })
      .catch(sayError);
  }, [rows.length]);
  return known;
};

const Row = ({ one, flag }: { one: OneResult; flag: Flag | undefined }) => (
  <li>
    <button class="row tall" onClick={() => go({ flag: one.flag_id })}>
      <Swatch kind="severity" value={flag?.severity ?? "closed"} />
      <span class="name">
        {flag ? word("rule", flag.rule) : one.flag_id.slice(0, 8)} <code>{flag?.source_id}</code>
        {one.detail && <small>{one.detail}</small>}
      </span>
      <span class={`n result ${one.result}`}>{t(`bulk.${one.result}`)}</span>
    </button>
  </li>
);

export const Results = ({ told, title }: { told: Result; title: string }) => {
  const [most, setMost] = useState(STEP);
  const rows = KINDS.flatMap((kind) => told.results.filter((one) => one.result === kind)).slice(0, most);
  const known = useFlags(rows);
  return (
    <section class="results" aria-live="polite">
      <h3>{title}</h3>
      <ul class="sums">
        {KINDS.toReversed().map((kind) => (
          <li key={kind} class={`result ${kind}`}>
            {t(`bulk.${kind}`)} <strong>{number(told[kind])}</strong>
          </li>
        ))}
      </ul>
      <ul class="flags">
        {rows.map((one) => (
          <Row key={one.flag_id} one={one} flag={known[one.flag_id]} />
        ))}
      </ul>
      {rows.length < told.results.length && (
        <p class="more">
          {t("list.first", { n: number(rows.length), m: number(told.results.length) })}
          <button onClick={() => setMost(most + STEP)}>{t("list.more")}</button>
        </p>
      )}
    </section>
  );
};
