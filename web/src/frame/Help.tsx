/** Keys, and the list of them. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { begin, beginTyping, cancel, edit } from "../review/editing";
import { nextFlag } from "../review/opening";
import { accept, decide, hold, judge, undo } from "../review/steps";
import { expired, may } from "../state/session";
import { go, view } from "../state/view";
import { note, panel, place } from "../state/work";
import { t, type Key } from "../text";

export const helpOpen = signal(false);
const focus = (id: string): void => document.getElementById(id)?.focus();
const always = (): boolean => true;
const open = (): boolean => panel.value !== null && may("decide");
const choosing = (): boolean => open() && edit.value === null;
/** What the message offers to take back; else the last step on the flag that is open. */
const undoLast = (): void => void (note.value?.undo ? note.value.undo() : undo());

/** Letters, what they do, and when: while something is edited, no key decides. */
export const KEYS: readonly [string, Key, () => unknown, () => boolean][] = [
  ["a", "help.accept", accept, choosing],
  ["e", "help.move", () => begin("point"), open],
  ["t", "help.type", beginTyping, open],
  ["b", "act.claim", () => begin("claim"), open],
  ["s", "act.statement", () => begin("statement"), open],
  ["f", "act.falseAlarm", () => decide("false_alarm"), choosing],
  ["c", "act.cannot", () => decide("cannot_decide"), choosing],
  ["r", "help.reject", () => judge("rejected"), choosing],
  ["d", "help.dispute", () => judge("disputed"), choosing],
  ["k", "help.comment", () => focus("comment"), open],
  ["l", "act.lock", hold, choosing],
  ["u", "act.undo", undoLast, () => may("decide")],
  ["n", "act.next", nextFlag, always],
  ["/", "help.search", () => focus("search"), always],
  ["?", "help.title", () => (helpOpen.value = !helpOpen.value), always],
];

/** A second press that was meant for the flag before decides nothing on the next one. */
const HASTE_MS = 250;
const DECIDING = "afcrd";
let decidedAt = Number.NEGATIVE_INFINITY;
const hasty = (letter: string): boolean => {
  if (!DECIDING.includes(letter)) return false;
  const since = performance.now() - decidedAt;
  decidedAt = performance.now();
  return since < HASTE_MS;
};

const leave = (typing: HTMLElement | null): void => {
  if (typing) typing.blur();
  else if (helpOpen.value) helpOpen.value = false;
  else if (edit.value) cancel();
  else {
    place.value = null;
    go({ flag: "", source: "" });
  }
};

/** Keys mean nothing while somebody types, or holds Ctrl, Alt or Meta. */
export const onKey = (event: KeyboardEvent): void => {
  if (expired.value) return;
  const target = event.target as HTMLElement | null;
  const typing = target?.closest<HTMLElement>("textarea, select, input:not([type=checkbox], [type=radio])") ?? null;
  if (event.key === "Escape") return leave(typing);
  if (typing || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (view.value.page !== "review" || (helpOpen.value && event.key !== "?")) return;
  const found = KEYS.find(([letter]) => letter === event.key.toLowerCase());
  if (!found?.[3]()) return;
  event.preventDefault();
  if (hasty(found[0])) return;
  void found[2]();
};

export const Help = () => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (helpOpen.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [helpOpen.value]);
  return (
    <dialog ref={dialog} onClose={() => (helpOpen.value = false)} aria-labelledby="help-title">
      <h2 id="help-title">{t("help.title")}</h2>
      <dl class="keys">
        {KEYS.map(([letter, name]) => (
          <>
            <dt>
              <kbd>{letter.toUpperCase()}</kbd>
            </dt>
            <dd>{t(name)}</dd>
          </>
        ))}
        <dt>
          <kbd>Esc</kbd>
        </dt>
        <dd>{t("panel.close")}</dd>
      </dl>
      <button onClick={() => (helpOpen.value = false)}>{t("panel.close")}</button>
    </dialog>
  );
};
