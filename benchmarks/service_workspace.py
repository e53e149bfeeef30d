"""A drawn list as a workspace: written through the store, column by column, so that millions of rows fit in memory."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from service_list import RUN, Drawn, draw

from geocensus import files
from geocensus.workspace.columns import columns_of
from geocensus.workspace.creation import fill_new
from geocensus.workspace.geometry import encode_points, point_bounds
from geocensus.workspace.store import Content, content_of, put
from geocensus.workspace.styles import refresh_styles
from geocensus.workspace.tables import create_tables, flags_table, sources_table
from geocensus.workspace.write import write_basemap

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 3  # of the generator: another one makes the kept files anew
_AT_ONCE = 20_000


class Lazy(Sequence[Any]):
    """A column whose values become Python objects only while they are walked over."""

    def __init__(self, values: pa.ChunkedArray) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, place: Any) -> Any:
        found = self.values[place]
        return found.to_pylist() if isinstance(place, slice) else found.as_py()

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self.values), _AT_ONCE):
            yield from self.values.slice(start, _AT_ONCE).to_pylist()


def kept(folder: Path, rows: int) -> Path:
    """The workspace of a drawn list, made where there is none with the tables of now."""
    path = folder / f"sources-{rows}-drawn{VERSION}-{tables_of_now()}.gpkg"
    if not path.exists():
        with files.atomic_path(path) as temporary:
            fill_new(temporary, lambda connection: write(connection, draw(rows)))
    return path


def tables_of_now() -> str:
    """A name of the tables that a new workspace has: a kept file with others is of no use."""
    with closing(sqlite3.connect(":memory:")) as connection:
        create_tables(connection)
        made = connection.execute("SELECT coalesce(sql, '') FROM sqlite_master ORDER BY name").fetchall()
    return hashlib.sha256(repr(made).encode()).hexdigest()[:8]


def write(connection: sqlite3.Connection, drawn: Drawn) -> str:
    rows = len(drawn.sources)
    write_basemap(connection, drawn.basemap)
    _write_sources(connection, drawn)
    lon, lat = (drawn.flags[axis].to_numpy() for axis in ("lon", "lat"))
    content = content_of(
        flags_table(), drawn.flags.to_pandas(), blobs=encode_points(lon, lat), bounds=point_bounds(lon, lat)
    )
    put(connection, flags_table(), content)
    summary = {"rows": rows, "located": rows, "unlocated": 0, "excluded": 0, "crs": "cgcs2000", "crs_assumed": False}
    connection.execute(
        "INSERT INTO runs (run_id, rows, located, unlocated, excluded, flags_new, summary, provenance)"
        " VALUES (?, ?, ?, 0, 0, ?, ?, '{}')",
        (RUN, rows, rows, len(drawn.flags), json.dumps(summary)),
    )
    connection.execute("INSERT INTO workspace_info (key, value) VALUES ('sources_attrs', '{}')")
    refresh_styles(connection)
    return RUN


def _write_sources(connection: sqlite3.Connection, drawn: Drawn) -> None:
    placed = drawn.sources.append_column("position", pa.array(np.arange(len(drawn.sources))))
    table = sources_table("located", columns_of(placed.slice(0, 1).to_pandas()))
    columns = [Lazy(placed[column.header]) for column in table.columns]
    blobs, bounds = encode_points(drawn.lon, drawn.lat), point_bounds(drawn.lon, drawn.lat)
    put(connection, table, Content(columns, blobs=blobs, bounds=bounds))
