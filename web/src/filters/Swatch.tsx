/** The sign of a value as the map draws it. */
import {
  BARRIERS,
  BORDER,
  CENSUS,
  CLASSES,
  CLASS_FORMS,
  INK,
  PROPOSED,
  SEVERITIES,
  SEVERITY_FORMS,
  WIDTHS,
  ZONES,
} from "../map/palette";

const line = (colour: string, dash?: string) => (
  <path d="M1 8H15" stroke={colour} stroke-width="2" fill="none" stroke-dasharray={dash} />
);
const filled = (value: string) => (
  <g transform="translate(2 2) scale(0.75)">
    <path d={CLASS_FORMS[value] ?? CLASS_FORMS["other"]} fill={CLASSES[value] ?? INK} />
  </g>
);
const outlined = (value: string) => (
  <path d={SEVERITY_FORMS[value]} fill="none" stroke={SEVERITIES[value]} stroke-width={WIDTHS[value]} />
);

const SIGNS: Record<string, () => preact.JSX.Element> = {
  many: () => (
    <>
      <circle cx="8" cy="8" r="7.5" fill={CLASSES["mixed"]} />
      <text x="8" y="11" font-size="8.5" text-anchor="middle" fill={INK}>
        12
      </text>
    </>
  ),
  stated: () => <circle cx="8" cy="8" r="6" fill="none" stroke={INK} stroke-width="2" />,
  proposed: () => <circle cx="8" cy="8" r="4.5" fill={PROPOSED} />,
  closed: () => outlined("closed"),
  sources: () => filled("industrial"),
  flags: () => outlined("error"),
  repairs: () => line(PROPOSED, "3 2"),
  areas: () => line(BORDER),
  zones: () => line(CENSUS, "2 1"),
  barriers: () => (
    <>
      <path d="M1 5H15" stroke={BARRIERS["river"]} stroke-width="2" />
      <path d="M1 11H15" stroke={BARRIERS["road"]} stroke-width="2" />
    </>
  ),
  plan: () => (
    <rect
      x="1.5"
      y="2.5"
      width="13"
      height="11"
      fill={ZONES[0]}
      fill-opacity="0.35"
      stroke={INK}
      stroke-dasharray="3 1.5"
    />
  ),
};

export const Swatch = ({ kind, value }: { kind: string; value: string }) => {
  const drawn =
    kind === "severity" && value in SEVERITY_FORMS
      ? outlined(value)
      : kind === "class"
        ? filled(value)
        : kind === "layer"
          ? SIGNS[value]?.()
          : null;
  return drawn ? (
    <svg class="swatch" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {drawn}
    </svg>
  ) : null;
};
