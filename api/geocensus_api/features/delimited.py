"""Features as CSV, in pieces."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pandas as pd

from geocensus_api.features.catalogue import Property
from geocensus_api.features.pages import Row

__all__ = ["csv_pieces", "frame"]

_DTYPES: Final = {"number": "float64", "integer": "Int64", "boolean": "boolean", "string": "str"}
# a sheet takes such a text for a formula; a plain signed number is harmless and stays as it was written
_FORMULA: Final = r"^\s*[=+\-@|%]|^[\t\r\n]"
_SIGNED: Final = r"^[+\-]\d+\.?\d*$"


def frame(fields: Sequence[Property], rows: Sequence[Row]) -> pd.DataFrame:
    """Return rows as a table.

    Parameters
    ----------
    fields
        Its columns.
    rows
        From :func:`geocensus_api.features.pages.batches`.

    Returns
    -------
    DataFrame
        A column ``id`` and one per property, typed by the collection, whatever is missing in these rows.
    """
    listed = list(zip(*(row.cells for row in rows), strict=True)) if rows else [()] * len(fields)
    columns = {field.name: _column(field.kind, values) for field, values in zip(fields, listed, strict=False)}
    return pd.DataFrame({"id": pd.Series([row.fid for row in rows], dtype="int64"), **columns})


def _column(kind: str, values: Sequence[Any]) -> pd.Series:
    plain = [None if isinstance(value, bytes) else value for value in values]
    if kind == "string":
        return pd.Series([None if value is None else str(value) for value in plain], dtype="str")
    # SQLite lets any value into any column, as when a file is edited elsewhere
    numbers = pd.to_numeric(pd.Series(plain, dtype=object), errors="coerce").astype("float64")
    return numbers if kind == "number" else numbers.round().astype("Int64").astype(_DTYPES[kind])


def csv_pieces(fields: Sequence[Property], batches: Iterable[Sequence[Row]]) -> Iterator[bytes]:
    """Yield a CSV file piece by piece: byte order mark and header, then the rows.

    Parameters
    ----------
    fields
        Columns after ``id``.
    batches
        Rows.

    Yields
    ------
    bytes
        UTF-8 as Excel wants it; a text that a sheet would take for a formula has an apostrophe before it.
    """
    yield b"\xef\xbb\xbf" + _csv(frame(fields, []), header=True)
    for rows in batches:
        yield _csv(frame(fields, rows), header=False)


def _csv(table: pd.DataFrame, *, header: bool) -> bytes:
    safe = table.assign(**{name: _safe(table[name]) for name in table.columns if table[name].dtype == "str"})
    safe.columns = pd.Index(_safe(pd.Series(table.columns, dtype="str")))
    text: str = safe.to_csv(index=False, header=header, lineterminator="\r\n")
    return text.encode("utf-8", "replace")


def _safe(texts: pd.Series) -> pd.Series:
    risky = texts.str.contains(_FORMULA, regex=True, na=False)
    if not risky.any():
        return texts
    risky &= ~texts.str.contains(_SIGNED, regex=True, na=False)
    return texts.where(~risky, "'" + texts)
