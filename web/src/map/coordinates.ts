/** Coordinates as people read them; what a text means is asked of the service, not decided here. */
export const FORMATS = ["decimal", "dms", "dm"] as const;
export type Format = (typeof FORMATS)[number];

export const formatOf = (text: string | null): Format => FORMATS.find((one) => one === text) ?? "decimal";

/** Digits: tenths of a second, or ten-thousandths of a minute; whole numbers of them, so that 60 never shows. */
const dms = (size: number): string => {
  const tenths = Math.round(size * 36_000);
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${Math.floor(tenths / 36_000)}°${String(Math.floor(tenths / 600) % 60).padStart(2, "0")}′${seconds}″`;
};

const dm = (size: number): string => {
  const parts = Math.round(size * 600_000);
  return `${Math.floor(parts / 600_000)}°${((parts % 600_000) / 10_000).toFixed(4).padStart(7, "0")}′`;
};

export const shown = (lon: number, lat: number, format: Format): string => {
  if (format === "decimal") return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
  const angle = format === "dms" ? dms : dm;
  return `${angle(Math.abs(lon))}${lon < 0 ? "W" : "E"} ${angle(Math.abs(lat))}${lat < 0 ? "S" : "N"}`;
};
