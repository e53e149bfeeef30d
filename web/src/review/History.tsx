/** What was decided and said of a flag so far. */
import type { Panel } from "../api/shapes";
import { language, t, word } from "../text";

interface Event {
  author: string;
  time: string;
  what: string;
  text: string;
}

const eventsOf = (told: Panel): Event[] =>
  [
    ...told.decisions.map((one) => ({ ...one, what: word("outcome", one.outcome), text: one.comment })),
    ...told.comments.map((one) => ({ ...one, what: t("panel.comment") })),
  ].sort((a, b) => a.time.localeCompare(b.time));

const when = (time: string): string =>
  new Date(time).toLocaleString(language.value === "zh" ? "zh-CN" : "en-GB", {
    dateStyle: "short",
    timeStyle: "short",
  });

export const History = ({ told }: { told: Panel }) => {
  const events = eventsOf(told);
  if (!events.length) return null;
  return (
    <section>
      <h2>{t("panel.history")}</h2>
      <ul class="history">
        {events.map((one) => (
          <li key={`${one.time}${one.what}`}>
            <small>
              {when(one.time)} {one.author}
            </small>{" "}
            {one.what}
            {one.text && <p>{one.text}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
};
