"""Units of a split: areas of the basemap, blocks cut by barriers, cells around sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.errors import SchemaError
from geocensus.names import CODE, NAME, PARENT_CODE
from geocensus.zoning.borders import segments_of
from geocensus.zoning.faces import Faces, faces_of
from geocensus.zoning.islands import pieces_of
from geocensus.zoning.metric import some, to_metric
from geocensus.zoning.sites import grid_lines, hit, nearest_site, places_of, sites_of, squares_of, voronoi_lines
from geocensus.zoning.slivers import VILLAGES, merge_where, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geocensus.basemap import Basemap
    from geocensus.zoning.task import Ints


__all__ = ["UNIT_COLUMNS", "VILLAGES", "blocks", "cells", "merge_slivers", "units_of"]

UNIT_COLUMNS: Final = (CODE, NAME, PARENT_CODE, "geometry")
_LEAST_SQUARE: Final = 0.25  # of a full square


def units_of(
    basemap: Basemap, *, within: Sequence[str], level: Literal["township", "village", "zone"]
) -> gpd.GeoDataFrame:
    """Return the areas of one level inside some areas, as units of a split.

    Parameters
    ----------
    basemap : Basemap
        The areas.
    within : sequence of str
        Codes of areas at this level or a coarser one.
    level : {"township", "village", "zone"}
        Level of the units; "zone" is the basemap's finest level.

    Returns
    -------
    GeoDataFrame
        Columns code, name, parent_code, geometry (EPSG:4490, never None), villages (how many the unit holds, for its
        base work) and code_{level} of the coarser levels, sorted by code. Areas without geometry are left out and named
        in ``attrs["notes"]``, pairs of Chinese and English.

    Raises
    ------
    SchemaError
        A code is unknown, lies below the level, or no unit is left.

    Examples
    --------
    >>> import geocensus as gc
    >>> units = units_of(gc.open_basemap("changshan"), within=["330822"], level="township")
    >>> len(units), int(units["villages"].sum())
    (14, 198)
    """
    found = basemap.levels[-1] if level == "zone" else level
    areas = basemap.areas(found)
    parents = basemap.parents(areas[CODE], level=found).filter(regex="^code_")
    wanted = [str(code).strip() for code in ([within] if isinstance(within, str) else within)]
    inside = parents.isin(wanted)
    _require_known(wanted, basemap, found, set(parents.to_numpy()[inside.to_numpy()]))
    chosen = inside.any(axis=1)
    shapes = areas.geometry
    drawn = shapes.notna() & ~shapes.is_empty
    table = areas.loc[chosen & drawn, list(UNIT_COLUMNS)]
    table = table.assign(**{VILLAGES: _villages(basemap, found).loc[table.index]})
    units = table.join(parents.drop(columns=f"code_{found}")).reset_index(drop=True)
    units.attrs["notes"] = _bare_notes(areas.loc[chosen & ~drawn, CODE])
    if units.empty:
        raise SchemaError(
            f"no {found} with a polygon lies within {some(wanted)}",
            f"{some(wanted)} 范围内没有带多边形的 {found} 级单元",
        )
    return units


def blocks(areas: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cut areas along barrier lines.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns code and geometry; others are handed down.
    barriers : GeoDataFrame
        Lines; a line that ends inside an area does not cut it.

    Returns
    -------
    GeoDataFrame
        Units that share their vertices: an uncut area keeps its code, the blocks of a cut one are ``code-01``,
        ``code-02`` … from north to south; parent_code is then the area's code, and `villages` is shared by size.

    Raises
    ------
    SchemaError
        An area has no code or polygon.
    CRSMismatchError
        A reference system is missing or neither EPSG:4490 nor in metres.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> area = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.box(0, 0, 2000, 1000)], crs="EPSG:4548")
    >>> river = gpd.GeoDataFrame(geometry=[shapely.LineString([(500, -9), (500, 1009)])], crs="EPSG:4548")
    >>> blocks(area, river)["code"].tolist()
    ['a-01', 'a-02']
    """
    lines = _same_system(barriers, areas).geometry
    faces = faces_of(areas, lines[lines.notna()].to_numpy())
    parts = shapely.get_num_geometries(areas.geometry.to_numpy())
    uncut = np.bincount(faces.area, minlength=len(areas)) == parts
    group = np.where(uncut[faces.area], -1, np.arange(len(faces.area)))
    return _units_of_faces(areas, faces, group)


def cells(
    area: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame | pd.DataFrame,
    *,
    kind: Literal["voronoi", "grid"] = "voronoi",
    cell_m: float = 1000.0,
) -> gpd.GeoDataFrame:
    """Cut areas into cells around points, or into squares, where nothing finer is known.

    Parameters
    ----------
    area : GeoDataFrame
        Columns code and geometry; others are handed down.
    points : GeoDataFrame or DataFrame
        Sources: points, or columns lon and lat in CGCS2000 degrees; rows without a position are passed over. Sources
        within 1 m of each other share a cell.
    kind : {"voronoi", "grid"}
        Cells of the places nearest to each source of the area, or squares.
    cell_m : float
        Side of the squares, metres.

    Returns
    -------
    GeoDataFrame
        Connected units that share their vertices, as :func:`blocks` returns them; an area with less than two points
        stays whole. Squares that the border leaves less than a quarter of are merged with a neighbour.

    Raises
    ------
    SchemaError
        An area has no code or polygon, or `kind` or `cell_m` is wrong.
    CRSMismatchError
        A reference system is missing or neither EPSG:4490 nor in metres.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> area = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.box(0, 0, 2000, 1000)], crs="EPSG:4548")
    >>> sources = gpd.GeoDataFrame(geometry=[shapely.Point(200, 500), shapely.Point(800, 500)], crs="EPSG:4548")
    >>> cells(area, sources).area.tolist()
    [500000.0, 1500000.0]
    """
    if kind not in ("voronoi", "grid") or not cell_m > 0:
        raise SchemaError(
            f"cells: kind {kind!r} with cell_m={cell_m}; kind is voronoi or grid, cell_m a number of metres above 0",
            f"单元划分方式 {kind!r}、边长 {cell_m} 有误；方式应为 voronoi 或 grid，边长应大于 0 米",
        )
    metric = to_metric(area)
    shapes = metric.geometry.to_numpy()
    sites, home = squares_of(shapes, cell_m) if kind == "grid" else sites_of(places_of(points, metric), shapes)
    lines = grid_lines(shapes, cell_m) if kind == "grid" else voronoi_lines(shapes, sites, home)
    back = gpd.GeoSeries(lines, crs=metric.crs).to_crs(area.crs) if metric.crs != area.crs else gpd.GeoSeries(lines)
    faces = faces_of(area, back.to_numpy())
    inner = gpd.GeoSeries(shapely.point_on_surface(faces.shapes), crs=area.crs).to_crs(metric.crs)
    group = nearest_site(shapely.get_coordinates(inner.to_numpy()), faces.area, sites, home)
    found = _units_of_faces(area, faces, _connected(faces, group))

    def poor(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
        if kind == "grid":
            return np.asarray(shapely.area(shapes) < _LEAST_SQUARE * cell_m**2)
        return ~hit(sites, shapes)

    cut = _is_cut(found, area)
    if not cut.any():
        return found
    merged = pd.concat([found[~cut], merge_where(found[cut], poor)])  # areas that stay whole are never merged
    return _renumbered(merged.sort_values(CODE, kind="stable", ignore_index=True), area)


def merge_slivers(
    units: gpd.GeoDataFrame, *, min_area_m2: float = 10_000.0, min_width_m: float = 5.0
) -> gpd.GeoDataFrame:
    """Merge small or narrow units with the neighbour of the same parent that they share the longest border with.

    Parameters
    ----------
    units : GeoDataFrame
        Columns code and geometry, neighbours sharing their vertices; parent_code may be missing.
    min_area_m2 : float
        Smaller units are slivers.
    min_width_m : float
        Units with a mean width (twice the area by the perimeter) below this are slivers.

    Returns
    -------
    GeoDataFrame
        The other columns are those of the unit that stays; `villages` is added up. A sliver without a neighbour of the
        same parent stays. Sorted by code.

    Raises
    ------
    CRSMismatchError
        The reference system is missing or neither EPSG:4490 nor in metres.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> shapes = [shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 1002, 1000)]
    >>> merge_slivers(gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=shapes, crs="EPSG:4548")).area.tolist()
    [1002000.0]
    """

    def narrow(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
        area = shapely.area(shapes)
        mask: NDArray[np.bool_] = (area < min_area_m2) | (2 * area < min_width_m * shapely.length(shapes))
        return mask

    return merge_where(units, narrow)


def _require_known(wanted: list[str], basemap: Basemap, level: str, used: set[str]) -> None:
    lost = [code for code in wanted if code not in used]
    if not wanted or lost:
        deeper = basemap.levels[basemap.levels.index(level) + 1 :]
        below = [code for code in lost if any((basemap.areas(name)[CODE] == code).any() for name in deeper)]
        why = (" (finer than the units)", "（比单元级别更细）") if below else ("", "")
        raise SchemaError(
            f"no {level} of basemap {basemap.info.name!r} lies within {some(lost) or 'nothing'}{why[0]}; give codes of "
            f"levels {', '.join(basemap.levels[: basemap.levels.index(level) + 1])}",
            f"底图“{basemap.info.name}”中没有属于 {some(lost) or '（空）'} 的 {level} 级区域{why[1]}；请给出 "
            f"{'、'.join(basemap.levels[: basemap.levels.index(level) + 1])} 级代码",
        )


def _villages(basemap: Basemap, level: str) -> pd.Series:
    """Return how many villages each area of a level holds; an area without known villages counts as one."""
    areas = basemap.areas(level)
    if "village" not in basemap.levels:
        return pd.Series(1.0, index=areas.index)
    if level == "zone":
        return _village_shares(basemap)
    villages = basemap.areas("village")[CODE]
    count = basemap.parents(villages, level="village")[f"code_{level}"].value_counts()
    return areas[CODE].map(count).fillna(0.0).astype(float).replace(0.0, 1.0)


def _village_shares(basemap: Basemap) -> pd.Series:
    """Return the share of its village that each zone takes by number; zones in no village count as one."""
    village = basemap.parents(basemap.areas("zone")[CODE], level="zone")["code_village"]
    return (1.0 / village.groupby(village).transform("size")).fillna(1.0)


def _bare_notes(codes: pd.Series) -> list[tuple[str, str]]:
    if codes.empty:
        return []
    names = some(codes.tolist())
    return [
        (
            f"{len(codes)} 个区域没有多边形，未参与划片：{names}",
            f"{len(codes)} areas without a polygon are left out of the split: {names}",
        )
    ]


def _same_system(layer: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Bring lines to the reference system of the areas; both are checked."""
    metric = to_metric(layer, to_metric(areas).crs)
    return metric if metric.crs == areas.crs else layer.to_crs(areas.crs)


def _units_of_faces(areas: gpd.GeoDataFrame, faces: Faces, group: Ints) -> gpd.GeoDataFrame:
    """Join the faces of each area and group (−1: the whole area) into units with codes from north to south."""
    key = pd.MultiIndex.from_arrays([faces.area, group])
    number, _ = key.factorize(sort=True)
    order = np.argsort(number, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(number[order]) != 0])
    shapes = np.array([_joined(part) for part in np.split(faces.shapes[order], first[1:])], dtype=object)
    owner, whole = faces.area[order[first]], group[order[first]] < 0
    top = shapely.bounds(shapes)
    rank = np.lexsort([top[:, 0], -top[:, 3], owner])
    table = areas.iloc[owner[rank]].reset_index(drop=True).set_geometry(gpd.GeoSeries(shapes[rank], crs=areas.crs))
    return _coded(table, owner[rank], whole[rank])


def _joined(faces: NDArray[np.object_]) -> object:
    return faces[0] if len(faces) == 1 else shapely.coverage_union_all(faces)


def _coded(table: gpd.GeoDataFrame, owner: Ints, whole: NDArray[np.bool_]) -> gpd.GeoDataFrame:
    """Give blocks a code, a name, a parent and their share of the villages."""
    per_area = pd.Series(owner).groupby(owner)
    serial, count = per_area.cumcount() + 1, per_area.transform("size")
    digits = int(max(2, len(str(count.max()))))
    suffix = "-" + serial.astype("str").str.zfill(digits)
    cut = ~(pd.Series(whole) | (count == 1))
    code, name = table[CODE].astype("str"), texts(table, NAME)
    words = {
        CODE: code.where(~cut, code + suffix),
        NAME: name.where(~cut, name + suffix),
        PARENT_CODE: code.where(cut, texts(table, PARENT_CODE)),
    }
    table = table.assign(**words)
    if VILLAGES in table:
        size = pd.Series(shapely.area(to_metric(table).geometry.to_numpy()))
        table = table.assign(**{VILLAGES: table[VILLAGES] * size / size.groupby(owner).transform("sum")})
    leading = [column for column in UNIT_COLUMNS if column in table]
    rest = [column for column in table.columns if column not in leading]
    return table[[*leading, *rest]].sort_values(CODE, kind="stable", ignore_index=True)


def _connected(faces: Faces, group: Ints) -> Ints:
    """Keep only what hangs together in one group: a cell that a bend of the border parts becomes several."""
    segments = segments_of(faces.shapes)
    shared = segments.other >= 0
    one, other = segments.one[shared], segments.other[shared]
    same = (faces.area[one] == faces.area[other]) & (group[one] == group[other])
    piece = pieces_of(len(group), one[same], other[same])
    return np.where(group < 0, -1, piece)


def _is_cut(units: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Tell which units are pieces of an area, not an area themselves."""
    whole = areas[CODE].astype("str")
    return units[PARENT_CODE].isin(whole) & ~units[CODE].isin(whole)


def _renumbered(units: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Close the gaps that merging left in the serial numbers."""
    names = dict(zip(areas[CODE].astype("str"), texts(areas, NAME), strict=True))
    cut = _is_cut(units, areas)
    serial = units.groupby(PARENT_CODE).cumcount() + 1
    suffix = "-" + serial.astype("str").str.zfill(max(2, len(str(serial.max()))))
    code = units[CODE].where(~cut, units[PARENT_CODE] + suffix)
    name = units[NAME].where(~cut, units[PARENT_CODE].map(names).astype("str") + suffix)
    return units.assign(**{CODE: code, NAME: name})
