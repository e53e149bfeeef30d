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
from geocensus.pipeline.split import SplitReport, run_split

if TYPE_CHECKING:
    from collections.abc import Callable

    from geocensus.basemap import Basemap

__all__ = ["DemoReport", "run_demo"]

_AREAS, _TEAMS = 7, 5
_PROVEN = 20  # units up to which the best plan is found and proven in a second


@dataclass(frozen=True)
class DemoReport:
    """The run of the check, the page drawn, and two plans: townships in areas, one township in field zones."""

    run: RunReport
    page: Path
    plans: tuple[SplitReport, ...] = ()


def run_demo(
    basemap: str = "changshan",
    *,
    out: str | Path = "demo",
    rows: int = 1200,
    lang: str = "zh",
    progress: Callable[[Text], Any] = lambda _step: None,
) -> DemoReport:
    """Make a fictional list, check it, draw the map, and split the county and one township.

    Parameters
    ----------
    basemap : str
        A shipped basemap.
    out : str or Path
        Folder for sources.xlsx, crosswalk.csv, settings.toml, truth.csv (which no program reads), demo.gpkg, map.html,
        result.xlsx, and page and labels of two plans.
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
    page = draw_map(run.workspace, folder / "map.html", lang=lang)
    return DemoReport(run=run, page=page, plans=_plans(run, folder, lang, progress))


def _plans(run: RunReport, folder: Path, lang: str, progress: Callable[[Text], Any]) -> tuple[SplitReport, ...]:
    """Split all townships into areas, and the villages of one township into field zones."""
    basemap = run.result.basemap
    wishes = [("areas", basemap.info.root, "township", _AREAS), *_township(basemap)]
    return tuple(
        run_split(
            [within],
            workspace=run.workspace,
            teams=teams,
            units=level,
            name=name,
            out=folder / f"{name}.html",
            lang=lang,
            command="demo",
            progress=progress,
        )
        for name, within, level, teams in wishes
    )


def _township(basemap: Basemap) -> list[tuple[str, str, str, int]]:
    """Choose the township with the most villages that can still be split with proof."""
    villages = basemap.areas("village")
    villages = villages[villages.geometry.notna()]
    counts = villages["parent_code"].value_counts().sort_index()
    chosen = counts[(counts >= 2 * _TEAMS) & (counts <= _PROVEN)]
    return [("field-zones", str(chosen.idxmax()), "village", _TEAMS)] if len(chosen) else []
