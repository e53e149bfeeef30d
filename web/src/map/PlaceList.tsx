/** A list of rows: those at one place, or those that have none. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Row } from "../api/shapes";
import { go } from "../state/view";
import { place, pointedAt, sayError } from "../state/work";
import { number, said, t, word } from "../text";
import { Swatch } from "../filters/Swatch";
import { moreOf, type Member } from "./listing";

const at = ({ lon, lat }: Row): [number, number] | null =>
  typeof lon === "number" && typeof lat === "number" ? [lon, lat] : null;

/** While a row is pointed at, or has the focus, its place is marked. */
const marking = (row: Row) => {
  const on = (): void => void (pointedAt.value = at(row));
  const off = (): void => void (pointedAt.value = null);
  return { onPointerEnter: on, onFocus: on, onPointerLeave: off, onBlur: off };
};

const FlagRow = ({ row }: { row: Row }) => (
  <button class="row tall" onClick={() => go({ flag: String(row["flag_id"]), source: "" })} {...marking(row)}>
    <Swatch kind="severity" value={String(row["severity"])} />
    <span class="name">
      {word("rule", String(row["rule"]))}
      <small>{said(row, "message")}</small>
    </span>
    <span class="n">{word("review", String(row["review_state"]))}</span>
  </button>
);

const SourceRow = ({ row }: { row: Row }) => (
  <button class="row" onClick={() => go({ source: String(row["source_id"]), flag: "" })} {...marking(row)}>
    <Swatch kind="class" value={String(row["class"] ?? "")} />
    <span class="name clamped">{row["name"] ?? row["source_id"]}</span>
    <code>{row["source_id"]}</code>
  </button>
);

/** Rows that were set aside have no flags to open: what they are, and why. */
const SetAside = ({ row }: { row: Row }) => (
  <p class="row">
    <span class="name clamped">
      {row["name"] ?? row["source_id"]}
      <small>{word("excluded", String(row["excluded_reason"] ?? ""))}</small>
    </span>
    <span class="n">{t("list.row", { n: String(row["row"] ?? "") })}</span>
  </p>
);

const One = ({ member: { collection, row } }: { member: Member }) =>
  collection === "flags" ? (
    <FlagRow row={row} />
  ) : collection === "excluded-rows" ? (
    <SetAside row={row} />
  ) : (
    <SourceRow row={row} />
  );

export const closeList = (): void => void ([place.value, pointedAt.value] = [null, null]);

export const PlaceList = () => {
  const told = place.value;
  const asking = useSignal(false);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    head.current?.focus(); // a keyboard goes on from here
    return () => void (pointedAt.value = null);
  }, [told?.parts]);
  if (!told) return null;
  const more = async (): Promise<void> => {
    asking.value = true;
    const longer = await moreOf(told).catch(sayError);
    if (longer && place.value === told) place.value = longer;
    asking.value = false;
  };
  return (
    <section class="scroll list">
      <header class="line">
        <h2 ref={head} tabIndex={-1}>
          {t(told.title, { n: number(told.matched) })}
        </h2>
        <span class="gap" />
        <button class="quiet" aria-label={t("panel.close")} title={`${t("panel.close")} (Esc)`} onClick={closeList}>
          ✕
        </button>
      </header>
      {!told.matched && <p class="none">{t("mine.none")}</p>}
      <ul class="flags">
        {told.members.map((member) => (
          <li key={`${member.collection}/${member.row["flag_id"] ?? member.row["source_id"]}/${member.row["row"]}`}>
            <One member={member} />
          </li>
        ))}
      </ul>
      {told.members.length < told.matched && (
        <p class="more" aria-live="polite">
          {t("list.first", { n: number(told.members.length), m: number(told.matched) })}
          <button disabled={asking.value} onClick={() => void more()}>
            {t("list.more")}
          </button>
        </p>
      )}
    </section>
  );
};
