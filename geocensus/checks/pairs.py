"""The same unit in two lists: matched by credit code and name, by id, by name within the township."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus import placenames
from geocensus.checks.claims import resolve_claims
from geocensus.model import LEVELS, Level, State

if TYPE_CHECKING:
    from geocensus.basemap import Basemap
    from geocensus.checks.context import Context
    from geocensus.divisions import Crosswalk

__all__ = ["KEYS", "match_lists", "pairs_of"]

KEYS: Final = ("credit", "id", "name")  # how a unit is recognised, surest first
_MADE: Final = "auto:"  # ids made from the row's content
_OWN_LENGTH: Final = 8  # an id this long is a unit's own; a shorter one may be the number of a row


def pairs_of(ctx: Context) -> pd.DataFrame:
    """Return the units that both lists hold with a usable coordinate.

    Parameters
    ----------
    ctx : Context
        The sources under test and, perhaps, a second list.

    Returns
    -------
    DataFrame
        One row per unit, in order of the sources: ``position`` (in ``ctx.sources``), ``reference`` (in
        ``ctx.reference``), ``key`` (one of KEYS), ``lon`` and ``lat`` of the second list (CGCS2000 degrees).
        Empty without a second list.
    """
    matches = ctx.matches
    here = ctx.has_point.to_numpy()[matches["position"]]
    return matches[here & matches[n.LON].notna()].reset_index(drop=True)


def match_lists(
    sources: pd.DataFrame,
    claims: pd.DataFrame,
    reference: pd.DataFrame | None,
    basemap: Basemap,
    crosswalk: Crosswalk | None = None,
) -> pd.DataFrame:
    """Find the units of one list in another.

    A key that stands twice in either list decides nothing: a firm with several sites is told apart by their ids. An
    id of a few characters may be a mere row number, so that it counts only where the names or the credit codes do
    not contradict it.

    Parameters
    ----------
    sources : DataFrame
        Sources under test.
    claims : DataFrame
        Their claimed areas, from :func:`~geocensus.checks.claims.resolve_claims`.
    reference : DataFrame or None
        The other list, without its excluded rows.
    basemap : Basemap
        The areas.
    crosswalk : Crosswalk, optional
        Old to new division codes.

    Returns
    -------
    DataFrame
        One row per unit matched, sorted by ``position``: ``position`` and ``reference`` (row numbers from 0),
        ``key``, and ``lon``, ``lat`` of the other list (NaN where it has none).
    """
    if reference is None:
        return _table(np.empty(0, int), np.empty(0, int), [], np.empty(0), np.empty(0))
    left = _keys(sources, claims, basemap)
    right = _keys(reference, resolve_claims(reference, basemap, crosswalk), basemap)
    found: list[pd.DataFrame] = []
    for key in KEYS:
        pairs = _joined(left, right, key)
        found.append(pairs.assign(key=key))
        left, right = left.drop(pairs["position"]), right.drop(pairs["reference"])
    pairs = pd.concat(found).sort_values("position", ignore_index=True)
    other = reference.iloc[pairs["reference"].to_numpy()]
    point = (other[n.STATE] == State.LOCATED).to_numpy()
    lon, lat = (np.where(point, other[axis].to_numpy(dtype=float), np.nan) for axis in (n.LON, n.LAT))
    return _table(pairs["position"].to_numpy(), pairs["reference"].to_numpy(), pairs["key"].tolist(), lon, lat)


def _table(here: np.ndarray, there: np.ndarray, keys: list[str], lon: np.ndarray, lat: np.ndarray) -> pd.DataFrame:
    key = pd.Series(keys, dtype="str")
    return pd.DataFrame({"position": here, "reference": there, "key": key, n.LON: lon, n.LAT: lat})


def _keys(table: pd.DataFrame, claims: pd.DataFrame, basemap: Basemap) -> pd.DataFrame:
    """Give every row its three keys (missing where it has none, or shares it) and the texts that may contradict."""
    named = placenames.fold(_text(table, "name"))
    credit = _text(table, "credit_code").str.replace(r"\W", "", regex=True).str.upper().replace("", np.nan)
    ids = _text(table, n.SOURCE_ID)
    ids = ids.mask(ids.str.startswith(_MADE).fillna(value=False).astype(bool))
    if "duplicate_id" in table:
        ids = ids.mask(table["duplicate_id"].astype(bool))
    coarse = [level for level in basemap.levels if LEVELS.index(level) <= LEVELS.index(Level.TOWNSHIP)]
    within = claims[f"code_{coarse[-1]}"] if coarse else pd.Series("", index=table.index, dtype="str")
    keys = pd.DataFrame({"credit": credit + "\x1f" + named, "id": ids, "name": within + "\x1f" + named})
    keys = keys.apply(lambda values: values.mask(values.duplicated(keep=False)))
    return keys.assign(named=named, coded=credit).reset_index(drop=True)


def _text(table: pd.DataFrame, column: str) -> pd.Series:
    if column in table:
        return table[column].astype("str").str.strip()
    return pd.Series(np.nan, index=table.index, dtype="str")


def _joined(left: pd.DataFrame, right: pd.DataFrame, key: str) -> pd.DataFrame:
    """Join rows on one key that is unique on both sides."""
    columns = list(dict.fromkeys((key, "named", "coded")))
    here = left[columns].dropna(subset=key).rename_axis("position").reset_index()
    there = right[columns].dropna(subset=key).rename_axis("reference").reset_index()
    pairs = here.merge(there, on=key, suffixes=("", "_there"))
    if key == "id":
        pairs = pairs[_agreeing(pairs)]
    return pairs[["position", "reference"]]


def _agreeing(pairs: pd.DataFrame) -> pd.Series:
    """Tell where an equal id is a unit's own, or is backed by name or credit code, or has neither to compare."""
    named = pairs["named"].eq(pairs["named_there"]) | pairs["coded"].eq(pairs["coded_there"])
    silent = pairs["named"].isna() | pairs["named_there"].isna()
    return (pairs["id"].str.len() >= _OWN_LENGTH) | named | silent
