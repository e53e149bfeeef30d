"""The files of a Parquet list and how they go together: one file, or a folder of files with one schema."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj

from geocensus.errors import CRSMismatchError, SchemaError, UnreadableError
from geocensus.io.points import stated_crs
from geocensus.io.wkb import is_geoarrow_point

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Geometry", "Group", "geometry_of", "null_counts", "opened", "read_groups", "row_groups"]

_BATCH = 1 << 16  # rows decoded at once: what bounds memory where a row group is larger than a part


@dataclass(frozen=True)
class Group:
    """A row group: its file, its number there and the position of its first row in the list."""

    file: Path
    number: int
    first: int
    stop: int


@dataclass(frozen=True)
class Geometry:
    """The column of points, its stated system as :func:`geocensus.io.points.stated_crs` says it, and its boxes."""

    column: str
    crs: str
    boxes: str  # a column that only helps to search; "" where there is none


def opened(file: Path) -> pq.ParquetFile:
    """Open a Parquet file.

    Parameters
    ----------
    file : Path
        The file.

    Returns
    -------
    ParquetFile
        To be closed.

    Raises
    ------
    UnreadableError
        It is not Parquet.
    """
    try:
        return pq.ParquetFile(pa.py_buffer(np.memmap(file, np.uint8, "r")))  # Arrow opens no odd names
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableError(
            f"{file.name}: not a readable Parquet file ({error}). Write it again.",
            f"{file.name}：不是可读取的 Parquet 文件（{error}）。请重新生成。",
        ) from error


def row_groups(files: Sequence[Path]) -> tuple[pa.Schema, tuple[Group, ...]]:
    """List the row groups of files that belong together.

    Parameters
    ----------
    files : Sequence of Path
        In order of the list.

    Returns
    -------
    schema : Schema
        Of the first file.
    groups : tuple of Group
        All row groups in order.

    Raises
    ------
    UnreadableError
        A file is not Parquet.
    SchemaError
        A file's columns do not fit those of the first.
    CRSMismatchError
        A file's points are in another reference system.
    """
    groups: list[Group] = []
    first: pa.Schema | None = None
    for file in files:
        with opened(file) as parquet:
            first = parquet.schema_arrow if first is None else first
            _refuse_other_schema(parquet.schema_arrow, first, file, files[0])
            for number in range(parquet.metadata.num_row_groups):
                start = groups[-1].stop if groups else 0
                groups.append(Group(file, number, start, start + parquet.metadata.row_group(number).num_rows))
    return first or pa.schema([]), tuple(groups)


def null_counts(files: Sequence[Path]) -> dict[str, int | None]:
    """Count missing values by the statistics of the files.

    Parameters
    ----------
    files : Sequence of Path
        Of one list.

    Returns
    -------
    dict of str to int or None
        By column; None where a file does not say.
    """
    counts: dict[str, int | None] = {}
    for file in files:
        with opened(file) as parquet:
            for number in range(parquet.metadata.num_row_groups):
                group = parquet.metadata.row_group(number)
                for column in map(group.column, range(group.num_columns)):
                    known = column.statistics if column.is_stats_set else None
                    nulls = known.null_count if known is not None and known.has_null_count else None
                    before = counts.get(column.path_in_schema, 0)
                    counts[column.path_in_schema] = None if before is None or nulls is None else before + nulls
    return counts


def _refuse_other_schema(schema: pa.Schema, first: pa.Schema, file: Path, first_file: Path) -> None:
    for name in dict.fromkeys([*first.names, *schema.names]):
        wanted, found = (
            str(one.field(name).type) if one.get_field_index(name) >= 0 else None for one in (first, schema)
        )
        if wanted != found:
            raise SchemaError(
                f"{file.name}: column {name} is {found or 'absent'}, but {wanted or 'absent'} in {first_file.name}. "
                "Write all files of the list with the same columns.",
                f"{file.name}：“{name}”列的类型为 {found or '（无此列）'}，而 {first_file.name} 中为 "
                f"{wanted or '（无此列）'}。请用相同的列和类型重新生成名单的全部文件。",
            )
    if (geometry := _geo(schema)) != (other := _geo(first)):
        raise CRSMismatchError(
            f"{file.name}: its points are not described as those of {first_file.name} (reference system or encoding: "
            f"{_short(geometry)} and {_short(other)}). Write all files of the list in one reference system.",
            f"{file.name}：点的说明与 {first_file.name} 不同（坐标系或编码：{_short(geometry)} 与 {_short(other)}）。"
            "请用同一坐标系重新生成名单的全部文件。",
        )


def _geo(schema: pa.Schema) -> dict[str, Any] | None:
    """Return the primary column of the geo metadata with what decides about reading it; None where there is none."""
    try:
        geo = json.loads((schema.metadata or {})[b"geo"])
        column = geo["columns"][geo["primary_column"]]
    except (KeyError, ValueError, TypeError):
        return None
    return {"primary": geo["primary_column"], "encoding": column.get("encoding"), "crs": column.get("crs", "OGC:CRS84")}


def _short(geometry: dict[str, Any] | None) -> str:
    if geometry is None:
        return "-"
    crs = geometry["crs"]
    name = crs.get("name") if isinstance(crs, dict) else crs
    return f"{name}, {geometry['encoding']}"


def geometry_of(schema: pa.Schema) -> Geometry | None:
    """Describe the column of points.

    Parameters
    ----------
    schema : Schema
        Of a file with geo metadata.

    Returns
    -------
    Geometry or None
        None where it is not the usual: several geometries, another encoding, metadata out of order.
    """
    geo = json.loads(schema.metadata[b"geo"])
    if not {"version", "primary_column", "columns"} <= geo.keys() or set(geo["columns"]) != {geo["primary_column"]}:
        return None
    name, column = geo["primary_column"], geo["columns"][geo["primary_column"]]
    kind = schema.field(name).type if schema.get_field_index(name) >= 0 else pa.null()
    known = {"WKB": pa.types.is_binary(kind) or pa.types.is_large_binary(kind), "point": is_geoarrow_point(kind)}
    if not known.get(column.get("encoding"), False):
        return None
    crs = column.get("crs", "OGC:CRS84")
    boxes = column.get("covering", {}).get("bbox", {}).get("xmin", [""])[0]
    return Geometry(name, stated_crs(None if crs is None else pyproj.CRS.from_user_input(crs)), boxes)


def read_groups(groups: Sequence[Group], start: int, stop: int, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Read some rows of a list.

    Parameters
    ----------
    groups : Sequence of Group
        All of the list.
    start, stop : int
        Positions, the second excluded.
    columns : Sequence of str
        What to read.

    Yields
    ------
    RecordBatch
        In order; never more than a batch beyond the rows wanted is decoded.
    """
    files: dict[Path, list[Group]] = {}
    for group in groups:
        if group.first < stop and group.stop > start:
            files.setdefault(group.file, []).append(group)
    for file, parts in files.items():
        at = parts[0].first
        with opened(file) as parquet:
            numbers = [group.number for group in parts]
            for batch in parquet.iter_batches(_BATCH, row_groups=numbers, columns=list(columns)):
                begin, end = max(start - at, 0), min(stop - at, len(batch))
                if begin < end:
                    yield batch.slice(begin, end - begin).select(list(columns))
                at += len(batch)
                if at >= stop:
                    break
