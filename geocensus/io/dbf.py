"""The encoding of a Shapefile's attributes, found from their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["dbf_encoding"]

_SAMPLE = 1 << 22  # bytes looked at
_HEADER = 32
_CANDIDATES = ("utf-8", "gb18030", "big5")
_SINGLE_BYTE = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1", "cp1252", "cp850", "cp437"})
_TOLERATED = 0.02  # share of damaged characters: fields cut in the middle of a character are common


def dbf_encoding(path: Path) -> str | None:
    """Tell the encoding of a Shapefile's attributes, since .cpg files are often missing and sometimes wrong.

    Parameters
    ----------
    path : Path
        The .shp file.

    Returns
    -------
    str
        The encoding that the .cpg names when the bytes agree, else the first of UTF-8, GB 18030 and Big5 that does;
        a .cpg with a single-byte encoding gives way to UTF-8 alone. None for other
        formats and where no .dbf lies beside the file.
    """
    table = next((p for p in (path.with_suffix(".dbf"), path.with_suffix(".DBF")) if p.is_file()), None)
    if path.suffix.lower() != ".shp" or table is None:
        return None
    with table.open("rb") as stream:
        sample = stream.read(_SAMPLE)[_HEADER:]
    high = int((np.frombuffer(sample, dtype="uint8") >> 7).sum())  # bytes beyond ASCII
    declared = _declared(path)
    # a single-byte encoding fits any bytes, and its texts often pass for GBK: beside it, only UTF-8 is sure enough
    single = declared is not None and declared.lower() in _SINGLE_BYTE
    first = (declared,) if declared and not single else ()
    for encoding in (*first, *(_CANDIDATES[:1] if single else _CANDIDATES)):
        if _damaged(sample, encoding) <= _TOLERATED * high:
            return encoding
    return declared or "gb18030"


def _declared(path: Path) -> str | None:
    """Return the encoding that the .cpg file names, where Python knows it."""
    file = path.with_suffix(".cpg")
    if not file.is_file():
        return None
    name = file.read_text(encoding="ascii", errors="ignore").strip()
    name = f"cp{name}" if name.isdigit() else name
    try:
        "".encode(name)
    except LookupError:
        return None
    return "gb18030" if name.lower() in {"gbk", "gb2312", "cp936"} else name


def _damaged(sample: bytes, encoding: str) -> int:
    return sample.decode(encoding, errors="replace").count("\ufffd")
