"""What reading a list says about it: columns that look exchanged, codes that a spreadsheet has spoilt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from geocensus import names as n
from geocensus.model import Text
from geocensus.schemas import normalise_header

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["damaged_codes", "exchanged_degrees", "has_codes", "may_be_northing_first", "northing_first"]

_LETTERS = re.compile("[xy](?:坐标)?|坐标[xy]")
_SPOILT = r"^\s*[0-9](?:\.[0-9]*)?[Ee]\+?[0-9]+\s*$"
_DIGITS = "[0-9０-９]{6}"  # no division has a shorter code
_RIGHT_ANGLE = 90.0


def damaged_codes(codes: pd.Series) -> tuple[Text, ...]:
    """Count the division codes that a spreadsheet has rounded, such as 3.30822E+11.

    Parameters
    ----------
    codes : Series of str
        Claimed codes as written.

    Returns
    -------
    tuple of Text
        One note, or none.

    Examples
    --------
    >>> import pandas as pd
    >>> damaged_codes(pd.Series(["3.30822E+11", "330822001001"]))[0].zh
    '1 行的区划代码已被表格软件改成科学计数（如 3.30822E+11），末尾数字丢失：请把该列设为文本后重新填写'
    """
    hits = codes[codes.str.match(_SPOILT).fillna(value=False).astype(bool)]
    if hits.empty:
        return ()
    first = hits.iloc[0].strip()
    zh = f"{len(hits)} 行的区划代码已被表格软件改成科学计数（如 {first}），末尾数字丢失：请把该列设为文本后重新填写"
    en = (
        f"codes damaged by a spreadsheet in {len(hits)} rows (such as {first}): "
        "format the column as text and fill it in again"
    )
    return (Text(zh, en),)


def has_codes(codes: pd.Series) -> bool:
    """Tell whether most of the filled cells of a column hold digits as division codes do.

    Parameters
    ----------
    codes : Series
        Cells as read.

    Returns
    -------
    bool
        False for a column of names, which may stand under the same header (行政区划).
    """
    texts = codes.dropna().astype("str").str.strip()
    texts = texts[texts != ""]
    return bool(2 * (texts.str.contains(_DIGITS) | texts.str.match(_SPOILT)).sum() >= len(texts))


def exchanged_degrees(points: pd.DataFrame) -> tuple[Text, ...]:
    """Notice that most rows hold the longitude in the column of the latitude.

    Parameters
    ----------
    points : DataFrame
        As parse_points returns it, in degrees.

    Returns
    -------
    tuple of Text
        One note, or none.
    """
    lon, lat = points[n.LON_PARSED].to_numpy(), points[n.LAT_PARSED].to_numpy()
    total = int((np.isfinite(lon) & np.isfinite(lat)).sum())
    beyond = (np.abs(lat) > _RIGHT_ANGLE) & (np.abs(lat) <= 2 * _RIGHT_ANGLE)
    count = int((beyond & (np.abs(lon) <= _RIGHT_ANGLE)).sum())
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
