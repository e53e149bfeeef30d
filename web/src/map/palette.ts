/** Colours that stay apart for colour-blind eyes (after Okabe & Ito 2008, Tol 2021); form says the same again. */
export const CLASSES: Record<string, string> = {
  industrial: "#3b6ea5",
  farm: "#2f8f6b",
  centralised: "#8a5a9e",
  domestic: "#a8871c",
  mobile: "#4a9dbd",
  other: "#6d747b",
  mixed: "#b4bcc3",
};
export const SEVERITIES: Record<string, string> = {
  error: "#c0341d",
  warning: "#d97706",
  info: "#4f6273",
  closed: "#a3abb2",
};

/** Forms in a box of 16: a class is filled, a severity is drawn around it. */
export const CLASS_FORMS: Record<string, string> = {
  industrial: "M3 3H13V13H3Z",
  farm: "M8 2.2A5.8 5.8 0 1 1 7.99 2.2Z",
  centralised: "M8 .8L15.2 8L8 15.2L.8 8Z",
  domestic: "M8 1.2L15 13.4H1Z",
  mobile: "M8 14.8L1 2.6H15Z",
  other: "M5.6 1.5H10.4V5.6H14.5V10.4H10.4V14.5H5.6V10.4H1.5V5.6H5.6Z",
};
export const SEVERITY_FORMS: Record<string, string> = {
  error: "M8 .9L15.1 8L8 15.1L.9 8Z",
  warning: "M8 .6L15.2 12.6H.8Z",
  info: "M8 1.8A6.2 6.2 0 1 1 7.99 1.8Z",
  closed: "M8 1.8A6.2 6.2 0 1 1 7.99 1.8Z",
};
export const WIDTHS: Record<string, number> = { error: 2, warning: 1.8, info: 1.5, closed: 1 };

export const GROUND = "#eceeeb";
export const LAND = "#fbfbf9";
export const BORDER = "#a9afb5";
export const FINE_BORDER = "#d3d7da";
export const INK = "#2b3138";
export const PROPOSED = "#0b6e4f";
export const CENSUS = "#8d7aa8";
export const MARK = "#1f6fd1";
export const BARRIERS: Record<string, string> = {
  river: "#8fb8d4",
  road: "#c9b79a",
  motorway: "#c9a27a",
  railway: "#9b9b9b",
};
export const ZONES = ["#88ccee", "#ddcc77", "#cc6677", "#44aa99", "#aa4499", "#999933", "#6699cc"];
