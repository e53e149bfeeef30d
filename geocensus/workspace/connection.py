"""Connections to a workspace: WAL, waiting for other writers, the R-tree's functions, and errors in plain words."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from geocensus.errors import DataNotFoundError, WorkspaceError
from geocensus.workspace.geometry import bounds_of_blob
from geocensus.workspace.schema import APPLICATION_ID, SCHEMA_VERSION

__all__ = [
    "data_version",
    "explained",
    "is_workspace",
    "open_read_only",
    "read_only",
    "register_functions",
    "transaction",
    "writable",
]

_PATIENCE_S = 0.1  # waiting in short steps, so that Ctrl-C is heard while another program writes
_PRIMARY = 0xFF  # SQLite's extended codes carry the primary one in their low byte

_HAS_INFO = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'workspace_info'"
_VERSION = "SELECT value FROM workspace_info WHERE key = 'schema_version'"

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FORBIDDEN = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_FOREIGN = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def _reason(error: Exception, path: Path) -> WorkspaceError | None:
    code = getattr(error, "sqlite_errorcode", -1) & _PRIMARY if isinstance(error, sqlite3.Error) else -1
    if code in _BUSY:
        return WorkspaceError(
            f"another program is writing {path}, or has it locked: wait, or stop editing there, and run again; "
            "nothing was changed",
            f"另一个程序正在写入或锁定 {path}：请等待其完成或停止编辑后重新运行；文件未作任何改动",
        )
    if code in _FORBIDDEN or isinstance(error, PermissionError):
        return WorkspaceError(
            f"{path} cannot be opened for writing: the file or its folder is read-only or not accessible; "
            "choose another folder or ask for write access",
            f"无法写入 {path}：文件或所在文件夹为只读或无权访问；请换一个文件夹或申请写入权限",
        )
    if code in _FULL or isinstance(error, OSError):
        return WorkspaceError(
            f"{path} cannot be written ({error}): is the disk full? Free some space and run again; nothing was changed",
            f"无法写入 {path}（{error}）：磁盘可能已满，请清理空间后重新运行；文件未作任何改动",
        )
    return _foreign(path) if code in _FOREIGN else None


def _foreign(path: Path) -> WorkspaceError:
    return WorkspaceError(
        f"{path} is not a workspace of geocensus: give the name of a new file, or of one that geocensus made",
        f"{path} 不是 geocensus 的工作区：请指定新的文件名，或由 geocensus 生成的工作区",
    )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of the file system into a WorkspaceError that says what to do.

    Parameters
    ----------
    path
        The workspace, named in the message.

    Yields
    ------
    None
        Run the work inside the block.

    Raises
    ------
    WorkspaceError
        Locked, read-only, disk full, or not a GeoPackage.
    """
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        reason = _reason(error, path)
        if reason is None:
            raise
        raise reason from error


def is_workspace(path: Path) -> bool:
    """Tell whether a file is a workspace, of any version, so that nothing else is written over it.

    Parameters
    ----------
    path
        A file that is there.

    Returns
    -------
    bool
        True also where another program has it locked, for then nobody can tell.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as connection:
            return bool(connection.execute(_HAS_INFO).fetchone()[0])
    except sqlite3.Error as error:
        return error.sqlite_errorcode & _PRIMARY in _BUSY


def register_functions(connection: sqlite3.Connection) -> None:
    """Give SQLite the five functions that the R-tree triggers of a GeoPackage call.

    Parameters
    ----------
    connection
        Any connection that changes a spatial layer.
    """
    connection.create_function(
        "ST_IsEmpty", 1, lambda b: None if b is None else int(bounds_of_blob(b) is None), deterministic=True
    )
    for position, name in enumerate(("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")):
        connection.create_function(name, 1, _bound(position), deterministic=True)


def _bound(position: int) -> Callable[[bytes | None], float | None]:
    def bound(blob: bytes | None) -> float | None:
        bounds = bounds_of_blob(blob)
        return None if bounds is None else bounds[position]

    return bound


def _verify(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse files of other programs and of later versions."""
    ours = connection.execute(_HAS_INFO).fetchone()[0]
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID or not ours:
        raise _foreign(path)
    version = int(connection.execute(_VERSION).fetchone()[0])
    if version > SCHEMA_VERSION:
        raise WorkspaceError(
            f"{path} was made by a later version of geocensus (tables {version}, here {SCHEMA_VERSION}): update it",
            f"{path} 由更新版本的 geocensus 生成（表结构 {version}，本程序 {SCHEMA_VERSION}）：请升级 geocensus",
        )


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection that cannot change the workspace, inside one read transaction: one state throughout.

    Parameters
    ----------
    path
        A workspace.

    Yields
    ------
    sqlite3.Connection
        Closed at the end of the block.

    Raises
    ------
    DataNotFoundError
        When the file is not there.
    WorkspaceError
        When it is not a workspace, of a later version, or locked.
    """
    path = Path(path)
    with explained(path), closing(open_read_only(path)) as connection:
        yield connection


def open_read_only(path: Path) -> sqlite3.Connection:
    """Return a connection that cannot change the workspace, inside a read transaction.

    Parameters
    ----------
    path
        A workspace.

    Returns
    -------
    sqlite3.Connection
        To be closed by the caller; any thread may use it, one at a time.

    Raises
    ------
    DataNotFoundError
        When the file is not there.
    WorkspaceError
        When it is not a workspace, or of a later version.
    sqlite3.Error
        Whatever else SQLite says; :func:`explained` tells what it means.
    """
    if not path.is_file():
        raise DataNotFoundError(
            f"no workspace {path}: make one with `geocensus check SOURCES --workspace {path}`",
            f"找不到工作区 {path}：请检查路径，或先用 `geocensus check 名单 --workspace {path}` 生成",
        )
    # not mode=ro: such a connection would leave its -wal and -shm files behind, and could not clear up after a kill
    address = path.absolute().as_uri() + "?mode=rw"
    connection = sqlite3.connect(address, uri=True, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        _verify(connection, path)
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & _PRIMARY not in _FORBIDDEN or path.with_name(path.name + "-wal").exists():
            raise
        # a WAL file in a folder that cannot be written: nobody can change it there, so it may be read as unchangeable
        connection = sqlite3.connect(
            path.absolute().as_uri() + "?mode=ro&immutable=1", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.execute("BEGIN")
        _verify(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def writable(path: Path, *, wait_s: float) -> Iterator[sqlite3.Connection]:
    """Yield a connection to an existing workspace, in WAL mode and with the R-tree's functions.

    Parameters
    ----------
    path
        A workspace that is there.
    wait_s
        How long to wait for another program, seconds.

    Yields
    ------
    sqlite3.Connection
        In autocommit mode; closed at the end of the block.

    Raises
    ------
    WorkspaceError
        When it is not a workspace, of a later version, locked, read-only, or the disk is full.
    """
    with (
        explained(path),
        closing(
            sqlite3.connect(path.absolute().as_uri() + "?mode=rw", uri=True, timeout=_PATIENCE_S, isolation_level=None)
        ) as connection,
    ):
        _patiently(lambda: _verify(connection, path), wait_s)
        register_functions(connection)
        # QGIS puts the file back to DELETE mode when it closes, and in that mode readers block us: so at every opening
        _patiently(lambda: connection.execute("PRAGMA journal_mode = WAL"), wait_s)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -65536")
        yield connection


@contextmanager
def transaction(connection: sqlite3.Connection, *, wait_s: float) -> Iterator[sqlite3.Connection]:
    """Run a block as one transaction: all of it or nothing, also after Ctrl-C.

    Parameters
    ----------
    connection
        From :func:`writable`.
    wait_s
        How long to wait for another writer, seconds.

    Yields
    ------
    sqlite3.Connection
        The same connection.
    """
    _patiently(
        lambda: connection.execute("BEGIN IMMEDIATE"), wait_s
    )  # deferred, a read first would make the later write fail at once
    try:
        yield connection
        _patiently(lambda: connection.execute("COMMIT"), wait_s)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _patiently(attempt: Callable[[], object], wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            attempt()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY not in _BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(_PATIENCE_S)
        else:
            return


def data_version(path: Path) -> tuple[int, int]:
    """Return a value that changes when the workspace does, whoever changed it; for caches.

    Parameters
    ----------
    path
        A workspace.

    Returns
    -------
    tuple
        Modification time (ns) of the file and of its write-ahead log.
    """
    path = Path(path)
    log = path.with_name(path.name + "-wal")
    written = log.stat() if log.exists() else None  # an empty log comes and goes with every reader
    return path.stat().st_mtime_ns, written.st_mtime_ns if written and written.st_size else 0
