"""Whether a text can be a GB/T 2260 code at all."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from geocensus.divisions.codes import NO_COUNTIES, starts_with_division, trim
from geocensus.divisions.hierarchy import level_of_trimmed
from geocensus.divisions.kinds import type_of_trimmed
from geocensus.model import Level, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.divisions.codes import Codes

__all__ = ["PROBLEMS", "PROVINCES", "validate"]

_PROVINCES_BY_REGION = {1: "12345", 2: "123", 3: "1234567", 4: "123456", 5: "01234", 6: "12345", 7: "1", 8: "12"}
PROVINCES = frozenset(f"{region}{last}" for region, lasts in _PROVINCES_BY_REGION.items() for last in lasts)
_LAST_PREFECTURE = 70  # above: 90 alone, counties directly below the province
_DIRECT = 90

PROBLEMS: Mapping[str, Text] = MappingProxyType(
    {
        "missing": Text("没有区划代码", "no code"),
        "characters": Text("区划代码应全部是数字", "a division code has digits only"),
        "length": Text(
            "区划代码应为2、4、6、9或12位，普查小区代码应多于12位",
            "a division code has 2, 4, 6, 9 or 12 digits, a zone code more than 12",
        ),
        "province": Text("前2位不是省级代码", "the first 2 digits are no province"),
        "prefecture": Text("第3、4位不是地级代码", "digits 3 and 4 are no prefecture"),
        "county": Text("第5、6位不是县级代码", "digits 5 and 6 are no county"),
        "township": Text(
            "第7至9位不在乡级代码范围001至599内", "digits 7 to 9 are outside the township range 001 to 599"
        ),
        "village": Text(
            "第10至12位不在村级代码范围001至599内", "digits 10 to 12 are outside the village range 001 to 599"
        ),
    }
)


def validate(codes: Codes) -> pd.DataFrame:
    """Test the form and the ranges of codes; whether a division exists only a list of divisions can tell.

    Parameters
    ----------
    codes : Series or sequence
        GB/T 2260 codes of any form that :func:`normalise` reads.

    Returns
    -------
    DataFrame
        Index of `codes`; ``code`` (trimmed), ``level`` and ``type`` (NaN when unknown), ``valid``, ``problem`` (""
        or a key of ``PROBLEMS``, the coarsest that applies), ``problem_zh`` and ``problem_en``.

    Examples
    --------
    >>> validate(["330822001000", "330822001999", "990822"])[["code", "valid", "problem"]].values.tolist()
    [['330822001', True, ''], ['330822001999', False, 'village'], ['990822', False, 'province']]
    """
    trimmed = trim(codes)
    levels = level_of_trimmed(trimmed)
    problem = _problems(trimmed, levels)
    return pd.DataFrame(
        {
            "code": trimmed,
            "level": levels,
            "type": type_of_trimmed(trimmed, levels),
            "valid": problem.eq(""),
            "problem": problem,
            "problem_zh": problem.map({key: text.zh for key, text in PROBLEMS.items()} | {"": ""}).astype("str"),
            "problem_en": problem.map({key: text.en for key, text in PROBLEMS.items()} | {"": ""}).astype("str"),
        }
    )


def _problems(codes: pd.Series, levels: pd.Series) -> pd.Series:
    """Name the coarsest problem of each trimmed code; the last one written wins."""
    head = codes.str[:12].where(levels.notna())
    length = head.str.len().fillna(0)
    prefecture = pd.to_numeric(head.str[2:4].where(length.ge(4)))
    county = pd.to_numeric(head.str[4:6].where(length.ge(6)))
    zone = levels.eq(Level.ZONE)
    problem = pd.Series("", index=codes.index, dtype="str")
    problem = problem.mask(_outside(head.str[9:12].where(length.eq(12)), filled=zone), "village")
    problem = problem.mask(
        _outside(head.str[6:9].where(length.ge(9)), filled=zone & head.str.endswith("000000")), "township"
    )
    problem = problem.mask(county.eq(0) & ~head.str[:4].isin(NO_COUNTIES), "county")
    problem = problem.mask(
        prefecture.notna() & ~prefecture.between(1, _LAST_PREFECTURE) & prefecture.ne(_DIRECT), "prefecture"
    )
    problem = problem.mask(head.notna() & ~head.str[:2].isin(PROVINCES), "province")
    digits = codes.str.fullmatch(r"[0-9]+", na=False) | starts_with_division(codes)
    problem = problem.mask(levels.isna() & digits, "length").mask(levels.isna() & ~digits, "characters")
    return problem.mask(codes.isna(), "missing")


def _outside(parts: pd.Series, *, filled: pd.Series) -> pd.Series:
    """Tell which 3-digit parts lie outside 001 to 599; where `filled`, 000 is right: a zone of a coarser division."""
    numbers = pd.to_numeric(parts)
    return numbers.notna() & ~numbers.between(1, 599) & ~(filled & numbers.eq(0))
