"""Parquet and GeoParquet in parts: row groups, cut or joined; points without an object for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path  # noqa: TC003 - dataclasses read it at run time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyproj.exceptions
import shapely

from geocensus.errors import UnreadableError
from geocensus.io.parquet_files import Geometry, Group, geometry_of, null_counts, read_groups, row_groups
from geocensus.io.points import FROM_POINTS, count_wrong, plain_columns, typed_columns, with_points, without_index
from geocensus.io.rawtable import RawTable, cut_rows
from geocensus.io.whole import PARQUET
from geocensus.io.wkb import point_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["ParquetParts", "parquet_parts"]

_DAY = 86_400  # seconds
_STEPS = {"s": (1,), "ms": (1000, 1), "us": (1_000_000, 1000, 1), "ns": (1_000_000_000, 1_000_000, 1000, 1)}


@dataclass(frozen=True)
class ParquetParts:
    """The parts of a Parquet file or folder; see :class:`geocensus.io.rawtable.RawParts`.

    pandas chooses the kind of a column by all of its values: numbers with one missing become floats, times are written
    as dates where all are midnights. ``witness`` is a row that has what is anywhere in the list; read above each part,
    and dropped again, it makes the kinds those of the whole.
    """

    path: Path
    groups: tuple[Group, ...]
    witness: pa.Table
    geometry: Geometry | None
    bounds: tuple[int, ...]
    head: RawTable
    first_row: int = 1

    def read(self, part: int, columns: Sequence[str] | None = None, *, above: bool = False) -> RawTable:
        """Read a part.

        Parameters
        ----------
        part : int
            Number of the part, from 0.
        columns : Sequence of str, optional
            Headers to read, none of those made from points; all by default.
        above : bool
            Read the last row of the part before as well.

        Returns
        -------
        RawTable
            As :meth:`geocensus.io.rawtable.RawParts.read`.

        Raises
        ------
        UnreadableError
            A file is damaged.
        """
        start, stop = self.bounds[part : part + 2]
        first = start - 1 if above and part else start
        return self.rows(first, stop, own=start, columns=columns)

    def rows(self, first: int, stop: int, *, own: int, columns: Sequence[str] | None = None) -> RawTable:
        """Read rows by position; see :meth:`read`.

        Parameters
        ----------
        first, stop : int
            Positions, the second excluded.
        own : int
            The first row in which features that are no points count.
        columns : Sequence of str, optional
            As for :meth:`read`.

        Returns
        -------
        RawTable
            The rows.
        """
        names = self.witness.column_names if columns is None else list(columns)
        geometry = self.geometry if columns is None else None
        wanted = names if geometry is None else [*names, geometry.column]
        try:
            batches = list(read_groups(self.groups, first, stop, wanted))
            table = pa.Table.from_batches(batches) if batches else None
            xy, wrong = point_numbers(table[geometry.column]) if geometry and table else (np.empty((0, 2)), np.empty(0))
        except (pa.ArrowException, OSError, shapely.errors.ShapelyError) as error:
            raise UnreadableError(
                f"{self.path.name}: not a readable Parquet file ({error}). Write it again.",
                f"{self.path.name}：不是可读取的 Parquet 文件（{error}）。请重新生成。",
            ) from error
        index = pd.RangeIndex(first, stop)
        plain, typed = (made.set_axis(index) for made in self._frames(names, table))
        raw = RawTable(table=plain, typed=typed, rows=pd.Series(np.asarray(index) + self.first_row, index=index))
        if geometry is None:
            return raw
        not_points = count_wrong(wrong[own - first :], above=own)
        return replace(
            raw,
            table=with_points(plain, xy[:, 0], xy[:, 1]),
            crs=geometry.crs,
            points=True,
            notes=(FROM_POINTS,),
            not_points=not_points,
        )

    def _frames(self, names: Sequence[str], table: pa.Table | None) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return columns as text and numbers, and as they are."""
        if not names:
            nothing = pd.DataFrame(index=range(0 if table is None else len(table)))
            return nothing, nothing
        below = [] if table is None else [table.select(names).cast(self.witness.select(names).schema)]
        frame = without_index(pa.concat_tables([self.witness.select(names), *below]).to_pandas())
        return plain_columns(frame).iloc[1:], typed_columns(frame).iloc[1:]


def parquet_parts(path: Path, rows_per_part: int) -> ParquetParts | None:
    """Cut a Parquet list into parts.

    Parameters
    ----------
    path : Path
        A file, or a folder of files, which are read in order of their names.
    rows_per_part : int
        At most so many in one part.

    Returns
    -------
    ParquetParts or None
        None where a file has what is to be read whole by :func:`geocensus.io.points.read_parquet`.

    Raises
    ------
    UnreadableError, SchemaError, CRSMismatchError
        A file is not Parquet, or does not fit the first.
    """
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in PARQUET) if path.is_dir() else [path]
    schema, groups = row_groups(files)
    try:
        geometry = geometry_of(schema) if b"geo" in (schema.metadata or {}) else None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, pyproj.exceptions.CRSError):
        return None
    if (b"geo" in (schema.metadata or {}) and geometry is None) or _has_named_range(schema) or not groups:
        return None
    own = schema
    for name in () if geometry is None else {geometry.column, geometry.boxes} & set(schema.names):
        own = own.remove(own.get_field_index(name))
    if len(set(own.names)) < len(own.names) or not all(_is_usual(field.type) for field in own):
        return None
    nulls = null_counts(files)
    witness = pa.table([_witness(field, groups, nulls) for field in own], schema=own)
    bounds = cut_rows(groups[-1].stop, rows_per_part)
    nothing = RawTable(table=pd.DataFrame(), rows=pd.Series(dtype="int64"))
    parts = ParquetParts(path, groups, witness, geometry, bounds, nothing)
    return replace(parts, head=parts.rows(0, 0, own=0).without_rows())


def _has_named_range(schema: pa.Schema) -> bool:
    """Tell whether pandas has written an index as a rule, which a part cannot follow."""
    index = (schema.pandas_metadata or {}).get("index_columns", [])
    return any(isinstance(one, dict) and one.get("name") is not None for one in index)


def _is_usual(kind: pa.DataType) -> bool:
    """Tell whether each value is turned to text by itself, at least with a witness above it."""
    if pa.types.is_dictionary(kind):
        return pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type)
    return not (
        (pa.types.is_timestamp(kind) and kind.tz is not None)
        or pa.types.is_duration(kind)
        or pa.types.is_interval(kind)
        or isinstance(kind, pa.BaseExtensionType)
    )


def _witness(field: pa.Field, groups: Sequence[Group], nulls: Mapping[str, int | None]) -> pa.Array:
    """Return one value that makes a column what it is in the whole list."""
    if pa.types.is_timestamp(field.type):
        return pa.array([_finest(field, groups)], type=pa.int64()).cast(field.type)
    if pa.types.is_integer(field.type) or pa.types.is_boolean(field.type):
        count = nulls.get(field.name)
        if count is None:  # without statistics the values tell
            count = sum(column.null_count for column in _column(field.name, groups))
        if not count:
            return pa.array([0]).cast(field.type)
    return pa.nulls(1, field.type)


def _finest(field: pa.Field, groups: Sequence[Group]) -> int | None:
    """Return a time with as many digits as any in the column; None where all are missing."""
    steps = _STEPS[field.type.unit]
    found: tuple[int, int | None] = (-1, None)
    for column in _column(field.name, groups):
        times = column.drop_null().cast(pa.int64()).to_numpy()
        if len(times):
            digits = np.sum([times % step != 0 for step in (_DAY * steps[0], *steps)], axis=0)
            found = max(found, (int(digits.max()), int(times[digits.argmax()])), key=lambda one: one[0])
    return found[1]


def _column(name: str, groups: Sequence[Group]) -> Iterator[pa.Array]:
    return (batch.column(0) for batch in read_groups(groups, 0, groups[-1].stop, [name]))
