/** Numbers of the progress page. */
import { signal } from "@preact/signals";
import * as calls from "../api/calls";
import type { Progress } from "../api/shapes";
import { queryOf } from "./filters";
import { view } from "./view";
import { sayError } from "./work";

export const by = signal("rule");
export const told = signal<Progress | null>(null);

export const ask = (): void => {
  const asked = by.value;
  calls
    .progress(asked, queryOf(view.value, "flags"))
    .then((answer) => {
      if (asked === by.peek()) told.value = answer;
    })
    .catch(sayError);
};
