"""A list of fictional sources of national size: clustered like real ones, a few thousand townships, 5 % flagged.

Everything is arithmetic on arrays: townships are the cells of a grid, so that locating a point is a division, and a
list of any size takes seconds. The same number of rows and seed give the same list.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geocensus.basemap import Basemap
from geocensus.model import BasemapInfo, CodeSystem, Text

WEST, SOUTH, EAST, NORTH = 80.0, 22.0, 128.0, 50.0
SPLITS = {"province": (6, 5), "prefecture": (2, 2), "county": (3, 2), "township": (2, 2)}  # columns, rows of each above
DIGITS = {"province": 2, "prefecture": 2, "county": 2, "township": 3}
CLASSES = {"industrial": 0.42, "domestic": 0.31, "farm": 0.19, "mobile": 0.05, "centralised": 0.03}
CITIES, PARKS, MARKETS = 600, 12_000, 200
SHARES = {"city": 0.55, "park": 0.29, "rural": 0.15, "market": 0.01}  # those of a market share one coordinate
FLAGGED, TWICE = 0.05, 0.10  # of the sources; of the flagged, with a second flag
RULES = ("place.outside_claimed", "place.isolated")
SEVERITIES = ("error", "warning")
RUN = "20260101T000000Z-drawn0"


@dataclass(frozen=True)
class Drawn:
    """The list: a table of sources in the order of their fid (1, 2, …), a table of flags, and the basemap."""

    sources: pa.Table
    flags: pa.Table
    basemap: Basemap

    @property
    def lon(self) -> np.ndarray:
        return self.sources["lon"].to_numpy()

    @property
    def lat(self) -> np.ndarray:
        return self.sources["lat"].to_numpy()


def draw(rows: int, seed: int = 0) -> Drawn:
    rng = np.random.default_rng([rows, seed])
    lon, lat = _places(rows, rng)
    flagged = rng.random(rows) < FLAGGED
    columns = {**_who(rows, rng), **_where(lon, lat, flagged, rng)}
    sources = pa.table(columns)
    return Drawn(sources, _flags(sources, np.flatnonzero(flagged), rng), grid())


def _places(rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Degrees with six decimals: cities, parks, villages, and markets whose sources share one place."""
    kind = rng.choice(len(SHARES), rows, p=list(SHARES.values()))
    centres = {
        "city": _centres(CITIES, rng, spread=0.06),
        "park": _centres(PARKS, rng, spread=0.004),
        "rural": (rng.uniform((WEST, SOUTH), (EAST, NORTH), (30_000, 2)), np.full(30_000, 0.01), np.ones(30_000)),
        "market": (*_centres(MARKETS, rng, spread=0.0)[:2], np.ones(MARKETS)),
    }
    found = np.empty((rows, 2))
    for number, (middle, spread, weight) in enumerate(centres.values()):
        mine = np.flatnonzero(kind == number)
        at = rng.choice(len(middle), len(mine), p=weight / weight.sum())
        found[mine] = middle[at] + rng.standard_normal((len(mine), 2)) * spread[at, None]
    inside = np.clip(found, (WEST + 1e-6, SOUTH + 1e-6), (EAST - 1e-6, NORTH - 1e-6)).round(6)
    return inside[:, 0], inside[:, 1]


def _centres(count: int, rng: np.random.Generator, *, spread: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centres, more of them in the east; their spread in degrees; their weights, the largest near 1.5 % of all."""
    east = rng.beta(3, 1.5, count)
    middle = np.column_stack([WEST + east * (EAST - WEST), SOUTH + rng.beta(1.6, 1.8, count) * (NORTH - SOUTH)])
    return middle, spread * rng.uniform(0.5, 2, count), rng.lognormal(0.0, 1.0, count)


def _who(rows: int, rng: np.random.Generator) -> dict[str, pa.Array]:
    number = pa.array(np.arange(1, rows + 1))
    text = number.cast(pa.string())
    person = picked([f"普查员{name}" for name in range(4_000)], rng.integers(4_000, size=rows))
    return {
        "source_id": joined("S", pc.utf8_lpad(text, 9, "0")),
        "duplicate_id": _same(pa.scalar(False), rows),
        "name": joined("第", text, "号企业有限公司"),
        "class": picked(list(CLASSES), rng.choice(len(CLASSES), rows, p=list(CLASSES.values()))),
        "industry": picked([f"{code} 某行业" for code in range(1_000, 1_600)], rng.integers(600, size=rows)),
        "credit_code": joined("91", pc.utf8_lpad(text, 14, "0"), "XK"),
        "address": joined("工业大道", pa.array(rng.integers(1, 999, rows)).cast(pa.string()), "号"),
        "contact": picked([f"{name}先生" for name in "王李张刘陈杨赵黄周吴"], rng.integers(10, size=rows)),
        "accuracy_m": picked([str(metres) for metres in range(3, 30)], rng.integers(27, size=rows)),
        "enumerator": person,
        "device": picked([f"PB-{name:04d}" for name in range(4_000)], rng.integers(4_000, size=rows)),
        "state": _same("located", rows),
        "row": pa.array(np.arange(2, rows + 2)),
    }


def _where(lon: np.ndarray, lat: np.ndarray, flagged: np.ndarray, rng: np.random.Generator) -> dict[str, pa.Array]:
    rows = len(lon)
    codes = codes_at(lon, lat)
    township = codes["township"]
    distance = np.where(flagged, rng.pareto(1.2, rows) * 300 + 50, -rng.gamma(2, 1_500, rows)).round(1)
    texts = {axis: pa.array(values).cast(pa.string()) for axis, values in (("lon", lon), ("lat", lat))}
    return {
        **{f"{axis}_text": values for axis, values in texts.items()},
        **{f"{axis}_parsed": pa.array(values) for axis, values in (("lon", lon), ("lat", lat))},
        **{f"{axis}_format": _same("decimal", rows) for axis in texts},
        "resolution_m": pa.array(np.full(rows, 0.05)),
        "coordinate_problem": _same("", rows),
        "float_damage": _same(pa.scalar(False), rows),
        "lon": pa.array(lon),
        "lat": pa.array(lat),
        "claimed_area_code": township,
        "claimed_level": _same("township", rows),
        "located_code": township,
        "on_border": _same(pa.scalar(False), rows),
        **{f"code_{level}": codes[level] for level in SPLITS},
        "distance_m": pa.array(distance),
        "tolerance_m": pa.array(np.full(rows, 50.0)),
        "near_border": _same(pa.scalar(False), rows),
        "status": picked(["ok", "flagged"], flagged.astype(int)),
    }


def _flags(sources: pa.Table, flagged: np.ndarray, rng: np.random.Generator) -> pa.Table:
    """One flag per flagged source, a second for some of them, in the order of the sources."""
    rule = np.r_[np.zeros(len(flagged), int), np.ones(round(TWICE * len(flagged)), int)]
    of = np.r_[flagged, rng.choice(flagged, round(TWICE * len(flagged)), replace=False)]
    order = np.lexsort((rule, of))
    rule, rows = rule[order], sources.take(of[order])
    count = len(rule)
    source_id = rows["source_id"].combine_chunks()
    return pa.table(
        {
            "flag_id": joined("f", source_id, "x", pa.array(rule).cast(pa.string())),
            "source_id": source_id,
            "group": _same("", count),
            "rule": picked(list(RULES), rule),
            "level": _same("township", count),
            "status": _same("flagged", count),
            "severity": picked(list(SEVERITIES), rule),
            "message_zh": _same("坐标不在填报区划内", count),
            "message_en": _same("outside the claimed area", count),
            "basis": joined("b", source_id),
            "lon": rows["lon"],
            "lat": rows["lat"],
            "first_run": _same(RUN, count),
            "last_run": _same(RUN, count),
            "flag_state": _same("open", count),
            "review_state": _same("open", count),
            "outcome": _same("", count),
            "decision_id": _same("", count),
        }
    )


def _same(value: object, rows: int) -> pa.Array:
    return pa.repeat(value, rows)


def picked(words: list[str], which: np.ndarray) -> pa.Array:
    return pa.array(words).take(pa.array(which))


def joined(*parts: object) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def codes_at(lon: np.ndarray, lat: np.ndarray) -> dict[str, pa.Array]:
    """Codes of the areas that hold points, by level; each begins with that of the area above."""
    columns, rows = _finest()
    across = ((lon - WEST) / (EAST - WEST) * columns).astype(int).clip(0, columns - 1)
    up = ((lat - SOUTH) / (NORTH - SOUTH) * rows).astype(int).clip(0, rows - 1)
    words = cell_codes()
    return {level: picked(words[level].ravel().tolist(), up * columns + across) for level in SPLITS}


def cell_codes() -> dict[str, np.ndarray]:
    """Codes of the cells of the finest grid, by level, shape (rows, columns)."""
    columns, rows = _finest()
    across, up = np.meshgrid(np.arange(columns), np.arange(rows))
    code, found = np.full(across.shape, "", dtype="U9"), {}
    wide, high = columns, rows
    for level, (splits_x, splits_y) in SPLITS.items():
        wide, high = wide // splits_x, high // splits_y
        number = (up // high % splits_y) * splits_x + across // wide % splits_x + 1
        code = np.char.add(code, np.char.zfill(number.astype(str), DIGITS[level]))
        found[level] = code
    return found


def _finest() -> tuple[int, int]:
    return math.prod(x for x, _ in SPLITS.values()), math.prod(y for _, y in SPLITS.values())


def grid() -> Basemap:
    """The areas of every level, as rectangles."""
    columns, rows = _finest()
    x, y = np.linspace(WEST, EAST, columns + 1), np.linspace(SOUTH, NORTH, rows + 1)
    words, layers, above = cell_codes(), {}, np.full((rows, columns), "", dtype="U9")
    for level in SPLITS:
        code, first, size = np.unique(words[level], return_index=True, return_counts=True)
        up, across = np.unravel_index(first, (rows, columns))
        wide = np.array([(words[level][row] == own).sum() for row, own in zip(up, code, strict=True)])
        boxes = shapely.box(x[across], y[up], x[across + wide], y[up + size // wide])
        texts = {"code": code, "name": [f"第{own}区" for own in code], "parent_code": above[up, across]}
        layers[level] = gpd.GeoDataFrame(texts, geometry=boxes, crs="EPSG:4490").astype(dict.fromkeys(texts, "str"))
        above = words[level]
    info = BasemapInfo(
        "drawn-grid",
        Text("虚构方格区划", "fictional grid of areas"),
        code_system=CodeSystem.OTHER,
        notice=Text("虚构数据", "fictional"),
        schematic=True,
        nested=True,
    )
    return Basemap(info, layers)
