"""Errors in which place was written down: the text is in good form, the point is another one."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geocensus import shifts
from geocensus.demo.kind import Kind
from geocensus.demo.spelling import decimal, spell
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from geocensus.demo.world import World

    Floats = np.ndarray

__all__ = ["PLACE_KINDS"]

_TRIES = 40
_ACROSS_M = 4.0
_ACCURACY_M = "15"
_BEYOND_M = (800.0, 6000.0)
_FAR_M = (60_000.0, 150_000.0)


def _other_site(rows: pd.DataFrame, rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Write the coordinate of a place in another town."""
    towns = world.villages["town"].to_numpy()
    wrong = rng.integers(0, len(towns), (len(rows), 8))
    differs = towns[wrong] != towns[rows["village"].to_numpy()][:, None]
    chosen = wrong[np.arange(len(rows)), differs.argmax(axis=1)]
    return _moved(rows, *world.draw_points(chosen, rng))


def _elsewhere(rows: pd.DataFrame, rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Write a place one or two hours away."""
    middle = shapely.get_coordinates(shapely.centroid(world.outline))[0]
    angle, far = rng.uniform(0, 2 * np.pi, len(rows)), rng.uniform(*_FAR_M, len(rows))
    xy = middle + far[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return _moved(rows, *(xy / world.scale).T)


def _outside(rows: pd.DataFrame, rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Write a place a few kilometres beyond the border."""
    low, high = np.reshape(shapely.bounds(world.outline), (2, 2)) + np.array([[-1], [1]]) * _BEYOND_M[1]
    xy = np.empty((0, 2))
    while len(xy) < len(rows):
        tried = rng.uniform(low, high, (50 + 10 * len(rows), 2))
        metres = shapely.distance(shapely.points(tried), world.outline)
        xy = np.concatenate([xy, tried[(metres > _BEYOND_M[0]) & (metres < _BEYOND_M[1])]])
    return _moved(rows, *(xy[: len(rows)] / world.scale).T)


def _default_place(rows: pd.DataFrame, _rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Write the centre of the town, or of the village where another row of the town has it already."""
    home = world.villages.iloc[rows["village"].to_numpy()]
    towns = shapely.centroid(world.towns.set_index("code")["geometry"].reindex(home["town"]).to_numpy())
    villages = shapely.centroid(home["geometry"].to_numpy())
    points = np.where(home["town"].duplicated(), villages, towns)
    moved = _moved(rows, shapely.get_x(points), shapely.get_y(points))
    return moved.assign(rules="place.default")


def _stacked(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Give every four rows the coordinate of the first of them."""
    first = np.arange(len(rows)) // 4 * 4
    lon, lat = (rows[f"true_{axis}"].to_numpy()[first] for axis in ("lon", "lat"))
    return _moved(rows, lon, lat).assign(rules="place.stacked")


def _shared_site(rows: pd.DataFrame, _rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Move every five rows into one market: they share its coordinate, and say so."""
    first = np.arange(len(rows)) // 5 * 5
    lon, lat = (rows[f"true_{axis}"].to_numpy()[first] for axis in ("lon", "lat"))
    same = rows[["village", "claim", "code", "town", "village_name", "address"]].iloc[first].set_axis(rows.index)
    market = "共同市場" if world.traditional else "综合市场"
    address = same["address"].str.replace(r"[0-9]+[号號]$", market, regex=True)
    moved = _moved(rows.assign(**same).assign(address=address), lon, lat)
    return moved.assign(true_lon=lon, true_lat=lat, rules="place.stacked")


def _border(rows: pd.DataFrame, rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Move a source to a few metres across the border of its village, as a good receiver may put it."""
    villages = rows["village"].to_numpy()
    own = world.flat_villages[villages]
    edges = shapely.boundary(own)
    xy = rows[["true_lon", "true_lat"]].to_numpy(dtype=float) * world.scale
    open_rows = np.ones(len(rows), dtype=bool)
    for _ in range(_TRIES):
        at = rng.random(len(rows)) * shapely.length(edges)
        here, ahead = (shapely.get_coordinates(_along(edges, at + step)) for step in (0.0, 1.0))
        normal = (ahead - here)[:, ::-1] * np.array([1, -1])
        tried = here + rng.choice([-1, 1], (len(rows), 1)) * normal * _ACROSS_M
        points = shapely.points(tried)
        metres = shapely.distance(points, own)
        good = open_rows & (metres > _ACROSS_M / 2) & shapely.contains(shapely.buffer(world.outline, -60), points)
        xy[good], open_rows[good] = tried[good], False
    lon, lat = (xy / world.scale).T
    return _moved(rows, lon, lat).assign(true_lon=lon, true_lat=lat, accuracy=_ACCURACY_M)


def _gcj02(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Shift a whole batch into GCJ-02."""
    return _shifted(rows, shifts.wgs84_to_gcj02)


def _bd09(rows: pd.DataFrame, _rng: np.random.Generator, _world: World) -> pd.DataFrame:
    """Shift a whole batch into BD-09."""
    return _shifted(rows, shifts.wgs84_to_bd09)


def _shifted(rows: pd.DataFrame, shift: Callable[[Floats, Floats], tuple[Floats, Floats]]) -> pd.DataFrame:
    lon, lat = shift(rows["true_lon"].to_numpy(dtype=float), rows["true_lat"].to_numpy(dtype=float))
    styles = rows["style"].to_numpy(dtype=str)
    texts = {"lon_text": spell(lon, "lon", styles), "lat_text": spell(lat, "lat", styles)}
    return rows.assign(**texts, read_lon=lon, read_lat=lat)


def _moved(rows: pd.DataFrame, lon: Floats, lat: Floats) -> pd.DataFrame:
    """Write another point, in six decimals."""
    texts = {"lon_text": decimal(lon, 6), "lat_text": decimal(lat, 6)}
    return rows.assign(**texts, read_lon=lon, read_lat=lat)


def _along(edges: np.ndarray, at: Floats) -> np.ndarray:
    """Interpolate on the longest part of each border line."""
    parts = np.array([max(shapely.get_parts(edge), key=shapely.length) for edge in edges])
    return shapely.line_interpolate_point(parts, at % shapely.length(parts))


PLACE_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "other_site": Kind(Text("填了别家的坐标", "coordinate of another source"), 5, _other_site),
        "elsewhere": Kind(Text("填了外地总部的坐标", "coordinate of a head office far away"), 4, _elsewhere),
        "outside": Kind(Text("坐标在县界以外", "beyond the border of the basemap"), 3, _outside),
        "default_place": Kind(Text("用区划中心点代替", "centre of the division instead"), 4, _default_place),
        "stacked": Kind(Text("多家填同一坐标", "one coordinate for several sources"), 4, _stacked, together=4),
        "shared_site": Kind(
            Text("同一市场内多家（属实）", "several in one market, rightly"), 5, _shared_site, together=5
        ),
        "border": Kind(Text("紧靠界线外侧（属实）", "just across a border, rightly"), 4, _border),
        "gcj02": Kind(Text("整批为火星坐标（GCJ-02）", "a whole batch in GCJ-02"), 0, _gcj02),
        "bd09": Kind(Text("整批为百度坐标（BD-09）", "a whole batch in BD-09"), 0, _bd09),
    }
)
