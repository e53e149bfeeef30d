"""Contracts of the tables of sources and flags (pandera)."""

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError as PanderaError

from geocensus import names as n
from geocensus.errors import SchemaError
from geocensus.model import Severity, State

__all__ = ["FLAGS", "SOURCES", "validate"]

SOURCES = pa.DataFrameSchema(
    {
        n.SOURCE_ID: pa.Column(None, unique=True, nullable=False),
        n.STATE: pa.Column(None, pa.Check.isin([str(state) for state in State])),
        n.LON: pa.Column(float, pa.Check.in_range(-180, 180), nullable=True),
        n.LAT: pa.Column(float, pa.Check.in_range(-90, 90), nullable=True),
        n.CLAIMED_CODE: pa.Column(None, nullable=True),
    },
    checks=pa.Check(
        lambda t: (t[n.STATE] == State.LOCATED) == (t[n.LON].notna() & t[n.LAT].notna()),
        error="a row is located exactly when it has both lon and lat",
    ),
    index=pa.Index(int, unique=True),
    name="sources",
)

FLAGS = pa.DataFrameSchema(
    {
        n.FLAG_ID: pa.Column(None, unique=True, nullable=False),
        n.SOURCE_ID: pa.Column(None, nullable=False),
        n.RULE: pa.Column(None, nullable=False),
        n.SEVERITY: pa.Column(None, pa.Check.isin([str(severity) for severity in Severity])),
    },
    name="flags",
)


def validate(table: pd.DataFrame, schema: Any) -> pd.DataFrame:
    """Check a table against its contract; the table comes back untouched.

    Parameters
    ----------
    table : DataFrame
        A table of sources or flags.
    schema : DataFrameSchema
        SOURCES or FLAGS.

    Returns
    -------
    DataFrame
        The same table.

    Raises
    ------
    SchemaError
        A column is missing, or its values break the contract.
    """
    try:
        schema.validate(table, lazy=False)
    except PanderaError as error:
        raise SchemaError(
            f"table {schema.name}: {error}. Use read_sources() to make a table of sources.",
            f"表 {schema.name} 不符合约定：{error}。请用 read_sources() 读取名单。",
        ) from error
    return table
