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
from geocensus.errors import SchemaError
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


class Keeping(StrEnum):
    """How firmly parks and sectors are kept together."""

    HARD = "hard"
    SOFT = "soft"


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
    together: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help=t("工业园区面图层：每个园区归一个小组", "layer of industrial parks: one team has the whole of each"),
        ),
    ] = None,
    sector: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE",
            help=t(
                "行业代码前几位（GB/T 4754），可重复：有此行业的相邻单元归一个小组",
                "first digits of an industry (GB/T 4754), repeatable: neighbouring units that hold it go to one team",
            ),
        ),
    ] = None,
    together_as: Annotated[
        Keeping,
        typer.Option(
            help=t("园区、行业：不得拆分、尽量不拆分", "parks and sectors: never parted, or parted only for much")
        ),
    ] = Keeping.HARD,
    supervisors: Annotated[
        bool,
        typer.Option(
            "--supervisors",
            help=t(
                "另将相邻片区合为指导区，每名普查指导员一个",
                "also form supervisor areas of whole, neighbouring field zones",
            ),
        ),
    ] = False,
    visits: Annotated[
        bool,
        typer.Option(
            "--visits",
            help=t(
                "安排各小组每天的走访顺序（需要有核查结果的工作区）",
                "plan the days of every team (needs checked sources)",
            ),
        ),
    ] = False,
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
                "文件 .csv、.xlsx、.html、.png、.gpkg，或文件夹（全部）",
                "file .csv, .xlsx, .html, .png, .gpkg; or a folder for all",
            ),
        ),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml",
            help=t(
                r"设置文件：\[load] 工时、\[visits] 走访",
                r"settings: minutes of work in \[load], working hours in \[visits]",
            ),
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
        _refuse_with_zones(
            workspace,
            basemap=basemap,
            teams=teams,
            capacity=capacity,
            units=units,
            lock=lock,
            current=current,
            together=together,
            sector=sector,
            supervisors=supervisors,
            visits=visits,
            name=name,
            settings=settings,
        )
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
            together=together,
            sectors=sector or (),
            together_as=together_as,
            supervisors=supervisors,
            visits=visits,
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


def _refuse_with_zones(workspace: Path | None, **options: object) -> None:
    """Refuse options that census zones would pass over in silence; that they need a workspace is said first."""
    given = [f"--{name}" for name, value in options.items() if value]
    if given and workspace is not None:
        raise SchemaError(
            f"{', '.join(given)}: not with --as zones, which cuts the villages of a workspace by --most-sources alone",
            f"{'、'.join(given)} 不能与 --as zones 同用：普查小区只按 --most-sources 从工作区的村（社区）划出",
        )


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
