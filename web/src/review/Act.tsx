/** A button with the key that does the same. */
import { t, type Key } from "../text";
import { sending } from "./steps";

interface ActProps {
  name: Key;
  letter: string;
  main?: boolean;
  off?: boolean;
  act: () => unknown;
}

export const Act = ({ name, letter, main = false, off = false, act }: ActProps) => (
  <button
    class={main ? "main" : ""}
    disabled={off || sending()}
    aria-keyshortcuts={letter}
    onClick={({ detail }) => detail < 2 && void act()} // the second click of two would be on the next flag
  >
    {t(name)}
    <kbd>{letter}</kbd>
  </button>
);
