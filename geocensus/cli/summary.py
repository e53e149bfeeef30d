"""The short summary of a check on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from geocensus.checks import LEVEL_TITLES, NOT_TESTED, RULES
from geocensus.cli.console import errors, out
from geocensus.model import Text
from geocensus.pipeline.about import judged_lines, row_sum

if TYPE_CHECKING:
    from geocensus.pipeline.run import RunReport

__all__ = ["print_summary"]

_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


def print_summary(report: RunReport, lang: str, *, to_stderr: bool = False) -> None:
    """Write row sum, zones, flags and files.

    Parameters
    ----------
    report : RunReport
        The finished run.
    lang : str
        "zh" or "en".
    to_stderr : bool
        Leave stdout to JSON.
    """
    console = errors() if to_stderr else out()
    result, s = report.result, report.result.summary
    console.print(f"[bold]{row_sum(result).get(lang)}[/bold]")
    claimed = Text(
        "落在填报区划之外 {outside_claimed}，边界附近 {near_border}，在界线上 {on_border}",
        "outside the claimed area {outside_claimed}, near its border {near_border}, on a border {on_border}",
    )
    console.print(claimed.get(lang).format(**s))
    console.print(_certainty(s["certainty"]).get(lang))
    if s["flags"]:
        console.print(_flags(s["flags"], lang))
    console.print(_not_tested(result.not_tested, lang, tested=s["rows"] - s["excluded"]))
    for line in judged_lines(result):
        console.print(line.get(lang), markup=False)
    console.print(_changes(report.changes).get(lang))
    for title, path in ((Text("工作区", "workspace"), report.workspace), (Text("结果", "result"), report.out)):
        if path is not None:
            console.print(f"{title.get(lang)}{Text('：', ': ').get(lang)}[cyan]{escape(str(path))}[/cyan]")


def _changes(changes: dict[str, int]) -> Text:
    """Say what a run changed; decisions are named where there are any."""
    zh, en = "疑点：新增 {new}，消失 {gone}，保留 {kept}", "flags: {new} new, {gone} gone, {kept} kept"
    if changes["closed"] or changes["reopened"]:
        zh += "，维持办结 {closed}，重新打开 {reopened}"
        en += ", {closed} kept closed, {reopened} re-opened"
    if changes["reopened"]:
        zh += "（坐标、填报区划、底图或规则与处理时不同）"
        en += " (coordinate, claim, basemap or rule is not what was decided on)"
    return Text(zh.format(**changes), en.format(**changes))


def _certainty(levels: dict[str, dict[str, int]]) -> Text:
    parts = {level: (c["certain"], sum(c.values())) for level, c in levels.items()}
    zh = "，".join(f"{LEVEL_TITLES[k].zh} {a}/{b}" for k, (a, b) in parts.items())
    en = ", ".join(f"{LEVEL_TITLES[k].en} {a}/{b}" for k, (a, b) in parts.items())
    return Text(f"区划归属确定（已定位者中）：{zh}", f"certain of their area, of those located: {en}")


def _flags(flags: dict[str, int], lang: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in (Text("疑点", "flag"), Text("规则", "rule"), Text("数量", "sources")):
        table.add_column(title.get(lang), justify="right" if title.en == "sources" else "left")
    for rule in RULES:
        if rule.code in flags:
            table.add_row(f"[{_COLOURS[rule.severity]}]{rule.title.get(lang)}[/]", rule.code, str(flags[rule.code]))
    return table


def _not_tested(rules: dict[str, dict[str, int]], lang: str, *, tested: int) -> str:
    place = rules.get("place.outside_claimed", {})
    if not tested:
        return Text("没有可核查的污染源", "there is no source to check").get(lang)
    if not place:
        return Text("所有已定位的污染源都与填报区划作了比对", "every source was compared with its claimed area").get(
            lang
        )
    parts = [f"{NOT_TESTED[reason].get(lang)} {count}" for reason, count in place.items()]
    return Text("未与填报区划比对：", "not compared with a claimed area: ").get(lang) + Text("；", "; ").get(lang).join(
        parts
    )
