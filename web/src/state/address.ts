/** The view ↔ the query of the address; pure, so that a link shows the same to everybody who may see it. */
export const PAGES = ["review", "split", "progress"] as const;
export const LISTS = ["locked", "awaiting_review", "rejected", "to_review"] as const;
export const LAYERS = ["sources", "flags", "repairs", "areas", "zones", "barriers"] as const;
export const MANY = ["severity", "rule", "state", "class", "area", "group"] as const;

export type Page = (typeof PAGES)[number];
export type List = (typeof LISTS)[number];
export type Layer = (typeof LAYERS)[number];
export type Many = (typeof MANY)[number];

export interface Place {
  lon: number;
  lat: number;
  zoom: number;
}

/** Values of a filter are either-or; an area is "level:code". */
export type View = Record<Many, string[]> & {
  page: Page;
  mine: List | "";
  at: Place | null;
  flag: string;
  source: string;
  plan: string;
  by: string;
  other: string; // the plan that the open one is compared with
  job: string; // the split that runs; "new" while it is being asked for
  layers: Layer[];
};

export const DEFAULT_LAYERS: Layer[] = ["sources", "flags", "areas", "barriers"];
export const EMPTY: View = {
  page: "review",
  severity: [],
  rule: [],
  state: [],
  class: [],
  area: [],
  group: [],
  mine: "",
  at: null,
  flag: "",
  source: "",
  plan: "",
  by: "",
  other: "",
  job: "",
  layers: DEFAULT_LAYERS,
};

const oneOf = <T extends string>(known: readonly T[], text: string | null): T | undefined =>
  known.find((word) => word === text);

const placeOf = (text: string | null): Place | null => {
  const parts = (text ?? "").split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [lon, lat, zoom] = parts;
  if (parts.length !== 3 || lon === undefined || lat === undefined || zoom === undefined) return null;
  const inside = Math.abs(lon) <= 180 && Math.abs(lat) <= 85.06 && zoom >= 0 && zoom <= 24;
  return inside ? { lon, lat, zoom } : null;
};

const unique = (values: string[]): string[] => [...new Set(values.filter((value) => value !== ""))].sort();

/** Read a query; what is not understood is left out. */
export const parseView = (search: string): View => {
  const query = new URLSearchParams(search);
  const layers = query.get("layers");
  const asked = new Set((layers ?? "").split(","));
  const many = Object.fromEntries(MANY.map((name) => [name, unique(query.getAll(name))])) as Record<Many, string[]>;
  return {
    ...many,
    page: oneOf(PAGES, query.get("page")) ?? "review",
    mine: oneOf(LISTS, query.get("mine")) ?? "",
    at: placeOf(query.get("at")),
    flag: query.get("flag") ?? "",
    source: query.get("source") ?? "",
    plan: query.get("plan") ?? "",
    by: query.get("by") ?? "",
    other: query.get("other") ?? "",
    job: query.get("job") ?? "",
    layers: layers === null ? DEFAULT_LAYERS : LAYERS.filter((name) => asked.has(name)),
  };
};

/** Write a view as a query, without what stands for itself; parseView gives the same view back. */
export const formatView = (view: View): string => {
  const query = new URLSearchParams();
  if (view.page !== "review") query.set("page", view.page);
  for (const name of MANY) view[name].forEach((value) => query.append(name, value));
  for (const name of ["mine", "flag", "source", "plan", "by", "other", "job"] as const)
    if (view[name]) query.set(name, view[name]);
  const layers = LAYERS.filter((name) => view.layers.includes(name));
  if (layers.join() !== LAYERS.filter((name) => DEFAULT_LAYERS.includes(name)).join())
    query.set("layers", layers.join());
  if (view.at) query.set("at", [view.at.lon.toFixed(5), view.at.lat.toFixed(5), view.at.zoom.toFixed(2)].join());
  return query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
};
