/** What one must know before deciding: why a flag came back, what was decided, what waits in the draft. */
import type { Panel } from "../api/shapes";
import { draftOf } from "../state/drafts";
import { go } from "../state/view";
import { t, word } from "../text";
import { Changes } from "./Change";
import { changesBy } from "./changes";
import { cancel, edit } from "./editing";
import { givenOf, heldOf, verdictOf } from "./standing";

const Reason = ({ told }: { told: Panel }) => {
  const { flag_state, review_state } = told.flag;
  const verdict = verdictOf(told);
  const by = { name: verdict?.author ?? "" };
  if (review_state === "rejected") return <Told title={t("why.rejected", by)} text={verdict?.comment ?? ""} />;
  if (review_state === "disputed") return <Told title={t("why.disputed", by)} text={verdict?.comment ?? ""} />;
  if (flag_state === "reopened") return <Told title={t("why.reopened")} text="" />;
  const held = heldOf(told);
  if (review_state === "unclear" && held)
    return <Told title={t("why.unclear", { name: held.author })} text={held.comment} />;
  if (flag_state === "closed" && !held) return <Told title={t("why.along")} text="" />;
  return null;
};

const Told = ({ title, text }: { title: string; text: string }) => (
  <section class="told">
    <strong>{title}</strong>
    {text && <p>{text}</p>}
  </section>
);

/** What the decider changed, for the second person to see before all else. */
const Decided = ({ told }: { told: Panel }) => {
  const held = heldOf(told);
  if (!held || told.flag.flag_state !== "closed") return null;
  const verdict = verdictOf(told);
  const given = givenOf(told);
  return (
    <section class="decided">
      <strong>
        {held.author} · {word("outcome", held.outcome)}
      </strong>
      {given && <Changes changes={changesBy({ before: held.before, after: given })} />}
      {held.comment && <p>{held.comment}</p>}
      {verdict && told.flag.review_state !== "disputed" && (
        <>
          <strong>
            {verdict.author} · {word("verdict", verdict.verdict)}
          </strong>
          {verdict.comment && <p>{verdict.comment}</p>}
        </>
      )}
    </section>
  );
};

/** A draft that cannot be sent as the flag stands now is shown, not thrown away. */
const Kept = ({ told }: { told: Panel }) => {
  const draft = draftOf(told.flag.flag_id).edit;
  if (!draft || edit.value) return null;
  const text =
    draft.kind === "point"
      ? draft.text || `${draft.lon}, ${draft.lat}`
      : draft.kind === "claim"
        ? `${draft.name} ${draft.code}${draft.text}`
        : draft.file;
  if (!text) return null;
  return (
    <section class="told">
      <strong>{t("edit.kept")}</strong>
      <p>
        <code>{text}</code>{" "}
        <button class="link" onClick={cancel}>
          {t("edit.discard")}
        </button>
      </p>
    </section>
  );
};

export const Notices = ({ told }: { told: Panel }) => (
  <>
    <Reason told={told} />
    <Decided told={told} />
    <Kept told={told} />
  </>
);

export const Group = ({ told }: { told: Panel }) => (
  <section>
    <p class="group">{t("panel.group", { name: told.flag.group || t("filter.blank") })}</p>
    <p class="none">{t("panel.groupText")}</p>
    {told.flag.group && (
      <button class="link" onClick={() => go({ group: [told.flag.group] })}>
        {t("panel.groupShow")}
      </button>
    )}
  </section>
);
