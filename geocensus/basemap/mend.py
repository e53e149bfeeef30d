"""Mending a foreign layer into an areas table; every change is a row of the report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.basemap.guess import LayerColumns  # noqa: TC001 - a dataclass that callers hand over
from geocensus.divisions import normalise, trim
from geocensus.model import CodeSystem
from geocensus.names import CODE, LEVEL, NAME, PARENT_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MENDED_COLUMNS", "Mended", "mend_barriers", "mend_geometry", "mend_layer"]

MENDED_COLUMNS = ("layer", "code", "what", "before", "after")
_KINDS: Mapping[str, str] = {
    "river": r"(?i)river|stream|canal|waterway|water|河|江|溪|渠|港|水系",
    "railway": r"(?i)rail|铁路|高铁",
    "motorway": r"(?i)motorway|expressway|高速",
    "road": r"(?i)road|highway|trunk|primary|secondary|street|路|国道|省道|公路",
}


@dataclass(frozen=True, eq=False)
class Mended:
    """A layer brought to the form of an areas table.

    Attributes
    ----------
    table : GeoDataFrame
        Columns code, name, parent_code (as the file says, "" when it says nothing), level, geometry; codes unique.
    report : DataFrame
        Columns layer, code, what, before, after; `what` begins with ``code.``, ``geometry.``, ``parent.``.
    """

    table: gpd.GeoDataFrame
    report: pd.DataFrame


def mend_layer(table: gpd.GeoDataFrame, *, level: str, columns: LayerColumns, system: CodeSystem) -> Mended:
    """Bring a foreign layer to the form of an areas table.

    Codes are normalised (full-width digits, spaces, the ``.0`` of floats), and in gb2260 the zeros that fill a code
    up are cut. Records of one code and one name become one MultiPolygon; those of different names are kept apart as
    ``code#2``; records without a code get ``auto:`` and a hash of their geometry. Geometry becomes valid polygons.

    Parameters
    ----------
    table : GeoDataFrame
        A layer as read; EPSG:4490.
    level : str
        Its level.
    columns : LayerColumns
        Where code, name and parent stand.
    system : CodeSystem
        The GB rules apply to gb2260 alone.

    Returns
    -------
    Mended
        Table sorted by code, and the report.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from geocensus.basemap import LayerColumns
    >>> bowtie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    >>> layer = gpd.GeoDataFrame({"dm": ["330822.0"]}, geometry=[bowtie], crs="EPSG:4490")
    >>> mended = mend_layer(layer, level="county", columns=LayerColumns("dm"), system=CodeSystem.GB2260)
    >>> mended.table["code"].tolist(), mended.report["what"].tolist()
    (['330822'], ['code.normalised', 'geometry.made_valid'])
    """
    geometry, changed = mend_geometry(table.geometry)
    raw = _texts(table[columns.code])
    codes, code_report = _codes(raw, level, system)
    codes, auto_report = _fill_codes(codes, geometry, level)
    shapes_report = _rows(
        level, codes[changed.index], "geometry." + changed["what"], changed["before"], changed["after"]
    )
    areas = gpd.GeoDataFrame(
        {
            CODE: codes,
            NAME: _texts(table[columns.name]).str.strip() if columns.name else "",
            PARENT_CODE: _parents(table, columns, system),
            LEVEL: level,
        },
        geometry=gpd.GeoSeries(geometry, index=table.index, crs=table.crs),
        index=table.index,
    )
    areas, doubled_report = _merge_doubles(areas, level)
    parts = [code_report, auto_report, shapes_report, doubled_report]
    areas = areas.sort_values(CODE, kind="stable", ignore_index=True)
    return Mended(
        areas.astype(dict.fromkeys((CODE, NAME, PARENT_CODE, LEVEL), "str")), pd.concat(parts, ignore_index=True)
    )


def mend_geometry(geometry: gpd.GeoSeries) -> tuple[np.ndarray, pd.DataFrame]:
    """Make valid polygons.

    Parameters
    ----------
    geometry : GeoSeries
        Of any kind; None allowed.

    Returns
    -------
    geometry : numpy.ndarray
        Valid Polygon or MultiPolygon, or None where nothing with an area is left.
    changed : DataFrame
        Rows of changed ones by the index of `geometry`: what (made_valid, not_polygon, none), before (GEOS's reason
        or type), after (type).
    """
    old = shapely.force_2d(geometry.to_numpy())
    empty = shapely.is_missing(old) | shapely.is_empty(old)
    valid = shapely.is_valid(old) & ~empty
    new = np.array(old, dtype=object)
    new[empty] = None
    broken = ~valid & ~empty
    new[broken] = shapely.make_valid(old[broken])
    flat = np.isin(shapely.get_type_id(new), (3, 6))  # Polygon, MultiPolygon
    odd = ~flat & ~shapely.is_missing(new)
    new[odd] = _polygons_of(new[odd])
    gone = odd & shapely.is_missing(new)
    what = np.select([empty, gone, broken, odd], ["none", "not_polygon", "made_valid", "not_polygon"], default="")
    rows = what != ""
    before = pd.Series(shapely.is_valid_reason(old[rows]), dtype="str").fillna("none")
    after = pd.Series(geometry_words(new[rows]), dtype="str")
    changed = pd.DataFrame({"what": what[rows], "before": before, "after": after}).set_axis(geometry.index[rows])
    return new, changed


def mend_barriers(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Bring a line layer to the form of a barriers table.

    Parameters
    ----------
    table : GeoDataFrame
        Lines in EPSG:4490; a column kind, type, class, fclass or 类型 says what they are, else their name does.

    Returns
    -------
    GeoDataFrame
        Columns name, kind (river, railway, motorway, road, other), geometry; lines without geometry left out.
    """
    folded = {str(column).casefold(): column for column in reversed(table.columns)}
    names = _first(table, folded, ("name", "名称", "mc", "nm"))
    words = (
        _first(table, folded, ("kind", "type", "class", "fclass", "类型", "类别", "highway", "waterway")) + " " + names
    )
    kind = pd.Series("other", index=table.index, dtype="str")
    for word, pattern in reversed(list(_KINDS.items())):
        kind = kind.mask(words.str.contains(pattern), word)
    lines = gpd.GeoDataFrame({NAME: names, "kind": kind}, geometry=table.geometry, crs=table.crs)
    return lines[lines.geometry.notna() & ~lines.geometry.is_empty].reset_index(drop=True)


def geometry_words(geometry: np.ndarray) -> np.ndarray:
    """Name the type of each geometry.

    Parameters
    ----------
    geometry : numpy.ndarray
        Any shapes.

    Returns
    -------
    numpy.ndarray
        Words such as "Polygon"; "none" for None.
    """
    words = np.array(["none", "Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString",
                      "MultiPolygon", "GeometryCollection"])  # fmt: skip
    return words[shapely.get_type_id(geometry) + 1]


def _first(table: gpd.GeoDataFrame, folded: Mapping[str, str], names: tuple[str, ...]) -> pd.Series:
    for name in names:
        if name in folded:
            return _texts(table[folded[name]]).fillna("")
    return pd.Series("", index=table.index, dtype="str")


def _texts(values: pd.Series) -> pd.Series:
    """Return texts; whole numbers held as floats lose their .0 nowhere but in the report."""
    return values.astype("str").fillna("")


def _codes(raw: pd.Series, level: str, system: CodeSystem) -> tuple[pd.Series, pd.DataFrame]:
    """Normalise codes; in gb2260 cut filling zeros; report what changed and what looks damaged."""
    clean = normalise(raw).fillna("")
    codes = trim(clean).fillna("") if system is CodeSystem.GB2260 else clean
    normalised = (clean != raw) & (clean != "")
    cut = codes != clean
    lost = clean.str.fullmatch(r"[1-8]\d{10}") & (system is CodeSystem.GB2260)
    parts = [
        _rows(level, codes[normalised], "code.normalised", raw[normalised], clean[normalised]),
        _rows(level, codes[cut], "code.zeros_cut", clean[cut], codes[cut]),
        _rows(level, codes[lost], "code.digit_lost_not_mended", clean[lost], clean[lost]),
    ]
    return codes, pd.concat(parts, ignore_index=True)


def _fill_codes(codes: pd.Series, geometry: np.ndarray, level: str) -> tuple[pd.Series, pd.DataFrame]:
    """Give areas without a code one that depends on their geometry alone."""
    nameless = (codes == "").to_numpy()
    hashes = [hashlib.sha256(blob or b"").hexdigest()[:10] for blob in shapely.to_wkb(geometry[nameless])]
    made = pd.Series([f"auto:{digest}" for digest in hashes], index=codes.index[nameless], dtype="str")
    filled = codes.mask(nameless, made.reindex(codes.index))
    return filled, _rows(level, made, "code.missing", "", made)


def _parents(table: gpd.GeoDataFrame, columns: LayerColumns, system: CodeSystem) -> pd.Series:
    if not columns.parent:
        return pd.Series("", index=table.index, dtype="str")
    texts = _texts(table[columns.parent])
    inner = texts.str.extract(r'"adcode"\s*:\s*"?(\d+)', expand=False)  # GeoJSON that keeps the parent as an object
    clean = normalise(inner.fillna(texts))
    return (trim(clean) if system is CodeSystem.GB2260 else clean).fillna("")


def _merge_doubles(areas: gpd.GeoDataFrame, level: str) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Join records of one code and name; keep those of another name apart under code#n."""
    doubled = areas[areas[CODE].duplicated(keep=False)]
    if doubled.empty:
        return areas, _rows(level, areas[CODE].iloc[:0], "", "", "")
    groups = doubled.groupby([CODE, NAME], sort=True)
    joined = doubled.drop_duplicates([CODE, NAME]).sort_values([CODE, NAME])
    shapes = [mend_geometry(gpd.GeoSeries([_union(part.geometry.to_numpy())]))[0][0] for _, part in groups]
    joined = joined.set_geometry(gpd.GeoSeries(shapes, index=joined.index, crs=areas.crs))
    size = groups.size().to_numpy()
    turn = joined.groupby(CODE).cumcount()
    codes = joined[CODE].mask(turn > 0, joined[CODE] + "#" + (turn + 1).astype("str"))
    merged, renamed = size > 1, (turn > 0).to_numpy()
    report = pd.concat(
        [
            _rows(level, codes[merged], "code.records_joined", pd.Series(size[merged]).astype("str"), "1"),
            _rows(level, codes[renamed], "code.duplicate", joined[CODE][renamed], codes[renamed]),
        ],
        ignore_index=True,
    )
    return pd.concat([areas.drop(doubled.index), joined.assign(code=codes)]), report


def _union(shapes: np.ndarray) -> object:
    kept = shapes[~shapely.is_missing(shapes)]
    return shapely.union_all(kept) if len(kept) else None


def _polygons_of(shapes: np.ndarray) -> np.ndarray:
    """Keep the parts that have an area; None where there are none."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    nested, inner = shapely.get_parts(parts, return_index=True)  # make_valid may put MultiPolygons in a collection
    keep = shapely.get_type_id(nested) == 3  # noqa: PLR2004 - Polygon
    result = np.full(len(shapes), None, dtype=object)
    if keep.any():
        owners = owner[inner][keep]
        shapely.multipolygons(nested[keep], indices=owners, out=result)
    return result


def _rows(layer: str, codes: pd.Series, what: object, before: object, after: object) -> pd.DataFrame:
    """Return rows of the report; scalars are repeated."""
    values = [x.to_numpy() if isinstance(x, pd.Series) else x for x in (what, before, after)]
    table = pd.DataFrame(
        {"layer": layer, "code": codes.to_numpy(), "what": values[0], "before": values[1], "after": values[2]}
    )
    return table.astype("str")
