"""Points as GeoParquet (geoparquet.org, version 1.1.0): columns as they are, and a column of WKB points in degrees."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj

from geocensus.basemap import BASEMAP_CRS
from geocensus.files import atomic_path

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = ["write_geoparquet"]

_POINT = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
_WKB_POINT = 1
_GROUP = 100_000  # rows of a row group


def write_geoparquet(path: Path, table: pd.DataFrame, lon: pd.Series, lat: pd.Series) -> None:
    """Write a table with its points.

    Parameters
    ----------
    path : Path
        Ends with .parquet; a file that is there is replaced once the new one is complete.
    table : DataFrame
        Columns of the file; ``geometry`` is added behind them, as ``geometry (2)`` where the table has one.
    lon, lat : Series of float
        Degrees CGCS2000; NaN where a row has no point.

    Raises
    ------
    OSError
        The disk is full or the folder cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib, geopandas, pandas as pd
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "points.parquet"
    >>> table = pd.DataFrame({"name": ["甲", "乙"]})
    >>> write_geoparquet(file, table, pd.Series([118.5, np.nan]), pd.Series([28.9, np.nan]))
    >>> back = geopandas.read_parquet(file)
    >>> back.geometry.iloc[0].wkt, back.geometry.isna().tolist(), back.crs.to_epsg()
    ('POINT (118.5 28.9)', [False, True], 4490)
    """
    mixed = [header for header in table.columns if table[header].dtype == object]
    content = pa.Table.from_pandas(table.astype(dict.fromkeys(mixed, "str")), preserve_index=False)
    name = "geometry" if "geometry" not in table.columns else "geometry (2)"
    x, y = (axis.to_numpy(dtype=np.float64) for axis in (lon, lat))
    content = content.append_column(name, _points(x, y))
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": ["Point"], "crs": _crs()}
    if np.isfinite(x).any():
        column["bbox"] = [float(np.nanmin(x)), float(np.nanmin(y)), float(np.nanmax(x)), float(np.nanmax(y))]
    told = {"version": "1.1.0", "primary_column": name, "columns": {name: column}}
    content = content.replace_schema_metadata({**(content.schema.metadata or {}), b"geo": json.dumps(told).encode()})
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        pq.write_table(content, file, compression="zstd", row_group_size=_GROUP)


def _points(x: np.ndarray, y: np.ndarray) -> pa.Array:
    """WKB of points, without an object for each; null where a coordinate is missing."""
    records = np.zeros(len(x), dtype=_POINT)
    records["order"], records["kind"], records["x"], records["y"] = 1, _WKB_POINT, x, y
    known = np.isfinite(x) & np.isfinite(y)
    valid = pa.py_buffer(np.packbits(known, bitorder="little").tobytes())
    fixed = pa.Array.from_buffers(pa.binary(_POINT.itemsize), len(x), [valid, pa.py_buffer(records.tobytes())])
    return fixed.cast(pa.binary())


@cache
def _crs() -> dict[str, object]:
    described: dict[str, object] = pyproj.CRS.from_user_input(BASEMAP_CRS).to_json_dict()
    return described
