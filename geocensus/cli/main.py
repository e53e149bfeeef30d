"""Put the commands together, and turn every way of ending into an exit code."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import platform
import signal
import sys
import tempfile
import traceback
from importlib.metadata import entry_points
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geocensus.cli import basemap, check, demo, settings, split
from geocensus.cli import map as map_command
from geocensus.cli.console import errors, prepare
from geocensus.cli.language import LangOption, default_language, t
from geocensus.cli.usage import WrongUse, localise, wrong_use
from geocensus.errors import GeocensusError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["build", "main"]

WRONG_USE, INTERNAL, INTERRUPTED = 2, 3, 130

_COMMANDS = (
    (
        "demo",
        demo.demo,
        t(
            "生成带已知错误的虚构名单，核查并绘制地图。",
            "Make a fictional list with planted errors, check it, and draw the map.",
        ),
        ("geocensus demo", "geocensus demo --basemap miaoli --out miaoli-demo --rows 3000"),
    ),
    (
        "check",
        check.check,
        t(
            "把每个污染源定位到普查小区，并标记不可信的位置。",
            "Locate every source in its census zone and flag implausible locations.",
        ),
        (
            "geocensus check list.xlsx --basemap changshan --out result.xlsx",
            "geocensus check list.csv --basemap villages.gpkg --crs gcj02 --column lon=经度 --column lat=纬度",
        ),
    ),
    (
        "split",
        split.split,
        t(
            "把一个区域划分为工作量均衡、连片、紧凑的片区。",
            "Split areas into field zones: balanced loads, each connected, short borders.",
        ),
        (
            "geocensus split --basemap changshan --within 330822 --teams 7 --units township",
            "geocensus split --workspace list.gpkg --within 330822104 --teams teams.csv --name autumn --out plans",
        ),
    ),
    (
        "settings",
        settings.settings,
        t(
            "输出默认设置（TOML）；存盘修改后用 check --settings 读入。",
            "Print the default settings as TOML, to change and pass to check.",
        ),
        ("geocensus settings > settings.toml",),
    ),
    (
        "map",
        map_command.draw,
        t(
            "把工作区画成离线可用的地图网页，或一张图片。",
            "Draw a workspace as one map page that works without internet, or as a picture.",
        ),
        ("geocensus map list.gpkg --out map.html", "geocensus map list.gpkg --out public.html --public"),
    ),
)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer's signature
    if asked:
        typer.echo(f"geocensus {installed_version('geocensus')}")
        raise typer.Exit


def _group(lang: LangOption = None) -> None:
    """Accept --lang before the command of a group, too."""


def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=t("显示版本", "show the version"))
    ] = False,
    lang: LangOption = None,
) -> None:
    """Accept --lang before the command, too."""


def build() -> typer.Typer:
    """Collect the built-in commands and those of installed packages (entry points ``geocensus.commands``).

    Returns
    -------
    Typer
        The application.
    """
    application = typer.Typer(
        name="geocensus",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        help=t(
            "污染源普查的空间数据工具：名单进，普查小区与疑点出。",
            "Pollution source census: sources in, census zones and flags out.",
        ),
    )
    application.callback()(_root)
    for name, command, help_text, examples in _COMMANDS:
        application.command(name, help=help_text + "".join(f"\n\n    {example}" for example in examples))(command)
    application.add_typer(basemap.app, name="basemap")
    basemap.app.callback()(_group)
    for point in sorted(entry_points(group="geocensus.commands"), key=lambda p: p.name):
        try:
            command = point.load()
        except ImportError:  # its package's extra is not installed: the other commands still work
            continue
        if isinstance(command, typer.Typer):  # a group
            application.add_typer(command, name=point.name)
        else:
            application.command(point.name)(command)
    localise(application)
    return application


def main() -> None:
    """Run the command line; never a traceback, always an exit code."""
    prepare()
    lang = default_language()
    with _listening() as interrupts:
        try:
            code = build()(standalone_mode=False)
        except GeocensusError as error:
            _say(f"{t('错误', 'error')}: {error.message(lang)}")
            code = WRONG_USE
        except WrongUse as error:
            _say(wrong_use(error, lang))
            code = WRONG_USE
        except (KeyboardInterrupt, typer.Abort):
            code = INTERRUPTED
        except Exception:  # noqa: BLE001 - the last resort writes a report instead of a traceback
            # an interrupt inside a callback of SQLite arrives as an error of SQLite
            code = INTERRUPTED if interrupts else _internal()
    if code == INTERRUPTED:
        _say(t("已中断：各文件要么保持原样，要么已完整写好", "interrupted: every file is as it was, or complete"))
    sys.exit(code if isinstance(code, int) else 0)


@contextlib.contextmanager
def _listening() -> Iterator[list[int]]:
    """Note every Ctrl-C, whatever becomes of the KeyboardInterrupt."""
    heard: list[int] = []

    def interrupt(number: int, _frame: object) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # ignored, or somebody else's
        yield heard
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _say(text: str) -> None:
    if text:
        errors().print(text, markup=False, style="red")


def _internal() -> int:
    report = _report()
    _say(t(f"内部错误，报告已写入 {report}，请附上它反馈", f"internal error; please send the report {report}"))
    return INTERNAL


def _report() -> Path:
    """Write what is needed to find an internal error, without any row of the user's data."""
    stamp = dt.datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    text = "\n".join([" ".join(sys.argv), platform.platform(), sys.version, "", traceback.format_exc()])
    for folder in (Path(), Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            path = folder.resolve() / f"geocensus-error-{stamp}.txt"
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
            return path
    sys.stderr.write(text + "\n")
    return Path(os.devnull)
