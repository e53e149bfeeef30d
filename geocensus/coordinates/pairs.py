"""Longitude and latitude in one cell.

The order is never guessed:

- words decide (E118.52 N28.90, 北纬28°54′ 东经118°31′, lat: 28.9 lon: 118.5);
- the standards decide for ``POINT(118.52 28.90)`` (WKT: x first) and ``+28.90+118.52/`` (ISO 6709: latitude first);
- of two bare angles one above 90° can only be the longitude;
- where both are at most 90°, they are read when exactly one order lies in 73-136°E, 3-54°N (87.6, 43.8: Urumqi), and
  are unparsable otherwise. A zero is read as written, so that the rule for zeros can speak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geocensus.coordinates.angles import evaluate
from geocensus.coordinates.formats import FORMATS, METRES
from geocensus.coordinates.hemispheres import LAT_WORD, LON_WORD
from geocensus.coordinates.plans import Plans, plans_of
from geocensus.coordinates.results import MINUTE_SECOND_RANGE, MISSING, OK, UNPARSABLE, Angles, pair_code
from geocensus.coordinates.shapes import Shapes, filled, shapes_of
from geocensus.coordinates.texts import cells_to_text, digits_in, fold, index_of, replace_where

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Cells", "parse_pair_texts", "parse_pairs"]

_LON_LAT, _LAT_LON, _WKT, _ISO = range(4)
_UNKNOWN, _BY_VALUE, _UNCUT = -1, -2, -3
_LAT_FIRST = (_LAT_LON, _ISO)
_POLE = 90.0
_WEST, _EAST, _SOUTH, _NORTH = 73.0, 136.0, 3.0, 54.0

_GAP = r"[\s,;、/|]*"
_SECOND = r"""(?:′′|''|’’|["”秒])"""


def _labelled(first: str, second: str) -> tuple[str, str]:
    """Return the patterns of two angles whose words stand before, and behind."""
    before = rf"^(?P<a>{first}.*?){_GAP}(?P<b>(?:{second}[\s:=()]*)+[-+]?[0-9].*)$"
    behind = rf"^(?P<a>[-+]?[0-9].*?{first}\)?){_GAP}(?P<b>[-+]?[0-9].*{second}\)?)$"
    return before, behind


# In the order to try; the first that matches cuts the cell in two halves.
_CUTS: tuple[tuple[str, int], ...] = (
    (
        r"^(?P<skip>(?:srid=[0-9]+;\s*)?)point\s*z?\s*\(\s*(?P<a>[^\s(),]+)\s+(?P<b>[^\s(),]+)(?:\s+[^\s(),]+)?\s*\)$",
        _WKT,
    ),
    (r"^(?P<a>[-+][0-9]{2}\.[0-9]+)(?P<b>[-+][0-9]{3}\.[0-9]+)/?$", _ISO),
    *((pattern, _LON_LAT) for pattern in _labelled(LON_WORD, LAT_WORD)),
    *((pattern, _LAT_LON) for pattern in _labelled(LAT_WORD, LON_WORD)),
    (r"^(?P<a>[-+]?[0-9]{1,3},[0-9]+)(?:\s*[;、/|]\s*|,?\s+)(?P<b>[-+]?[0-9]{1,3},[0-9]+)$", _BY_VALUE),
    (r"^(?P<a>[^,;、/|]+?)\s*[,;、/|]\s*(?P<b>[^,;、/|]+)$", _BY_VALUE),
    (r"^(?P<a>\S+)\s+(?P<b>\S+)$", _BY_VALUE),
    (r"^(?P<a>[0-9]+\s+[0-9]+\s+[0-9.]+)\s+(?P<b>[0-9]+\s+[0-9]+\s+[0-9.]+)$", _BY_VALUE),
    (r"^(?P<a>[0-9]+\s+[0-9.]+)\s+(?P<b>[0-9]+\s+[0-9.]+)$", _BY_VALUE),
    (rf"^(?P<a>[-+]?[0-9].*?{_SECOND})\s*(?P<b>[-+]?[0-9].*)$", _BY_VALUE),
)


class Cells(NamedTuple):
    """Both axes of cells that hold both, and their texts (halves as understood; the whole cell where not cut)."""

    lon: Angles
    lat: Angles
    lon_text: Any
    lat_text: Any


def parse_pairs(texts: Sequence[Any] | pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read cells that hold longitude and latitude.

    Words, WKT and ISO 6709 fix the order; of two bare angles the one above 90° is the longitude; where neither is, they
    are read only when a single order lies in China (73-136°E, 3-54°N). Everything else is unparsable.

    Parameters
    ----------
    texts : sequence or Series
        Texts; empty cells and placeholders are missing.

    Returns
    -------
    lon, lat : DataFrame
        As :func:`parse_angles` returns them; the format tells the order and how each half is written, such as
        ``pair_lat_lon:decimal``.

    References
    ----------
    ISO 6709:2022 and OGC 06-103r4 (well-known text).

    Examples
    --------
    >>> lon, lat = parse_pairs(["28.90, 118.52", "东经118°31′12″ 北纬28°54′00″", "30, 40"])
    >>> lon["value"].tolist(), lat["value"].tolist()
    ([118.52, 118.52, nan], [28.9, 28.9, nan])
    >>> lon["format"].tolist()
    ['pair_lat_lon:decimal', 'pair_lon_lat:degree_minute_second', '']
    """
    cells = parse_pair_texts(cells_to_text(texts), projected=False)
    index = index_of(texts)
    return cells.lon.frame(index), cells.lat.frame(index)


def parse_pair_texts(texts: Any, *, projected: bool) -> Cells:
    """Read cells that are text already.

    Parameters
    ----------
    texts : pyarrow LargeStringArray
        Missing values allowed.
    projected : bool
        Two plain numbers in metres, easting first.

    Returns
    -------
    Cells
        As long as the input.
    """
    shapes = shapes_of(texts)
    folded = fold(shapes.texts)
    halves = _cut(replace_where(folded.texts, r"^[\[(<{]\s*(.*?)\s*[\])>}]$", r"\1"))
    formats = (METRES,) if projected else FORMATS
    plans = [plans_of(half, formats) for half in (halves.a, halves.b)]
    for plan in plans:
        plan.problem[folded.missing] = MISSING
    sides = [shapes._replace(starts=shapes.starts + skip[shapes.ids]) for skip in (halves.skip_a, halves.skip_b)]
    angles = [evaluate(plan, side) for plan, side in zip(plans, sides, strict=True)]
    order = halves.rule[shapes.ids]
    if projected:
        order[:] = _LON_LAT
    by_value = order == _BY_VALUE
    order[by_value] = _order_of(angles[0].value[by_value], angles[1].value[by_value])
    for number, plan in enumerate(plans):
        _check_axis(angles[number], plan, shapes.ids, is_lon=np.isin(order, _LAT_FIRST) == bool(number))
    texts_of = [_half_texts(half, side) for half, side in zip((halves.a, halves.b), sides, strict=True)]
    return _in_order(angles, order, texts_of, whole=texts)


def _half_texts(half: Any, side: Shapes) -> Any:
    """Return each row's half as text."""
    return filled(half.take(pa.array(side.ids)), side.digits, side.starts)


def _check_axis(angles: Angles, plans: Plans, ids: NDArray[Any], *, is_lon: NDArray[np.bool_]) -> None:
    """Mark halves whose words name the other axis."""
    wrong = np.where(is_lon, plans.on_lat[ids], plans.on_lon[ids])
    angles.problem[wrong & (angles.problem == OK)] = MINUTE_SECOND_RANGE


def _in_order(angles: Sequence[Angles], order: NDArray[np.int16], texts: Sequence[Any], *, whole: Any) -> Cells:
    """Put the halves in order; rows whose order is unknown are unparsable."""
    first, second = angles
    ambiguous = (order == _UNKNOWN) & (first.problem == OK) & (second.problem == OK)
    for half in angles:
        half.format = pair_code(np.maximum(order, _LON_LAT), half.format)
        half.put(ambiguous, Angles.blank(int(ambiguous.sum()), UNPARSABLE))
    flip = np.isin(order, _LAT_FIRST)
    swapped = first.take(flip)
    first.put(flip, second.take(flip))
    second.put(flip, swapped)
    mask, uncut = pa.array(flip), pa.array(order == _UNCUT)
    lon_text = pc.if_else(mask, texts[1], texts[0])
    return Cells(first, second, pc.if_else(uncut, whole, lon_text), pc.if_else(mask, texts[0], texts[1]))


class _Halves(NamedTuple):
    """Two texts per cell (null where it was not cut), the rule for their order, the digits before each."""

    a: Any
    b: Any
    rule: NDArray[np.int16]
    skip_a: NDArray[np.int64]
    skip_b: NDArray[np.int64]


def _cut(texts: Any) -> _Halves:
    """Cut cells in two halves by the first pattern that fits."""
    size = len(texts)
    rule = np.full(size, _UNCUT, np.int16)
    skip_a, skip_b = np.zeros(size, np.int64), np.zeros(size, np.int64)
    a = b = pa.nulls(size, pa.large_string())
    todo, rest = np.arange(size), texts
    for pattern, kind in _CUTS:
        groups = pc.extract_regex(rest, pattern)
        hit = pc.is_valid(groups).to_numpy(zero_copy_only=False)
        if not hit.any():
            continue
        rows, groups = todo[hit], groups.drop_null()
        mask = pa.array(np.isin(np.arange(size), rows))
        first, second = pc.struct_field(groups, "a"), pc.struct_field(groups, "b")
        a, b = pc.replace_with_mask(a, mask, first), pc.replace_with_mask(b, mask, second)
        rule[rows] = kind
        if kind == _WKT:
            skip_a[rows] = digits_in(pc.struct_field(groups, "skip"))
        skip_b[rows] = skip_a[rows] + digits_in(first).to_numpy()
        todo, rest = todo[~hit], rest.filter(pa.array(~hit))
    return _Halves(a, b, rule, skip_a, skip_b)


def _order_of(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.int16]:
    """Tell which of two angles is the longitude (module docstring)."""
    a, b = np.abs(first), np.abs(second)
    lat_first = ((b > _POLE) & (a <= _POLE)) | (_in_china(second, first) & ~_in_china(first, second))
    lon_first = (a > _POLE) | _in_china(first, second) | (a == 0) | (b == 0)
    order = np.where(lat_first, _LAT_LON, np.where(lon_first, _LON_LAT, _UNKNOWN))
    return order.astype(np.int16)


def _in_china(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    return (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)
