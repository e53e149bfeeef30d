"""What a result says about itself: row sum, basemap, reference system, assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geocensus.checks import CAUSES, LEVEL_TITLES, RULES, boundary_m
from geocensus.checks.labels import in_words
from geocensus.io import CERTAIN_FROM
from geocensus.model import Text

if TYPE_CHECKING:
    import pandas as pd

    from geocensus.pipeline.checking import CheckResult

__all__ = ["about", "assumptions", "judged_lines", "row_sum"]

_MOST = 5  # causes and groups that a summary names
_WHOLE = {
    "none": Text("整份名单未发现偏移", "the list as a whole is not shifted"),
    "shifted": Text("整份名单有偏移", "the list as a whole is shifted"),
    "inconclusive": Text("整份名单有无偏移无法判断", "for the list as a whole inconclusive"),
}


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


def judged_lines(result: CheckResult) -> tuple[Text, ...]:
    """Say in a few sentences why locations are wrong, what is proposed, and which groups are shifted.

    Parameters
    ----------
    result : CheckResult
        Of a check.

    Returns
    -------
    tuple of Text
        Empty where nothing was diagnosed and no group was tested.
    """
    s, lines = result.summary, []
    if s["causes"]:
        lines.append(_causes(s["causes"]))
        certain = result.repairs[result.repairs["offered"] & (result.repairs["probability"] >= CERTAIN_FROM)]
        marked, offered, declined = certain["source_id"].nunique(), s["repairs"]["offered"], s["repairs"]["declined"]
        lines.append(
            Text(
                f"修正建议：{offered} 条（其中概率 90% 以上 {marked} 条），{declined} 条不提建议；未作任何改动",
                f"repairs: offered for {offered} sources ({marked} at 90 % or more), declined for {declined}; nothing "
                "was changed",
            )
        )
    if len(result.shifts):
        lines += [_tested(result.shifts), *_shifted(result)]
    return tuple(lines)


def _tested(shifts: pd.DataFrame) -> Text:
    """Say in one line what the test found: of the whole list, and of the groups in it."""
    system = shifts["system"].where(~shifts["system"].str.startswith("reference_"), "none")
    found = system.where(system.isin(["none", "inconclusive"]), "shifted")
    whole = shifts["by"] == "file"
    if whole.sum() != 1:
        said, counted = Text(f"{len(found)} 个批次", f"{len(found)} import groups"), found
    else:
        said, counted = _WHOLE[found[whole].item()], found[~whole]
        if counted.empty:
            return Text(f"坐标偏移检验：{said.zh}", f"shift test: {said.en}")
        said = Text(f"{said.zh}；其中 {len(counted)} 个批次", f"{said.en}; of the {len(counted)} import groups in it")
    shifted, none, undecided = (int((counted == kind).sum()) for kind in ("shifted", "none", "inconclusive"))
    return Text(
        f"坐标偏移检验：{said.zh}，有偏移 {shifted}，未发现偏移 {none}，无法判断 {undecided}",
        f"shift test: {said.en}, {shifted} shifted, {none} not, {undecided} inconclusive",
    )


def _shifted(result: CheckResult) -> list[Text]:
    """Name the groups that are shifted, the widest only, and those that look like it."""
    shifts, flags = result.shifts, result.flags
    flagged = shifts["group"].isin(flags.loc[flags["rule"] == "group.shift", "group"])
    named = shifts[flagged | shifts["group"].isin(shifts.attrs.get("leaning", []))]
    columns = (named[name] for name in ("group", "message_zh", "message_en"))
    labels = ((in_words(label), zh, en) for label, zh, en in zip(*columns, strict=True))
    said = [Text(f"{label.zh}：{zh}", f"{label.en}: {en}") for label, zh, en in labels]
    if len(said) <= _MOST:
        return said
    more = len(said) - _MOST
    rest = Text(f"另有 {more} 个批次有偏移或疑似偏移", f"{more} more import groups are shifted, or look like it")
    return [*said[:_MOST], rest]


def _causes(causes: dict[str, int]) -> Text:
    """Name the most frequent first causes; those beyond are summed."""
    top = list(causes.items())[:_MOST]
    zh = "，".join(f"{CAUSES[cause].zh} {count}" for cause, count in top)
    en = ", ".join(f"{CAUSES[cause].en} {count}" for cause, count in top)
    if rest := sum(causes.values()) - sum(count for _, count in top):
        zh, en = f"{zh}，其他 {rest}", f"{en}, others {rest}"
    return Text(f"首要原因：{zh}", f"first causes: {en}")


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
    for cause, count in s["causes"].items():
        items[Text(f"首要原因：{CAUSES[cause].zh}", f"first cause: {CAUSES[cause].en}")] = str(count)
    if s["causes"]:
        items[Text("修正建议：提出", "repairs: offered")] = str(s["repairs"]["offered"])
        items[Text("修正建议：不提", "repairs: declined")] = str(s["repairs"]["declined"])
    for rule, reasons in result.not_tested.items():
        items[Text(f"未检验：{titles[rule].zh}", f"not tested: {titles[rule].en}")] = str(sum(reasons.values()))
    return {title.get(lang): value for title, value in items.items()}
