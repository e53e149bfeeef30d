"""Levels and parents as a GB/T 2260 code spells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geocensus.divisions.codes import starts_with_division, trim
from geocensus.errors import SchemaError
from geocensus.model import LEVELS, Level

if TYPE_CHECKING:
    import pandas as pd

    from geocensus.divisions.codes import Codes

__all__ = ["LENGTHS", "code_at", "level_of", "level_of_trimmed", "parent_of"]

LENGTHS = {
    str(Level.PROVINCE): 2,
    str(Level.PREFECTURE): 4,
    str(Level.COUNTY): 6,
    str(Level.TOWNSHIP): 9,
    str(Level.VILLAGE): 12,
}
_LEVEL_BY_LENGTH = {length: level for level, length in LENGTHS.items()}
_PARENT_LENGTH = {4: 2, 6: 4, 9: 6, 12: 9}


def level_of(codes: Codes) -> pd.Series:
    """Tell the level of each code from its length without the zeros that fill it up.

    Parameters
    ----------
    codes : Series or sequence
        GB/T 2260 codes of any form that :func:`normalise` reads.

    Returns
    -------
    Series
        The words province, prefecture, county, township, village or zone (longer than 12 characters); NaN where
        the text has another form. Whether such a division can exist is the question of :func:`validate`.

    Examples
    --------
    >>> level_of(["33", "330800", "330822000000", "330822001", "330822001201", "330822001201001", "3308221"]).tolist()
    ['province', 'prefecture', 'county', 'township', 'village', 'zone', nan]
    """
    return level_of_trimmed(trim(codes))


def level_of_trimmed(codes: pd.Series) -> pd.Series:
    """Tell the level of codes that are trimmed already.

    Parameters
    ----------
    codes : Series
        Trimmed codes, NaN allowed.

    Returns
    -------
    Series
        As :func:`level_of`.
    """
    digits = codes.str.fullmatch(r"[0-9]+", na=False)
    levels = codes.str.len().map(_LEVEL_BY_LENGTH).astype("str").where(digits)
    return levels.mask(starts_with_division(codes), str(Level.ZONE))


def parent_of(codes: Codes) -> pd.Series:
    """Derive the code of the division above.

    Parameters
    ----------
    codes : Series or sequence
        GB/T 2260 codes of any form that :func:`normalise` reads.

    Returns
    -------
    Series
        Trimmed codes; "" above a province, NaN where the level is unknown. The parent of a zone is the division
        its code begins with. Townships of 441900, 442000 and 460400 have these as parents.

    Examples
    --------
    >>> parent_of(["33", "3308", "330822", "330822001", "330822001201", "330822001201001", "441900003"]).tolist()
    ['', '33', '3308', '330822', '330822001', '330822001201', '441900']
    """
    trimmed = trim(codes)
    levels = level_of_trimmed(trimmed)
    parents = trimmed.mask(levels.eq(Level.ZONE), trimmed.str[:12])
    for length, kept in _PARENT_LENGTH.items():
        parents = parents.mask(levels.eq(_LEVEL_BY_LENGTH[length]), trimmed.str[:kept])
    parents = trim(parents.where(levels.notna()))  # 330800 above 330800001 is no county: 3308
    return parents.mask(levels.eq(Level.PROVINCE), "")


def code_at(codes: Codes, level: str) -> pd.Series:
    """Cut codes to a level: the division of that level which each code lies in.

    Parameters
    ----------
    codes : Series or sequence
        GB/T 2260 codes of any form that :func:`normalise` reads.
    level : str
        One of province, prefecture, county, township or village; zone returns the zone codes themselves.

    Returns
    -------
    Series
        Trimmed codes; NaN where the code is coarser than `level` or malformed.

    Raises
    ------
    SchemaError
        When there is no such level.

    Examples
    --------
    >>> code_at(["330822001201", "330822001", "330822"], "township").tolist()
    ['330822001', '330822001', nan]
    """
    if level not in LEVELS:
        raise SchemaError(
            f"no level {level!r}; use one of {', '.join(LEVELS)}", f"没有“{level}”这一级；可用：{'、'.join(LEVELS)}"
        )
    trimmed = trim(codes)
    own = level_of_trimmed(trimmed)
    if level == Level.ZONE:
        return trimmed.where(own.eq(level))
    cut = trim(trimmed.str[: LENGTHS[level]].where(own.notna()))
    return cut.where(level_of_trimmed(cut).eq(level))
