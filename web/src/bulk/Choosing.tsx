/** Which flags, and which step. */
import { matched } from "../filters/facets";
import { holds } from "../filters/queries";
import { cancel, corners, draw, drawing, finish, takeFrame, undoCorner } from "../map/drawing";
import { MANY } from "../state/address";
import { limits } from "../state/session";
import { filtered, view } from "../state/view";
import { map } from "../state/work";
import { number, t } from "../text";
import { takesComment } from "./asking";
import { comment, step, steps, within } from "./state";

const choose = (polygon: boolean): void => {
  within.value = polygon;
  cancel();
};

const Drawing = () => (
  <div class="drawing">
    <p aria-live="polite">{t("bulk.drawHint", { n: corners.value.length })}</p>
    <button disabled={corners.value.length < 3} onClick={finish}>
      {t("bulk.finish")}
    </button>
    <button disabled={!corners.value.length} onClick={undoCorner}>
      {t("bulk.undoCorner")}
    </button>
    <button onClick={cancel}>{t("bulk.cancel")}</button>
  </div>
);

const Tools = () => {
  const on = map.value;
  const n = corners.value.length;
  if (drawing.value) return <Drawing />;
  return (
    <div class="drawing">
      {n > 0 && <p>{t("bulk.drawn", { n })}</p>}
      <button disabled={!on} onClick={() => on && draw(on)}>
        {t(n ? "bulk.redraw" : "bulk.draw")}
      </button>
      <button disabled={!on} onClick={() => on && takeFrame(on)}>
        {t("bulk.frame")}
      </button>
    </div>
  );
};

/** A filter that flags have no property for would choose nothing: that must not be overlooked here. */
const NotHeld = () => {
  const lost = MANY.filter((name) => view.value[name].length && !holds(view.value, "flags", name));
  return lost.length ? (
    <p class="warned" role="alert">
      {t("bulk.notHeld", { names: lost.map((name) => t(`filter.${name}`)).join(t("bulk.and")) })}
    </p>
  ) : null;
};

/** What would be refused is said before it is asked for. */
const Limit = () => {
  const most = limits.value?.bulk ?? 0;
  const over = !within.value && (matched.value.flags ?? 0) > most;
  return <p class={over ? "warned" : "none"}>{t("bulk.limit", { n: number(most) })}</p>;
};

const Where = () => (
  <fieldset>
    <legend>{t("bulk.which")}</legend>
    <label class="pick">
      <input type="radio" name="within" checked={!within.value} onChange={() => choose(false)} />
      <span class="name">{t(filtered.value ? "bulk.filtered" : "bulk.all")}</span>
      <span class="n">{matched.value.flags !== undefined && number(matched.value.flags)}</span>
    </label>
    <label class="pick">
      <input type="radio" name="within" checked={within.value} onChange={() => choose(true)} />
      <span class="name">{t("bulk.within")}</span>
    </label>
    {within.value && <Tools />}
    <Limit />
    <NotHeld />
  </fieldset>
);

const What = () => (
  <fieldset class="what">
    <legend>{t("bulk.what")}</legend>
    {steps.value.map((one) => (
      <label key={one} class="pick">
        <input type="radio" name="step" checked={step.value === one} onChange={() => (step.value = one)} />
        <span class="name">{t(`bulk.step.${one}`)}</span>
      </label>
    ))}
  </fieldset>
);

export const Choosing = () => (
  <>
    <Where />
    <What />
    {takesComment(step.value) && (
      <label class="why">
        {t("panel.comment")}
        <textarea
          rows={2}
          maxLength={4000}
          value={comment}
          onInput={(event) => (comment.value = event.currentTarget.value)}
        />
      </label>
    )}
  </>
);
