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
  <button class={main ? "main" : ""} disabled={off || sending()} aria-keyshortcuts={letter} onClick={() => void act()}>
    {t(name)}
    <kbd>{letter}</kbd>
  </button>
);
