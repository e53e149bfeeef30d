"""Whether a file lies on a network share: WAL needs memory that all who have the file open share, on one machine."""

import ctypes
import re
import sys
from pathlib import Path, PurePosixPath
from typing import Final

__all__ = ["network_kind", "share_of"]

_MOUNTS: Final = Path("/proc/self/mounts")
_REMOTE: Final = 4  # DRIVE_REMOTE of GetDriveType
_NETWORK: Final = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fhgfs", "glusterfs", "gpfs", "lustre", "ncpfs"),
        *("nfs", "nfs4", "orangefs", "panfs", "pvfs2", "smb3", "smbfs", "vboxsf", "prl_fs"),
        *(f"fuse.{kind}" for kind in ("ceph", "cephfs", "davfs2", "gcsfuse", "glusterfs", "juicefs", "rclone")),
        *(f"fuse.{kind}" for kind in ("mergerfs.remote", "s3fs", "smbnetfs", "sshfs", "vmhgfs-fuse", "curlftpfs")),
    }
)


def network_kind(path: str, mounts: str) -> str:
    r"""Return the kind of network file system that a path lies on.

    Parameters
    ----------
    path
        Absolute, without symbolic links.
    mounts
        A mount table as in /proc/mounts: device, folder, kind, options.

    Returns
    -------
    str
        "" for a drive of this machine.

    Examples
    --------
    >>> table = "/dev/sda1 / ext4 rw 0 0\nnas:/a /mnt/my\\040share nfs4 rw 0 0"
    >>> network_kind("/mnt/my share/ws.gpkg", table), network_kind("/home/ws.gpkg", table)
    ('nfs4', '')
    """
    parents = {str(part) for part in (PurePosixPath(path), *PurePosixPath(path).parents)}
    best, kind = -1, ""
    for line in mounts.splitlines():
        device, folder, found, *_ = [*line.split(" "), "", "", ""]
        folder = _plain(folder)
        if folder in parents and len(folder) >= best:  # of several in one place the last one is seen
            best, kind = len(folder), found
            if found in {"drvfs", "fuse"} and device.startswith("//"):
                kind = "cifs"
    return kind if kind in _NETWORK else ""


def _plain(text: str) -> str:
    r"""Undo the octal escapes of blanks, tabs and backslashes; other bytes of a name are as they are."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def share_of(path: Path) -> str:
    """Return the kind of network share that a file lies on.

    Parameters
    ----------
    path
        A file that is there.

    Returns
    -------
    str
        "" for a drive of this machine, and where the system does not tell.
    """
    path = path.resolve()
    if sys.platform == "win32":
        return _windows(path)
    try:
        return network_kind(str(path), _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        return ""


def _windows(path: Path) -> str:
    if path.drive.startswith("\\\\"):
        return "UNC"
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - only there on Windows
    return "network drive" if kernel.GetDriveTypeW(path.anchor) == _REMOTE else ""
