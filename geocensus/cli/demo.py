"""The command `geocensus demo`."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from geocensus.cli.console import errors, note, print_json, working
from geocensus.cli.console import out as stdout
from geocensus.cli.language import LangOption, default_language, t

__all__ = ["demo"]


def demo(
    basemap: Annotated[
        str, typer.Option(metavar="changshan|miaoli", help=t("自带底图", "shipped basemap"))
    ] = "changshan",
    out: Annotated[Path, typer.Option(metavar="DIR", help=t("输出文件夹", "folder"))] = Path("demo"),
    rows: Annotated[int, typer.Option(help=t("名单行数", "rows of the list"))] = 1200,
    *,
    no_open: Annotated[bool, typer.Option("--no-open", help=t("不打开地图", "do not open the map"))] = False,
    json: Annotated[
        bool,
        typer.Option("--json", help=t("在标准输出最后一行给出 JSON", "one JSON object on the last line of stdout")),
    ] = False,
    lang: LangOption = None,
) -> None:
    """Make a fictional list with planted errors, check it, and draw the map."""
    from geocensus.cli.summary import print_summary  # noqa: PLC0415 - help needs no pandas
    from geocensus.pipeline.demo import run_demo  # noqa: PLC0415

    lang = lang or default_language()
    with working(lang) as progress:
        report = run_demo(basemap, out=out, rows=rows, lang=lang, progress=progress)
    for remark in report.run.notes:
        note(remark.get(lang))
    print_summary(report.run, lang, to_stderr=json)
    (errors() if json else stdout()).print(f"{t('地图：', 'map: ')}[cyan]{escape(str(report.page))}[/cyan]")
    for plan in report.plans:
        text = f"{plan.title.get(lang)}{t('：', ': ')}[cyan]{escape(str(plan.targets.page))}[/cyan]"
        (errors() if json else stdout()).print(text)
    if json:
        print_json(report.run.result.summary)
    if not no_open and sys.stdout.isatty():
        webbrowser.open(report.page.resolve().as_uri())
