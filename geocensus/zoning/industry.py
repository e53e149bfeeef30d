"""Industry: parks and sectors that should stay in one field zone, and the mix of sources in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.names import CODE, NAME
from geocensus.zoning.islands import pieces_of
from geocensus.zoning.metric import to_metric
from geocensus.zoning.task import UnitGraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from geocensus.zoning.task import Ints

__all__ = ["SECTOR_DIGITS", "joined_groups", "mix_of", "park_groups", "sector_groups", "sectors_of", "together_costs"]

SECTOR_DIGITS: Final = 2  # divisions (大类) of GB/T 4754
_OF_UNIT: Final = 0.5
_FIELD_ZONE: Final = "field_zone"


def park_groups(units: gpd.GeoDataFrame, parks: gpd.GeoDataFrame | str, *, least_share: float = 0.05) -> pd.Series:
    """Group the units that an industrial park covers, so that one team has the whole park.

    Parameters
    ----------
    units : GeoDataFrame
        Columns code and geometry.
    parks : GeoDataFrame or str
        Polygons, with a column name (or code) if wished; or a column of `units` that names the park.
    least_share : float
        A unit belongs to a park when it holds at least this share of it, or when the park covers half of the unit.

    Returns
    -------
    Series of str
        Index code: name of the group, NaN where a unit stands alone; parks that share a unit become one group. Fit for
        ``split(groups=…)``.

    Raises
    ------
    SchemaError
        The units have no such column.
    CRSMismatchError
        A reference system is missing or neither EPSG:4490 nor in metres.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> squares = [shapely.box(x, 0, x + 1000, 1000) for x in (0, 1000, 2000)]
    >>> units = gpd.GeoDataFrame({"code": ["a", "b", "c"]}, geometry=squares, crs="EPSG:4548")
    >>> park = gpd.GeoDataFrame({"name": ["新都园区"]}, geometry=[shapely.box(800, 0, 1200, 300)], crs="EPSG:4548")
    >>> park_groups(units, park).to_dict()
    {'a': '新都园区', 'b': '新都园区', 'c': nan}
    """
    codes = units[CODE].astype("str")
    if isinstance(parks, str):
        if parks not in units:
            raise SchemaError(
                f"parks: the units have no column {parks!r}; they have {', '.join(map(str, units.columns))}",
                f"园区：单元表没有“{parks}”列；现有列：{'、'.join(map(str, units.columns))}",
            )
        named = units[parks].astype("str").str.strip()
        return joined_groups(named.where(named != "").set_axis(pd.Index(codes, name=CODE)))
    metric = to_metric(units)
    places = to_metric(parks, metric.crs, what=Text("园区图层", "parks"))
    unit, park = _held(metric.geometry.to_numpy(), places.geometry.to_numpy(), least_share)
    names = _park_names(parks)
    pairs = pd.DataFrame({"unit": unit, "name": names[park]}).sort_values(["name", "unit"])
    series = [part.set_index("unit")["name"] for _, part in pairs.groupby("name", sort=True)]
    full = [one.reindex(range(len(units))).astype("str").set_axis(pd.Index(codes, name=CODE)) for one in series]
    return joined_groups(*full) if full else pd.Series(np.nan, index=pd.Index(codes, name=CODE), dtype="str")


def sector_groups(graph: UnitGraph, sectors: pd.Series, units: pd.Series, chosen: Sequence[str]) -> pd.Series:
    """Group neighbouring units that hold sources of the same chosen sector.

    Parameters
    ----------
    graph : UnitGraph
        The units.
    sectors : Series of str
        Industry code of each source (a text that begins with it), as in the column industry.
    units : Series of str
        Code of the unit each source counts in; NaN for none.
    chosen : sequence of str
        First digits of industries (GB/T 4754), such as "26".

    Returns
    -------
    Series of str
        Index code: name of the group (the digits and its lowest code), NaN where a unit stands alone.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from geocensus.zoning.graph import build_graph
    >>> squares = [shapely.box(x, 0, x + 1000, 1000) for x in (0, 1000, 2000)]
    >>> areas = gpd.GeoDataFrame({"code": ["a", "b", "c"]}, geometry=squares, crs="EPSG:4548")
    >>> graph = build_graph(areas, [1, 1, 1])
    >>> sector_groups(graph, pd.Series(["2614 x", "2662", "1311"]), pd.Series(["a", "b", "c"]), ["26"]).to_dict()
    {'a': '26: a', 'b': '26: a', 'c': nan}
    """
    texts = sectors.astype("str").fillna("").str.strip()
    found = [
        _cluster(graph, np.isin(graph.codes, units[texts.str.startswith(digits)].dropna()), digits)
        for digits in sorted({str(one) for one in chosen})
    ]
    return joined_groups(*found) if found else pd.Series(np.nan, index=pd.Index(graph.codes, name=CODE), dtype="str")


def joined_groups(*groups: pd.Series) -> pd.Series:
    """Join several groupings of the same units: what is together in one of them is together.

    Parameters
    ----------
    *groups : Series of str
        Index code; NaN where a unit stands alone.

    Returns
    -------
    Series of str
        Index of the first: names of joined groups are put together with " + "; groups of one unit are dropped.

    Examples
    --------
    >>> one = pd.Series(["x", "x", None], index=["a", "b", "c"])
    >>> joined_groups(one, pd.Series(["y", "y"], index=["b", "c"])).tolist()
    ['x + y', 'x + y', 'x + y']
    """
    index = groups[0].index
    size = len(index)
    parts = [group.reindex(index).rename("name").reset_index(drop=True).dropna() for group in groups]
    pairs = pd.concat([part.reset_index().assign(kind=kind) for kind, part in enumerate(parts)], ignore_index=True)
    number = pairs.groupby(["kind", "name"], sort=True).ngroup().to_numpy(dtype=np.int64)
    piece = pieces_of(size + len(np.unique(number)), pairs["index"].to_numpy(dtype=np.int64), size + number)[:size]
    names = pairs["name"].astype("str").groupby(piece[pairs["index"]]).agg(lambda texts: " + ".join(sorted(set(texts))))
    alone = pd.Series(piece).groupby(piece).transform("size") == 1
    return pd.Series(piece).map(names).mask(alone).astype("str").set_axis(index)


def together_costs(graph: UnitGraph, groups: pd.Series, *, weight: float = 3.0) -> UnitGraph:
    """Make it dear, but not impossible, to part the units of a group.

    Parameters
    ----------
    graph : UnitGraph
        The units.
    groups : Series of str
        Index code; NaN where a unit stands alone.
    weight : float
        Cutting a border inside a group costs so many times its length more (of a middling border where it is shorter).

    Returns
    -------
    UnitGraph
        With higher cut costs.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from geocensus.zoning.graph import build_graph
    >>> squares = [shapely.box(x, 0, x + 1000, 1000) for x in (0, 1000, 2000)]
    >>> units = gpd.GeoDataFrame({"code": ["a", "b", "c"]}, geometry=squares, crs="EPSG:4548")
    >>> together_costs(build_graph(units, [1, 1, 1]), pd.Series({"a": "park", "b": "park"})).cut_cost_m.tolist()
    [4000.0, 4000.0, 1000.0, 1000.0]
    """
    number = pd.factorize(groups.reindex(pd.Index(graph.codes)))[0]
    source = np.repeat(np.arange(graph.size), np.diff(graph.indptr))
    same = (number[source] >= 0) & (number[source] == number[graph.indices])
    usual = float(np.median(graph.border_m)) if len(graph.border_m) else 0.0
    extra = np.where(same, weight * np.maximum(graph.border_m, usual), 0.0)
    return UnitGraph(**{**vars(graph), "cut_cost_m": graph.cut_cost_m + extra})


def sectors_of(sources: pd.DataFrame, *, digits: int = SECTOR_DIGITS) -> pd.Series:
    """Return the sector of each source: the first digits of its industry.

    Parameters
    ----------
    sources : DataFrame
        A table of sources; its column industry may be missing.
    digits : int
        How many digits; 2 are the divisions (大类) of GB/T 4754.

    Returns
    -------
    Series of str
        NaN where the industry does not begin with so many digits.

    Examples
    --------
    >>> sectors_of(pd.DataFrame({"industry": ["2662 专项化学用品制造", "化工", None]})).tolist()
    ['26', nan, nan]
    """
    if "industry" not in sources:
        return pd.Series(np.nan, index=sources.index, dtype="str")
    return sources["industry"].astype("str").str.strip().str.extract(rf"^([0-9]{{{digits}}})", expand=False)


def mix_of(labels: pd.Series, units: pd.Series, kinds: pd.Series) -> pd.DataFrame:
    """Count the sources of each kind in each field zone.

    Parameters
    ----------
    labels : Series of str
        Field zone of each unit, index code.
    units : Series of str
        Code of the unit each source counts in; NaN for none.
    kinds : Series of str
        Class or sector of each source, same index as `units`; sources without one are counted under "".

    Returns
    -------
    DataFrame
        Index field_zone, in order of `labels`' first rows; one column per kind, sorted; a row of zeros where a field
        zone has no sources.

    Examples
    --------
    >>> labels = pd.Series({"a": "1", "b": "2"})
    >>> mix_of(labels, pd.Series(["a", "a", None]), pd.Series(["farm", "mobile", "farm"])).to_dict("index")
    {'1': {'farm': 1, 'mobile': 1}, '2': {'farm': 0, 'mobile': 0}}
    """
    zones = pd.Index(labels.unique(), name=_FIELD_ZONE)
    zone = units.map(labels)
    kept = zone.notna()
    words = kinds.astype("str").fillna("")[kept]
    table = pd.crosstab(zone[kept].to_numpy(), words.to_numpy())
    return table.reindex(zones, fill_value=0).astype(np.int64).rename_axis(columns=None)


def _held(units: NDArray[np.object_], parks: NDArray[np.object_], least_share: float) -> tuple[Ints, Ints]:
    """Return pairs of a unit and a park that it holds a good part of."""
    units, parks = (shapely.make_valid(given, method="structure") for given in (units, parks))
    park, unit = shapely.STRtree(units).query(parks, predicate="intersects")
    shared = shapely.area(shapely.intersection(parks[park], units[unit]))
    of_park, of_unit = shapely.area(parks)[park], shapely.area(units)[unit]
    kept = (shared > 0) & ((shared >= least_share * of_park) | (shared >= _OF_UNIT * of_unit))
    return unit[kept].astype(np.int64), park[kept].astype(np.int64)


def _park_names(parks: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return a name for each park: its name, else its code, else its number."""
    numbers = pd.Series(np.arange(1, len(parks) + 1), dtype="int64").astype("str")
    names = pd.Series(np.nan, index=range(len(parks)), dtype="str")
    for column in (NAME, CODE):
        if column in parks:
            given = parks[column].astype("str").str.strip().reset_index(drop=True)
            names = names.fillna(given.where(given != ""))
    filled: NDArray[np.object_] = names.fillna("park " + numbers).to_numpy(dtype=object)
    return filled


def _cluster(graph: UnitGraph, member: NDArray[np.bool_], digits: str) -> pd.Series:
    """Name the connected pieces of the member units."""
    source = np.repeat(np.arange(graph.size), np.diff(graph.indptr))
    inside = member[source] & member[graph.indices]
    piece = pieces_of(graph.size, source[inside], graph.indices[inside])
    first = np.unique(piece, return_index=True)[1]
    names = np.array([f"{digits}: {code}" for code in graph.codes[first]], dtype=object)[piece]
    return pd.Series(names, index=pd.Index(graph.codes, name=CODE), dtype="str").where(member)
