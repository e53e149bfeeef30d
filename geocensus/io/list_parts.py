"""Any file that a list may be, opened for reading in parts."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from geocensus.errors import DataNotFoundError, UnreadableError
from geocensus.io.parquet_parts import parquet_parts
from geocensus.io.text_parts import text_parts
from geocensus.io.whole import DELIMITED, PARQUET, whole_parts

if TYPE_CHECKING:
    from pathlib import Path

    from geocensus.io.rawtable import RawParts

__all__ = ["list_parts"]

_log = logging.getLogger(__name__)


def list_parts(path: Path, sheet: str | None, rows_per_part: int) -> RawParts:
    """Open a list.

    Parameters
    ----------
    path : Path
        Any file that a list may be.
    sheet : str, optional
        Sheet or layer.
    rows_per_part : int
        At most so many in one part.

    Returns
    -------
    RawParts
        Ready to be read. Regular delimited text and Parquet are read in parts, everything else whole.

    Raises
    ------
    DataNotFoundError
        No such file, sheet or layer.
    UnreadableError
        The file is empty, damaged or in an unknown encoding or format, or may not be read.
    SchemaError
        A layer that holds no points.
    """
    if not path.exists():
        raise DataNotFoundError(
            f"{path}: there is no such file. Check the name and the folder.",
            f"{path}：文件不存在。请检查文件名和所在文件夹。",
        )
    try:
        parts = _in_parts(path, rows_per_part)
        return parts if parts is not None else whole_parts(path, sheet, rows_per_part)
    except OSError as error:
        raise UnreadableError(
            f"{path}: may not be read ({error.strerror}). Close it in other programs, or ask for the right to read it.",
            f"{path}：无法读取（{error.strerror}）。请关闭占用它的程序，或检查读取权限。",
        ) from error


def _in_parts(path: Path, rows_per_part: int) -> RawParts | None:
    suffix = path.suffix.lower()
    if path.is_dir() and any(file.suffix.lower() in PARQUET for file in path.iterdir()):
        return parquet_parts(path, rows_per_part)
    if suffix in PARQUET:
        parts: RawParts | None = parquet_parts(path, rows_per_part)
    elif suffix in DELIMITED:
        parts = text_parts(path, rows_per_part)
    else:
        return None
    if parts is None:
        _log.info("%s is not regular and is read whole", path.name)
    return parts
