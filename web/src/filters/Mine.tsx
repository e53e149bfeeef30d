/** My own lists: what I hold and for how long, what waits, what came back and why, what I could judge. */
import { effect, signal } from "@preact/signals";
import * as calls from "../api/review";
import type { NearFlag, Queue } from "../api/shapes";
import { LISTS, type List } from "../state/address";
import { minutesLeft } from "../state/clock";
import { may, revision } from "../state/session";
import { go, view } from "../state/view";
import { sayError } from "../state/work";
import { number, t, word } from "../text";

const queue = signal<{ lists: Queue; at: number } | null>(null);
const SOON_M = 10;

export const followQueue = (): (() => void) =>
  effect(() => {
    void revision.value;
    if (may("decide"))
      calls
        .queue()
        .then((lists) => (queue.value = { lists, at: Date.now() }))
        .catch(sayError);
  });

const leftOf = (flag: NearFlag): number => minutesLeft(flag.lock?.seconds_left ?? 0, queue.value?.at ?? 0);

/** Locks end by themselves: those that are over go without being asked for. */
const listed = (list: List): { total: number; flags: NearFlag[] } => {
  const { total, flags } = queue.value?.lists[list] ?? { total: 0, flags: [] };
  if (list !== "locked") return { total, flags };
  const held = flags.filter((one) => leftOf(one) > 0);
  return { total: total - flags.length + held.length, flags: held };
};

const Left = ({ flag }: { flag: NearFlag }) => {
  const m = leftOf(flag);
  return <span class={m < SOON_M ? "n soon" : "n"}>{t(m < SOON_M ? "mine.soon" : "mine.left", { m })}</span>;
};

const One = ({ flag, list }: { flag: NearFlag; list: List }) => (
  <li>
    <button
      class="row tall"
      aria-current={view.value.flag === flag.flag_id ? "true" : undefined}
      onClick={() => go({ flag: flag.flag_id, source: "" })}
    >
      <span class="name">
        {word("rule", flag.rule)}
        <small>
          {flag.source_id}
          {flag.outcome && list !== "locked" && ` · ${word("outcome", flag.outcome)}`}
        </small>
        {flag.reason && <small class="why clip">{flag.reason}</small>}
      </span>
      {list === "locked" && <Left flag={flag} />}
    </button>
  </li>
);

const Open = ({ list }: { list: List }) => {
  const { total, flags } = listed(list);
  return (
    <ul class="flags">
      {!flags.length && <li class="none">{t("mine.none")}</li>}
      {flags.length < total && <li class="none">{t("list.firstOf", { n: flags.length, all: number(total) })}</li>}
      {flags.map((flag) => (
        <One key={flag.flag_id} flag={flag} list={list} />
      ))}
    </ul>
  );
};

export const Mine = () => {
  const open = view.value.mine;
  const soon = listed("locked").flags.some((one) => leftOf(one) < SOON_M);
  return (
    <section>
      <h2>{t("mine.title")}</h2>
      {LISTS.filter((list) => list !== "to_review" || may("approve")).map((list) => (
        <div key={list}>
          <button class="row" aria-expanded={open === list} onClick={() => go({ mine: open === list ? "" : list })}>
            <span class="name">{t(`mine.${list}`)}</span>
            {list === "locked" && soon && <span class="n soon">{t("mine.ending")}</span>}
            <span class="n">{number(listed(list).total)}</span>
          </button>
          {open === list && <Open list={list} />}
        </div>
      ))}
    </section>
  );
};
