"""Atomic writes and cache folders."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

__all__ = ["atomic_folder", "atomic_path", "cache_folder", "sha256"]

_BLOCK = 1 << 20


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside the target; move it there only when the block ends well.

    A kill or an error at any moment leaves the old file or none, never half a file.

    Parameters
    ----------
    target : Path
        The file to make or replace. Its folder is made when it is missing.

    Yields
    ------
    Path
        Where to write; same suffix as the target.

    Raises
    ------
    OSError
        When the folder cannot be written or the target is held by another program.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with atomic_path(folder / "a.txt") as temporary:
    ...     _ = temporary.write_text("done", encoding="utf-8")
    >>> [p.name for p in folder.iterdir()]
    ['a.txt']
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.stem}-", dir=target.parent) as folder:
        temporary = Path(folder) / target.name
        yield temporary
        temporary.replace(target)


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """Yield a temporary folder beside the target; move it there only when the block ends well.

    An older folder of that name is put aside first and dropped last, so that one of the two is always there or can
    be found beside.

    Parameters
    ----------
    target : Path
        The folder to make or replace. The one above it is made when it is missing.

    Yields
    ------
    Path
        Where to write, an empty folder.

    Raises
    ------
    OSError
        When the folder cannot be written or something in the target is held by another program.

    Examples
    --------
    >>> import tempfile
    >>> above = Path(tempfile.mkdtemp())
    >>> with atomic_folder(above / "parts") as temporary:
    ...     _ = (temporary / "a.txt").write_text("done", encoding="utf-8")
    >>> [p.name for p in (above / "parts").iterdir()], [p.name for p in above.iterdir()]
    (['a.txt'], ['parts'])
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as above:
        temporary, old = Path(above) / "new", Path(above) / "old"
        temporary.mkdir()
        yield temporary
        if target.exists():
            target.replace(old)
        try:
            temporary.replace(target)
        except BaseException:
            if old.exists() and not target.exists():
                old.replace(target)
            raise


def cache_folder() -> Path:
    """Return the user's cache folder of geocensus, made when missing.

    Returns
    -------
    Path
        The value of GEOCENSUS_CACHE, else the platform's place for caches.
    """
    folder = Path(os.environ.get("GEOCENSUS_CACHE") or platformdirs.user_cache_dir("geocensus", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, or of all files of a folder in name order.

    Parameters
    ----------
    path : Path
        A file, or a folder such as a FileGDB.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    path = Path(path)
    for part in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
        with part.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()
