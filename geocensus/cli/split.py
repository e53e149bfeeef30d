"""The command `geocensus split`."""

from __future__ import annotations

import contextlib
import signal
import threading
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from geocensus.cli.console import errors, note, print_json, working
from geocensus.cli.console import out as stdout
from geocensus.cli.language import LangOption, default_language, t
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["split"]


class Units(StrEnum):
    """What a split puts together."""

    TOWNSHIP = "township"
    VILLAGE = "village"
    ZONE = "zone"
    BLOCK = "block"
    CELL = "cell"


class Barriers(StrEnum):
    """What rivers, railways and roads do."""

    SOFT = "soft"
    HARD = "hard"
    OFF = "off"


class Purpose(StrEnum):
    """What a split makes."""

    FIELD_ZONES = "field-zones"
    ZONES = "zones"


def split(  # noqa: PLR0913 - one parameter per option
    within: Annotated[
        list[str],
        typer.Option(metavar="CODE", help=t("要划分的区划代码，可重复", "code of an area to split; repeatable")),
    ],
    *,
    workspace: Annotated[
        Path | None,
        typer.Option(
            metavar="WS.gpkg",
            help=t(
                "工作区：用其中的底图和污染源，方案写回其中",
                "workspace: its basemap and sources; the plan is written to it",
            ),
        ),
    ] = None,
    basemap: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help=t("底图名称或面图层文件", "basemap: shipped name or file")),
    ] = None,
    teams: Annotated[
        str | None,
        typer.Option(
            metavar="K|TEAMS.csv",
            help=t(
                "片区数，或小组名单（名称、人数、起点、电话）",
                "how many field zones, or a file: name, people, start point, phone",
            ),
        ),
    ] = None,
    capacity: Annotated[
        float | None,
        typer.Option(
            metavar="MINUTES",
            help=t("每组可承担的分钟数，代替 --teams", "minutes that a team can work, instead of --teams"),
        ),
    ] = None,
    units: Annotated[
        Units | None, typer.Option(help=t("划分单元，默认为村", "what is put together; by default villages"))
    ] = None,
    tolerance: Annotated[
        float, typer.Option(metavar="SHARE", help=t("工作量允许偏差（比例）", "share by which loads may differ"))
    ] = 0.05,
    barriers: Annotated[
        Barriers,
        typer.Option(
            help=t(
                "河流、铁路、公路：尽量不跨越、不得跨越、不考虑", "rivers, railways, roads: avoid, never cross, ignore"
            )
        ),
    ] = Barriers.SOFT,
    lock: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", help=t("已确定归属的单元：code,field_zone", "units that are decided: code,field_zone")
        ),
    ] = None,
    current: Annotated[
        str | None,
        typer.Option(
            metavar="PLAN",
            help=t(
                "现有方案（工作区中的名称，或 CSV），改派尽量少",
                "the plan of today (a name in the workspace, or a CSV): reassign least",
            ),
        ),
    ] = None,
    purpose: Annotated[
        Purpose,
        typer.Option("--as", help=t("划分片区，或编制普查小区", "field zones of teams, or coded census zones")),
    ] = Purpose.FIELD_ZONES,
    most_sources: Annotated[
        int,
        typer.Option(
            min=1, help=t("每个普查小区的最多对象数（--as zones）", "most sources in a census zone (--as zones)")
        ),
    ] = 150,
    name: Annotated[str | None, typer.Option(metavar="PLAN", help=t("方案名称", "name of the plan"))] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|DIR",
            help=t(
                "文件 .csv、.html、.png、.gpkg，或文件夹（全部）", "file .csv, .html, .png, .gpkg; or a folder for all"
            ),
        ),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml",
            help=t("设置文件，取其中 [load] 的工时", "settings: minutes of work in its table [load]"),
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help=t("随机种子：相同则结果相同", "same seed, same plan"))] = 0,
    json: Annotated[
        bool,
        typer.Option("--json", help=t("在标准输出最后一行给出 JSON", "one JSON object on the last line of stdout")),
    ] = False,
    lang: LangOption = None,
) -> None:
    """Split areas into balanced, connected, compact field zones."""
    from geocensus.cli.split_summary import print_split  # noqa: PLC0415 - help and errors in use need no pandas
    from geocensus.pipeline.split import run_split  # noqa: PLC0415

    lang = lang or default_language()
    if purpose is Purpose.ZONES:
        _zones(within, workspace=workspace, out=out, most=most_sources, seed=seed, lang=lang, json=json)
        return
    with working(lang) as progress, _finishing() as stop:
        report = run_split(
            within,
            basemap=basemap,
            workspace=workspace,
            teams=teams,
            capacity=capacity,
            units=units,
            tolerance=tolerance,
            barriers=barriers,
            lock=lock,
            current=current,
            name=name,
            out=out,
            settings=settings,
            seed=seed,
            lang=lang,
            progress=progress,
            stop=stop,
        )
    for remark in report.notes:
        note(remark.get(lang))
    print_split(report, lang, to_stderr=json)
    if json:
        print_json(report.summary)


def _zones(
    within: list[str], *, workspace: Path | None, out: Path | None, most: int, seed: int, lang: str, json: bool
) -> None:
    """Cut census zones and say what became of their codes."""
    from geocensus.pipeline.cut_zones import cut_zones  # noqa: PLC0415 - help needs no pandas

    with working(lang) as progress:
        report = cut_zones(within, workspace=workspace, out=out, most=most, seed=seed, lang=lang, progress=progress)
    for remark in report.notes:
        note(remark.get(lang))
    said = Text(
        "{villages} 个村编为 {zones} 个普查小区：新增 {created}，沿用 {kept}，变更 {changed}，"
        "停用 {retired}；每区最多 {most} 个对象",
        "{villages} villages in {zones} census zones: {created} created, {kept} kept, {changed} changed, "
        "{retired} retired; at most {most} sources in one",
    )
    console = errors() if json else stdout()
    console.print(said.get(lang).format(**report.summary), markup=False)
    console.print(f"{t('已写入工作区', 'written to')} {report.workspace}, {report.labels}", markup=False)
    if json:
        print_json(report.summary)


@contextlib.contextmanager
def _finishing() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl-C end the search with the best plan so far; the second one stops everything."""
    begun, asked = threading.Event(), threading.Event()

    def stop() -> bool:
        begun.set()
        return asked.is_set()

    def interrupt(_number: int, _frame: object) -> None:
        if asked.is_set() or not begun.is_set():
            raise KeyboardInterrupt
        asked.set()
        note(
            t(
                "正在结束：将给出目前最好的方案；再按一次则放弃",
                "finishing with the best plan so far; once more to give up",
            )
        )

    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or usual is signal.SIG_IGN:
        yield stop
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, usual)
