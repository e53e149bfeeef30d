"""What reading a list says about it: columns that look exchanged, codes that a spreadsheet has spoilt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geocensus import names as n
from geocensus.model import Text
from geocensus.schemas import normalise_header

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = [
    "Codes",
    "count_codes",
    "count_exchanged",
    "damaged_codes",
    "exchanged_degrees",
    "may_be_northing_first",
    "northing_first",
]

_LETTERS = re.compile("[xy](?:坐标)?|坐标[xy]")
_SPOILT = r"^[0-9](?:\.[0-9]*)?[Ee]\+?[0-9]+$"
_DIGITS = "[0-9０-９]{6}"  # no division has a shorter code
_RIGHT_ANGLE = 90.0


class Codes(NamedTuple):
    """Cells of a column of codes: filled ones, those that hold a code, spoilt ones, the first of these as written."""

    filled: int
    with_code: int
    spoilt: int
    first: str


def count_codes(codes: pd.Series) -> Codes:
    """Count codes, and those that a spreadsheet has rounded, such as 3.30822E+11.

    Parameters
    ----------
    codes : Series
        Cells as read.

    Returns
    -------
    Codes
        Counts of all parts of a list add up to those of the list.

    Examples
    --------
    >>> import pandas as pd
    >>> count_codes(pd.Series(["3.30822E+11", "330822001001", "常山县", None]))
    Codes(filled=3, with_code=2, spoilt=1, first='3.30822E+11')
    """
    texts = pc.utf8_trim_whitespace(pa.array(codes.astype("str"), type=pa.large_string(), from_pandas=True))
    spoilt = pc.match_substring_regex(texts, _SPOILT)
    with_code = pc.or_(pc.match_substring_regex(texts, _DIGITS), spoilt)
    row = pc.index(spoilt, value=True).as_py()
    return Codes(
        filled=pc.sum(pc.not_equal(texts, "")).as_py() or 0,
        with_code=pc.sum(with_code).as_py() or 0,
        spoilt=pc.sum(spoilt).as_py() or 0,
        first=texts[row].as_py() if row >= 0 else "",
    )


def damaged_codes(count: int, first: str) -> tuple[Text, ...]:
    """Say how many division codes a spreadsheet has rounded.

    Parameters
    ----------
    count : int
        Rows with such a code, of the whole list.
    first : str
        The first of them, as written.

    Returns
    -------
    tuple of Text
        One note, or none.

    Examples
    --------
    >>> damaged_codes(1, "3.30822E+11")[0].zh
    '1 行的区划代码已被表格软件改成科学计数（如 3.30822E+11），末尾数字丢失：请把该列设为文本后重新填写'
    """
    if not count:
        return ()
    zh = f"{count} 行的区划代码已被表格软件改成科学计数（如 {first}），末尾数字丢失：请把该列设为文本后重新填写"
    en = (
        f"codes damaged by a spreadsheet in {count} rows (such as {first}): "
        "format the column as text and fill it in again"
    )
    return (Text(zh, en),)


def count_exchanged(points: pd.DataFrame) -> tuple[int, int]:
    """Count the rows that hold the longitude in the column of the latitude.

    Parameters
    ----------
    points : DataFrame
        As parse_points returns it, in degrees.

    Returns
    -------
    tuple of int
        Such rows, and rows with both numbers.
    """
    lon, lat = points[n.LON_PARSED].to_numpy(), points[n.LAT_PARSED].to_numpy()
    beyond = (np.abs(lat) > _RIGHT_ANGLE) & (np.abs(lat) <= 2 * _RIGHT_ANGLE)
    return int((beyond & (np.abs(lon) <= _RIGHT_ANGLE)).sum()), int((np.isfinite(lon) & np.isfinite(lat)).sum())


def exchanged_degrees(count: int, total: int) -> tuple[Text, ...]:
    """Notice that most rows hold the longitude in the column of the latitude.

    Parameters
    ----------
    count, total : int
        From :func:`count_exchanged`, of the whole list.

    Returns
    -------
    tuple of Text
        One note, or none.
    """
    if 2 * count <= total:
        return ()
    zh = f"{total} 行坐标中有 {count} 行疑似经度、纬度填反：请用 --column lon=列名 --column lat=列名 互换两列"
    en = (
        f"most rows ({count} of {total}) look as if longitude and latitude were exchanged: "
        "try --column lon=HEADER --column lat=HEADER"
    )
    return (Text(zh, en),)


def may_be_northing_first(roles: Mapping[str, str], overrides: Mapping[str, str]) -> bool:
    """Tell whether a list's axes are called X and Y: in Chinese surveying X is north, elsewhere east.

    Parameters
    ----------
    roles : Mapping
        Role to header.
    overrides : Mapping
        Role to header as the user stated them; these are as they are.

    Returns
    -------
    bool
        True where only the numbers can tell.
    """
    headers = [roles.get("lon"), roles.get("lat")]
    return {"lon", "lat"}.isdisjoint(overrides) and all(
        header is not None and _LETTERS.fullmatch(normalise_header(header)) for header in headers
    )


def northing_first(roles: Mapping[str, str]) -> Text:
    """Say that X was read as north.

    Parameters
    ----------
    roles : Mapping
        Role to header, after the exchange.

    Returns
    -------
    Text
        A note.
    """
    east, north = roles["lon"], roles["lat"]
    return Text(
        f"按测量习惯读取：“{north}”为北（纵）坐标，“{east}”为东（横）坐标；如不符，请用 --column 指定",
        f"{north} was read as north and {east} as east, as the numbers show; say otherwise with --column",
    )
