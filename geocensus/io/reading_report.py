"""The report on records that could not be read well."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["READING_TEXTS", "REPORT_COLUMNS"]

REPORT_COLUMNS = ("layer", "record", "what", "detail")
READING_TEXTS: Mapping[str, Text] = MappingProxyType(
    {
        "no_geometry": Text("没有几何图形，或图形已损坏", "no geometry, or a damaged one"),
        "not_a_polygon": Text("几何不是面，已置空", "not a polygon: taken as without geometry"),
        "not_a_line": Text("几何不是线，已置空", "not a line: taken as without geometry"),
        "out_of_range": Text("坐标超出经纬度范围，图形已置空", "vertices off the earth: taken as without geometry"),
        "unreadable": Text("记录无法读取", "record cannot be read"),
        "geometry": Text("图形已损坏", "damaged geometry"),
        "ring_closed": Text("环未闭合，已闭合", "ring was open: closed"),
        "copy": Text("与前面的记录图形相同", "same shape as an earlier record"),
        "lost": Text("文件不完整，后面的记录缺失", "file cut short: later records are lost"),
        "text": Text("文字编码有误", "letters that cannot be decoded"),
    }
)
