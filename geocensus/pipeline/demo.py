"""The demo: a fictional list, checked and drawn, in one folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geocensus.checks import Settings
from geocensus.demo import write_demo
from geocensus.errors import SchemaError
from geocensus.io import open_basemap, settings_toml
from geocensus.model import Text
from geocensus.pipeline.draw import draw_map
from geocensus.pipeline.run import RunReport, run_check

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DemoReport", "run_demo"]


@dataclass(frozen=True)
class DemoReport:
    """The run of the check and the page drawn."""

    run: RunReport
    page: Path


def run_demo(
    basemap: str = "changshan",
    *,
    out: str | Path = "demo",
    rows: int = 1200,
    lang: str = "zh",
    progress: Callable[[Text], Any] = lambda _step: None,
) -> DemoReport:
    """Make a fictional list, check it and draw the map.

    Parameters
    ----------
    basemap : str
        A shipped basemap.
    out : str or Path
        Folder for sources.xlsx, crosswalk.csv, settings.toml, truth.csv (which no program reads), demo.gpkg, map.html
        and result.xlsx.
    rows : int
        Rows of the list, totals and blank rows included.
    lang : str
        "zh" or "en".
    progress : Callable
        Called with each step that begins.

    Returns
    -------
    DemoReport
        Where everything is.

    Raises
    ------
    SchemaError
        Too few rows.
    WorkspaceError
        The folder cannot be written.
    """
    if rows < 1:
        raise SchemaError(f"--rows {rows}: must be 1 or more", f"--rows {rows}：应不小于 1")
    folder = Path(out)
    progress(Text("生成虚构名单", "making a fictional list"))
    areas = open_basemap(basemap)
    sources, _truth = write_demo(folder, areas, rows=rows)
    settings = folder / "settings.toml"
    settings.write_text(settings_toml(Settings(crosswalk="crosswalk.csv"), lang), encoding="utf-8")
    run = run_check(
        sources,
        basemap=basemap,
        workspace=folder / "demo.gpkg",
        out=folder / "result.xlsx",
        settings=settings,
        lang=lang,
        command="demo",
        progress=progress,
    )
    progress(Text("绘制地图", "drawing the map"))
    return DemoReport(run=run, page=draw_map(run.workspace, folder / "map.html", lang=lang))
