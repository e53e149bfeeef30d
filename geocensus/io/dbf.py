"""A Shapefile's attributes: their encoding, found from the bytes, and texts cut inside a character."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio

from geocensus.io.rawtable import unique_headers

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["BYTES", "dbf_encoding", "decoded", "read_dataframe"]

BYTES = "ISO-8859-1"  # every byte is a character of it: what was read with it can be decoded afterwards

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


def read_dataframe(path: Path, layer: str, encoding: str | None, **options: Any) -> pd.DataFrame:
    """Read a layer; where a Shapefile's names or texts are cut inside a character, decode byte by byte.

    Parameters
    ----------
    path : Path
        Any file that GDAL reads.
    layer : str
        Its layer.
    encoding : str, optional
        Encoding of a Shapefile's attributes, from :func:`dbf_encoding`.
    **options : any
        For ``pyogrio.read_dataframe``.

    Returns
    -------
    DataFrame or GeoDataFrame
        As pyogrio returns it.
    """
    try:
        return pyogrio.read_dataframe(path, layer=layer, encoding=encoding, **options)
    except UnicodeDecodeError:
        if encoding is None:
            raise
    return decoded(pyogrio.read_dataframe(path, layer=layer, encoding=BYTES, **options), encoding)


def decoded(table: pd.DataFrame, encoding: str) -> pd.DataFrame:
    """Decode names and texts that were read as BYTES.

    A .dbf cuts names at 10 bytes and texts at the width of their field, often inside a character; what is left of such
    a character is dropped.

    Parameters
    ----------
    table : DataFrame
        Attributes, perhaps with a geometry.
    encoding : str
        What the bytes are in.

    Returns
    -------
    DataFrame
        The same table, names unique.

    Examples
    --------
    >>> read = "区划代码".encode()[:10].decode(BYTES)
    >>> decoded(pd.DataFrame({read: [1]}), "utf-8").columns.tolist()
    ['区划代']
    """
    names = list(table.columns)
    texts = [name for name in names if pd.api.types.is_string_dtype(table[name]) and name != "geometry"]
    columns = {name: table[name].map(lambda text: _decoded(text, encoding), na_action="ignore") for name in texts}
    new = dict(zip(names, unique_headers([_decoded(name, encoding) for name in names]), strict=True))
    return table.assign(**columns).rename(columns=new)


def _decoded(text: str, encoding: str) -> str:
    return text.encode(BYTES, errors="ignore").decode(encoding, errors="ignore")


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
