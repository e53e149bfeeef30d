/** Who edited the plan, when, and what. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import * as calls from "../api/plans";
import type { Edit } from "../api/plans";
import { sayError } from "../state/work";
import { t } from "../text";
import * as desk from "./desk";
import { editText, time } from "./saying";

const told = signal<Edit[] | null>(null);

export const Past = () => {
  const plan = desk.plan.value;
  useEffect(() => {
    if (!plan) return;
    calls
      .edits(plan.id)
      .then((edits) => (told.value = edits))
      .catch(sayError);
  }, [plan?.id, plan?.etag]);
  const edits = told.value;
  if (!edits) return <p class="none">{t("state.loading")}</p>;
  if (!edits.length) return <p class="none">{t("split.noEdits")}</p>;
  return (
    <ol class="past">
      {[...edits].reverse().map((edit) => (
        <li key={edit.number}>
          {editText(edit, desk.nameOf)}
          <small>
            {edit.author} · {time(edit.time)}
            {edit.turns ? ` · ${t("split.turns", { n: edit.turns })}` : ""}
          </small>
        </li>
      ))}
    </ol>
  );
};
