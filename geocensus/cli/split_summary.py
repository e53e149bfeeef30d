"""The short summary of a split on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from geocensus.cli.console import errors, note, out
from geocensus.maps import hours, percent
from geocensus.model import Text

if TYPE_CHECKING:
    from geocensus.pipeline.split import SplitReport

__all__ = ["print_split"]

_MOST_ROWS = 30
_ROUNDED = 5e-5  # half of the last digit shown


def print_split(report: SplitReport, lang: str, *, to_stderr: bool = False) -> None:
    """Write headline, loads of the field zones, proof, warnings and files.

    Parameters
    ----------
    report : SplitReport
        The finished split.
    lang : str
        "zh" or "en".
    to_stderr : bool
        Leave stdout to JSON.
    """
    console = errors() if to_stderr else out()
    console.print(f"[bold]{escape(report.title.get(lang))}[/bold]")
    console.print(_zones(report, lang))
    for sentence in report.outcome:
        console.print(escape(sentence.get(lang)))
    measures = Text(
        "界线 {cut_km:.1f} 千米，工作点到片区中心 {rms_m:,.0f} 米，紧凑度 {polsby_popper:.2f}",
        "borders {cut_km:.1f} km, distance to the centre {rms_m:,.0f} m, compactness {polsby_popper:.2f}",
    )
    console.print(measures.get(lang).format(**report.summary))
    for label, value in report.facts:
        console.print(escape(f"{label.get(lang)}{Text('：', ': ').get(lang)}{value.get(lang)}"))
    for warning in report.plan.warnings:
        note(warning.get(lang))
    for path in report.targets.written:
        console.print(f"{Text('文件', 'file').get(lang)}: [cyan]{escape(str(path))}[/cyan]")
    if report.workspace is not None:
        place = report.workspace
        title = Text(f"方案“{report.name}”已写入工作区 {place}", f"plan {report.name} written to {place}")
        console.print(escape(title.get(lang)))


def _zones(report: SplitReport, lang: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    titles = (
        Text("片区", "field zone"),
        Text("负责人", "owner"),
        Text("单元", "units"),
        Text("小时", "hours"),
        Text("偏差", "deviation"),
    )
    for title in titles:
        table.add_column(title.get(lang), justify="left" if title in titles[:2] else "right")
    zones = report.plan.field_zones
    for row in zones.head(_MOST_ROWS).itertuples():  # at most a screen full of lines
        off = percent(row.deviation, signed=True)
        beyond = abs(row.deviation) > report.plan.report["tolerance"] + _ROUNDED
        table.add_row(
            escape(str(row.name)),
            escape(str(row.owner)),
            str(row.units),
            hours(row.load),
            f"[yellow]{off}[/]" if beyond else off,
        )
    if len(zones) > _MOST_ROWS:
        table.add_row(f"… {len(zones) - _MOST_ROWS}", "", "", "", "")
    return table
