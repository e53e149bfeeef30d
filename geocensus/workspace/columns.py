"""Columns of a pandas table as columns of SQLite: types, names that SQLite accepts, values as plain Python objects."""

import json
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geocensus.errors import SchemaError
from geocensus.names import RAW_PREFIX
from geocensus.workspace.schema import Column
from geocensus.workspace.titles import title_of

__all__ = ["OVERFLOW", "columns_of", "fold_overflow", "unfold_overflow", "values_of"]

OVERFLOW: Final = "raw_more"  # the user's columns beyond SQLite's limit, as one JSON object per row
_MOST_COLUMNS: Final = 1900  # SQLite stops at 2,000 per table

_KINDS: Final = {
    **dict.fromkeys(
        ("lon", "lat", "lon_parsed", "lat_parsed", "resolution_m", "accuracy_m", "distance_m", "tolerance_m"), "REAL"
    ),
    "accuracy_m": "TEXT",  # as written in the list
    "on_border": "BOOLEAN",
    "float_damage": "BOOLEAN",
    "row": "INTEGER",
}


def columns_of(table: pd.DataFrame) -> tuple[Column, ...]:
    """Return SQL columns for a table's columns, in order; names that differ only in case get a number.

    Parameters
    ----------
    table
        Any table; column names may hold anything.

    Returns
    -------
    tuple
        One per column; ``header`` keeps the original name.

    Raises
    ------
    SchemaError
        When two columns have the same name.

    Examples
    --------
    >>> table = pd.DataFrame({"lon": [1.0], "raw:Name": ["a"], "raw:name": ["b"]})
    >>> [(column.name, column.kind) for column in columns_of(table)]
    [('lon', 'REAL'), ('raw:Name', 'TEXT'), ('raw:name (2)', 'TEXT')]
    """
    headers = [str(header) for header in table.columns]
    twice = (
        sorted({header for header in headers if headers.count(header) > 1}) if len(set(headers)) < len(headers) else []
    )
    if twice:
        raise SchemaError(
            f"columns given twice: {', '.join(twice)}; give each its own name",
            f"列名重复：{'、'.join(twice)}；请分别命名",
        )
    taken: set[str] = {"fid", "geom"}
    names = [_free_name(header, taken) for header in headers]
    return tuple(
        Column(name, _KINDS.get(header) or _kind(table[header].dtype), header, title_of(header))
        for name, header in zip(names, headers, strict=True)
    )


def _free_name(header: str, taken: set[str]) -> str:
    plain = header.replace("\x00", "")
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain} ({number})"
    taken.add(name.casefold())
    return name


def _kind(dtype: Any) -> str:
    if pd.api.types.is_bool_dtype(dtype):
        return "BOOLEAN"
    if pd.api.types.is_integer_dtype(dtype):
        return "INTEGER"
    return "REAL" if pd.api.types.is_float_dtype(dtype) else "TEXT"


def values_of(values: pd.Series, kind: str) -> list[Any]:
    """Return a column's values as SQLite takes them: str, int, float or None.

    Parameters
    ----------
    values
        One column.
    kind
        Its SQL type.

    Returns
    -------
    list
        One value per row; None where missing.

    Examples
    --------
    >>> values_of(pd.Series(["a", None]), "TEXT"), values_of(pd.Series([True, None], dtype=object), "BOOLEAN")
    (['a', None], [1, None])
    """
    if kind == "REAL":
        return _floats(values).tolist()  # SQLite stores NaN as NULL
    if kind in {"INTEGER", "BOOLEAN"}:
        whole: Any = values.astype("boolean") if kind == "BOOLEAN" else values
        return _objects(whole.astype("Int64"))
    text = values if isinstance(values.dtype, pd.StringDtype) else values.astype("str")
    return _objects(text)


def _objects(values: Any) -> list[Any]:
    return values.to_numpy(dtype=object, na_value=None).tolist()


def _floats(values: pd.Series) -> NDArray[np.float64]:
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def fold_overflow(table: pd.DataFrame) -> pd.DataFrame:
    """Fold the last of the user's columns into one JSON column where SQLite would take no more.

    Parameters
    ----------
    table
        Sources with any number of columns.

    Returns
    -------
    DataFrame
        At most 1,900 columns; nothing is lost.
    """
    if len(table.columns) <= _MOST_COLUMNS:
        return table
    raw = [name for name in table.columns if name.startswith(RAW_PREFIX)]
    extra = raw[len(raw) - (len(table.columns) - _MOST_COLUMNS + 1) :]
    lines = table[extra].astype("str").to_json(orient="records", lines=True, force_ascii=False).splitlines()
    return table.drop(columns=extra).assign(**{OVERFLOW: pd.Series(lines, index=table.index, dtype="str")})


def unfold_overflow(table: pd.DataFrame) -> pd.DataFrame:
    """Undo :func:`fold_overflow`.

    Parameters
    ----------
    table
        Sources as read from the file.

    Returns
    -------
    DataFrame
        With the folded columns at the end.
    """
    if OVERFLOW not in table.columns:
        return table
    lines = table[OVERFLOW].dropna()
    extra = pd.DataFrame.from_records(json.loads(f"[{','.join(lines)}]"), index=lines.index).astype("str")
    return pd.concat([table.drop(columns=OVERFLOW), extra.reindex(table.index)], axis=1)
