"""Numbers that a spreadsheet's binary arithmetic has spoilt in their last digits, as 118.52300000000001.

What a number looks like is told row by row; whether it is damage, only by the share of such numbers in its column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geocensus.coordinates.results import FORMAT_NAMES, Angles

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["count_signs", "damage_signs", "float_damage"]

_STEP = 0.6e-12  # 12 decimals and more
_PLACES = 8  # decimals that a person or a device writes
_ULPS = 4  # how far binary arithmetic moves a number: steps of its last bit
_SHARE = 0.1  # of the long numbers of a column; in a column of full doubles a few are near by chance
_PADDING = "0000[^0-9]*$"
_DECIMAL = [code for code, name in enumerate(FORMAT_NAMES) if name.endswith(("decimal", "metres", "parts_degree"))]
_LONG, _NEAR = (1, 4), (2, 8)  # bits by axis


def damage_signs(*axes: tuple[Angles, Any]) -> NDArray[np.uint8]:
    """Tell which numbers are long, and which of these are near a short one.

    Parameters
    ----------
    *axes : tuple of Angles and pyarrow array
        What was read, and from which texts; longitude, then latitude.

    Returns
    -------
    array of uint8
        One sum per row: 1 a long longitude, 2 one near a short number, 4 and 8 the same for latitudes.
    """
    signs = np.zeros(len(axes[0][0].value), dtype=np.uint8)
    for (angles, texts), long_bit, near_bit in zip(axes, _LONG, _NEAR, strict=True):
        long = np.flatnonzero((angles.resolution < _STEP) & np.isin(angles.format, _DECIMAL))
        value = angles.value[long]
        near = np.abs(value - np.round(value, _PLACES)) <= _ULPS * np.spacing(np.abs(value))
        padded = pc.match_substring_regex(texts.take(pa.array(long[near])), _PADDING)
        near[near] &= ~padded.to_numpy(zero_copy_only=False)
        signs[long] |= np.where(near, long_bit | near_bit, long_bit).astype(np.uint8)
    return signs


def count_signs(signs: pd.Series) -> tuple[int, ...]:
    """Count the signs of some rows; the counts of all parts of a list add up to those of the list.

    Parameters
    ----------
    signs : Series of uint8
        From :func:`damage_signs`.

    Returns
    -------
    tuple of int
        Long and near longitudes, long and near latitudes.
    """
    values = signs.to_numpy()
    if not values.any():
        return (0,) * len(_LONG + _NEAR)
    return tuple(int(((values & bit) != 0).sum()) for axis in zip(_LONG, _NEAR, strict=True) for bit in axis)


def float_damage(signs: pd.Series, counts: Sequence[int]) -> pd.Series:
    """Decide which rows are damaged.

    Parameters
    ----------
    signs : Series of uint8
        From :func:`damage_signs`, of any rows of the list.
    counts : sequence of int
        From :func:`count_signs`, of all rows of the list.

    Returns
    -------
    Series of bool
        Rows of `signs` with a number near a short one, in a column where these are no rarity among the long ones.

    Examples
    --------
    >>> import pandas as pd
    >>> float_damage(pd.Series([3, 1], dtype="uint8"), counts=(2, 1, 0, 0)).tolist()
    [True, False]
    >>> float_damage(pd.Series([3, 1], dtype="uint8"), counts=(99, 1, 0, 0)).tolist()
    [False, False]
    """
    pairs = zip(_NEAR, counts[::2], counts[1::2], strict=True)
    mask = sum(bit for bit, long, near in pairs if near >= _SHARE * long)
    return (signs & np.uint8(mask)) != 0
