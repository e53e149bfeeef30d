"""The command `geocensus check`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from geocensus.cli.console import note, print_json, working
from geocensus.cli.language import LangOption, default_language, t
from geocensus.errors import SchemaError

__all__ = ["check", "columns_of"]

FLAGS_FOUND = 1


def columns_of(pairs: list[str] | None) -> dict[str, str]:
    """Split ``role=HEADER`` options.

    Parameters
    ----------
    pairs : list of str or None
        As given.

    Returns
    -------
    dict
        Role to header.

    Raises
    ------
    SchemaError
        A pair without "=".

    Examples
    --------
    >>> columns_of(["lon=经度", "lat=纬度"])
    {'lon': '经度', 'lat': '纬度'}
    """
    columns: dict[str, str] = {}
    for pair in pairs or []:
        role, equals, header = pair.partition("=")
        if not (role and equals and header):
            raise SchemaError(
                f"--column {pair}: write it as role=HEADER, for example lon=经度",
                f"--column {pair}：应写成 角色=表头，例如 lon=经度",
            )
        columns[role.strip()] = header.strip()
    return columns


def check(  # noqa: PLR0913 - one parameter per option
    sources: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCES",
            help=t(
                "名单：CSV、Excel、GeoPackage、GeoJSON、Shapefile、GeoParquet",
                "list: CSV, Excel, GeoPackage, GeoJSON, Shapefile, GeoParquet",
            ),
        ),
    ],
    basemap: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help=t(
                "底图名称或面图层文件；默认用工作区里的", "basemap: shipped name or file; by default the workspace's"
            ),
        ),
    ] = None,
    workspace: Annotated[
        Path | None,
        typer.Option(
            metavar="WS.gpkg",
            help=t(
                "工作区文件；默认为 名单名.gpkg（名单本身是 .gpkg 时为 名单名-workspace.gpkg）",
                "workspace; by default the list's stem + .gpkg (-workspace.gpkg where that is the list)",
            ),
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|FOLDER",
            help=t(
                "结果文件 .xlsx、.csv 或 .parquet；无后缀时为存放 GeoParquet 的文件夹",
                "result: .xlsx, .csv or .parquet; without an ending a folder of GeoParquet files",
            ),
        ),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help=t("工作表或图层名", "sheet or layer"))] = None,
    crs: Annotated[
        str | None,
        typer.Option(
            help=t("坐标系：wgs84、cgcs2000、gcj02、bd09 或 EPSG 代码", "wgs84, cgcs2000, gcj02, bd09 or an EPSG code")
        ),
    ] = None,
    *,
    crs_reason: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help=t("声明该坐标系的理由，随运行记录保存", "why that reference system is right; kept with the run"),
        ),
    ] = "",
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE=HEADER", help=t("指定列，可重复，如 lon=经度", "name a column; repeatable, e.g. lon=经度")
        ),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml", help=t("设置文件，见 geocensus settings", "settings, see `geocensus settings`")
        ),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            metavar="LIST",
            help=t(
                "对照名单：同一批对象的另一份名单，位置不符的标为疑点",
                "a second list of the same units: those that it puts elsewhere are flagged",
            ),
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            metavar="local|dask",
            help=t(
                "大名单分块处理：local 用本机各处理器，dask 用 Dask 集群；结果相同",
                "large lists are worked on in parts: by this machine's processors, or by a Dask cluster; same result",
            ),
        ),
    ] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="tcp://HOST:PORT",
            help=t("Dask 调度器地址；默认在本机启动", "Dask scheduler; by default one is started on this machine"),
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help=t("有未办结的疑点时退出码为 1", "exit code 1 when a flag is open"))
    ] = False,
    json: Annotated[
        bool,
        typer.Option("--json", help=t("在标准输出最后一行给出 JSON", "one JSON object on the last line of stdout")),
    ] = False,
    lang: LangOption = None,
) -> None:
    """Locate every source in its census zone and flag implausible locations."""
    from geocensus.cli.summary import print_summary  # noqa: PLC0415 - help and errors in use need no pandas
    from geocensus.pipeline.run import run_check  # noqa: PLC0415

    lang = lang or default_language()
    with working(lang) as progress:
        report = run_check(
            sources,
            basemap=basemap,
            workspace=workspace,
            out=out,
            sheet=sheet,
            crs=crs,
            crs_reason=crs_reason,
            columns=columns_of(column),
            settings=settings,
            reference=reference,
            engine=engine,
            scheduler=scheduler,
            lang=lang,
            progress=progress,
        )
    for remark in report.notes:
        note(remark.get(lang))
    print_summary(report, lang, to_stderr=json)
    if json:
        print_json(report.result.summary)
    if strict and report.open_flags:
        raise typer.Exit(FLAGS_FOUND)
