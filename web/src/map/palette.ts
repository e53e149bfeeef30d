/** Colours that stay apart for colour-blind eyes (after Okabe & Ito 2008, Tol 2021); severity also differs by width. */
export const CLASSES: Record<string, string> = {
  industrial: "#3b6ea5",
  farm: "#2f8f6b",
  centralised: "#8a5a9e",
  domestic: "#b59a2c",
  mobile: "#5aa9c7",
  other: "#7d8287",
  mixed: "#7d8287",
};
export const SEVERITIES: Record<string, string> = { error: "#c0341d", warning: "#e08214", info: "#5b6b7a" };
export const WIDTHS: Record<string, number> = { error: 3, warning: 2.25, info: 1.5 };
export const GROUND = "#eceeeb";
export const LAND = "#fbfbf9";
export const BORDER = "#a9afb5";
export const INK = "#2b3138";
export const PROPOSED = "#0b6e4f";
export const BARRIERS: Record<string, string> = { river: "#8fb8d4", road: "#c9b79a" };
export const ZONES = ["#88ccee", "#ddcc77", "#cc6677", "#44aa99", "#aa4499", "#999933", "#6699cc"];
