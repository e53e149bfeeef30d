/** What one may do with a flag; what the role, the state or somebody's lock does not allow is not offered. */
import type { Panel } from "../api/shapes";
import { minutesLeft } from "../state/clock";
import { draftOf, keepDraft } from "../state/drafts";
import { user } from "../state/session";
import { t } from "../text";
import { Act } from "./Act";
import { EditForm } from "./EditForm";
import { begin, edit } from "./editing";
import { chosen, nextFlag } from "./opening";
import { can, offersEdit, offersHold, proposedOf } from "./standing";
import { accept, decide, goOn, hold, judge, keepGoOn, saveComment, sending, undo } from "./steps";

const Held = ({ told }: { told: Panel }) => {
  if (!told.lock) return null;
  const m = minutesLeft(told.lock.seconds_left, told.at);
  if (m === 0) return null;
  const mine = told.lock.author === user.value?.name;
  return <p class="held">{mine ? t("lock.mine", { m }) : t("lock.other", { m, name: told.lock.author })}</p>;
};

const Decide = ({ told }: { told: Panel }) => {
  const repair = proposedOf(told, chosen.value);
  const ofSource = told.source !== null;
  return (
    <>
      {repair && <Act name="act.accept" letter="A" main={Boolean(repair.offered)} act={accept} />}
      {ofSource && <Act name="act.move" letter="E" act={() => begin("point")} />}
      {ofSource && <Act name="act.claim" letter="B" act={() => begin("claim")} />}
      <Act name="act.statement" letter="S" act={() => begin("statement")} />
      <Act name="act.falseAlarm" letter="F" act={() => decide("false_alarm")} />
      <Act name="act.cannot" letter="C" act={() => decide("cannot_decide")} />
    </>
  );
};

const Judge = ({ told }: { told: Panel }) => (
  <>
    <Act name="act.approve" letter="A" main act={accept} />
    {offersEdit(told, "point") && <Act name="act.move" letter="E" act={() => begin("point")} />}
    {offersEdit(told, "claim") && <Act name="act.claim" letter="B" act={() => begin("claim")} />}
    <Act name="act.reject" letter="R" act={() => judge("rejected")} />
    {told.flag.review_state === "decided" && <Act name="act.dispute" letter="D" act={() => judge("disputed")} />}
  </>
);

const Comment = ({ id }: { id: string }) => {
  const { comment } = draftOf(id);
  return (
    <>
      <textarea
        id="comment"
        rows={2}
        maxLength={4000}
        value={comment}
        aria-label={t("panel.comment")}
        placeholder={`${t("panel.comment")} (K) · ${t("panel.commentHint")}`}
        onInput={(event) => keepDraft(id, { comment: event.currentTarget.value })}
      />
      {comment.trim() && (
        <button class="link" disabled={sending()} onClick={() => void saveComment()}>
          {t("act.comment")}
        </button>
      )}
    </>
  );
};

const GoOn = () => (
  <label class="pick small">
    <input type="checkbox" checked={goOn} onChange={(event) => keepGoOn(event.currentTarget.checked)} />
    <span>{t("act.auto")}</span>
  </label>
);

const Steps = ({ told }: { told: Panel }) => (
  <div class="acts">
    {can(told, "decide") && <Decide told={told} />}
    {can(told, "review") && <Judge told={told} />}
    {offersHold(told) && <Act name={told.lock ? "act.unlock" : "act.lock"} letter="L" act={hold} />}
    {can(told, "undo") && <Act name="act.undo" letter="U" act={undo} />}
    <Act name="act.next" letter="N" act={nextFlag} />
  </div>
);

export const Actions = ({ told }: { told: Panel }) => (
  <div class="actions">
    <Held told={told} />
    {can(told, "comment") && <Comment id={told.flag.flag_id} />}
    {edit.value ? (
      <EditForm told={told} now={edit.value} />
    ) : (
      <>
        <Steps told={told} />
        {can(told, "comment") && <GoOn />}
      </>
    )}
  </div>
);
