/** The sign of a value as the map draws it. */
import { BARRIERS, BORDER, CLASSES, INK, PROPOSED, SEVERITIES, WIDTHS } from "../map/palette";

const dot = (colour: string) => <circle cx="8" cy="8" r="4.5" fill={colour} />;
const ring = (value: string) => (
  <circle cx="8" cy="8" r="5.5" fill="none" stroke={SEVERITIES[value]} stroke-width={WIDTHS[value]} />
);
const line = (colour: string, dash?: string) => (
  <path d="M1 8H15" stroke={colour} stroke-width="2" fill="none" stroke-dasharray={dash} />
);

const SIGNS: Record<string, () => preact.JSX.Element> = {
  many: () => (
    <>
      <circle cx="8" cy="8" r="6.5" fill="#fff" stroke={CLASSES["mixed"]} />
      <text x="8" y="11" font-size="8" text-anchor="middle" fill={INK}>
        5
      </text>
    </>
  ),
  stated: () => <circle cx="8" cy="8" r="6" fill="none" stroke={INK} stroke-width="2" />,
  proposed: () => dot(PROPOSED),
  repairs: () => line(PROPOSED, "3 2"),
  areas: () => line(BORDER),
  zones: () => line("#8d7aa8"),
  barriers: () => line(BARRIERS["river"] ?? INK),
  plan: () => line(INK, "4 2"),
};

export const Swatch = ({ kind, value }: { kind: string; value: string }) => {
  const drawn = kind === "severity" ? ring(value) : kind === "class" ? dot(CLASSES[value] ?? INK) : SIGNS[value]?.();
  return drawn && kind !== "rule" ? (
    <svg class="swatch" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {drawn}
    </svg>
  ) : null;
};
