/** What one may do with a flag; what the role or somebody's lock does not allow is not offered. */
import type { Panel } from "../api/shapes";
import { proposedOf } from "../map/chosen";
import { drafts, keepDraft } from "../state/drafts";
import { accept, decide, goOn, hold, nextFlag, saveComment, sending, undo } from "./steps";
import { may, user } from "../state/session";
import { t, type Key } from "../text";

const Act = ({ name, letter, main, off, act }: ActProps) => (
  <button
    class={main ? "main" : ""}
    disabled={(off ?? false) || sending.value}
    aria-keyshortcuts={letter}
    onClick={act}
  >
    {t(name)}
    <kbd>{letter}</kbd>
  </button>
);
interface ActProps {
  name: Key;
  letter: string;
  main?: boolean;
  off?: boolean;
  act: () => unknown;
}

const Held = ({ told }: { told: Panel }) => {
  if (!told.lock) return null;
  const m = Math.max(1, Math.round(told.lock.seconds_left / 60));
  const mine = told.lock.author === user.value?.name;
  return <p class="held">{mine ? t("lock.mine", { m }) : t("lock.other", { m, name: told.lock.author })}</p>;
};

const Decide = ({ told }: { told: Panel }) => {
  const closed = told.flag.flag_state === "closed";
  const held = told.lock !== null && told.lock.author !== user.value?.name;
  const repair = proposedOf(told);
  if (closed)
    return (
      <div class="acts">
        <Act name="act.undo" letter="U" act={undo} />
      </div>
    );
  return (
    <div class="acts">
      <Act name="act.accept" letter="A" main={Boolean(repair?.offered)} off={!repair || held} act={accept} />
      <Act name="act.falseAlarm" letter="F" off={held} act={() => decide("false_alarm")} />
      <Act name="act.cannot" letter="C" off={held} act={() => decide("cannot_decide")} />
      <Act name={told.lock ? "act.unlock" : "act.lock"} letter="L" off={held} act={hold} />
    </div>
  );
};

const GoOn = () => (
  <label class="pick small">
    <input
      type="checkbox"
      checked={goOn}
      onChange={(event) => {
        goOn.value = event.currentTarget.checked;
        localStorage.setItem("geocensus.goOn", goOn.value ? "yes" : "no");
      }}
    />
    <span>{t("act.auto")}</span>
  </label>
);

export const Actions = ({ told }: { told: Panel }) => {
  const id = told.flag.flag_id;
  const text = drafts.value[id] ?? "";
  return (
    <div class="actions">
      <Held told={told} />
      {may("decide") && (
        <>
          <textarea
            id="comment"
            rows={2}
            maxLength={4000}
            value={text}
            aria-label={t("panel.comment")}
            placeholder={`${t("panel.comment")} (K) · ${t("panel.commentHint")}`}
            onInput={(event) => keepDraft(id, event.currentTarget.value)}
          />
          {text.trim() && (
            <button class="link" disabled={sending} onClick={() => void saveComment()}>
              {t("act.comment")}
            </button>
          )}
          <Decide told={told} />
        </>
      )}
      <div class="acts">
        <Act name="act.next" letter="N" act={nextFlag} />
        {may("decide") && <GoOn />}
      </div>
    </div>
  );
};
