"""Headers of the demo list, as a census office would write them."""

from __future__ import annotations

from typing import Final

__all__ = ["HEADERS", "NOTE"]

# working name → header
HEADERS: Final = {
    "id": "普查对象编码",
    "credit_code": "统一社会信用代码",
    "name": "单位详细名称",
    "class": "普查对象类别",
    "industry": "行业类别",
    "code": "区划代码",
    "town": "乡镇(街道)",
    "village_name": "村(社区)",
    "address": "详细地址",
    "lon_text": "经度",
    "lat_text": "纬度",
    "accuracy": "定位精度(米)",
    "contact": "联系人",
    "enumerator": "普查员",
    "device": "设备编号",
    "note": "备注",
}
NOTE: Final = "虚构演示数据"
