"""What a result says about itself: row sum, basemap, reference system, assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geocensus.checks import LEVEL_TITLES, RULES, boundary_m
from geocensus.model import Text

if TYPE_CHECKING:
    from geocensus.pipeline.checking import CheckResult

__all__ = ["about", "assumptions", "row_sum"]


def row_sum(result: CheckResult) -> Text:
    """Return the sum that every output shows.

    Parameters
    ----------
    result : CheckResult
        Of a check.

    Returns
    -------
    Text
        The rows read = located + unlocated + excluded, with numbers.
    """
    s = result.summary
    return Text(
        f"读入 {s['rows']} 行 = 已定位 {s['located']} + 未定位 {s['unlocated']} + 剔除 {s['excluded']}",
        f"{s['rows']} rows read = {s['located']} located + {s['unlocated']} unlocated + {s['excluded']} excluded",
    )


def assumptions(result: CheckResult) -> tuple[Text, ...]:
    """List what was assumed because neither list nor basemap states it.

    Parameters
    ----------
    result : CheckResult
        Of a check.

    Returns
    -------
    tuple of Text
        Sentences for a person; empty when nothing was assumed.
    """
    from geocensus.checks import Settings  # noqa: PLC0415 - only to rebuild the assumed values

    info, settings = result.basemap.info, Settings(boundary_m=result.provenance["settings"]["boundary_m"])
    said = []
    if result.summary["crs_assumed"]:
        said.append(Text("名单未说明坐标系，假定为 CGCS2000", "the list states no reference system: cgcs2000 ASSUMED"))
    for level in result.basemap.levels:
        metres, assumed = boundary_m(info, level, settings)
        if assumed:
            title = LEVEL_TITLES[level]
            said.append(
                Text(
                    f"底图未说明{title.zh}界精度，假定为 {metres:g} 米",
                    f"the basemap states no accuracy of {title.en} borders: {metres:g} m ASSUMED",
                )
            )
    if info.notice.zh:
        said.append(info.notice)
    return tuple(said)


def about(result: CheckResult, lang: str) -> dict[str, str]:
    """Describe a result, for the second sheet of a workbook.

    Parameters
    ----------
    result : CheckResult
        Of a check.
    lang : str
        "zh" or "en".

    Returns
    -------
    dict
        Item to value, in one language.
    """
    s, p, info = result.summary, result.provenance, result.basemap.info
    titles = {rule.code: rule.title for rule in RULES}
    items = {
        Text("行数核对", "row sum"): row_sum(result).get(lang),
        Text("名单文件", "list"): " ".join(filter(None, (p["input"]["file"], p["input"]["sheet"]))),
        Text("名单 SHA-256", "list SHA-256"): p["input"]["sha256"] or "",
        Text("坐标系", "reference system"): s["crs"]
        + (Text("（假定）", " (ASSUMED)").get(lang) if s["crs_assumed"] else ""),
        Text("底图", "basemap"): f"{info.title.get(lang)} ({info.name})",
        Text("底图代码年份", "code year of the basemap"): str(info.code_year or ""),
        Text("底图 SHA-256", "basemap SHA-256"): info.sha256,
        Text("底图声明", "notice of the basemap"): info.notice.get(lang),
        Text("完成时间", "finished"): p["finished"],
        Text("geocensus 版本", "version of geocensus"): p["versions"]["geocensus"],
    }
    for rule, count in s["flags"].items():
        items[Text(f"疑点：{titles[rule].zh}", f"flag: {titles[rule].en}")] = str(count)
    for rule, reasons in result.not_tested.items():
        items[Text(f"未检验：{titles[rule].zh}", f"not tested: {titles[rule].en}")] = str(sum(reasons.values()))
    return {title.get(lang): value for title, value in items.items()}
