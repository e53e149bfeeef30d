"""Every level at once: parents follow from the finest area that covers the point."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from geocensus.basemap import parents_of
from geocensus.errors import SchemaError
from geocensus.locating._tables import point_coordinates
from geocensus.locating.locator import cached_locator
from geocensus.model import LEVELS
from geocensus.names import CODE, LAT, LON, ON_BORDER

__all__ = ["locate_levels"]


def locate_levels(sources: pd.DataFrame, layers: Mapping[str, gpd.GeoDataFrame], *, nested: bool) -> pd.DataFrame:
    """Return the area of each source at every level.

    Parameters
    ----------
    sources : DataFrame
        As for :func:`locate`.
    layers : Mapping of str to GeoDataFrame
        Areas by level with columns code, name, parent_code and geometry (EPSG:4490 or 4326).
    nested : bool
        Every area is the union of its children. Then only the finest level is searched and its parents follow
        by parent_code, so that the levels of one row always belong together, also on borders; a source in no
        finest area is searched at the next coarser level, and so on. Otherwise each level is searched by itself.

    Returns
    -------
    DataFrame
        Index of sources; columns code_{level}, coarse to fine (str, NaN in no area), and on_border (bool: on a
        border of the finest level that covers the point).

    Raises
    ------
    SchemaError
        A level is unknown or a column is missing.
    CRSMismatchError
        A reference system is missing or not in degrees.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd, shapely
    >>> def layer(codes, parents, boxes):
    ...     table = {"code": codes, "name": codes, "parent_code": parents}
    ...     return gpd.GeoDataFrame(table, geometry=[shapely.box(*box) for box in boxes], crs="EPSG:4490")
    >>> layers = {
    ...     "county": layer(["1"], [""], [(0, 0, 4, 2)]),
    ...     "village": layer(["11", "12"], ["1", "1"], [(0, 0, 2, 2), (2, 0, 4, 2)]),
    ... }
    >>> locate_levels(pd.DataFrame({"lon": [3.0, 9.0], "lat": [1.0, 1.0]}), layers, nested=True)
      code_county code_village  on_border
    0           1           12      False
    1         NaN          NaN      False
    """
    ordered = _ordered(layers)
    lon, lat = point_coordinates(sources)
    points = pd.DataFrame({LON: lon, LAT: lat})
    found = _nested(points, ordered) if nested else _separate(points, ordered)
    return found.set_axis(sources.index)


def _ordered(layers: Mapping[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    unknown = sorted(set(layers) - set(LEVELS))
    if unknown or not layers:
        raise SchemaError(
            f"layers: levels {unknown or 'none'}; give layers named {', '.join(LEVELS)}",
            f"图层层级为 {unknown or '空'}；图层应命名为 {'、'.join(LEVELS)}",
        )
    return {level: layers[level] for level in LEVELS if level in layers}


def _nested(points: pd.DataFrame, layers: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Search finest first; what a level covers gets its parents, the rest goes to the next coarser level."""
    lon, lat = points[LON].to_numpy(), points[LAT].to_numpy()
    chain_of = np.full(len(points), -1, dtype=np.int64)
    on_border = np.zeros(len(points), dtype=bool)
    chains = [pd.DataFrame({f"code_{level}": pd.Series(dtype="str") for level in layers})]
    searched = tuple(layers)
    left = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    while searched and len(left):
        locator = cached_locator(layers[searched[-1]])
        row, border = locator.locate_xy(lon[left], lat[left])
        hit = row >= 0
        met, areas = pd.factorize(row[hit])  # parents are looked up once for each area, not for each point
        chain_of[left[hit]] = met + sum(map(len, chains))
        chains.append(parents_of(pd.Series(locator.codes[areas]), {level: layers[level] for level in searched}))
        on_border[left[hit]] = border[hit]
        left, searched = left[~hit], searched[:-1]
    known = pd.concat(chains, ignore_index=True)[list(chains[0])]
    codes = {name: known[name].astype("str").array.take(chain_of, allow_fill=True) for name in known}
    return pd.DataFrame(codes, index=points.index).assign(**{ON_BORDER: on_border})


def _separate(points: pd.DataFrame, layers: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    located = {level: cached_locator(areas).locate(points) for level, areas in layers.items()}
    codes = pd.DataFrame({f"code_{level}": table[CODE] for level, table in located.items()})
    on_border = pd.Series(False, index=points.index)
    for table in located.values():  # coarse to fine: the finest that covers the point has the last word
        on_border = table[ON_BORDER].where(table[CODE].notna(), on_border)
    return codes.assign(**{ON_BORDER: on_border})
