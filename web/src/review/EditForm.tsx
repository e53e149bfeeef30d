/** The form of an edit: a place, a claim or a statement. */
import type { ComponentChildren } from "preact";
import { attachment } from "../api/review";
import type { Panel } from "../api/shapes";
import type { ClaimEdit, Edit, PointEdit, StatementEdit } from "../state/drafts";
import { shown } from "../map/coordinates";
import { areaLevels } from "../state/levels";
import { limits } from "../state/session";
import { format } from "../state/work";
import { number, percent, t, word } from "../text";
import { attach, upload } from "./attaching";
import { besides } from "./Facts";
import { areasFound, takeClaim, typeClaim } from "./claiming";
import { cancel } from "./editing";
import { reading, typePlace, where } from "./placing";
import { ready, save } from "./sending";
import { can } from "./standing";
import { sending } from "./steps";

const leave = (event: KeyboardEvent): void => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  cancel();
};

const ReadAs = ({ now }: { now: PointEdit }) => {
  if (reading.value?.problem)
    return (
      <p class="wrong" role="alert">
        {reading.value.message}
      </p>
    );
  if (now.lon === null || now.lat === null) return <p>{t("edit.noPlace")}</p>;
  const away = where.value?.distance_m;
  const names = areaLevels.value.map((level) => where.value?.names[level]).filter(Boolean);
  return (
    <p aria-live="polite">
      {now.text && (
        <>
          {t("panel.parsed")} <code>{shown(now.lon, now.lat, format.value)}</code>
          {reading.value?.lon_format && ` · ${word("format", reading.value.lon_format.split(":")[0] ?? "")}`}
          <br />
        </>
      )}
      {where.value && `${t("panel.located")} ${names.length ? names.join(" ") : t("panel.nowhere")}`}
      {where.value?.on_border && ` · ${t("edit.border")}`}
      {typeof away === "number" && (
        <>
          <br />
          {t("panel.distance")} <span class={away > 0 ? "far" : ""}>{besides(away)}</span>
        </>
      )}
    </p>
  );
};

const Point = ({ now }: { now: PointEdit }) => (
  <>
    <label>
      {t("edit.coordinate")}
      <input
        id="edit-point"
        maxLength={200}
        autocomplete="off"
        spellcheck={false}
        value={now.text || (now.lon !== null && now.lat !== null ? shown(now.lon, now.lat, format.value) : "")}
        placeholder="118°31′12″E 28°54′00″N"
        aria-describedby="edit-hint"
        onInput={(event) => typePlace(event.currentTarget.value)}
      />
    </label>
    <ReadAs now={now} />
    <p class="none" id="edit-hint">
      {t("edit.pointHint")}
    </p>
  </>
);

/** The areas that the point lies in, from fine to coarse: often the right claim. */
const near = ({ source }: Panel): { code: string; name: string }[] =>
  [...areaLevels.value].reverse().flatMap((level) => {
    const [code, name] = [source?.[`code_${level}`], source?.[`name_${level}`]];
    return code ? [{ code: String(code), name: String(name ?? code) }] : [];
  });

const Claim = ({ now, told }: { now: ClaimEdit; told: Panel }) => {
  const found = areasFound.value;
  const offered = found
    ? found.map((one) => ({ code: one.code ?? "", name: one.name ?? "", level: one.collection?.slice(6) ?? "" }))
    : near(told).map((one) => ({ ...one, level: "" }));
  return (
    <>
      <label>
        {t("edit.claim")}
        <input
          id="edit-claim"
          maxLength={200}
          autocomplete="off"
          value={now.text}
          placeholder={t("edit.claimHint")}
          onInput={(event) => typeClaim(event.currentTarget.value)}
        />
      </label>
      {now.code ? (
        <p aria-live="polite">
          {t("panel.newClaim", { name: now.name })} <code>{now.code}</code>
        </p>
      ) : (
        <ul class="areas" aria-label={t("edit.claim")}>
          {!found && !now.text && offered.length > 0 && <li class="none">{t("edit.here")}</li>}
          {found?.length === 0 && <li class="none">{t("search.none")}</li>}
          {offered.map(({ code, name, level }) => (
            <li key={code}>
              <button type="button" class="row" onClick={() => takeClaim(code, name)}>
                <span class="name">{name}</span>
                {level && <small>{word("level", level)}</small>}
                <code>{code}</code>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
};

const KINDS = ".pdf,.ofd,.png,.jpg,.jpeg,.tif,.tiff,.heic";

const Statement = ({ now, told }: { now: StatementEdit; told: Panel }) => {
  const sent = upload.value?.flag === told.flag.flag_id ? upload.value : null;
  return (
    <>
      <ul class="files" aria-label={t("event.attachment")}>
        {told.attachments.map((one) => (
          <li key={one.attachment_id}>
            <a href={attachment(one.attachment_id)} download>
              {one.name}
            </a>
          </li>
        ))}
      </ul>
      <label class="file">
        {t("edit.choose")}
        <input
          id="edit-statement"
          type="file"
          accept={KINDS}
          disabled={sent !== null}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) void attach(file);
            event.currentTarget.value = "";
          }}
        />
      </label>
      {sent && (
        <p role="status">
          {t("edit.uploading", { name: sent.name })}{" "}
          <progress max={1} value={sent.share} aria-label={percent(sent.share)} /> {percent(sent.share)}
        </p>
      )}
      {!sent && now.file && (
        <p class="wrong" role="alert">
          {t("edit.again", { name: now.file })}
        </p>
      )}
      <p class="none">
        {t(told.attachments.length ? "edit.attached" : "edit.kinds", { n: told.attachments.length })}
        {t("stamp.semicolon")}
        {t("edit.limit", { m: number((limits.value?.attachment ?? 0) / 1e6) })}
      </p>
    </>
  );
};

const Fields = ({ now, told }: { now: Edit; told: Panel }): ComponentChildren => {
  if (now.kind === "point") return <Point now={now} />;
  return now.kind === "claim" ? <Claim now={now} told={told} /> : <Statement now={now} told={told} />;
};

export const EditForm = ({ now, told }: { now: Edit; told: Panel }) => {
  const fixing = can(told, "review");
  return (
    <form
      class="edit"
      onKeyDown={leave}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Fields now={now} told={told} />
      <div class="acts">
        <button class="main" disabled={!ready.value || sending()}>
          {t(fixing ? "edit.approve" : `edit.save.${now.kind}`)}
          <kbd>↵</kbd>
        </button>
        <button type="button" onClick={cancel}>
          {t("edit.cancel")}
          <kbd>Esc</kbd>
        </button>
      </div>
    </form>
  );
};
