"""Locks, current plans and groups as users give them: code to field zone, tested against the units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.names import CODE

if TYPE_CHECKING:
    import geopandas as gpd

    from geocensus.zoning.task import Ints

__all__ = ["FIELD_ZONE", "Assignments", "assignments_of", "groups_of", "listed", "zone_text"]

FIELD_ZONE = "field_zone"
Assignments: TypeAlias = Mapping[str, Any] | pd.Series | pd.DataFrame
_SHOWN = 5


def assignments_of(given: Assignments | None, codes: pd.Index, what: Text) -> tuple[pd.Series, list[str]]:
    """Read which unit belongs to which field zone.

    Parameters
    ----------
    given : Mapping, Series, DataFrame or None
        Code of a unit to field zone; a table has columns code and field_zone.
    codes : Index of str
        Codes of the units.
    what : Text
        Name of the list, for messages.

    Returns
    -------
    zones : Series of str
        Field zone of every unit, missing where none is given; index as ``codes``.
    unknown : list of str
        Codes that no unit has, ascending.

    Raises
    ------
    SchemaError
        A table without the two columns, or a code with two different field zones.

    Examples
    --------
    >>> from geocensus.model import Text
    >>> zones, unknown = assignments_of({"01": 2, "9": 1}, pd.Index(["01", "02"]), Text("锁定表", "lock list"))
    >>> zones.to_dict(), unknown
    ({'01': '2', '02': nan}, ['9'])
    """
    pairs = _pairs(given, what).dropna()
    if (twice := pairs.index[pairs.index.duplicated()].unique()).size:
        raise SchemaError(
            f"{what.en}: {listed(twice)} stand in two field zones; keep one row for each",
            f"{what.zh}：{listed(twice)} 出现在两个片区中，请各保留一行",
        )
    unknown = sorted(pairs.index.difference(codes))
    return pairs.reindex(codes).rename(FIELD_ZONE), unknown


def groups_of(groups: str | Assignments | None, units: gpd.GeoDataFrame) -> Ints:
    """Read which units must stay together.

    Parameters
    ----------
    groups : str, Mapping, Series, DataFrame or None
        A column of the units, or code to group; units without a group stand alone.
    units : GeoDataFrame
        Units with codes.

    Returns
    -------
    ndarray of n int
        Number of each unit's group, from 0 in order of its first unit.

    Raises
    ------
    SchemaError
        A column or code that the units do not have.
    """
    codes = pd.Index(units[CODE])
    if isinstance(groups, str):
        if groups not in units:
            raise SchemaError(
                f"groups: the units have no column {groups!r}; they have {', '.join(map(str, units.columns))}",
                f"分组：单元表没有“{groups}”列，现有列：{'、'.join(map(str, units.columns))}",
            )
        names = units[groups].set_axis(codes)
    else:
        names = _group_pairs(groups, codes)
    text = names.astype("str").str.strip()
    alone = names.isna() | (text == "")
    return pd.factorize(np.where(alone, "unit " + codes.to_series().to_numpy(), "group " + text))[0].astype(np.int64)


def listed(codes: Any) -> str:
    """Write the first codes of a list, and how many more there are.

    Parameters
    ----------
    codes : sequence of str
        Codes.

    Returns
    -------
    str
        At most five, then an ellipsis and the count.

    Examples
    --------
    >>> listed(list("abcdefg"))
    'a, b, c, d, e, … (7)'
    """
    names = [str(code) for code in codes]
    return ", ".join(names[:_SHOWN]) + (f", … ({len(names)})" if len(names) > _SHOWN else "")


def zone_text(value: Any) -> str:
    """Write a field zone's key as text.

    Parameters
    ----------
    value : str or number
        What a list holds; a whole number may have become a float.

    Returns
    -------
    str
        Trimmed text.

    Examples
    --------
    >>> zone_text(3.0), zone_text(" 东片区 ")
    ('3', '东片区')
    """
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _pairs(given: Assignments | None, what: Text) -> pd.Series:
    """Return code to text, in order of codes."""
    if given is None:
        return pd.Series(dtype="str")
    if isinstance(given, pd.DataFrame):
        if missing := [name for name in (CODE, FIELD_ZONE) if name not in given]:
            raise SchemaError(
                f"{what.en}: no column {', '.join(missing)}; columns code and field_zone are needed",
                f"{what.zh}：缺少列 {'、'.join(missing)}；需要 code 和 field_zone 两列",
            )
        given = given.set_index(CODE)[FIELD_ZONE]
    series = given if isinstance(given, pd.Series) else pd.Series(dict(given), dtype="object")
    text = series.map(zone_text, na_action="ignore").astype("str")
    text = text.where(text != "").set_axis(series.index.astype("str").str.strip())
    return text.rename_axis(CODE).rename(FIELD_ZONE).reset_index().drop_duplicates().set_index(CODE)[FIELD_ZONE]


def _group_pairs(groups: Assignments | None, codes: pd.Index) -> pd.Series:
    """Return the group of every unit."""
    names, unknown = assignments_of(groups, codes, Text("分组表", "list of groups"))
    if unknown:
        raise SchemaError(
            f"list of groups: no unit has the code {listed(unknown)}", f"分组表：没有代码为 {listed(unknown)} 的单元"
        )
    return names
