"""Read points out of SQLite into arrays: long runs of rows as one text each, so that no row becomes Python objects."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted() or literal()

import ctypes
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geocensus.workspace import decode, quoted
from geocensus.workspace.geometry import POINT
from geocensus.workspace.schema import literal
from geocensus_api.features.derived import rank_of
from geocensus_api.store.snapshot import Rows, Snapshot, snapshot_of

__all__ = ["LAYERS", "Layer", "load", "load_areas", "read_rows", "return_memory"]

_RUN: Final = 65_536  # fids of one run
_FIRST: Final = 48  # the sign of the first kind, "0"
_SAMPLE: Final = 10_000  # rows in which kinds are looked for
_UNKNOWN: Final = 0x7F  # the sign of a kind that is not among them
_SIGNS: Final = 60  # kinds that have a sign of one byte
_SEPARATOR: Final = "\x1f"
_LARGEST: Final = 2**63 - 1
_OPEN: Final = "coalesce(flag_state, 'open') <> 'closed'"
_RANK: Final = rank_of("severity")


@dataclass(frozen=True)
class Layer:
    """A table of points: the column that tells kinds apart, and what marks a row (SQL, 0 to 3)."""

    table: str
    kind: str
    mark: str = "0"
    needs: tuple[str, ...] = ()  # columns that the mark needs; without them it is 0
    watched: tuple[str, ...] = ()  # further tables that rows depend on


LAYERS: Final = {
    "sources": Layer("sources", "class", watched=("flags",)),
    "flags": Layer("flags", "rule", f"CASE WHEN {_OPEN} THEN {_RANK} ELSE 0 END", ("severity", "flag_state")),
    "repair_points": Layer("repair_points", "cause", "CASE WHEN offered THEN 1 ELSE 0 END", ("offered",)),
}


def load(connection: sqlite3.Connection, layer: Layer) -> Snapshot:
    """Read all points of a table.

    Parameters
    ----------
    connection
        In a read transaction.
    layer
        The table.

    Returns
    -------
    Snapshot
        Without areas.
    """
    columns = _columns(connection, layer.table)
    kinds = _kinds(connection, layer, columns)
    with ThreadPoolExecutor(1) as reader:  # SQLite fetches the next run while this one is decoded
        rows = _joined(
            _decoded(connection, layer, columns, kinds, reader),
            connection.execute(f"SELECT count(*) FROM {quoted(layer.table)}").fetchone()[0],
        )
    found = snapshot_of(_marked(connection, layer, rows), tuple(kinds))
    del rows
    _ = found.view.turns, found.view.flagged  # so that the first tile need not wait for them
    return_memory()
    return found


def return_memory() -> None:
    """Give what reading took back to the system: the allocator would keep about as much as was read."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({quoted(table)})")}


def _kinds(connection: sqlite3.Connection, layer: Layer, columns: set[str]) -> list[str | None]:
    """Return the kinds of the first rows, frequent ones first; others are added when they turn up."""
    if layer.kind not in columns:
        return [None]
    query = (
        f"SELECT kind FROM (SELECT {quoted(layer.kind)} AS kind FROM {quoted(layer.table)} LIMIT {_SAMPLE}) "
        "WHERE kind IS NOT NULL GROUP BY kind ORDER BY count(*) DESC, kind"
    )
    found = [str(row[0]) for row in connection.execute(query)]
    return [None, *found[:_SIGNS]]


def _parts(layer: Layer, columns: set[str]) -> tuple[str, str]:
    """Return SQL for the kind and the mark of a row."""
    return (
        quoted(layer.kind) if layer.kind in columns else "NULL",
        layer.mark if columns >= set(layer.needs) else "0",
    )


def _decoded(
    connection: sqlite3.Connection, layer: Layer, columns: set[str], kinds: list[str | None], reader: ThreadPoolExecutor
) -> Iterator[Rows]:
    kind, mark = _parts(layer, columns)
    signs = " ".join(f"WHEN {literal(str(name))} THEN '{chr(_FIRST + n)}'" for n, name in enumerate(kinds) if n)
    other = f"CASE WHEN {kind} IS NULL THEN '{chr(_FIRST)}' ELSE '\x7f' END"
    told = [f"CASE {kind} {signs} ELSE {other} END" if signs else other, *([mark] if mark != "0" else [])]
    texts = ", ".join(f"group_concat({text}, '')" for text in ("hex(geom)", *told))  # the hex of nothing is ""
    query = f"SELECT count(*), min(fid), max(fid), {texts} FROM {quoted(layer.table)} WHERE fid BETWEEN ? AND ?"
    ends = connection.execute(f"SELECT min(fid), max(fid) FROM {quoted(layer.table)}").fetchone()
    starts = range(ends[0], ends[1] + 1, _RUN) if ends[0] is not None else range(0)

    def fetched(start: int) -> Any:
        return connection.execute(query, (start, start + _RUN - 1)).fetchone()

    awaited = [reader.submit(fetched, start) for start in starts[:1]]
    for number, start in enumerate(starts):
        count, *answer = awaited.pop().result()
        if number + 1 < len(starts):
            awaited.append(reader.submit(fetched, starts[number + 1]))
        if not count:
            continue
        plain = _run(count, *answer)
        if plain is None:  # gaps, rows without a place, kinds not seen yet, other layouts: row by row
            if awaited:
                awaited[0].result()  # one statement at a time
            where = f"fid BETWEEN {start} AND {start + _RUN - 1}"
            plain = _plain_rows(connection, layer, columns, kinds, where, ())
        yield plain


def _run(count: int, first: int, last: int, shapes: str, told: str, marks: str = "") -> Rows | None:
    """Return the rows of a run that is as we write it; None where it is not."""
    if last - first + 1 != count or len(shapes) != 2 * POINT.itemsize * count or len(told) != count:
        return None
    blobs = np.frombuffer(bytes.fromhex(shapes), dtype=POINT)
    signs = np.frombuffer(told.encode("ascii"), dtype=np.uint8)
    head = blobs[0]
    plain = (blobs["magic"] == b"GP") & (blobs["order"] == 1) & (blobs["kind"] == 1) & (blobs["flags"] == head["flags"])
    if not plain.all() or head["flags"] & 0x3E or signs.max() == _UNKNOWN:  # no envelope, not empty
        return None
    empty = np.empty(0, dtype=np.int32)
    kind = (signs - _FIRST).astype(np.int16)
    worst = np.frombuffer((marks or "0" * count).encode("ascii"), dtype=np.uint8) - np.uint8(48)
    fids = np.arange(first, last + 1)
    return Rows(fids, blobs["x"].copy(), blobs["y"].copy(), kind, worst, (worst > 0).astype(np.uint16), empty)


def _plain_rows(
    connection: sqlite3.Connection,
    layer: Layer,
    columns: set[str],
    kinds: list[str | None],
    where: str,
    values: Sequence[Any],
) -> Rows:
    """Return rows of any layout; kinds that are new are added to the list."""
    kind, mark = _parts(layer, columns)
    query = f"SELECT fid, geom, {kind}, {mark} FROM {quoted(layer.table)} WHERE {where} ORDER BY fid"
    rows = connection.execute(query, values).fetchall()
    fids, blobs, named, marks = zip(*rows, strict=True) if rows else ((), (), (), ())
    lon, lat = _places(blobs)
    names = [None if name is None else str(name) for name in named]
    kinds.extend(sorted({name for name in names if name is not None}.difference(kinds)))
    code = {name: number for number, name in enumerate(kinds)}
    worst = np.array(marks, dtype=np.uint8)
    kind_codes = np.array([code[name] for name in names], dtype=np.int16)
    empty = np.empty(0, dtype=np.int32)
    return Rows(np.array(fids, dtype=np.int64), lon, lat, kind_codes, worst, (worst > 0).astype(np.uint16), empty)


def _places(blobs: Sequence[bytes | None]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    shapes = np.asarray(decode(list(blobs)), dtype=object)
    point = (shapely.get_type_id(shapes) == shapely.GeometryType.POINT) & ~shapely.is_empty(shapes)
    lon, lat = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    lon[point], lat[point] = shapely.get_x(shapes[point]), shapely.get_y(shapes[point])
    wrong = ~(np.isfinite(lon) & np.isfinite(lat))
    lon[wrong] = lat[wrong] = np.nan
    return lon, lat


def _joined(parts: Iterable[Rows], count: int) -> Rows:
    """Return all rows; each part is let go of once it is in its place, so that memory holds them once."""
    types = {"fids": "i8", "lon": "f8", "lat": "f8", "kind": "i2", "worst": "u1", "flags": "u2"}
    columns = {name: np.empty(count, dtype=kind) for name, kind in types.items()}
    first = 0
    for part in parts:
        for name, column in columns.items():
            column[first : first + len(part.fids)] = getattr(part, name)
        first += len(part.fids)
    return Rows(**columns, area=np.empty(0, dtype=np.int32))


def _marked(connection: sqlite3.Connection, layer: Layer, rows: Rows, listed: str = "") -> Rows:
    """Mark sources, all or those listed, with the flags that stand open; other tables carry their own marks."""
    if layer.table != "sources":
        return rows
    columns = _columns(connection, "flags")
    if not columns >= {"source_id", "severity"} or "source_id" not in _columns(connection, "sources"):
        return rows
    still = _OPEN if "flag_state" in columns else "1"
    # SQLite walks along the first table: flags are fewer than sources, but more than a few sources
    order = "sources AS s CROSS JOIN flags" if listed else "flags CROSS JOIN sources AS s"
    which = "s.fid IN (SELECT value FROM json_each(?))" if listed else "flags.source_id <> ''"
    query = f"SELECT s.fid, {_RANK} FROM {order} ON s.source_id = flags.source_id WHERE {still} AND {which}"
    answer = connection.execute(query, (listed,) if listed else ()).fetchall()
    found = np.array(answer, dtype=np.int64).reshape(-1, 2)
    at = np.searchsorted(rows.fids, found[:, 0])
    worst, flags = rows.worst.copy(), rows.flags.copy()
    np.maximum.at(worst, at, found[:, 1].astype(np.uint8))
    np.add.at(flags, at, 1)
    return replace(rows, worst=worst, flags=flags)


def read_rows(
    connection: sqlite3.Connection, layer: Layer, snapshot: Snapshot, fids: Iterable[int], keys: Iterable[str]
) -> tuple[Rows, NDArray[np.int64], tuple[str | None, ...]]:
    """Read some rows anew.

    Parameters
    ----------
    connection
        In a read transaction.
    layer
        The table.
    snapshot
        Of before, for its kinds.
    fids
        Of rows that changed.
    keys
        Ids of sources whose flags changed.

    Returns
    -------
    tuple
        Rows that are there; fids that are not; names of the kinds.
    """
    wanted = set(fids)
    if keys:
        listed = json.dumps(sorted(keys), ensure_ascii=False)
        query = f"SELECT fid FROM {quoted(layer.table)} WHERE source_id IN (SELECT value FROM json_each(?))"
        wanted |= {row[0] for row in connection.execute(query, (listed,))}
    kinds = list(snapshot.kinds)
    listed = json.dumps(sorted(wanted))
    columns = _columns(connection, layer.table)
    rows = _plain_rows(connection, layer, columns, kinds, "fid IN (SELECT value FROM json_each(?))", (listed,))
    rows = _marked(connection, layer, rows, listed)
    gone = np.array(sorted(wanted.difference(rows.fids.tolist())), dtype=np.int64)
    return rows, gone, tuple(kinds)


def load_areas(connection: sqlite3.Connection, layer: Layer, fids: NDArray[np.int64], area: str) -> list[str]:
    """Return the code of the area that each row lies in.

    Parameters
    ----------
    connection
        In a read transaction.
    layer
        The table.
    fids
        All of its fids, rising.
    area
        SQL over a row: a code.

    Returns
    -------
    list
        By fid; "" where a row lies in no area.
    """
    codes: list[str] = []
    query = (
        f"SELECT group_concat(coalesce({area}, ''), char({ord(_SEPARATOR)})) FROM {quoted(layer.table)} "
        "WHERE fid BETWEEN ? AND ?"
    )
    starts = fids[::_RUN].tolist()
    for first, after in zip(starts, [*starts[1:], _LARGEST], strict=True):
        codes += connection.execute(query, (first, after - 1)).fetchone()[0].split(_SEPARATOR)
    if len(codes) == len(fids):
        return codes
    query = f"SELECT coalesce({area}, '') FROM {quoted(layer.table)} ORDER BY fid"  # a code with the separator in it
    return [str(row[0]) for row in connection.execute(query)]
