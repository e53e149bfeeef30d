"""Whether a boundary layer is in GCJ-02 or BD-09 while it says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.crs import metric_crs
from geocensus.model import Text
from geocensus.shifts import bd09_to_wgs84, gcj02_to_wgs84

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ShiftSuspicion", "suspect_shift"]

_SIGNATURE = frozenset({"acroutes", "centroid", "center", "childrennum", "subfeatureindex", "parent"})
_UNDO = {"none": None, "gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}
_POINTS = 4_000  # border points compared
_SHARED_M = 3_000.0  # further apart, two borders are not the same
_LEAST = 30  # border points that must be comparable
_CLEAR = 0.5  # the best residual must be this much below the second
_NOTHING = Text("未发现偏移", "no shift found")
_FITTING_M = 200.0  # borders of one place differ by less than this


@dataclass(frozen=True)
class ShiftSuspicion:
    """What a layer's coordinates seem to be.

    Attributes
    ----------
    system : str
        "gcj02", "bd09", "none", or "unknown" when nothing can be said.
    text : Text
        The finding for people.
    confidence : float
        0 to 1 that this is right; 0 for "unknown".
    residual_m : dict of str to float
        Median distance between the borders of layer and reference under each system, metres; empty without a
        reference.
    shift_m : float
        Median displacement that the system explains, metres; NaN without a reference.
    """

    system: str
    text: Text
    confidence: float = 0.0
    residual_m: dict[str, float] = field(default_factory=dict)
    shift_m: float = float("nan")


def suspect_shift(
    areas: gpd.GeoDataFrame, *, columns: Iterable[str] = (), reference: gpd.GeoDataFrame | None = None
) -> ShiftSuspicion:
    """Judge whether a layer is shifted: against reference borders, else by the columns its maker left in it.

    Parameters
    ----------
    areas : GeoDataFrame
        The layer; EPSG:4490 as far as it says.
    columns : Iterable of str
        The columns of the file as read: adcode beside acroutes, centroid and the like come from a web map's
        service whose coordinates are GCJ-02.
    reference : GeoDataFrame, optional
        Areas or border lines known to be in CGCS2000, of the same region; they may be of another level.

    Returns
    -------
    ShiftSuspicion
        System, confidence and text. Layers whose borders fit no hypothesis clearly are "unknown".

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> layer = gpd.GeoDataFrame(geometry=[shapely.box(118, 28, 119, 29)], crs="EPSG:4490")
    >>> suspect_shift(layer, columns=["adcode", "name", "acroutes"]).system
    'gcj02'
    >>> suspect_shift(layer).text.en
    'cannot tell whether the layer is shifted (GCJ-02, BD-09): give --reference LAYER with borders known to be right'
    """
    if reference is not None:
        return _against(areas, reference)
    names = {str(column).casefold() for column in columns}
    if "adcode" in names and names & _SIGNATURE:
        found = ", ".join(sorted(names & (_SIGNATURE | {"adcode"})))
        return ShiftSuspicion(
            "gcj02",
            Text(
                f"图层带有互联网地图服务的字段（{found}），坐标很可能是 GCJ-02；请核实，必要时用 --crs gcj02",
                f"the layer has the columns of a web map service ({found}): its coordinates are probably GCJ-02; "
                "check, and use --crs gcj02 if so",
            ),
            confidence=0.8,
        )
    return ShiftSuspicion(
        "unknown",
        Text(
            "无法判断图层是否有偏移（GCJ-02、BD-09）：请用 --reference 给出边界可靠的参照图层",
            "cannot tell whether the layer is shifted (GCJ-02, BD-09): "
            "give --reference LAYER with borders known to be right",
        ),
    )


def _against(areas: gpd.GeoDataFrame, reference: gpd.GeoDataFrame) -> ShiftSuspicion:
    """Compare borders under each hypothesis; the truth makes them lie on one another."""
    residuals = {system: _residual(_moved(areas, system), reference) for system in _UNDO}
    usable = {system: value for system, value in residuals.items() if np.isfinite(value)}
    ranked = sorted(usable, key=lambda system: usable[system])
    if len(ranked) < len(_UNDO):
        return _unclear(
            residuals, Text("与参照图层没有足够的共同边界", "too few borders are shared with the reference")
        )
    best, second = usable[ranked[0]], usable[ranked[1]]
    if best > _CLEAR * second or best > _FITTING_M:
        return _unclear(residuals, Text("各种坐标系假设都不明显吻合", "no system fits clearly"))
    system = ranked[0]
    shift = _displacement(areas, system)
    listed = ", ".join(f"{name} {value:.0f} m" for name, value in residuals.items())
    said = _NOTHING if system == "none" else _said(system, shift)
    text = Text(
        f"{said.zh}（与参照边界的中位距离：{listed}）",
        f"{said.en} (median distance to the reference's borders: {listed})",
    )
    return ShiftSuspicion(system, text, round(1.0 - best / max(second, 1e-9), 2), residuals, shift)


def _said(system: str, shift: float) -> Text:
    name = {"gcj02": "GCJ-02", "bd09": "BD-09"}[system]
    return Text(
        f"坐标是 {name}，偏移约 {shift:.0f} 米；请用 --crs {system}",
        f"the coordinates are {name}, shifted by about {shift:.0f} m: use --crs {system}",
    )


def _unclear(residuals: dict[str, float], why: Text) -> ShiftSuspicion:
    text = Text(f"无法判断图层是否有偏移：{why.zh}", f"cannot tell whether the layer is shifted: {why.en}")
    return ShiftSuspicion("unknown", text, residual_m=residuals)


def _moved(areas: gpd.GeoDataFrame, system: str) -> gpd.GeoSeries:
    """Undo a system's shift."""
    undo = _UNDO[system]
    if undo is None:
        return areas.geometry
    moved = shapely.transform(areas.geometry.to_numpy(), lambda xy: np.column_stack(undo(xy[:, 0], xy[:, 1])))
    return gpd.GeoSeries(moved, index=areas.index, crs=areas.crs)


def _residual(one: gpd.GeoSeries, other: gpd.GeoDataFrame) -> float:
    """Return the smaller of the two median distances between border sets: one may hold finer levels than the other."""
    crs = metric_crs(tuple(one.total_bounds))
    borders = [_borders(part.geometry.to_crs(crs)) for part in (one, other)]
    return min(_median(borders[0], borders[1]), _median(borders[1], borders[0]))


def _borders(shapes: gpd.GeoSeries) -> np.ndarray:
    """Return border lines, in pieces short enough for the index to be quick."""
    drawn = shapes.to_numpy()
    surface = np.isin(shapely.get_type_id(drawn), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    lines = shapely.get_parts(np.where(surface, shapely.boundary(drawn), drawn))
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    joined = owner[1:] == owner[:-1]
    return np.asarray(shapely.linestrings(np.stack([xy[:-1][joined], xy[1:][joined]], axis=1)))


def _median(lines: np.ndarray, targets: np.ndarray) -> float:
    """Return the median distance of evenly chosen border points to the nearest target line."""
    if not len(lines) or not len(targets):
        return float("nan")
    chosen = np.unique(np.linspace(0, len(lines) - 1, _POINTS).round().astype("int64"))
    points = shapely.line_interpolate_point(lines[chosen], 0.5, normalized=True)
    tree = shapely.STRtree(targets)
    found, distance = tree.query_nearest(points, max_distance=_SHARED_M, return_distance=True, all_matches=False)
    if len(np.unique(found[0])) < _LEAST:
        return float("nan")
    return float(pd.Series(distance).median())


def _displacement(areas: gpd.GeoDataFrame, system: str) -> float:
    """Return the median distance that undoing the system moves the layer, metres."""
    crs = metric_crs(tuple(areas.total_bounds))
    before, after = (
        shapely.get_coordinates(part.to_crs(crs).to_numpy()) for part in (areas.geometry, _moved(areas, system))
    )
    return float(np.median(np.hypot(*(after - before).T)))
