/** My own lists. */
import { effect, signal } from "@preact/signals";
import * as calls from "../api/review";
import type { Queue } from "../api/shapes";
import { LISTS } from "../state/address";
import { may, revision } from "../state/session";
import { go, view } from "../state/view";
import { sayError } from "../state/work";
import { number, t, word } from "../text";

const queue = signal<Queue | null>(null);

export const followQueue = (): (() => void) =>
  effect(() => {
    void revision.value;
    if (may("decide"))
      calls
        .queue()
        .then((told) => (queue.value = told))
        .catch(sayError);
  });

export const Mine = () => {
  const open = view.value.mine;
  const flags = open ? (queue.value?.[open].flags ?? []) : [];
  return (
    <section>
      <h2>{t("mine.title")}</h2>
      {LISTS.filter((list) => list !== "to_review" || may("approve")).map((list) => (
        <div key={list}>
          <button class="row" aria-expanded={open === list} onClick={() => go({ mine: open === list ? "" : list })}>
            <span class="name">{t(`mine.${list}`)}</span>
            <span class="n">{number(queue.value?.[list].total ?? 0)}</span>
          </button>
          {open === list && (
            <ul class="flags">
              {!flags.length && <li class="none">{t("mine.none")}</li>}
              {flags.map((flag) => (
                <li key={flag.flag_id}>
                  <button class="row" onClick={() => go({ flag: flag.flag_id, source: "" })}>
                    <span class="name">{word("rule", flag.rule)}</span>
                    <code>{flag.source_id}</code>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
      ))}
    </section>
  );
};
