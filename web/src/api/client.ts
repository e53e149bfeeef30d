/** Typed client of the service: session cookie, language, problems, end of session, lost connection. */
import createClient, { type Middleware } from "openapi-fetch";
import { expired, offline } from "../state/session";
import { language } from "../text";
import { root } from "./base";
import { problemOf } from "./problem";
import type { paths } from "./schema";

/** The query of a collection has any property by its name (`values`), also several times. */
export const serialized = (query: Record<string, unknown>): string => {
  const parts = new URLSearchParams();
  const put = (name: string, value: unknown): void => {
    if (Array.isArray(value)) value.forEach((one) => put(name, one));
    else if (value !== undefined && value !== null && value !== "") parts.append(name, String(value));
  };
  for (const [name, value] of Object.entries(query)) {
    if (name === "values") Object.entries(value as Record<string, unknown>).forEach(([key, one]) => put(key, one));
    else put(name, value);
  }
  return parts.toString();
};

const manners: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", language.peek()); // an effect that asks does not hang on the language
    return request;
  },
  async onResponse({ response }) {
    offline.value = false;
    if (response.ok) return response;
    if (response.status === 401) expired.value = true;
    throw await problemOf(response);
  },
  onError({ error }) {
    // an aborted request says nothing about the connection
    if (error instanceof TypeError) offline.value = true;
    return error instanceof Error ? error : new Error(String(error));
  },
};

const made = () => {
  const client = createClient<paths>({
    baseUrl: root().replace(/\/$/, ""),
    credentials: "same-origin",
    querySerializer: serialized,
    fetch: (request) => fetch(request),
  });
  client.use(manners);
  return client;
};

let known: ReturnType<typeof made> | undefined;

/** Return the client; made at the first call, since tests have no address before. */
export const api = (): ReturnType<typeof made> => (known ??= made());
