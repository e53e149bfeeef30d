"""Lines from sources outside their claimed area to that area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geocensus.maps.rows import claimed_areas, drawable

if TYPE_CHECKING:
    import pandas as pd

    from geocensus.maps.areas import AreaTable

__all__ = ["claim_lines"]

_FAR_M: Final = 50_000.0


def claim_lines(sources: pd.DataFrame, flags: pd.DataFrame, areas: AreaTable) -> dict[str, Any]:
    """Return lines from sources outside their claimed area to that area.

    A line ends at the nearest border point where the source is less than 50 km away, else at a point inside the area.

    Parameters
    ----------
    sources : pandas.DataFrame
        The sources; distance_m (metres, NaN = not known) is optional.
    flags : pandas.DataFrame
        The flags; those of the rule ``place.outside_claimed`` get a line.
    areas : AreaTable
        Areas of all levels.

    Returns
    -------
    dict
        Lists source (row), x, y (end of the line, degrees).
    """
    outside = set(flags.loc[flags["rule"] == "place.outside_claimed", "source_id"].dropna())
    claimed = claimed_areas(sources, areas)
    flagged = sources["source_id"].isin(outside).to_numpy(dtype=bool)
    usable = ~(shapely.is_missing(areas.geometry) | shapely.is_empty(areas.geometry))
    rows = np.flatnonzero(drawable(sources) & flagged & (claimed >= 0) & usable[claimed])
    part = sources.iloc[rows]
    x, y = _line_ends(part["lon"].to_numpy(float), part["lat"].to_numpy(float), areas.geometry[claimed[rows]])
    distance = part["distance_m"].to_numpy(dtype=float) if "distance_m" in part else np.full(len(part), np.nan)
    far = ~(distance < _FAR_M)
    inside = shapely.point_on_surface(areas.geometry[claimed[rows]])
    x, y = np.where(far, shapely.get_x(inside), x), np.where(far, shapely.get_y(inside), y)
    return {"source": rows.tolist(), "x": np.round(x, 6).tolist(), "y": np.round(y, 6).tolist()}


def _line_ends(x: np.ndarray, y: np.ndarray, geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # In a plane stretched at the source's own latitude: true to well under 1 % within 50 km, and only drawn.
    width = np.cos(np.radians(y))
    coordinates, owner = shapely.get_coordinates(geometry, return_index=True)
    stretched = shapely.set_coordinates(
        geometry.copy(), coordinates * np.column_stack([width[owner], np.ones(len(owner))])
    )
    ends = shapely.get_point(shapely.shortest_line(shapely.points(x * width, y), stretched), 1)
    return shapely.get_x(ends) / width, shapely.get_y(ends)
