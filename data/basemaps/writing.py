"""Write a basemap as one GeoPackage whose bytes depend on its content alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from geocensus.files import atomic_path, sha256
from geocensus.model import BasemapInfo

__all__ = ["CRS", "empty_barriers", "refuse_broken", "union_levels", "write_basemap", "write_manifest"]

CRS: Final = "EPSG:4490"
# GeoPackage stores the time of each layer's last change; a fixed one makes builds comparable byte by byte.
_DATE: Final = "2024-01-01T00:00:00.000Z"
_COLUMNS: Final = ["code", "name", "parent_code", "geometry"]


def empty_barriers() -> gpd.GeoDataFrame:
    """Return a barriers layer without rows: for basemaps that have no such source.

    Returns
    -------
    gpd.GeoDataFrame
        Columns name, kind, geometry; EPSG:4490.
    """
    columns = {"name": pd.Series(dtype="str"), "kind": pd.Series(dtype="str")}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=CRS), crs=CRS)


def union_levels(villages: gpd.GeoDataFrame, upper: Mapping[str, pd.DataFrame]) -> dict[str, gpd.GeoDataFrame]:
    """Return all levels, coarse to fine: every area above the villages is the union of its children.

    Parameters
    ----------
    villages : gpd.GeoDataFrame
        Columns code, name, parent_code, geometry; a valid coverage.
    upper : Mapping[str, pd.DataFrame]
        Columns code, name, parent_code by level, coarse to fine, without the villages.

    Returns
    -------
    dict[str, gpd.GeoDataFrame]
        Areas by level, sorted by code, in the villages' CRS.
    """
    below = villages.sort_values("code", ignore_index=True)
    layers = {"village": below}
    for level, table in reversed(list(upper.items())):
        named = table.sort_values("code", ignore_index=True)
        merged = below.groupby("parent_code").geometry.agg(lambda part: shapely.coverage_union_all(part.array))
        shapes = shapely.normalize(merged.loc[named["code"]].to_numpy())
        below = layers[level] = gpd.GeoDataFrame(named, geometry=list(shapes), crs=villages.crs)
    return dict(reversed(layers.items()))


def refuse_broken(layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Raise unless every level is a valid coverage of valid polygons with unique codes and known parents.

    Parameters
    ----------
    layers : Mapping[str, gpd.GeoDataFrame]
        Areas by level, coarse to fine.

    Raises
    ------
    ValueError
        When a level is broken; the message names it.
    """
    known = pd.Series([""])
    for level, areas in layers.items():
        sound = {
            "codes unique": areas["code"].is_unique,
            "parents known": areas["parent_code"].isin(known).all(),
            "polygons valid": areas.is_valid.all(),
            "coverage valid": shapely.coverage_is_valid(areas.geometry.array),
        }
        known = areas["code"]
        if not all(sound.values()):
            message = f"level {level} is broken: {sound}"
            raise ValueError(message)


def write_basemap(
    target: Path, *, info: BasemapInfo, layers: Mapping[str, gpd.GeoDataFrame], barriers: gpd.GeoDataFrame
) -> dict[str, Any]:
    """Write the layers, the barriers and the table ``basemap_info``; return the manifest's entry.

    Parameters
    ----------
    target : Path
        The GeoPackage to make or replace.
    info : BasemapInfo
        What is known about the basemap.
    layers : Mapping[str, gpd.GeoDataFrame]
        Areas by level, coarse to fine: code, name, parent_code, geometry; EPSG:4490 degrees.
    barriers : gpd.GeoDataFrame
        Columns name, kind, geometry (lines); may have no rows.

    Returns
    -------
    dict[str, Any]
        Keys file, sha256, bytes, everything of the info, and the number of areas by level.

    Raises
    ------
    ValueError
        When a level is broken.
    """
    refuse_broken(layers)
    values = info.as_dict()
    table = pd.DataFrame({"key": list(values), "value": [json.dumps(v, ensure_ascii=False) for v in values.values()]})
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DATE})
    with atomic_path(target) as temporary:
        for level, areas in layers.items():
            kind = "MultiPolygon" if (areas.geom_type == "MultiPolygon").any() else "Polygon"
            _write(areas.sort_values("code")[_COLUMNS], temporary, layer=level, geometry_type=kind)
        _write(barriers[["name", "kind", "geometry"]], temporary, layer="barriers", geometry_type="LineString")
        pyogrio.write_dataframe(table, temporary, layer="basemap_info", driver="GPKG", append=True)
    counts = {level: len(areas) for level, areas in layers.items()}
    size = target.stat().st_size
    return {"file": target.name, "sha256": sha256(target), "bytes": size} | values | {"levels": counts}


def _write(table: gpd.GeoDataFrame, path: Path, *, layer: str, geometry_type: str) -> None:
    multi = geometry_type.startswith("Multi")
    pyogrio.write_dataframe(
        table,
        path,
        layer=layer,
        driver="GPKG",
        append=path.exists(),
        geometry_type=geometry_type,
        promote_to_multi=multi,
    )


def write_manifest(target: Path, entries: list[dict[str, Any]]) -> None:
    """Write manifest.json: one entry per basemap, by name; entries of basemaps not built now are kept.

    Parameters
    ----------
    target : Path
        The file to make or bring up to date.
    entries : list[dict[str, Any]]
        What :func:`write_basemap` returned.
    """
    kept = json.loads(target.read_text(encoding="utf-8"))["basemaps"] if target.exists() else []
    by_name = {entry["name"]: entry for entry in [*kept, *entries]}
    text = json.dumps({"basemaps": [by_name[name] for name in sorted(by_name)]}, ensure_ascii=False, indent=2)
    with atomic_path(target) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8", newline="\n")
