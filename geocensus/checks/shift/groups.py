"""Import groups, from fine to coarse, and the sites that count once in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geocensus import names as n

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.context import Context

__all__ = ["GROUPINGS", "Group", "Places", "cells_of", "groups_of", "places_of"]

# Coarse to fine: of two groups with the same sources the first is named, and the last with a decision applies.
GROUPINGS: Final[dict[str, tuple[str, ...]]] = {
    "file": ("file",),
    "import_group": ("file", "import_group"),
    "county": ("file", "county"),
    "device": ("file", "device"),
    "enumerator": ("file", "enumerator"),
    "enumerator_device": ("file", "enumerator", "device"),
}
_SITE_M = 250.0  # points of one cell of this size are one site
_BLOCK_M = 1_000.0  # sites of one cell of this size share the errors of one border and of one place
_METRES = 111_195.0
_COLUMNS = 1 << 32  # more than a row of cells has
_LEAST, _LEAST_PAIRED = 10, 3  # sources of a group worth testing; fewer where there are pairs


class Group(NamedTuple):
    """Sources that came together: a label, the grouping it is of, and their positions."""

    label: str
    by: str
    rows: NDArray[np.int64]


class Places(NamedTuple):
    """Site and block of every source (numbers from 0; -1 without a point)."""

    site: NDArray[np.int64]
    block: NDArray[np.int64]


def groups_of(ctx: Context) -> list[Group]:
    """List the groups to test, coarse to fine.

    Parameters
    ----------
    ctx : Context
        Sources under test.

    Returns
    -------
    list of Group
        Only sources with a point; no two groups have the same sources. Of groups too small to be tested only the file
        is listed: they are judged with it.
    """
    point = np.flatnonzero(ctx.has_point.to_numpy())
    names = {column: _Numbered(*pd.factorize(values)) for column, values in _names(ctx).items()}
    several = len(names["file"].distinct) + (names["file"].number < 0).any() > 1
    least = _LEAST if ctx.reference is None else _LEAST_PAIRED
    groups: dict[bytes, Group] = {}
    for by, columns in GROUPINGS.items():
        known = point[np.all([names[column].number[point] >= 0 for column in columns], axis=0)]
        parts = {column: _Numbered(names[column].number[known], names[column].distinct) for column in columns}
        if not several and len(columns) > 1:
            del parts["file"]
        number, labels = _labelled(parts)
        size = np.bincount(number, minlength=len(labels))
        order, end = known[np.argsort(number.astype(np.min_scalar_type(len(labels))), kind="stable")], np.cumsum(size)
        for group in np.flatnonzero(size >= (0 if by == "file" else least)):
            chosen = order[end[group] - size[group] : end[group]]
            groups.setdefault(chosen.tobytes(), Group(labels[group], by, chosen))
    return list(groups.values())


class _Numbered(NamedTuple):
    """A column of texts as numbers: the position of each in the distinct ones, -1 where missing."""

    number: NDArray[np.int64]
    distinct: pd.Index


def _labelled(parts: dict[str, _Numbered]) -> tuple[NDArray[np.int64], list[str]]:
    """Give numbers to the combinations of columns, nothing missing, in order of their labels; and the labels."""
    number = np.zeros(len(next(iter(parts.values())).number), dtype=np.int64)
    for part in parts.values():
        number = pd.factorize(number * len(part.distinct) + part.number)[0]
    first = pd.Series(number).drop_duplicates().index.to_numpy()
    said = [[f"{name}={text}" for text in part.distinct[part.number[first]]] for name, part in parts.items()]
    labels = [", ".join(texts) for texts in zip(*said, strict=True)]
    ordered, distinct = pd.factorize(np.array(labels, dtype=object), sort=True)
    return ordered[number], distinct.tolist()


def _names(ctx: Context) -> pd.DataFrame:
    file = ctx.text("file").fillna(str(ctx.sources.attrs.get("file") or "list"))
    county = ctx.claims["code_county"] if "code_county" in ctx.claims else ctx.text("claimed_county_name")
    given = {column: ctx.text(column) for column in ("import_group", "enumerator", "device")}
    table = pd.DataFrame({"file": file, "county": county.astype("str"), **given}, index=ctx.sources.index)
    return table.replace("", np.nan)


def places_of(ctx: Context) -> Places:
    """Put every source into a site and a block.

    A site is a cell of 250 m, joined with the cells of the same unit (parent_id, credit_code); a block is the cell of
    1 km in which the site's middle lies. Whatever speaks from one site counts once, and whatever speaks from one
    block is drawn together when the test is repeated on resampled sources.

    Parameters
    ----------
    ctx : Context
        Sources under test.

    Returns
    -------
    Places
        Arrays over the sources.
    """
    point = np.flatnonzero(ctx.has_point.to_numpy())
    site, block = np.full(len(ctx.sources), -1), np.full(len(ctx.sources), -1)
    if not len(point):
        return Places(site, block)
    lon, lat = (ctx.sources[axis].to_numpy(dtype=float)[point] for axis in (n.LON, n.LAT))
    cells = cells_of(lon, lat, _SITE_M)
    unit = ctx.text("parent_id").fillna(ctx.text(n.SOURCE_ID)).iloc[point]
    owner = ctx.text("credit_code").str.strip().replace("", np.nan).iloc[point]
    site[point] = _joined(cells, pd.factorize(unit)[0], pd.factorize(owner)[0])
    number = np.bincount(site[point])
    middle = [np.bincount(site[point], axis) / number for axis in (lon, lat)]
    block[point] = cells_of(middle[0], middle[1], _BLOCK_M)[site[point]]
    return Places(site, block)


def cells_of(lon: NDArray[np.float64], lat: NDArray[np.float64], size_m: float) -> NDArray[np.int64]:
    """Give numbers to the cells of a grid that points lie in, south to north and west to east.

    Parameters
    ----------
    lon, lat : ndarray of float
        Degrees.
    size_m : float
        Width and height of a cell, metres.

    Returns
    -------
    ndarray of int
        From 0; equal where two points share a cell, whatever the order of the points.
    """
    step = size_m / _METRES
    row = np.floor(lat / step)
    column = np.floor(lon * np.cos(np.radians((row + 0.5) * step)) / step)
    packed = row.astype(np.int64) * _COLUMNS + column.astype(np.int64)
    return np.unique(packed, return_inverse=True)[1].astype(np.int64)


def _joined(*keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join what shares any key (-1: none)."""
    size, start = len(keys[0]), len(keys[0])
    here, there = [], []
    for key in keys:
        shared = np.bincount(key[key >= 0], minlength=1) > 1
        known = np.flatnonzero((key >= 0) & shared[key])
        here.append(known)
        there.append(key[known] + start)
        start += int(key.max(initial=-1)) + 1
    one, other = np.concatenate(here), np.concatenate(there)
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(start, start))
    return np.asarray(connected_components(graph, directed=False)[1][:size], dtype=np.int64)
