/** What would be done, before anything is. */
import { Swatch } from "../filters/Swatch";
import { number, t, word } from "../text";
import { preview } from "./state";

export const Previewed = () => {
  const told = preview.value;
  if (!told) return null;
  return (
    <section class="previewed" aria-live="polite">
      <h3>{t("bulk.eligible", { n: number(told.eligible), m: number(told.matched) })}</h3>
      {told.not_eligible.length > 0 && (
        <>
          <p class="none">{t("bulk.notEligible", { n: number(told.matched - told.eligible) })}</p>
          <ul>
            {told.not_eligible.map((one) => (
              <li key={one.reason} class="line">
                <span class="name">{one.detail}</span>
                <span class="n">{number(one.n)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {told.without_place > 0 && <p class="none">{t("bulk.withoutPlace", { n: number(told.without_place) })}</p>}
      {told.by_rule.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>{t("filter.rule")}</th>
              <th>{t("bulk.matched")}</th>
              <th>{t("bulk.can")}</th>
            </tr>
          </thead>
          <tbody>
            {told.by_rule.map((one) => (
              <tr key={`${one.rule}/${one.severity}`}>
                <td>
                  <Swatch kind="severity" value={one.severity} /> {word("rule", one.rule)}
                </td>
                <td>{number(one.matched)}</td>
                <td>{number(one.eligible)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="none">{t("bulk.expires", { m: Math.floor(told.expires_in / 60) })}</p>
    </section>
  );
};
