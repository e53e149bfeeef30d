"""Errors in what a source claims: the point is right, the division or the id is not."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus.demo.kind import Kind
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.demo.world import World

__all__ = ["CLAIM_KINDS", "former_codes"]


def _claim_wrong(rows: pd.DataFrame, rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Claim a village of another town, by code and names alike."""
    wrong = _other_village(rows, rng, world, same_town=False)
    names = world.villages.iloc[wrong]
    texts = {"code": "code", "town": "town_name", "village_name": "name"}
    return rows.assign(claim=wrong, **{column: names[of].to_numpy() for column, of in texts.items()})


def _name_conflict(rows: pd.DataFrame, rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Write the code of another village of the town beside the right names."""
    wrong = _other_village(rows, rng, world, same_town=True)
    differs = wrong != rows["village"].to_numpy()
    codes = world.villages["code"].to_numpy()[wrong]
    return rows.assign(claim=wrong, code=codes, rules=np.where(differs, "claim.name_conflict", ""))


def _claim_missing(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Leave code, town and village empty."""
    return rows.assign(claim=-1, code="", town="", village_name="", rules="claim.missing")


def _claim_unknown(rows: pd.DataFrame, rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Write a village number that the town does not have."""
    codes = world.villages["code"]
    towns = world.villages["town"].to_numpy()[rows["village"].to_numpy()]
    width = int(codes.str.len().iloc[0]) - len(towns[0])
    numbers = rng.integers(10**width * 3 // 10, 10**width * 4 // 10, (len(rows), 20))
    taken = set(codes)
    made = [
        next(code for code in (f"{town}{number:0{width}d}" for number in tried) if code not in taken)
        for town, tried in zip(towns, numbers, strict=True)
    ]
    return rows.assign(claim=-1, code=made, rules="claim.unknown")


def _retired_code(rows: pd.DataFrame, _rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Write the code of the invented division that the town grew out of."""
    former = former_codes(world)
    towns = world.villages["town"].to_numpy()[rows["village"].to_numpy()]
    codes = pd.Series(towns).map(former).to_numpy(dtype=str)
    filled = np.char.ljust(codes, 12, "0") if world.gb2260 else codes
    return rows.assign(claim=-1, code=filled, rules="claim.retired|claim.unknown")  # with the crosswalk, or without


def _address_conflict(rows: pd.DataFrame, _rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Write the address of the village that comes half the list of villages later, which lies in another town."""
    own = rows["village"].to_numpy()
    other = world.villages.iloc[(own + len(world.villages) // 2) % len(world.villages)]
    house = rows["address"].str.extract(r"([0-9]+[号號])$", expand=False).fillna("").to_numpy()
    differs = world.villages["town"].to_numpy()[own] != other["town"].to_numpy()
    address = world.root_name + other["town_name"].to_numpy(dtype=object) + other["name"].to_numpy(dtype=object) + house
    return rows.assign(
        address=np.where(differs, address, rows["address"]), rules=np.where(differs, "claim.address_conflict", "")
    )


def _duplicate_id(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Give the second of every two rows the id of the first."""
    first = np.arange(len(rows)) // 2 * 2
    return rows.assign(id=rows["id"].to_numpy()[first], rules="list.duplicate_id")


def former_codes(world: World) -> pd.Series:
    """Invent one former code for every town: numbers that no town of the basemap has.

    Parameters
    ----------
    world : World
        The places.

    Returns
    -------
    Series
        Index of town codes; former codes of the same length.
    """
    towns = world.towns["code"]
    width = 3
    taken = set(towns)
    parents = towns.str[:-width]
    serials = (f"{number:0{width}d}" for number in range(150, 1000))
    unused = (serial for serial in serials if not any(parent + serial in taken for parent in set(parents)))
    return pd.Series([parent + next(unused) for parent in parents], index=towns.to_numpy(), dtype="str")


def _other_village(rows: pd.DataFrame, rng: np.random.Generator, world: World, *, same_town: bool) -> np.ndarray:
    """Draw another village, of the same town or of another one; the same where the town has no other."""
    own = rows["village"].to_numpy()
    towns = world.villages["town"].to_numpy()
    tried = rng.integers(0, len(towns), (len(rows), 400))
    fits = (towns[tried] == towns[own][:, None]) == same_town
    fits &= tried != own[:, None]
    chosen = tried[np.arange(len(rows)), fits.argmax(axis=1)]
    return np.where(fits.any(axis=1), chosen, own)


CLAIM_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "claim_wrong": Kind(Text("所属村填错", "wrong village claimed"), 8, _claim_wrong),
        "name_conflict": Kind(Text("区划代码与名称不符", "code and name disagree"), 4, _name_conflict),
        "claim_missing": Kind(Text("未填所属区划", "no village claimed"), 2, _claim_missing),
        "claim_unknown": Kind(Text("区划代码不存在", "no such code"), 3, _claim_unknown),
        "retired_code": Kind(Text("填了已撤销的区划代码", "code of a former division"), 3, _retired_code),
        "duplicate_id": Kind(Text("编码重复", "id used twice"), 4, _duplicate_id, together=2),
        "address_conflict": Kind(Text("地址写的是别处", "address of another town"), 3, _address_conflict),
    }
)
