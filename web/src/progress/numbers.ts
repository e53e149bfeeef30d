/** Numbers of the progress page. */
import { signal } from "@preact/signals";
import * as calls from "../api/calls";
import type { Progress } from "../api/shapes";
import { queryOf } from "../filters/queries";
import { view } from "../state/view";
import { sayError } from "../state/work";

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
