"""The basemap: areas by level, tied by parent codes, and barrier lines."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.model import LEVELS, BasemapInfo, Text
from geocensus.names import CODE, LEVEL, NAME, PARENT_CODE

__all__ = ["AREA_COLUMNS", "BARRIER_COLUMNS", "BASEMAP_CRS", "Basemap", "empty_barriers", "parents_of"]

BASEMAP_CRS = "EPSG:4490"
AREA_COLUMNS = (CODE, NAME, PARENT_CODE, LEVEL, "geometry")
BARRIER_COLUMNS = (NAME, "kind", "geometry")
_SHOWN = 5  # codes named in a message


def empty_barriers() -> gpd.GeoDataFrame:
    """Return a barriers table without rows.

    Returns
    -------
    GeoDataFrame
        Columns name, kind, geometry in EPSG:4490.
    """
    texts = {NAME: pd.Series([], dtype="str"), "kind": pd.Series([], dtype="str")}
    return gpd.GeoDataFrame(texts, geometry=gpd.GeoSeries([], crs=BASEMAP_CRS))


@dataclass(frozen=True, eq=False)
class Basemap:
    """Areas of every level with what is known about them; valid by construction.

    Attributes
    ----------
    info : BasemapInfo
        Name, licence, code system, accuracy and so on.
    layers : Mapping of str to GeoDataFrame
        One table per level with columns code, name, parent_code and geometry (EPSG:4490, x = longitude;
        polygons, or None for zones without geometry). Codes are unique in a level; a parent code is "" or
        stands in a coarser level; at the coarsest level it may name an area that is not in the basemap.
    barriers : GeoDataFrame
        Lines with columns name and kind (river, railway, road, motorway, other).
    notes : tuple of Text
        What was guessed or mended when a foreign file was opened, for a person to read.

    Raises
    ------
    SchemaError
        A column is missing, a level is unknown, codes are doubled, or parents do not exist.
    CRSMismatchError
        A layer is not in EPSG:4490.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from geocensus.model import BasemapInfo, Text
    >>> county = gpd.GeoDataFrame(
    ...     {"code": ["330822"], "name": ["常山县"], "parent_code": [""]},
    ...     geometry=[shapely.box(118, 28, 119, 29)],
    ...     crs="EPSG:4490",
    ... )
    >>> basemap = Basemap(BasemapInfo("tiny", Text("小图", "tiny map")), {"county": county})
    >>> basemap.levels, basemap.zones()["code"].tolist()
    (('county',), ['330822'])
    """

    info: BasemapInfo
    layers: Mapping[str, gpd.GeoDataFrame]
    barriers: gpd.GeoDataFrame = field(default_factory=empty_barriers)
    notes: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        unknown = sorted(set(self.layers) - set(LEVELS))
        if unknown or not self.layers:
            raise SchemaError(
                f"basemap {self.info.name!r}: levels {unknown or 'none'}; give layers named {', '.join(LEVELS)}",
                f"底图“{self.info.name}”的层级为 {unknown or '空'}；图层应命名为 {'、'.join(LEVELS)}",
            )
        layers = {level: _tidy(self.layers[level], level) for level in LEVELS if level in self.layers}
        _require_parents(layers)
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "barriers", _tidy_barriers(self.barriers))

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels that are present, coarse to fine.

        Returns
        -------
        tuple of str
            Such as ("county", "township", "village").
        """
        return tuple(self.layers)

    @property
    def schematic(self) -> bool:
        """Whether borders are drawn for show and are not real.

        Returns
        -------
        bool
            As info.schematic.
        """
        return self.info.schematic

    def areas(self, level: str) -> gpd.GeoDataFrame:
        """Return the areas of one level, sorted by code.

        Parameters
        ----------
        level : str
            One of :attr:`levels`.

        Returns
        -------
        GeoDataFrame
            Columns code, name, parent_code, level, geometry; EPSG:4490; a RangeIndex.

        Raises
        ------
        SchemaError
            The basemap has no such level.
        """
        if level not in self.layers:
            raise SchemaError(
                f"basemap {self.info.name!r} has no level {level!r}; it has {', '.join(self.levels)}",
                f"底图“{self.info.name}”没有 {level} 这一层级；现有层级：{'、'.join(self.levels)}",
            )
        return self.layers[level].copy(deep=False)  # copy-on-write keeps the basemap as it is, at no cost

    def zones(self) -> gpd.GeoDataFrame:
        """Return the areas of the finest level, which are the census zones.

        Returns
        -------
        GeoDataFrame
            As :meth:`areas`.
        """
        return self.areas(self.levels[-1])

    def parents(self, codes: pd.Series, *, level: str | None = None) -> pd.DataFrame:
        """Return code and name at every level for codes of one level.

        Parameters
        ----------
        codes : Series of str
            Codes of one level; missing values and unknown codes are allowed.
        level : str, optional
            Level of the codes; by default the finest.

        Returns
        -------
        DataFrame
            Index of codes; columns code_{level} and name_{level}, coarse to fine down to that level; NaN
            where a code or a parent is not known.

        Raises
        ------
        SchemaError
            The basemap has no such level.
        """
        finest = self.levels[-1] if level is None else level
        self.areas(finest)
        kept = self.levels[: self.levels.index(finest) + 1]
        return parents_of(codes, {name: self.layers[name] for name in kept})


def parents_of(codes: pd.Series, layers: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Follow parent codes upwards from the finest of some levels; never by prefix.

    Parameters
    ----------
    codes : Series of str
        Codes of the last level; NaN for unknown.
    layers : Mapping of str to GeoDataFrame
        Areas by level, coarse to fine; an area may skip a level (a township directly below a prefecture).

    Returns
    -------
    DataFrame
        Index of codes; columns code_{level}, name_{level} in the order of the levels; NaN where unknown.
    """
    wanted = codes.astype("str").reset_index(drop=True)
    columns: dict[str, pd.Series] = {}
    for level in reversed(tuple(layers)):
        areas = layers[level]
        row = pd.Index(areas[CODE]).get_indexer(pd.Index(wanted))
        found = pd.Series(row >= 0)
        columns[f"name_{level}"] = _taken(areas[NAME], row)
        columns[f"code_{level}"] = wanted.where(found)
        wanted = wanted.mask(found, _taken(areas[PARENT_CODE], row))
    return pd.DataFrame(dict(reversed(columns.items()))).set_axis(codes.index)


def _taken(values: pd.Series, row: np.ndarray) -> pd.Series:
    """Return values by row number, NaN where it is -1."""
    return values.reset_index(drop=True).reindex(np.where(row < 0, len(values), row)).reset_index(drop=True)


def _tidy(areas: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    """Return the areas with exactly the agreed columns, sorted by code; refuse what is broken."""
    missing = [name for name in (CODE, NAME, PARENT_CODE, "geometry") if name not in areas.columns]
    if missing:
        raise SchemaError(
            f"layer {level}: no column {', '.join(missing)}; columns are {', '.join(map(str, areas.columns))}",
            f"图层 {level} 缺少字段 {'、'.join(missing)}；现有字段：{'、'.join(map(str, areas.columns))}",
        )
    _require_crs(areas, level)
    texts = {name: areas[name].astype("str").fillna("") for name in (CODE, NAME, PARENT_CODE)}
    table = areas.assign(**texts, level=pd.Series(level, index=areas.index, dtype="str"))
    table = table[list(AREA_COLUMNS)].sort_values(CODE, kind="stable", ignore_index=True)
    _require_codes(table[CODE], level)
    return table


def _require_crs(table: gpd.GeoDataFrame, layer: str) -> None:
    if table.crs is None or table.crs.to_epsg() != int(BASEMAP_CRS[5:]):
        found = "none" if table.crs is None else table.crs.to_string()[:40]
        raise CRSMismatchError(
            f"layer {layer}: reference system is {found}; a basemap is in {BASEMAP_CRS}: run `geocensus basemap build`",
            f"图层 {layer} 的坐标系为 {found}，底图须为 {BASEMAP_CRS}：请用 geocensus basemap build 转换",
        )


def _require_codes(codes: pd.Series, level: str) -> None:
    if (empty := int((codes.str.strip() == "").sum())) > 0:
        raise SchemaError(
            f"layer {level}: {empty} areas without a code; give each area a code",
            f"图层 {level} 有 {empty} 个区划没有代码，请补齐",
        )
    doubled = codes[codes.duplicated()].drop_duplicates()
    if len(doubled):
        raise SchemaError(
            f"layer {level}: {len(doubled)} codes occur more than once: {_some(doubled)}; make them unique",
            f"图层 {level} 有 {len(doubled)} 个代码重复：{_some(doubled)}，请改为唯一",
        )


def _require_parents(layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Refuse parent codes that no coarser level holds, but for the coarsest level."""
    known = pd.Index(next(iter(layers.values()))[CODE])
    for level, areas in list(layers.items())[1:]:
        parents = areas[PARENT_CODE]
        lost = areas[(parents != "") & ~parents.isin(known)]
        if len(lost):
            pairs = lost[CODE] + " → " + lost[PARENT_CODE]
            raise SchemaError(
                f"layer {level}: {len(lost)} areas have a parent that is in no coarser layer: {_some(pairs)}; "
                "add the parents or mend parent_code",
                f"图层 {level} 有 {len(lost)} 个区划的上级代码不存在：{_some(pairs)}；请补上级图层或改正 parent_code",
            )
        known = known.append(pd.Index(areas[CODE]))


def _tidy_barriers(barriers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    missing = [name for name in BARRIER_COLUMNS if name not in barriers.columns]
    if missing:
        raise SchemaError(
            f"layer barriers: no column {', '.join(missing)}; it needs name, kind and geometry",
            f"图层 barriers 缺少字段 {'、'.join(missing)}；须有 name、kind 和几何",
        )
    _require_crs(barriers, "barriers")
    texts = {name: barriers[name].astype("str").fillna("") for name in (NAME, "kind")}
    return barriers.assign(**texts)[list(BARRIER_COLUMNS)].reset_index(drop=True)


def _some(values: pd.Series) -> str:
    """Return the first values as text, with an ellipsis when there are more."""
    return ", ".join(values.head(_SHOWN)) + (" …" if len(values) > _SHOWN else "")
