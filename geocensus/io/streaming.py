"""Reading a damaged layer record by record: what can be read is kept, what cannot is listed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import fiona
import geopandas as gpd
import pandas as pd
import rtree
import shapely

from geocensus.io.dbf import BYTES, decoded
from geocensus.io.reading_report import REPORT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["stream_layer"]

_RINGS_DEEP = {"Polygon": 1, "MultiPolygon": 2}


def stream_layer(path: Path, layer: str, *, encoding: str | None = None) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Read a layer through fiona, one record at a time.

    Bulk reading stops at the first broken record; this goes on behind it. Copies of records, which damaged and
    re-joined files are full of, are found as they arrive in an R-tree that grows with the file (rtree; an STRtree
    could not take additions).

    Parameters
    ----------
    path : Path
        The file.
    layer : str
        Its layer.
    encoding : str, optional
        Encoding of the attributes.

    Returns
    -------
    table : GeoDataFrame
        One row per record that could be read; the geometry is None where only the attributes could; CRS of the file
        or None.
    report : DataFrame
        Columns layer, record (from 1), what (unreadable, geometry, ring_closed, copy, lost), detail.

    Raises
    ------
    OSError
        The file cannot be opened at all.
    """
    problems: list[tuple[str, int, str, str]] = []
    rows: list[dict[str, Any]] = []
    seen = _Copies()
    with _opened(path, layer, encoding and BYTES) as collection:  # texts cut inside a character must not cost records
        total = len(collection)
        last = 0
        for number, record in _records(collection, total, layer, problems):
            last = number
            if record is None:
                continue
            shape = _shape(record, number, layer, problems)
            if (first := seen.find_or_add(number, shape)) is not None:
                problems.append((layer, number, "copy", f"same polygon as record {first}"))
            rows.append({**record.properties, "geometry": shape})
        if last < total:
            problems.append((layer, last + 1, "lost", f"file ends after {last} of {total} records"))
        crs, names = collection.crs_wkt or None, list(collection.schema["properties"])
    geometry = gpd.GeoSeries([row.pop("geometry") for row in rows], crs=crs)
    attributes = pd.DataFrame(rows, columns=names)
    table = gpd.GeoDataFrame(decoded(attributes, encoding) if encoding else attributes, geometry=geometry)
    return table, pd.DataFrame(problems, columns=list(REPORT_COLUMNS))


@contextmanager
def _opened(path: Path, layer: str, encoding: str | None) -> Iterator[Any]:
    """Open a layer; fiona's own errors become OSError."""
    try:
        with fiona.open(path, layer=layer, encoding=encoding) as collection:
            yield collection
    except fiona.errors.FionaError as error:
        raise OSError(str(error)) from error


def _records(
    collection: Any, total: int, layer: str, problems: list[tuple[str, int, str, str]]
) -> Iterator[tuple[int, Any]]:
    """Yield record number and record; None for a record that cannot be read."""
    stream = iter(collection)
    for number in range(1, total + 1):
        try:
            yield number, next(stream)
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001 - any driver's error concerns this one record alone
            problems.append((layer, number, "unreadable", _short(error)))
            yield number, None


def _shape(record: Any, number: int, layer: str, problems: list[tuple[str, int, str, str]]) -> Any:
    """Return the record's geometry, or None with a line in the report."""
    if record.geometry is None:
        return None  # reported together with all rows without geometry
    open_rings = _open_rings(record.geometry)
    try:
        shape = shapely.geometry.shape(record.geometry)
    except Exception as error:  # noqa: BLE001 - any broken geometry concerns this one record alone
        problems.append((layer, number, "geometry", _short(error)))
        return None
    if open_rings:
        problems.append((layer, number, "ring_closed", f"{open_rings} rings did not end where they began"))
    return shapely.force_2d(shape)


def _open_rings(geometry: Mapping[str, Any]) -> int:
    """Count rings that do not end where they begin."""
    rings = geometry.get("coordinates") or []
    if (depth := _RINGS_DEEP.get(geometry["type"])) is None:
        return 0
    for _ in range(depth - 1):
        rings = [ring for part in rings for ring in part]
    return sum(1 for ring in rings if ring and ring[0] != ring[-1])


class _Copies:
    """Shapes seen so far, in an index that grows record by record."""

    def __init__(self) -> None:
        self._index = rtree.index.Index()
        self._shapes: dict[int, Any] = {}

    def find_or_add(self, number: int, shape: Any) -> int | None:
        """Return the number of an earlier record with the same shape, else remember this one."""
        if shape is None or shape.is_empty:
            return None
        for other in sorted(self._index.intersection(shape.bounds)):
            if self._shapes[other].equals_exact(shape, normalize=True):
                return int(other)
        self._index.insert(number, shape.bounds)
        self._shapes[number] = shape
        return None


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
