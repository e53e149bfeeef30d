"""Every word that a map shows, in Chinese and English."""

from __future__ import annotations

from typing import Final

from geocensus.model import LEVELS, Text

__all__ = ["LEVEL_NAMES", "PAGE", "STATUS_NAMES", "page_texts"]

LEVEL_NAMES: Final = {
    "province": Text("省级", "Province"),
    "prefecture": Text("市级", "Prefecture"),
    "county": Text("县级", "County"),
    "township": Text("乡镇级", "Township"),
    "village": Text("村级", "Village"),
    "zone": Text("普查小区", "Census zone"),
}
assert tuple(LEVEL_NAMES) == LEVELS

STATUS_NAMES: Final = {
    "ok": Text("位置相符", "in its claimed area"),
    "near_border": Text("边界附近", "near border"),
    "flagged": Text("有疑点", "flagged"),
    "not_tested": Text("未检验", "not tested"),
}

PAGE: Final = {
    "about": Text("说明", "About"),
    "accuracy": Text("边界精度", "Border accuracy"),
    "areas": Text("区划", "Areas"),
    "areas_hit": Text("区划", "area"),
    "assumed": Text("（清单未注明，按此假定）", " (ASSUMED: the list does not say)"),
    "barriers": Text("河流、铁路、公路", "Rivers, railways, roads"),
    "basemap": Text("底图", "Basemap"),
    "beyond_frame": Text("图框之外", "Beyond the frame"),
    "beyond_map": Text("不在本图范围内", "beyond this map"),
    "by_rule": Text("按规则", "By rule"),
    "by_class": Text("按类别计数", "Counts by class"),
    "causes": Text("可能原因", "Likely causes"),
    "certain": Text("把握大", "nearly certain"),
    "certainty": Text("所在区划可确定的份额", "Share whose area is certain"),
    "claim_to": Text("坐标无误，填报区划应为", "The point is right, the claim should be"),
    "claimed": Text("填报区划", "Claimed area"),
    "class": Text("类别", "Class"),
    "close": Text("收起面板", "Hide panel"),
    "code_year": Text("代码年份", "Code year"),
    "colon": Text("：", ": "),
    "coordinate": Text("原始坐标", "Coordinate as written"),
    "crs": Text("坐标系", "Reference system"),
    "data_time": Text("数据时间", "Data as of"),
    "declined": Text("不提建议", "Nothing is proposed"),
    "diagnosed": Text("已判断原因 {n}", "{n} diagnosed"),
    "distance": Text("与填报区划", "Against the claimed area"),
    "distance_in": Text("在内，距边界 {m}", "inside, {m} from its border"),
    "distance_out": Text("在外 {m}", "outside by {m}"),
    "excluded": Text("剔除", "excluded"),
    "file": Text("清单文件", "List"),
    "first_causes": Text("按首要原因", "By first cause"),
    "fit": Text("全图", "Whole map"),
    "flags": Text("疑点", "Flags"),
    "group": Text("批次", "Import group"),
    "here": Text("此处有 {n} 个污染源", "{n} sources at this place"),
    "hits": Text("共 {n} 条，显示前 {m} 条", "{n} found, the first {m} shown"),
    "in_area": Text("区内污染源", "Sources inside"),
    "labels": Text("地名注记", "Place names"),
    "layers": Text("图层与图例", "Legend"),
    "legend": Text("图例", "Legend"),
    "licence": Text("许可", "Licence"),
    "lines": Text("指向填报区划的连线", "Line to the claimed area"),
    "located": Text("已定位", "located"),
    "located_in": Text("定位区划", "Located area"),
    "moved": Text("移动 {m}", "moved by {m}"),
    "most": Text("最多的村", "the most in one village"),
    "more": Text("再显示 {n} 行", "Show {n} more"),
    "near_border": Text("边界附近（界外、容差内）", "Near border (outside, within the tolerance)"),
    "nearby": Text("附近另有 {n} 个，放大可分开", "{n} more close by: zoom in to part them"),
    "no_area": Text("不在任何区划内", "in no area"),
    "no_flags": Text("没有疑点。", "No flags."),
    "no_hits": Text("没有找到。", "Nothing found."),
    "no_rows": Text("没有这样的行。", "No such rows."),
    "none": Text("（未填）", "(none given)"),
    "off_map": Text("未上图", "Off the map"),
    "off_map_note": Text(
        "这些行没有可用坐标或已剔除，仍计入总数。",
        "These rows have no usable coordinate or were set aside; all are counted.",
    ),
    "on_border": Text("恰在边界上", "On a border"),
    "open": Text("展开面板", "Show panel"),
    "others_below": Text("其余 {n} 个请放大后查看", "Zoom in to see the other {n}"),
    "outside_basemap": Text("底图范围之外", "Outside the basemap"),
    "outside_claimed": Text("落在填报区划之外", "Outside the claimed area"),
    "print": Text("打印", "Print"),
    "public": Text(
        "公开版：位置只到村，不含单位名称、代码和联系方式。",
        "Public edition: places are rounded to the village; no names, codes or contacts of units.",
    ),
    "public_symbols": Text("各村污染源数量", "Number of sources by village"),
    "read": Text("读入", "read"),
    "reason": Text("原因", "Reason"),
    "reasons": Text("疑点", "Reasons"),
    "repair": Text("修正建议", "Proposal"),
    "repairs": Text("修正建议", "Proposals"),
    "repairs_certain": Text("建议位置，概率 90% 以上", "Proposed place, 90 % or more"),
    "repairs_claim": Text("建议更正填报区划", "The claim is questioned instead"),
    "repairs_declined": Text("不提建议", "Nothing proposed"),
    "repairs_offered": Text("建议位置，概率 50% 以上", "Proposed place, 50 % or more"),
    "row": Text("行号", "Row"),
    "search": Text("查找名称或代码（污染源、区划）", "Search names and codes (sources, areas)"),
    "severity": Text("疑点等级", "Flags by severity"),
    "simplified": Text("图上边界已简化，最大偏移约 {m} 米", "Borders are simplified for drawing, by up to about {m} m"),
    "software": Text("绘制", "Drawn with"),
    "source": Text("来源", "Source"),
    "sources": Text("污染源", "Sources"),
    "tolerance": Text("容差", "tolerance"),
    "unlocated": Text("未定位", "unlocated"),
    "unmatched": Text("底图中没有此代码", "not in the basemap"),
    "village": Text("所在村", "Village"),
}


def page_texts(lang: str, *, part: bool = False) -> dict[str, str]:
    """Return the page's words in one language.

    Parameters
    ----------
    lang : str
        "zh" or "en".
    part : bool
        The map shows a part of the basemap: an area that is not on it may well be in the basemap.

    Returns
    -------
    dict
        Key to text; ``{n}`` and ``{m}`` are filled in on the page.
    """
    words = PAGE | dict.fromkeys(("unmatched", "outside_basemap"), PAGE["beyond_map"]) if part else PAGE
    return {key: text.get(lang) for key, text in words.items()}
