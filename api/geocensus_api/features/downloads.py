"""Whole collections as files: CSV as it is read, Excel and GeoPackage by way of a temporary folder."""

import sqlite3
import tempfile
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio
from starlette.responses import Response

from geocensus.io import write_result
from geocensus.model import Text
from geocensus.workspace import decode
from geocensus_api.ending import EndingFile, EndingStream
from geocensus_api.errors import ProblemError
from geocensus_api.features.delimited import csv_pieces, frame
from geocensus_api.features.pages import Row, batches
from geocensus_api.features.selection import Selection, count
from geocensus_api.resources import Resources
from geocensus_api.responses import CSV

__all__ = ["DOWNLOADS", "download", "from_file", "whole_workspace"]

DOWNLOADS: Final = {
    "csv": CSV,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}
_GEOMETRY: Final = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
}


def download(shared: Resources, selection: Selection, kind: str, *, lang: str, rows_max: int) -> Response:
    """Return all features of a selection as one file.

    Parameters
    ----------
    shared
        The workspace.
    selection
        The features.
    kind
        "csv", "xlsx" or "gpkg".
    lang
        "zh" or "en", for the sheets of a workbook.
    rows_max
        Rows of a workbook at most.

    Returns
    -------
    Response
        An attachment named after the collection.

    Raises
    ------
    ProblemError
        413 where a workbook would have too many rows.
    """
    if kind == "csv":
        pieces = _streamed(shared, selection)
        return EndingStream(pieces, media_type=CSV, headers=_named(selection.source.id, kind))
    if kind == "gpkg":
        return from_file(selection.source.id, kind, lambda path: _write_layer(path, shared, selection))
    return from_file(selection.source.id, kind, lambda path: _write_book(path, shared, selection, lang, rows_max))


def whole_workspace(shared: Resources) -> Response:
    """Return the workspace as one file that programs open without its log.

    Parameters
    ----------
    shared
        The workspace.

    Returns
    -------
    Response
        Made by SQLite's backup: a copy of the file would lack what is still in the log.
    """

    def write(path: Path) -> None:
        with shared.reading() as connection, closing(sqlite3.connect(path)) as target:
            connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")

    return from_file(shared.workspace.stem if shared.workspace.stem.isascii() else "workspace", "gpkg", write)


def _named(name: str, kind: str) -> dict[str, str]:
    plain = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in name)
    return {"Content-Disposition": f'attachment; filename="{plain}.{kind}"'}


def from_file(name: str, kind: str, write: Callable[[Path], object]) -> Response:
    """Return a file that is made for this answer only.

    Parameters
    ----------
    name
        Without its ending; of ASCII letters, as headers want it.
    kind
        "xlsx" or "gpkg".
    write
        Makes it at a path.

    Returns
    -------
    Response
        Its folder goes when it is sent.
    """
    folder = tempfile.TemporaryDirectory(prefix="geocensus-", ignore_cleanup_errors=True)
    try:
        path = Path(folder.name) / f"{name}.{kind}"
        write(path)
    except BaseException:
        folder.cleanup()
        raise
    return EndingFile(path, end=folder.cleanup, media_type=DOWNLOADS[kind], headers=_named(name, kind))


def _streamed(shared: Resources, selection: Selection) -> Generator[bytes, None, None]:
    with shared.reading() as connection:
        yield from csv_pieces(selection.fields, batches(connection, selection))


def _write_book(path: Path, shared: Resources, selection: Selection, lang: str, rows_max: int) -> None:
    with shared.reading() as connection:
        number = count(connection, selection)
        if number > rows_max:
            raise ProblemError(
                413,
                f"{number} rows; a workbook has at most {rows_max} here: take csv or gpkg, or filter",
                f"共 {number} 行，此处工作簿最多 {rows_max} 行：请改用 csv 或 gpkg，或加筛选条件",
            )
        tables = [frame(selection.fields, rows) for rows in batches(connection, selection)]
    table = pd.concat(tables, ignore_index=True) if tables else frame(selection.fields, [])
    notes = {
        Text("数据集", "collection").get(lang): selection.source.title.get(lang),
        Text("行数", "rows").get(lang): str(number),
    }
    write_result(path, table, notes, lang=lang)


def _write_layer(path: Path, shared: Resources, selection: Selection) -> None:
    """Write one layer, batch by batch; what has no row has a layer all the same."""
    _append(path, selection, [])
    with shared.reading() as connection:
        for rows in batches(connection, selection):
            _append(path, selection, rows)


def _append(path: Path, selection: Selection, rows: list[Row]) -> None:
    source = selection.source
    content = frame(selection.fields, rows).drop(columns="id")
    options: dict[str, Any] = {}
    if source.geometry:
        content = gpd.GeoDataFrame(content, geometry=decode([row.geometry for row in rows]), crs="EPSG:4490")
        options = {"geometry_type": _GEOMETRY[source.geometry]}
    pyogrio.write_dataframe(content, path, layer=source.table, driver="GPKG", append=path.exists(), **options)
