"""The commands `geocensus basemap list | verify | build`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from geocensus.cli.console import errors, note, out, print_json, working
from geocensus.cli.language import LangOption, default_language, t
from geocensus.errors import SchemaError
from geocensus.model import LEVELS, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help=t("底图：列出、检验、用自己的图层制作", "basemaps: list, verify, build from own layers")
)

JsonOption = Annotated[
    bool, typer.Option("--json", help=t("在标准输出最后一行给出 JSON", "one JSON object on the last line of stdout"))
]


@app.command(
    "list",
    help=t("列出自带底图。", "List the shipped basemaps.") + "\n\n    geocensus basemap list",
)
def list_(*, json: JsonOption = False, lang: LangOption = None) -> None:
    """List the shipped basemaps."""
    from geocensus.io import list_basemaps  # noqa: PLC0415 - help needs no pandas

    lang = lang or default_language()
    basemaps = list_basemaps()
    rows = [
        (b["name"], Text(**b["title"]).get(lang), b["root"], " > ".join(f"{k} {v}" for k, v in b["levels"].items()))
        for b in basemaps
    ]
    titles = (Text("名称", "name"), Text("标题", "title"), Text("根代码", "root"), Text("层级", "levels"))
    _print([title.get(lang) for title in titles], rows, to_stderr=json)
    if json:
        print_json({"basemaps": basemaps})


@app.command(
    "verify",
    help=t(
        "按层级报告定位有多确定，以及底图中不衔接之处。",
        "Report per level how certain locating in a basemap is, and what in it does not fit together.",
    )
    + "\n\n    geocensus basemap verify miaoli",
)
def verify(
    basemap: Annotated[str, typer.Argument(metavar="BASEMAP", help=t("底图名称或文件", "shipped name or file"))],
    point_accuracy_m: Annotated[
        float, typer.Option("--point-accuracy-m", min=0, help=t("点位精度（米）", "accuracy of points, metres"))
    ] = 10.0,
    out_file: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help=t("逐区划的结果 .csv、.xlsx 或 .parquet", "table of all areas: .csv, .xlsx or .parquet"),
        ),
    ] = None,
    *,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Report per level how certain locating in a basemap is, and what in it does not fit together."""
    from geocensus.checks import LEVEL_TITLES, Settings, boundary_m  # noqa: PLC0415 - help needs no pandas
    from geocensus.io import write_result  # noqa: PLC0415
    from geocensus.pipeline.verify_basemap import verify_basemap  # noqa: PLC0415

    lang = lang or default_language()
    with working(lang) as progress:
        progress(Text("检验底图", "verifying the basemap"))
        report = verify_basemap(basemap, point_accuracy_m=point_accuracy_m)
    rows = []
    for level, share in report.shares().items():
        metres, assumed = boundary_m(report.basemap.info, level, Settings())
        accuracy = f"{metres:g} m" + (Text("（假定）", " ASSUMED").get(lang) if assumed else "")
        certain = f"{share['certain_share']:.1%}"
        rows.append((LEVEL_TITLES[level].get(lang), str(share["areas"]), f"{share['area_km2']:.1f}", accuracy, certain))
    heads = (
        Text("层级", "level"),
        Text("区划数", "areas"),
        Text("面积 km²", "area km²"),
        Text("边界精度", "accuracy of borders"),
        Text("归属确定的面积", "certain share of area"),
    )
    _print([head.get(lang) for head in heads], rows, to_stderr=json)
    _print_worst(report.certainty, lang, to_stderr=json)
    kinds = _print_issues(report.issues, lang, to_stderr=json)
    for remark in (*report.basemap.notes, report.basemap.info.notice):
        if remark.zh:
            note(remark.get(lang))
    if out_file is not None:
        write_result(out_file, report.certainty, {})
        (errors() if json else out()).print(f"{t('结果：', 'result: ')}{out_file}", markup=False)
    if json:
        info = report.basemap.info
        head = {"name": info.name, "sha256": info.sha256, "code_year": info.code_year}
        print_json({"basemap": head, "certainty": report.shares(), "issues": kinds, "nested": info.nested})


@app.command(
    "build",
    help=t(
        "用自己的图层制作底图：能修整的修整，其余列入报告。",
        "Make a basemap from own layers, mend what can be mended, and report the rest.",
    )
    + "\n\n    geocensus basemap build my.gpkg --level village=villages.shp --code XZQDM --name XZQMC",
)
def build(  # noqa: PLR0913, PLR0917 - one parameter per option
    out_file: Annotated[Path, typer.Argument(metavar="OUT.gpkg", help=t("要写的底图文件", "basemap to write"))],
    level: Annotated[
        list[str],
        typer.Option(metavar="LEVEL=FILE[::LAYER]", help=t("一个层级的面图层，可重复", "areas of a level; repeatable")),
    ],
    code: Annotated[
        list[str] | None, typer.Option(metavar="[LEVEL=]FIELD", help=t("代码字段", "column of codes"))
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(metavar="[LEVEL=]FIELD", help=t("名称字段", "column of names"))
    ] = None,
    parent: Annotated[
        list[str] | None, typer.Option(metavar="[LEVEL=]FIELD", help=t("上级代码字段", "column of parent codes"))
    ] = None,
    barrier: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help=t("河流、道路等线图层，可重复", "rivers, roads; repeatable")),
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help=t("图层坐标系，代替文件中的说明", "reference system instead of the files'"))
    ] = None,
    code_year: Annotated[int | None, typer.Option(metavar="YYYY", help=t("区划代码年份", "year of the codes"))] = None,
    accuracy_m: Annotated[
        list[str] | None, typer.Option(metavar="[LEVEL=]M", help=t("边界精度（米）", "accuracy of borders, metres"))
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help=t("Shapefile 属性编码，一般自动识别", "encoding of Shapefiles; found by itself"))
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            metavar="LAYER", help=t("可靠的参照图层，用于判断坐标偏移", "layer known to be right, to find a shift")
        ),
    ] = None,
    *,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Make a basemap from own layers, mend what can be mended, and report the rest."""
    from geocensus.basemap import MENDED_TEXTS  # noqa: PLC0415 - help needs no pandas
    from geocensus.checks import LEVEL_TITLES  # noqa: PLC0415
    from geocensus.io import READING_TEXTS  # noqa: PLC0415
    from geocensus.pipeline.build_basemap import build_basemap  # noqa: PLC0415

    lang = lang or default_language()
    accuracies = {key: _metres(value) for key, value in _by_level(accuracy_m, "--accuracy-m").items()}
    with working(lang) as progress:
        progress(Text("制作底图", "building the basemap"))
        report = build_basemap(
            out_file,
            _levels(level),
            barrier=barrier,
            code=_by_level(code, "--code") or None,
            name=_by_level(name, "--name") or None,
            parent=_by_level(parent, "--parent") or None,
            crs=crs,
            code_year=code_year,
            accuracy_m=accuracies or None,
            reference=reference,
            encoding=encoding,
        )
    for remark in report.notes:
        note(remark.get(lang))
    note(report.shift.text.get(lang))
    counts = {name: len(report.basemap.areas(name)) for name in report.basemap.levels}
    rows = [(LEVEL_TITLES[name].get(lang), str(count)) for name, count in counts.items()]
    _print([Text("层级", "level").get(lang), Text("区划数", "areas").get(lang)], rows, to_stderr=json)
    for texts, table in ((MENDED_TEXTS, report.mended), (READING_TEXTS, report.reading)):
        for what, count in table["what"].value_counts().items():
            note(f"{texts[what].get(lang)} × {count}")
    kinds = _print_issues(report.issues, lang, to_stderr=json)
    (errors() if json else out()).print(f"{t('底图', 'basemap')}: {report.path}", markup=False)
    if json:
        shift = {"system": report.shift.system, "confidence": report.shift.confidence}
        print_json(
            {
                "file": str(report.path),
                "levels": counts,
                "mended": len(report.mended),
                "unread": len(report.reading),
                "issues": kinds,
                "shift": shift,
                "nested": report.basemap.info.nested,
            }
        )


def _levels(pairs: Sequence[str]) -> dict[str, str]:
    levels: dict[str, str] = {}
    for pair in pairs:
        level, equals, file = pair.partition("=")
        if level not in LEVELS or not (equals and file):
            known = ", ".join(LEVELS)
            raise SchemaError(
                f"--level {pair}: write it as LEVEL=FILE or LEVEL=FILE::LAYER; levels are {known}",
                f"--level {pair}：应写成 层级=文件 或 层级=文件::图层；层级有 {known}",
            )
        levels[level] = file
    return levels


def _by_level(values: Sequence[str] | None, option: str) -> dict[str, str]:
    """Split ``[LEVEL=]VALUE``; the key "" stands for all other levels."""
    result: dict[str, str] = {}
    for value in values or ():
        level, equals, rest = value.partition("=")
        if equals and level not in LEVELS:
            known = ", ".join(LEVELS)
            raise SchemaError(
                f"{option} {value}: no level {level!r}; levels are {known}",
                f"{option} {value}：没有层级“{level}”；层级有 {known}",
            )
        result[level if equals else ""] = rest if equals else value
    return result


def _metres(value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise SchemaError(f"--accuracy-m {value}: not a number of metres", f"--accuracy-m {value}：不是米数") from error


def _print(heads: Sequence[str], rows: Sequence[Sequence[str]], *, to_stderr: bool) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head)
    for row in rows:
        table.add_row(*row)
    (errors() if to_stderr else out()).print(table)


def _print_worst(certainty: pd.DataFrame, lang: str, *, to_stderr: bool) -> None:
    """Name the areas in which locating is least certain; the finest level tells most."""
    finest = certainty[certainty["level"] == certainty["level"].iloc[-1]]
    worst = finest.nsmallest(5, "certain_share")
    names = ", ".join(f"{a} {b:.0%}" for a, b in zip(worst["name"], worst["certain_share"], strict=True))
    text = Text("最不确定的区划：", "least certain areas: ").get(lang)
    (errors() if to_stderr else out()).print(text + names, markup=False)


def _print_issues(issues: pd.DataFrame, lang: str, *, to_stderr: bool) -> dict[str, Any]:
    from geocensus.basemap import ISSUE_TITLES  # noqa: PLC0415 - help needs no pandas

    kinds = {str(kind): int(count) for kind, count in issues["kind"].value_counts().items()}
    console = errors() if to_stderr else out()
    if not kinds:
        console.print(Text("拓扑检查：没有问题", "topology: nothing found").get(lang))
    for kind, count in kinds.items():
        first = issues[issues["kind"] == kind].iloc[0]
        said = Text("{} × {}，例如：{}", "{} × {}, such as: {}").get(lang)
        console.print(said.format(ISSUE_TITLES[kind].get(lang), count, first[f"message_{lang}"]), markup=False)
    return kinds
