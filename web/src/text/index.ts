/** Texts in the reader's language. */
import { effect, signal } from "@preact/signals";
import { en } from "./en";
import { zh, type Key } from "./zh";

export type { Key };
export type Language = "zh" | "en";

const KEY = "geocensus.language";
const TEXTS: Record<Language, Record<Key, string>> = { zh, en };
const known = (text: string | null): Language | undefined => (text === "zh" || text === "en" ? text : undefined);

const first = (): Language => {
  const asked = known(new URLSearchParams(location.search).get("lang"));
  return asked ?? known(localStorage.getItem(KEY)) ?? (navigator.language.startsWith("zh") ? "zh" : "en");
};

export const language = signal<Language>(first());

/** Return a text with its values put in. */
export const t = (key: Key, values: Record<string, string | number> = {}): string =>
  TEXTS[language.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** Return the text of a word of the service, such as a rule; the word itself where we have none. */
export const word = (kind: string, value: string): string => {
  const key = `${kind}.${value}`;
  return key in zh ? t(key as Key) : value;
};

/** Return the member of a row that is in the reader's language, such as message_zh. */
export const said = (row: object, name: string): string =>
  String((row as Record<string, unknown>)[`${name}_${language.value}`] ?? "");

/** Numbers as people read them. */
export const number = (value: number): string => value.toLocaleString(language.value === "zh" ? "zh-CN" : "en-GB");

/** A time of the service, as people write it. */
export const when = (time: string): string =>
  new Date(time).toLocaleString(language.value === "zh" ? "zh-CN" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
  });

/** A share; what is not certain is never shown as certain. */
export const percent = (share: number): string =>
  share > 0.995 && share < 1 ? "> 99 %" : share > 0 && share < 0.005 ? "< 1 %" : `${Math.round(share * 100)} %`;

export const metres = (value: number): string => {
  const size = Math.abs(value);
  return size < 1000 ? `${size.toFixed(size < 10 ? 1 : 0)} m` : `${(size / 1000).toFixed(size < 100_000 ? 1 : 0)} km`;
};

export const followLanguage = (): (() => void) =>
  effect(() => {
    localStorage.setItem(KEY, language.value);
    document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
  });
