"""What the words of the mending report mean, for people."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MENDED_TEXTS"]

MENDED_TEXTS: Mapping[str, Text] = MappingProxyType(
    {
        "code.normalised": Text(
            "代码已规整（空格、全角数字、小数形式等）", "code normalised (blanks, full-width digits, decimals)"
        ),
        "code.zeros_cut": Text("已去掉代码末尾补位的零", "zeros that filled the code up cut"),
        "code.digit_lost_not_mended": Text(
            "代码只有11位，可能缺一位，未作改动", "code of 11 digits, one may be missing: left as it is"
        ),
        "code.missing": Text(
            "没有代码，已用 auto: 加图形摘要代替", "no code: auto: and a hash of the geometry stands for it"
        ),
        "code.records_joined": Text("同代码同名称的多条记录已合并", "records of one code and name joined"),
        "code.duplicate": Text(
            "代码重复但名称不同，已加 #2 等后缀区分", "code of several areas: kept apart as #2 and so on"
        ),
        "geometry.made_valid": Text("图形自相交等错误已修正", "invalid geometry made valid"),
        "geometry.not_polygon": Text("图形中不成面的部分已去掉", "parts without area left out"),
        "geometry.none": Text("没有几何图形", "no geometry"),
        "parent.by_code": Text("上级按代码推定", "parent derived from the code"),
        "parent.by_overlap": Text("上级按最大重叠面积推定", "parent derived from the largest overlap"),
        "parent.not_in_layers": Text("所填上级不在图层中", "stated parent is in no layer"),
        "parent.none": Text("找不到上级", "no parent found"),
    }
)
