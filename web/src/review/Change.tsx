/** Values as old → new. */
import { t } from "../text";
import type { Change } from "./changes";

export const Changes = ({ changes }: { changes: Change[] }) =>
  changes.length ? (
    <ul class="changes">
      {changes.map(({ what, from, to }) => (
        <li key={what}>
          {t(`change.${what}`)} <del>{from || t("change.none")}</del> → <ins>{to || t("change.none")}</ins>
        </li>
      ))}
    </ul>
  ) : null;
