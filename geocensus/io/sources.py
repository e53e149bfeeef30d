"""Read a list of sources: one row per row of the file, nothing dropped, nothing repaired."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from geocensus import names as n
from geocensus.io.identity import number_duplicates, row_content
from geocensus.io.parts import part_of, plan_list
from geocensus.io.rows import contents
from geocensus.io.whole import forget_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from geocensus.io.parts import ListPlan

__all__ = ["read_planned", "read_sources"]


def read_sources(
    path: str | Path,
    *,
    crs: str | int | None = None,
    crs_reason: str = "",
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    parameters: Sequence[float] | None = None,
) -> pd.DataFrame:
    r"""Read a list of pollution sources from a file.

    Parameters
    ----------
    path : str or Path
        CSV (UTF-8, GBK or GB18030), Excel, GeoPackage, GeoJSON, Shapefile, FlatGeobuf or (Geo)Parquet.
    crs : str or int, optional
        One of wgs84, cgcs2000, gcj02, bd09, or an EPSG code; by default what the file states, else cgcs2000, recorded
        as assumed. Naming gcj02 or bd09 is the user's word that the list is to be converted from there.
    crs_reason : str
        Why `crs` is right, for the record: who found or said so.
    sheet : str, optional
        Sheet of a workbook, or layer of a file with several.
    columns : Mapping, optional
        Role to header, where the guess would be wrong; see :data:`geocensus.schemas.ROLES`.
    parameters : Sequence of float, optional
        Seven parameters of a transformation to CGCS2000, without which Beijing 54 and Xian 80 are refused; see
        :func:`geocensus.crs.parse_crs`.

    Returns
    -------
    DataFrame
        One row per row of the file, numbered from 0. ``lon`` and ``lat`` are CGCS2000 degrees, missing where the
        text gives no usable coordinate; ``state`` is located, unlocated or excluded; ``raw:`` columns are the
        user's own. ``attrs`` records file, sheet, encoding, CRS, the roles found and notes.

    Raises
    ------
    DataNotFoundError
        No such file, sheet or layer.
    UnreadableError
        The file is empty, damaged or in an unknown encoding or format.
    SchemaError
        No coordinate column, or an override that names none.
    CRSMismatchError
        The system is unknown or refused, or the values contradict it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> file = Path(tempfile.mkdtemp()) / "list.csv"
    >>> _ = file.write_text("编号,经度,纬度\nA1,118.523,28.901\nA2,无,无\n", encoding="utf-8")
    >>> read_sources(file)[["source_id", "state", "lon", "lat"]]
      source_id      state      lon     lat
    0        A1    located  118.523  28.901
    1        A2  unlocated      NaN     NaN
    """
    plan = plan_list(
        path,
        crs=crs,
        crs_reason=crs_reason,
        sheet=sheet,
        columns=columns,
        parameters=parameters,
        rows_per_part=sys.maxsize,
    )
    return read_planned(plan)


def read_planned(plan: ListPlan) -> pd.DataFrame:
    """Read a list of one part.

    Parameters
    ----------
    plan : ListPlan
        From :func:`geocensus.io.parts.plan_list`.

    Returns
    -------
    DataFrame
        As :func:`read_sources`.

    Raises
    ------
    UnreadableError, SchemaError, CRSMismatchError
        As for :func:`read_sources`.
    """
    raw = plan.raw.read(0)
    forget_whole()
    table, facts = part_of(plan, 0, raw)
    whole = plan.completed([facts])
    told_apart = contents(raw.table, plan.roles)
    ids, doubled = number_duplicates(table[n.SOURCE_ID], lambda rows: row_content(told_apart.iloc[rows]))
    return whole.finished(table, ids, doubled)
