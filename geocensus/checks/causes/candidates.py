"""Candidate locations: where a source would lie if a cause explained its coordinates."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geocensus.model import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["CAUSES", "Candidates", "number_of"]

CAUSES: Final[dict[str, Text]] = {
    "correct": Text("坐标与填报未见错误", "no error seen in coordinate and claim"),
    "claim_wrong": Text("填报区划有误", "the claimed area is wrong"),
    "axes_swapped": Text("经纬度颠倒", "longitude and latitude swapped"),
    "packed_dms": Text("度分秒误作小数度", "degrees, minutes and seconds read as decimals"),
    "decimal_as_dms": Text("小数度误填入分、秒栏", "a decimal fraction typed as minutes and seconds"),
    "minutes_decimal": Text("度与十进制分混淆", "decimal minutes misread"),
    "seconds_dropped": Text("缺秒", "seconds dropped"),
    "digit_error": Text("数字录入错误", "a wrong digit"),
    "decimal_shift": Text("小数点错位", "decimal point shifted"),
    "sign": Text("正负号或半球错误", "wrong sign or hemisphere"),
    "projected": Text("投影坐标（高斯—克吕格）", "projected metres (Gauss-Krüger)"),
    "other_site": Text("误用其他污染源的坐标", "coordinate of another source"),
    "elsewhere": Text("坐标为总部或地名解析点", "coordinate of a head office or of a geocoder"),
    "default_place": Text("默认点（区划中心、政府驻地）", "a default place (centroid, seat)"),
    "stale_boundary": Text("区划边界已变动", "the boundary has changed"),
    "gcj02": Text("GCJ-02（火星坐标）偏移", "GCJ-02 shift"),
    "bd09": Text("BD-09（百度坐标）偏移", "BD-09 shift"),
    "datum_54": Text("北京 54 坐标系", "Beijing 54 datum"),
    "datum_80": Text("西安 80 坐标系", "Xian 80 datum"),
    "unknown": Text("原因不明", "unknown"),
}
_NUMBERS: Final = {name: number for number, name in enumerate(CAUSES)}


def number_of(cause: str) -> int:
    """Return the position of a cause in ``CAUSES``.

    Parameters
    ----------
    cause : str
        Its name.

    Returns
    -------
    int
        From 0.

    Examples
    --------
    >>> number_of("correct")
    0
    """
    return _NUMBERS[cause]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Locations that causes propose, as columns of one length.

    Attributes
    ----------
    row : array of int32
        Position of the source among those diagnosed.
    cause : array of int32
        Position in ``CAUSES``.
    lon, lat : array of float
        Degrees, CGCS2000; NaN where the source has no point and the cause (unknown) proposes none.
    log_weight : array of float
        log P(this text | intended text, cause), plus the log of the area (m²) of a cell of the intended format: what
        makes causes that write in different formats comparable. The density of the intended place, per m², is added
        later.
    lon_edit, lat_edit : array of int16
        How each axis's text comes from the intended one, in codes that ``intended_texts`` turns into text; 0 where it
        is as intended, or where the intended text cannot be told (projected, shifted).
    """

    row: NDArray[np.int32]
    cause: NDArray[np.int32]
    lon: Floats
    lat: Floats
    log_weight: Floats
    lon_edit: NDArray[np.int16]
    lat_edit: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def concat(cls, parts: list[Candidates]) -> Candidates:
        """Join candidates of several causes.

        Parameters
        ----------
        parts : list of Candidates
            None at all gives no candidates.

        Returns
        -------
        Candidates
            In the order given.
        """
        if not parts:
            columns: list[Any] = [np.empty(0, kind) for kind in _KINDS]
            return cls(*columns)
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS))

    def take(self, which: NDArray[Any]) -> Candidates:
        """Return some candidates.

        Parameters
        ----------
        which : array
            Positions or a mask.

        Returns
        -------
        Candidates
            In the order asked for.
        """
        return Candidates(*(getattr(self, name)[which] for name in _COLUMNS))


_COLUMNS: Final = tuple(field.name for field in fields(Candidates))
_KINDS: Final = (np.int32, np.int32, np.float64, np.float64, np.float64, np.int16, np.int16)
