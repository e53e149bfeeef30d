"""Titles of the standard columns, shown by QGIS beside the names."""

from typing import Final

from geocensus.model import Text

__all__ = ["title_of"]

_TITLES: Final = {
    "position": Text("顺序", "position in the list"),
    "source_id": Text("普查对象标识", "source id"),
    "name": Text("名称", "name"),
    "class": Text("普查对象类别", "class"),
    "industry": Text("行业", "industry"),
    "credit_code": Text("统一社会信用代码", "credit code"),
    "code": Text("区划代码", "code"),
    "parent_code": Text("上级代码", "parent code"),
    "level": Text("层级", "level"),
    "kind": Text("类型", "kind"),
    "claimed_code": Text("填报区划代码", "claimed code"),
    "claimed_level": Text("填报层级", "claimed level"),
    "claimed_province_name": Text("填报省", "claimed province"),
    "claimed_prefecture_name": Text("填报市", "claimed prefecture"),
    "claimed_county_name": Text("填报县", "claimed county"),
    "claimed_township_name": Text("填报乡镇", "claimed township"),
    "claimed_village_name": Text("填报村（社区）", "claimed village"),
    "located_code": Text("定位区划代码", "located code"),
    "address": Text("地址", "address"),
    "contact": Text("联系方式", "contact"),
    "accuracy_m": Text("定位精度（米）", "accuracy, m"),
    "parent_id": Text("所属单位标识", "id of the site it belongs to"),
    "enumerator": Text("普查员", "enumerator"),
    "device": Text("采集设备", "device"),
    "import_group": Text("导入批次", "import group"),
    "state": Text("行状态", "state of the row"),
    "excluded_reason": Text("剔除原因", "why set aside"),
    "lon": Text("经度（CGCS2000）", "longitude, degrees"),
    "lat": Text("纬度（CGCS2000）", "latitude, degrees"),
    "lon_text": Text("经度原文", "longitude as written"),
    "lat_text": Text("纬度原文", "latitude as written"),
    "lon_parsed": Text("经度解析值", "longitude as read"),
    "lat_parsed": Text("纬度解析值", "latitude as read"),
    "lon_format": Text("经度格式", "format of the longitude"),
    "lat_format": Text("纬度格式", "format of the latitude"),
    "resolution_m": Text("坐标书写精度（米）", "resolution of the text, m"),
    "correction": Text("更正后的坐标", "corrected place"),
    "coordinate_problem": Text("坐标问题", "problem of the coordinate"),
    "row": Text("原表行号", "row in the file"),
    "on_border": Text("位于界线上", "on a border"),
    "near_border": Text("边界附近", "near the border"),
    "distance_m": Text("距填报区划（米，负值在内）", "distance to the claimed area, m, negative inside"),
    "tolerance_m": Text("容差（米）", "tolerance, m"),
    "status": Text("核查状态", "status"),
    "flag_id": Text("疑点标识", "flag id"),
    "group": Text("批次", "group"),
    "rule": Text("规则", "rule"),
    "severity": Text("严重程度", "severity"),
    "message_zh": Text("说明", "message in Chinese"),
    "message_en": Text("说明（英文）", "message in English"),
    "basis": Text("判定依据摘要", "basis"),
    "first_run": Text("首次发现的运行", "first run that found it"),
    "last_run": Text("最近发现的运行", "last run that found it"),
    "raw_more": Text("其余原始列（JSON）", "further columns of the list (JSON)"),
    "flag_state": Text("疑点状态（open 待处理，closed 已办结，reopened 重新打开）", "open, closed or reopened"),
    "repair_id": Text("修正建议标识", "repair id"),
    "cause": Text("原因", "cause"),
    "probability": Text("概率", "probability"),
    "rank": Text("名次", "rank"),
    "margin": Text("与第二名的概率差", "probability ahead of the second best"),
    "offered": Text("是否提出建议", "offered to a person"),
    "reason_zh": Text("不提建议的理由", "why it is not offered, in Chinese"),
    "reason_en": Text("不提建议的理由（英文）", "why it is not offered"),
    "stated_lon": Text("填报经度（CGCS2000）", "stated longitude, degrees"),
    "stated_lat": Text("填报纬度（CGCS2000）", "stated latitude, degrees"),
    "proposed_code": Text("建议区划代码", "proposed code"),
    "proposed_name": Text("建议区划", "proposed area"),
    "moved_m": Text("移动距离（米）", "moved by, m"),
    "evidence_zh": Text("依据", "evidence in Chinese"),
    "evidence_en": Text("依据（英文）", "evidence"),
    "record": Text("判断记录（JSON）", "record of the diagnosis (JSON)"),
    "by": Text("分组方式", "grouped by"),
    "system": Text("实际坐标系", "what the coordinates really are"),
    "n": Text("点位数", "sites"),
    "confidence": Text("置信度", "confidence"),
    "share": Text("偏移份额", "share that is shifted"),
    "d_east_m": Text("东向偏移（米）", "displacement east, m"),
    "d_north_m": Text("北向偏移（米）", "displacement north, m"),
    "method": Text("检验方法", "method"),
    "decision_id": Text("处理标识", "decision id"),
    "outcome": Text("处理结论", "outcome"),
    "comment": Text("备注", "comment"),
    "author": Text("处理人", "author"),
    "time": Text("处理时间", "time"),
    "before": Text("处理前的值（JSON）", "values before (JSON)"),
    "after": Text("处理后的值（JSON）", "values after (JSON)"),
    "review_state": Text("复核状态", "state of the review"),
    "review_id": Text("复核标识", "review id"),
    "verdict": Text("复核意见", "verdict"),
    "comment_id": Text("备注标识", "comment id"),
    "text": Text("内容", "text"),
    "since": Text("开始时间", "since"),
    "until": Text("截止时间", "until"),
    "version": Text("版本", "version"),
    "values": Text("原值（JSON）", "values (JSON)"),
    "attachment_id": Text("附件标识", "attachment id"),
    "media_type": Text("文件类型", "media type"),
    "size": Text("大小（字节）", "size, bytes"),
    "audit_id": Text("记录标识", "audit id"),
    "action": Text("操作", "action"),
    "plan": Text("片区方案", "plan"),
    "field_zone": Text("片区编号", "field zone"),
    "owner": Text("负责人", "owner"),
    "supervisor_area": Text("指导区", "supervisor area"),
    "visit_days": Text("外业天数", "days of visits"),
    "visit_km": Text("走访里程（千米，直线）", "km of visits, straight lines"),
    "name_zh": Text("名称（中文）", "name in Chinese"),
    "name_en": Text("名称（英文）", "name in English"),
    "load": Text("工作量（分钟）", "load, minutes"),
    "units": Text("单元数", "units"),
    "sources": Text("污染源数", "sources"),
    "target": Text("应承担工作量（分钟）", "wished load, minutes"),
    "deviation": Text("偏差（比例）", "deviation, share"),
    "people": Text("人数", "people"),
    "phone": Text("电话", "phone"),
    "area_km2": Text("面积（平方千米）", "area, km²"),
    "event": Text("变动", "event"),
    "date": Text("日期", "date"),
    "others": Text("相关代码", "other codes"),
    "area_m2": Text("面积（平方米）", "area, m²"),
    "created": Text("生成时间", "made at"),
    "within": Text("范围代码", "codes of the area"),
    "field_zones": Text("片区数", "field zones"),
    "tolerance": Text("允许偏差（比例）", "tolerance, share"),
    "seed": Text("随机种子", "seed"),
    "feasible": Text("是否在允许偏差内", "within the tolerance"),
    "optimal": Text("是否已证明最优", "proven optimal"),
    "bound": Text("偏差下界（比例）", "bound of the deviation, share"),
    "cut_km": Text("片区界线长（千米）", "borders between field zones, km"),
}

_LEVELS: Final = {
    "province": Text("省", "province"),
    "prefecture": Text("市", "prefecture"),
    "county": Text("县", "county"),
    "township": Text("乡镇", "township"),
    "village": Text("村（社区）", "village"),
    "zone": Text("普查小区", "zone"),
}


def title_of(column: str) -> Text:
    """Return the title of a column; empty texts for the user's own columns.

    Parameters
    ----------
    column
        Name of a column.

    Returns
    -------
    Text
        Chinese and English.

    Examples
    --------
    >>> title_of("code_township").zh, title_of("raw:备注").en
    ('定位乡镇代码', '')
    """
    if column in _TITLES:
        return _TITLES[column]
    claimed = column.removeprefix("claimed_code_")
    if claimed != column and claimed in _LEVELS:
        return Text(f"填报{_LEVELS[claimed].zh}代码", f"code of the claimed {_LEVELS[claimed].en}")
    part, _, level = column.partition("_")
    if part in {"code", "name"} and level in _LEVELS:
        zh, en = ("代码", "code of the") if part == "code" else ("名称", "name of the")
        return Text(f"定位{_LEVELS[level].zh}{zh}", f"{en} located {_LEVELS[level].en}")
    return Text("", "")
