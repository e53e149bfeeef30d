"""What a split works on: basemap, units with their loads, sources counted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from geocensus.errors import DataNotFoundError, SchemaError
from geocensus.io import list_basemaps, open_basemap
from geocensus.model import Text
from geocensus.workspace import Workspace
from geocensus.zoning import LoadSettings, blocks, cells, loads_of, units_of
from geocensus.zoning.placing import units_of_sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from geocensus.basemap import Basemap

__all__ = ["SplitInputs", "split_inputs"]

_MADE = ("block", "cell")  # units that are not areas of the basemap


@dataclass(frozen=True, eq=False)
class SplitInputs:
    """Units with loads, and where they come from.

    Attributes
    ----------
    basemap : Basemap
        The areas.
    units : GeoDataFrame
        code, name, geometry (EPSG:4490), minutes, and what makes up the load.
    level : str
        What the units are: township, village, zone, block or cell.
    within : list of str
        Codes of the areas that are split, each once, as the basemap has them.
    names : list of str
        Their names.
    villages : DataFrame or None
        Villages of the basemap where the units are none: their base work counts in the units.
    sources : DataFrame or None
        Sources of the workspace, all rows read.
    counted : int or None
        Sources within the units, None without a list.
    settings : dict
        Minutes by class and so on.
    origin : dict
        Of the list: file and hash.
    notes : tuple of Text
        What the planner should know.
    """

    basemap: Basemap
    units: gpd.GeoDataFrame
    level: str
    within: list[str]
    names: list[str]
    villages: gpd.GeoDataFrame | None
    sources: pd.DataFrame | None
    counted: int | None
    settings: dict[str, Any]
    origin: dict[str, Any]
    notes: tuple[Text, ...] = ()

    @cached_property
    def unit_of_source(self) -> pd.Series:
        """Unit in which each source counts.

        Returns
        -------
        Series of str
            Index of the sources, NaN for those that count in none; empty without a list.
        """
        if self.sources is None:
            return pd.Series([], dtype="str")
        return units_of_sources(self.units, self.sources, villages=self.villages)["code"]

    @property
    def near_barriers(self) -> gpd.GeoDataFrame:
        """Barriers that meet the units.

        Returns
        -------
        GeoDataFrame
            Columns name, kind; EPSG:4490.
        """
        barriers = self.basemap.barriers
        area = shapely.box(*shapely.total_bounds(self.units.geometry.to_numpy()))
        return barriers[shapely.intersects(barriers.geometry.to_numpy(), area)].reset_index(drop=True)


def split_inputs(
    within: Sequence[str],
    *,
    basemap: str | Path | None,
    workspace: Path | None,
    level: str | None,
    settings: LoadSettings | None = None,
) -> SplitInputs:
    """Open basemap and sources, take the units and load them.

    Parameters
    ----------
    within : sequence of str
        Codes of the areas to split.
    basemap : str or Path, optional
        Name or file; by default the workspace's own.
    workspace : Path, optional
        Its checked sources count.
    level : str, optional
        One of township, village, zone, block, cell; by default villages, else the finest level.
    settings : LoadSettings, optional
        Minutes by class.

    Returns
    -------
    SplitInputs
        Units with the column minutes.

    Raises
    ------
    GeocensusError
        No basemap, an unknown code or level, or a workspace of another basemap.
    """
    settings = settings or LoadSettings()
    areas = _basemap(basemap, workspace)
    sources = _sources(workspace, areas)
    level = str(level or ("village" if "village" in areas.levels else "zone"))
    within = _codes(areas, within)
    units = _units(areas, within, level, sources)
    villages = areas.areas("village") if "village" in areas.levels and level != "village" else None
    loads = loads_of(units, sources, settings, villages=villages)
    notes = [Text(*note) for note in units.attrs.get("notes", ())]
    if sources is not None:
        notes += [_reconciled(loads.attrs["reconciled"], int(loads["unlocated"].sum()))]
    origin = {} if sources is None else {key: sources.attrs.get(key) for key in ("file", "sha256")}
    return SplitInputs(
        basemap=areas,
        units=units.merge(
            loads if sources is not None else loads[["minutes", "base_minutes"]],
            left_on="code",
            right_index=True,
            validate="one_to_one",
        ),
        level=level,
        within=within,
        names=_names(areas, within),
        villages=villages,
        sources=sources,
        counted=None if sources is None else int(loads["sources"].sum()),
        settings=asdict(settings),
        origin=origin,
        notes=(*areas.notes, *notes),
    )


def _basemap(basemap: str | Path | None, workspace: Path | None) -> Basemap:
    there = workspace is not None and workspace.exists()
    if basemap is None and workspace is not None and there:
        return Workspace(workspace).read_basemap()
    if basemap is None:
        names = ", ".join(entry["name"] for entry in list_basemaps())
        raise DataNotFoundError(
            f"no basemap: name a workspace that is there, or one of --basemap {names} or a file of your own areas",
            f"未指定底图：请给出已有的工作区，或用 --basemap 指定自带底图（{names}）或自己的区划图层文件",
        )
    areas = open_basemap(basemap)
    if workspace is not None and there:
        known = Workspace(workspace).read_basemap_info()
        if known.sha256 and known.sha256 != areas.info.sha256:
            raise SchemaError(
                f"{workspace.name} was checked on basemap {known.name!r}, not on {areas.info.name!r}; leave "
                "--basemap out, or name another workspace",
                f"{workspace.name} 使用的底图是“{known.name}”，不是“{areas.info.name}”；"
                "请去掉 --basemap，或另指定工作区",
            )
    return areas


def _sources(workspace: Path | None, areas: Basemap) -> pd.DataFrame | None:
    """Return the checked sources of a workspace; None where there is none, or no check has been written to it."""
    if workspace is None or not workspace.exists():
        return None
    with Workspace(workspace) as file, file.snapshot() as state:
        if not state.summary():
            return None
        sources = state.read_sources()
    missing = [f"code_{level}" for level in areas.levels if f"code_{level}" not in sources]
    if missing:
        raise SchemaError(
            f"{workspace.name}: its sources were not checked on these areas ({', '.join(missing)} missing); run "
            "`geocensus check` again",
            f"{workspace.name}：污染源未按此底图核查（缺少 {'、'.join(missing)}），请重新运行 geocensus check",
        )
    return sources


def _units(areas: Basemap, within: list[str], level: str, sources: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Return the units; blocks and cells are cut out of townships, or of the areas given where they are finer."""
    if level not in _MADE:
        if level != "zone" and level not in areas.levels:
            raise SchemaError(
                f"--units {level}: basemap {areas.info.name!r} has the levels {', '.join(areas.levels)}",
                f"--units {level}：底图“{areas.info.name}”的层级为 {'、'.join(areas.levels)}",
            )
        return units_of(areas, within=within, level=level)  # type: ignore[arg-type]
    whole = units_of(areas, within=within, level=_coarse(areas, within))  # type: ignore[arg-type]
    if level == "block":
        if areas.barriers.empty:
            raise SchemaError(
                f"--units block: basemap {areas.info.name!r} has no barriers to cut along; use village or cell",
                f"--units block：底图“{areas.info.name}”没有河流、道路等界线；请改用 village 或 cell",
            )
        return blocks(whole, areas.barriers)
    located = None if sources is None else sources[sources["state"] == "located"]
    if located is None or located.empty:
        return cells(whole, whole, kind="grid")
    return cells(whole, located)


def _reconciled(sums: Mapping[str, int], claimed: int) -> Text:
    """Say what became of every row of the list; the parts add up."""
    rows, counted, elsewhere, unplaced, excluded = (
        int(sums[key]) for key in ("rows", "counted", "elsewhere", "unplaced", "excluded")
    )
    return Text(
        f"名单 {rows} 行 = 计入 {counted}（其中按填报区划 {claimed}）+ 范围外 {elsewhere} + 无法归属 {unplaced} "
        f"+ 剔除 {excluded}",
        f"{rows} rows of the list = {counted} counted ({claimed} of them by their claim) + {elsewhere} elsewhere + "
        f"{unplaced} without a place or claim + {excluded} excluded",
    )


def _codes(areas: Basemap, within: Sequence[str]) -> list[str]:
    """Return the codes asked for, each once: statistical codes of 12 digits without the zeros that fill them up."""
    tables = [areas.areas(level) for level in areas.levels]
    known = {str(code) for table in tables for code in table["code"]}
    found = []
    for code in (str(given).strip() for given in within):
        cuts = (code[:length] for length in range(len(code), 0, -1) if not code[length:].strip("0"))
        found.append(next((cut for cut in cuts if cut in known), code))
        named = [str(own) for table in tables for own in table.loc[table["name"] == code, "code"]]
        if found[-1] not in known and named:
            raise SchemaError(
                f"--within {code}: give the code, which is {' or '.join(named[:3])}",
                f"--within {code}：请填写区划代码，即 {' 或 '.join(named[:3])}",
            )
    return list(dict.fromkeys(found))


def _coarse(areas: Basemap, within: list[str]) -> str:
    finest = max((i for i, name in enumerate(areas.levels) if areas.areas(name)["code"].isin(within).any()), default=0)
    township = areas.levels.index("township") if "township" in areas.levels else len(areas.levels) - 1
    chosen = areas.levels[max(finest, township)]
    return chosen if chosen in {"township", "village"} else "zone"


def _names(areas: Basemap, within: list[str]) -> list[str]:
    names: dict[str, str] = {}
    for level in areas.levels:
        table = areas.areas(level)
        found = table[table["code"].isin(within)]
        names = {**dict(zip(found["code"], found["name"], strict=True)), **names}
    return [names.get(code) or code for code in within]
