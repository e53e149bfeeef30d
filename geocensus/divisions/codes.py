"""Code texts as people and programs write them, brought to one form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import pandas as pd

__all__ = ["NO_COUNTIES", "Codes", "normalise", "starts_with_division", "trim"]

Codes: TypeAlias = pd.Series | Sequence[object]

# Prefectures whose townships hang directly below them: Dongguan, Zhongshan, Danzhou. Their county part is 00.
NO_COUNTIES = ("4419", "4420", "4604")

_PLACEHOLDERS = ("", "无", "空", "暂无", "不详", "未知", "NULL", "NONE", "NAN", "N/A", "NA")
_FILLS = ((12, "000", 9), (9, "000", 6), (6, "00", 4), (4, "00", 2))


def normalise(codes: Codes) -> pd.Series:
    """Bring code texts to one form; for every code system.

    Full-width digits, spaces, a leading apostrophe, thousands separators and the ``.0`` of a number read as a
    decimal are undone, letters become capitals. What cannot be undone (``3.30822E+11``) is left as it is, for
    :func:`validate` to say so.

    Parameters
    ----------
    codes : Series or sequence
        Texts or numbers; missing values and placeholders (无, —, /) are allowed.

    Returns
    -------
    Series
        The index of `codes`, dtype ``str``, NaN where there is no code.

    Examples
    --------
    >>> normalise(["３３０８２２", " 330822 001 ", "'330822001201", "330,822,001,201", "330822001201.0", "无"]).tolist()
    ['330822', '330822001', '330822001201', '330822001201', '330822001201', nan]
    """
    texts = _texts(codes)
    if texts.str.fullmatch(r"[0-9]+", na=True).all():
        return texts  # the usual case, and nothing to do
    unique = pd.Series(texts.dropna().unique(), dtype="str")
    clean = unique.str.normalize("NFKC").str.replace(r"[\s'’‘`]+", "", regex=True)
    clean = clean.str.upper().str.normalize("NFKC")  # capitals may compose anew
    clean = clean.str.replace(r"^([0-9]+)\.0*$", r"\1", regex=True)
    grouped = clean.str.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+")
    clean = clean.mask(grouped, clean.str.replace(",", "", regex=False))
    nothing = clean.isin(_PLACEHOLDERS) | clean.str.fullmatch(r"[\W_]*")
    return _lookup(texts, unique, clean.mask(nothing))


def trim(codes: Codes) -> pd.Series:
    """Cut the zeros that fill a GB/T 2260 code up to 6, 9 or 12 digits.

    Parameters
    ----------
    codes : Series or sequence
        Codes of any form that :func:`normalise` reads.

    Returns
    -------
    Series
        The index of `codes`, dtype ``str``; texts that are no 4, 6, 9 or 12 digit codes stay as they are. Zone
        codes keep their serial digits. 441900, 442000 and 460400 stay whole: they stand where other prefectures
        have counties.

    Examples
    --------
    >>> trim(["330822000000", "330822001000", "330800", "441900000000", "330822001201"]).tolist()
    ['330822', '330822001', '3308', '441900', '330822001201']
    """
    result = normalise(codes)
    digits = result.str.fullmatch(r"[0-9]+", na=False)
    for length, fill, kept in _FILLS:
        filled = digits & result.str.len().eq(length) & result.str.endswith(fill, na=False)
        if length == _FILLS[2][0]:
            filled &= ~result.str[:4].isin(NO_COUNTIES)
        result = result.mask(filled, result.str[:kept])
    return result


def starts_with_division(codes: pd.Series) -> pd.Series:
    """Tell which codes are longer than 12 characters and begin with 12 digits: zone codes.

    Parameters
    ----------
    codes : Series
        Normalised codes, NaN allowed.

    Returns
    -------
    Series
        The index of `codes`, bool.
    """
    return codes.str.fullmatch(r"[0-9]{12}[0-9A-Z_-]+", na=False)


def _texts(codes: Codes) -> pd.Series:
    """Return a ``str`` Series; a missing value of any kind is NaN."""
    series = codes if isinstance(codes, pd.Series) else pd.Series(list(codes), dtype="object")
    return series.astype("str")


def _lookup(texts: pd.Series, unique: pd.Series, values: pd.Series) -> pd.Series:
    """Give each text the value of its unique form: lists repeat few codes many times."""
    positions = pd.Index(unique).get_indexer(texts)
    taken = values.array.take(positions, allow_fill=True)
    return pd.Series(taken, index=texts.index, dtype="str", name=texts.name)
