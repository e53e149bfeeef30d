/** Coordinates as people read them; what a text means is asked of the service (/parse), not decided here. */
export type Format = "decimal" | "dms";

const angle = (value: number, marks: readonly [string, string]): string => {
  const tenths = Math.round(Math.abs(value) * 36_000); // tenths of a second, so that 60 never shows
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  const minutes = String(Math.floor(tenths / 600) % 60).padStart(2, "0");
  return `${Math.floor(tenths / 36_000)}°${minutes}′${seconds}″${value < 0 ? marks[1] : marks[0]}`;
};

export const shown = (lon: number, lat: number, format: Format): string =>
  format === "dms" ? `${angle(lon, ["E", "W"])} ${angle(lat, ["N", "S"])}` : `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
