"""A list of fictional sources over a country, drawn block by block: a shorter list is the beginning of a longer one.

A block is cut into import groups, each of one county, one way of writing and four enumerators. The township of a
source is where GEOS finds the point as it is written; about one row in twenty is then spoilt (national_errors).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from national_errors import DECIMALS, SECONDS, Right, Written, padded, spoil
from national_places import OUTLET, World, drawn, settled
from service_list import CLASSES, SHARES, joined, picked

from geocensus import schemas

BLOCK = 50_000  # rows that are drawn together
GROUPS = 50  # import groups of a block
OUTLETS = 0.64  # share of rows that are outlets of the site before, if any are: 10 M rows of 3.6 M sites
DMS = 0.1  # share of import groups that write degrees, minutes and seconds
PEOPLE = 4  # enumerators of an import group
TRADES = dict(
    zip(
        ["机械配件", "纺织", "建材", "食品", "塑料制品", "五金", "木业", "化工", "电子", "印刷"],
        [3484, 1711, 3031, 1373, 2926, 3389, 2039, 2662, 3985, 2319],
        strict=True,
    )
)
BRANDS = ["华瑞", "恒通", "嘉禾", "德润", "鼎新", "万丰", "同创", "启航", "汇成", "金旭", "正源", "佳美"]
ROADS = ["建设路", "人民路", "解放路", "工业路", "迎宾路", "朝阳路"]


@dataclass(frozen=True, eq=False)
class Block:
    """Rows of the list without coordinates, these as they are written, and the truth.

    `first`: its first row. `truth`: row from 0, township (code), error ("" for none), lon, lat (degrees, as they
    should be written).
    """

    first: int
    table: pa.Table
    written: Written
    truth: pa.Table


@dataclass(frozen=True, eq=False)
class Groups:
    """Of each row: its import group within the block, and that group's county, steps of a degree and system."""

    group: np.ndarray
    county: np.ndarray
    steps: np.ndarray
    system: np.ndarray


def block(world: World, number: int, seed: int = 0, *, outlets: bool = False) -> Block:
    rng = np.random.default_rng([seed, 2, number])
    groups = _groups(world, number, rng)
    site = _sites(groups.group, rng) if outlets else np.arange(BLOCK)
    right, park = _right(world, groups, site, rng)
    written = spoil(world, right, rng)
    row, batch = np.arange(BLOCK) + number * BLOCK, groups.group + number * GROUPS
    codes = _text(world, "township", "code")
    columns = {
        "编号": _id(row - (written.error == "duplicate_id")),
        **_who(rng),
        "详细地址": _address(world, right.township, park, rng),
        "行政区划代码": codes.take(pa.array(written.claimed)),
        "普查员": joined("普查员", padded(batch * PEOPLE + rng.integers(PEOPLE, size=BLOCK), 7)),
        "批次": joined("P", padded(batch, 6)),
    }
    if outlets:
        columns["所属单位编码"] = pc.if_else(pa.array(right.outlet), _id(row[site]), None)
    truth = {"row": row, "township": codes.take(pa.array(right.township)), "error": written.error}
    return Block(row[0], pa.table(columns), written, pa.table({**truth, "lon": right.at[:, 0], "lat": right.at[:, 1]}))


def _right(world: World, groups: Groups, site: np.ndarray, rng: np.random.Generator) -> tuple[Right, np.ndarray]:
    """Sources at their places, outlets around their sites; and the park of each, by number, -1 for none."""
    outlet = site != np.arange(BLOCK)
    kind = rng.choice(list(SHARES), BLOCK, p=list(SHARES.values()))[site]
    middle, way, place = drawn(world, groups.county, kind, rng)
    at, township = settled(world, middle, way, groups.steps)
    around = rng.standard_normal((BLOCK, 2)) * OUTLET
    at[outlet], township[outlet] = settled(world, at[site][outlet], around[outlet], groups.steps[outlet])
    park = np.where(kind == "park", place[site] + groups.county, -1)
    return Right(at, township, kind, outlet, groups.steps, groups.system), park


def _groups(world: World, number: int, rng: np.random.Generator) -> Groups:
    """Import groups of some hundred to some thousand rows; one of each block is in GCJ-02 or BD-09 by turns."""
    size = rng.lognormal(0.0, 0.6, GROUPS)
    ends = np.round(np.cumsum(size) / size.sum() * BLOCK).astype(int)
    group = np.searchsorted(ends, np.arange(BLOCK), side="right")
    county = rng.choice(len(world.first) - 1, GROUPS, p=world.weight)
    steps = np.where(rng.random(GROUPS) < DMS, SECONDS, DECIMALS)
    system = np.full(GROUPS, "", dtype="U5")
    system[rng.integers(GROUPS)] = ("gcj02", "bd09")[number % 2]
    return Groups(group, county[group], steps[group], system[group])


def _sites(group: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The row of each row's site: its own, or the last one before it; an import group begins with a site."""
    site = rng.random(len(group)) >= OUTLETS
    site[np.flatnonzero(np.diff(group, prepend=-1))] = True
    return np.maximum.accumulate(np.where(site, np.arange(len(group)), 0))


def _who(rng: np.random.Generator) -> dict[str, pa.Array]:
    trade, brand, works = (rng.integers(count, size=BLOCK) for count in (len(TRADES), len(BRANDS), 900_000))
    titles = [schemas.CLASSES[slug].zh for slug in CLASSES]
    digits = rng.integers(10**13, 10**14, size=BLOCK)
    return {
        "名称": joined(picked(BRANDS, brand), picked(list(TRADES), trade), "第", padded(works, 1), "厂"),
        "类别": picked(titles, rng.choice(len(titles), BLOCK, p=list(CLASSES.values()))),
        "行业": picked([f"{code} {trade}" for trade, code in TRADES.items()], trade),
        "统一社会信用代码": joined("91", padded(digits, 14), "XK"),
    }


def _address(world: World, township: np.ndarray, park: np.ndarray, rng: np.random.Generator) -> pa.Array:
    """Names of the true areas, then a road, or the park (its number, -1 for none)."""
    county = pa.array(world.county[township])
    names = [_text(world, "province", "name").take(pa.array(world.province)).take(county)]
    names += [_text(world, "county", "name").take(county), _text(world, "township", "name").take(pa.array(township))]
    road, house = rng.integers(len(ROADS), size=BLOCK), rng.integers(1, 999, size=BLOCK)
    parks = picked([f"{brand}工业园区" for brand in BRANDS], park % len(BRANDS))
    street = pc.if_else(pa.array(park >= 0), parks, picked(ROADS, road))
    return joined(*names, street, padded(house, 1), "号")


def _text(world: World, level: str, column: str) -> pa.Array:
    return pa.array(world.basemap.areas(level)[column].to_numpy(), pa.string())


def _id(row: np.ndarray) -> pa.Array:
    return joined("S", padded(row, 9))
