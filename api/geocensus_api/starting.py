"""What is looked at before the service promises anything: the drive, the journal, the certificate, other services."""

import os
import sqlite3
import ssl
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from geocensus.errors import GeocensusError, WorkspaceError
from geocensus.workspace.connection import explained
from geocensus_api.access.database import private_folder
from geocensus_api.store.drives import share_of
from geocensus_api.store.folder import service_folder

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


__all__ = ["check_certificate", "check_drive", "only_one", "set_journal"]

_PRIMARY: Final = 0xFF
_FORBIDDEN: Final = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}


def check_drive(workspace: Path) -> None:
    """Refuse network shares.

    Parameters
    ----------
    workspace
        The GeoPackage.

    Raises
    ------
    WorkspaceError
        When it lies on one.
    """
    if kind := share_of(workspace):
        raise WorkspaceError(
            f"{workspace} lies on a network share ({kind}), where changes of several programs at once destroy it: "
            "copy it to a disk of this machine and serve it there; others reach it through the service",
            f"{workspace} 位于网络共享（{kind}）上，多个程序同时写入会损坏文件：请复制到本机磁盘后再启动服务，"
            "其他人通过本服务访问",
        )


def set_journal(workspace: Path) -> bool:
    """Put a workspace into WAL mode, in which readers and the writer do not wait for each other.

    Parameters
    ----------
    workspace
        The GeoPackage.

    Returns
    -------
    bool
        False where file or folder are read-only: it can be served for reading.

    Raises
    ------
    WorkspaceError
        When the file system has no WAL, or another program keeps the file locked.
    """
    with explained(workspace):
        try:
            mode = _journal(workspace)
        except (sqlite3.OperationalError, PermissionError) as error:
            if isinstance(error, sqlite3.Error) and error.sqlite_errorcode & _PRIMARY not in _FORBIDDEN:
                raise
            return False
    if mode != "wal":
        raise WorkspaceError(
            f"{workspace} stays in journal mode {mode!r}, since its file system cannot do WAL: readers would block the "
            "writer; copy it to a disk of this machine",
            f"{workspace} 所在的文件系统不支持 WAL（当前为 {mode}），读写会互相阻塞：请复制到本机磁盘",
        )
    return True


def _journal(workspace: Path) -> str:
    address = f"{workspace.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=10, isolation_level=None)) as connection:
        mode = str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]).lower()
        connection.execute("BEGIN IMMEDIATE")  # a file that is in WAL mode already says only now that it is read-only
        connection.execute("ROLLBACK")
        return mode


@contextmanager
def only_one(workspace: Path) -> Iterator[None]:
    """Refuse a second service on a workspace: it would take the first one's running jobs for left ones.

    The lock goes with the process, however that ends. In a folder that cannot be written there are no jobs, and no
    lock.

    Parameters
    ----------
    workspace
        The GeoPackage.

    Yields
    ------
    None
        Serve inside the block.

    Raises
    ------
    WorkspaceError
        When another one serves it.
    """
    try:
        path = private_folder(service_folder(workspace.resolve())) / "serving.lock"
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        try:
            _lock(file)
        except OSError as error:
            raise WorkspaceError(
                f"{workspace} is being served already: use that service, or end it first",
                f"{workspace} 已有一个服务在运行：请使用该服务，或先将其停止",
            ) from error
        yield
    finally:
        os.close(file)


def check_certificate(certfile: Path, keyfile: Path) -> None:
    """Refuse TLS files that cannot be used.

    Parameters
    ----------
    certfile
        Certificate, with those between it and the root.
    keyfile
        Its key, without a password.

    Raises
    ------
    GeocensusError
        When one is unreadable, or they do not fit.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certfile, keyfile, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise GeocensusError(
            f"TLS: {certfile} and {keyfile} cannot be used ({_told(error)}): give a certificate in PEM form, and its "
            "own key without a password",
            f"TLS：{certfile} 与 {keyfile} 无法使用（{_told(error)}）：请给出 PEM 格式的证书及与之匹配、无口令的私钥",
        ) from error


def _told(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
        return "the key belongs to another certificate"
    return str(getattr(error, "reason", None) or error)


def _no_password() -> str:
    raise ValueError("the key has a password")
