"""Which unit each source counts in: where it lies, else where it is claimed to be; none is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.locating import locate
from geocensus.model import LEVELS, State

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geocensus.zoning.task import Floats, Ints

__all__ = ["HOW", "Placed", "place_sources", "units_of_sources", "village_units"]

HOW: Final = ("located", "claimed", "spread", "elsewhere", "unplaced", "excluded")
_COUNTED: Final = ("located", "claimed", "spread")
_NO_CODE: Final = ""


class Placed(NamedTuple):
    """Where sources count.

    Attributes
    ----------
    unit : ndarray of int
        Position of the unit of each source, −1 where it counts in none.
    how : ndarray of str
        One of located, claimed (in the claimed area), spread (the claim is coarser than the units), elsewhere (in
        another area), unplaced (no position and no known claim) or excluded.
    """

    unit: Ints
    how: NDArray[np.object_]

    def sums(self) -> dict[str, int]:
        """Count the sources.

        Returns
        -------
        dict of str to int
            Keys rows, and counted, elsewhere, unplaced and excluded, which add up to rows.
        """
        count = pd.Series(self.how, dtype="str").value_counts()
        rest = {word: int(count.get(word, 0)) for word in HOW if word not in _COUNTED}
        return {"rows": len(self.how), "counted": len(self.how) - sum(rest.values()), **rest}


def units_of_sources(
    units: gpd.GeoDataFrame, sources: pd.DataFrame, *, villages: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the unit that each source counts in.

    Parameters
    ----------
    units : GeoDataFrame
        As for :func:`~geocensus.zoning.loads_of`.
    sources : DataFrame
        Sources after :func:`geocensus.check`.
    villages : DataFrame, optional
        Villages (code, parent_code), to find the unit of a claimed village where the units are coarser.

    Returns
    -------
    DataFrame
        Index of `sources`: code (str, NaN where it counts in none) and how (one of HOW).
    """
    placed = place_sources(units, sources, villages=villages)
    codes = units[n.CODE].astype("str").reset_index(drop=True)
    code = codes.reindex(np.where(placed.unit < 0, len(codes), placed.unit)).to_numpy()
    return pd.DataFrame({"code": pd.Series(code, dtype="str"), "how": pd.Series(placed.how, dtype="str")}).set_axis(
        sources.index
    )


def place_sources(
    units: gpd.GeoDataFrame, sources: pd.DataFrame | None, *, villages: pd.DataFrame | None = None
) -> Placed:
    """Find the unit of each source, the same whatever the order of the rows.

    Parameters
    ----------
    units : GeoDataFrame
        As for :func:`~geocensus.zoning.loads_of`.
    sources : DataFrame, optional
        Sources after :func:`geocensus.check`; None for none.
    villages : DataFrame, optional
        Villages (code, parent_code).

    Returns
    -------
    Placed
        One entry per source.
    """
    if sources is None or not len(sources):
        return Placed(np.empty(0, dtype=np.int64), np.empty(0, dtype=object))
    own = pd.Index(units[n.CODE].astype("str"))
    located = _located_codes(sources)
    excluded = _text(sources, n.STATE) == State.EXCLUDED
    unit = np.where(excluded, -1, _by_code(own, located))
    unit = _by_position(units, sources, located, unit, (~excluded).to_numpy())
    how = pd.Series("located", index=range(len(sources)), dtype="str").mask(unit < 0, "elsewhere")
    how = how.mask(excluded.to_numpy(), "excluded").to_numpy(dtype=object)
    above = _areas_above(units)
    claim = _open_claims(sources, located, above, unit, excluded)
    open_rows = (claim != _NO_CODE).to_numpy()
    nameless = (unit < 0) & ~open_rows & ~excluded.to_numpy() & (located == _NO_CODE).all(axis=1).to_numpy()
    how[nameless] = "unplaced"
    claim = _lifted(claim, own, above, _upwards(sources, villages))
    direct = own.get_indexer(claim)
    rows = open_rows & (direct >= 0)
    unit[rows], how[rows] = direct[rows], "claimed"
    how[open_rows & (direct < 0)] = "elsewhere"
    return _spread(Placed(unit, how), claim.where(open_rows & (direct < 0), _NO_CODE), above, located, sources)


def village_units(units: gpd.GeoDataFrame, villages: pd.DataFrame, area: Floats) -> Floats:
    """Count the villages of each unit; units cut from a village or its parent share it by size.

    Parameters
    ----------
    units : GeoDataFrame
        Columns code and, where they are parts, parent_code.
    villages : DataFrame
        Columns code and parent_code; others than those of the units are passed over.
    area : ndarray of float
        Sizes of the units.

    Returns
    -------
    ndarray of float
        Villages per unit.
    """
    own = pd.Index(units[n.CODE].astype("str"))
    code, parent = _text(villages, n.CODE), _text(villages, n.PARENT_CODE)
    direct = own.get_indexer(code)
    whole = np.where(direct >= 0, direct, own.get_indexer(parent))
    count = np.bincount(whole[whole >= 0], minlength=len(own)).astype(float)
    over = pd.Series(_text(units, n.PARENT_CODE).to_numpy())
    part = ~pd.Series(own.isin(code))  # a unit that is a village itself takes no other's work
    for cut in (code[whole < 0], parent[(whole < 0) & ~code.isin(over).to_numpy()]):
        held = over.map(cut.value_counts()).where(part, 0.0).fillna(0.0)
        size = pd.Series(area).where(part, 0.0).groupby(over).transform("sum")
        count += (held * area / size.where(size > 0, 1.0)).to_numpy()
    return count


def _text(table: pd.DataFrame, column: str) -> pd.Series:
    if column in table:
        return table[column].astype("str").fillna(_NO_CODE)
    return pd.Series(_NO_CODE, index=table.index, dtype="str")


def _located_codes(sources: pd.DataFrame) -> pd.DataFrame:
    """Return the codes of the located areas, finest level first; "" where a source lies in none."""
    columns = [f"code_{level}" for level in reversed(LEVELS) if f"code_{level}" in sources]
    return sources[columns].astype("str").fillna(_NO_CODE).reset_index(drop=True)


def _by_code(own: pd.Index, located: pd.DataFrame) -> Ints:
    """Return the unit by located code, the finest level that names one."""
    unit = np.full(len(located), -1, dtype=np.int64)
    for column in located:
        unit = np.where(unit < 0, own.get_indexer(located[column]), unit)
    return unit


def _by_position(
    units: gpd.GeoDataFrame, sources: pd.DataFrame, located: pd.DataFrame, unit: Ints, kept: NDArray[np.bool_]
) -> Ints:
    """Look on the map for sources whose area was cut into units, or that were never located."""
    usable = sources[n.LON].notna().to_numpy() & sources[n.LAT].notna().to_numpy() if n.LON in sources else kept & False
    cut = located.isin(set(_text(units, n.PARENT_CODE)) - {_NO_CODE}).any(axis=1).to_numpy() | (not located.shape[1])
    rows = np.flatnonzero((unit < 0) & usable & kept & cut)
    if not len(rows):
        return unit
    areas = units[[n.CODE, "geometry"]].to_crs("EPSG:4490").assign(code=units[n.CODE].astype("str"))
    points = sources[[n.LON, n.LAT]].iloc[rows].astype(float)
    found = pd.Index(areas[n.CODE]).get_indexer(locate(points.reset_index(drop=True), areas)["code"])
    placed = unit.copy()
    placed[rows] = found
    return placed


def _areas_above(units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return pairs of an area's code and a unit below it, each once."""
    columns = [c for c in units.columns if c == n.PARENT_CODE or str(c).startswith("code_")]
    pairs = [pd.DataFrame({"area": _text(units, c).to_numpy(), "unit": np.arange(len(units))}) for c in columns]
    table = pd.concat(pairs, ignore_index=True) if pairs else pd.DataFrame({"area": [], "unit": []})
    return table[table["area"] != _NO_CODE].drop_duplicates().sort_values(["area", "unit"], ignore_index=True)


def _open_claims(
    sources: pd.DataFrame, located: pd.DataFrame, above: pd.DataFrame, unit: Ints, excluded: pd.Series
) -> pd.Series:
    """Return the area in which each source without a unit should count; "" for those that lie in another area."""
    claim = _text(sources, "claimed_area_code" if "claimed_area_code" in sources else n.CLAIMED_CODE)
    claim = claim.str.strip().reset_index(drop=True)
    finest = pd.Series(_NO_CODE, index=claim.index, dtype="str")
    for column in located:
        finest = finest.mask(finest == _NO_CODE, located[column])
    inside = finest.isin(set(above["area"]))  # in an area above the units, but in none of them
    claim = claim.where(finest == _NO_CODE, finest.where(inside, _NO_CODE))
    return claim.mask((unit >= 0) | excluded.to_numpy(), _NO_CODE)


def _upwards(sources: pd.DataFrame, villages: pd.DataFrame | None) -> pd.Series:
    """Return the parents of codes below the units, as the villages and the located sources tell them."""
    located = _located_codes(sources)
    pairs = [located[[fine, coarse]].set_axis(["code", "over"], axis=1) for fine, coarse in _steps(located)]
    if villages is not None:
        pairs.insert(0, pd.DataFrame({"code": _text(villages, n.CODE), "over": _text(villages, n.PARENT_CODE)}))
    if not pairs:
        return pd.Series([], dtype="str", index=pd.Index([], dtype="str"))
    table = pd.concat(pairs, ignore_index=True)
    table = table[(table["code"] != _NO_CODE) & (table["over"] != _NO_CODE)]
    return table.drop_duplicates("code").set_index("code")["over"]


def _steps(located: pd.DataFrame) -> list[tuple[Any, Any]]:
    return list(zip(located.columns[:-1], located.columns[1:], strict=True))


def _lifted(claim: pd.Series, own: pd.Index, above: pd.DataFrame, upwards: pd.Series) -> pd.Series:
    """Replace claims below the units by the unit, or the area cut into units, that they lie in.

    A claim that leads to neither is another branch of the hierarchy and stays as it is: it lies elsewhere.
    """
    areas = pd.Index(above["area"].astype("str").unique())
    cut = areas[[bool(own.str.startswith(f"{area}-").any()) for area in areas]]
    landing = own.union(cut).union([_NO_CODE])
    lifted = claim
    for _ in LEVELS:
        lifted = lifted.where(lifted.isin(landing), lifted.map(upwards).astype("str").fillna(lifted))
    return claim.where(claim.isin(areas) | ~lifted.isin(landing), lifted)


def _spread(
    placed: Placed, claim: pd.Series, above: pd.DataFrame, located: pd.DataFrame, sources: pd.DataFrame
) -> Placed:
    """Deal sources with a coarse claim out over the units below it, as the sources known there lie."""
    unit, how = placed.unit.copy(), placed.how.copy()
    wide = claim.isin(set(above["area"]))
    order = _dealing_order(sources)
    known = np.bincount(
        placed.unit[placed.how == "located"], minlength=int(above["unit"].max()) + 1 if len(above) else 0
    )
    for area in sorted(set(claim[wide])):
        members = above.loc[above["area"] == area, "unit"].to_numpy(dtype=np.int64)
        outside = int(((located == area).any(axis=1) & (placed.how == "elsewhere")).sum())
        weight = np.r_[known[members], outside].astype(float)
        if not weight.any():
            weight[:-1] = 1.0
        rows = order[(claim == area).to_numpy()[order]]
        dealt = np.r_[members, -1][_deal(len(rows), weight)]
        unit[rows], how[rows] = dealt, np.where(dealt < 0, "elsewhere", "spread")
    return Placed(unit, how)


def _dealing_order(sources: pd.DataFrame) -> Ints:
    """Return rows by class, then by id: an order that the table's has no part in."""
    names = _text(sources, n.SOURCE_ID)
    return np.lexsort([names.to_numpy(dtype=object), _text(sources, n.CLASS).to_numpy(dtype=object)])


def _deal(count: int, weight: Floats) -> Ints:
    """Deal `count` cards in proportion to weights (largest remainders, ties to the first), evenly mixed."""
    share = count * weight / weight.sum()
    quota = np.floor(share).astype(np.int64)
    rest = np.argsort(-(share - quota).round(9), kind="stable")[: count - quota.sum()]
    quota[rest] += 1
    player = np.repeat(np.arange(len(weight)), quota)
    turn = np.arange(count) - np.repeat(np.cumsum(quota) - quota, quota)
    return player[np.lexsort([player, (turn + 0.5) / quota[player]])]
