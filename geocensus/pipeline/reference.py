"""The second list that a check compares with: read it, and say how much of it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geocensus import names as n
from geocensus.errors import GeocensusError
from geocensus.io import read_sources
from geocensus.model import State, Text

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from geocensus.checks import Settings
    from geocensus.pipeline.checking import CheckResult

__all__ = ["about_reference", "read_reference", "reference_notes"]


def read_reference(path: str | Path, settings: Settings) -> pd.DataFrame:
    """Read the list that ``--reference`` names.

    Parameters
    ----------
    path : str or Path
        Any file that :func:`geocensus.read_sources` reads; its reference system is the one it states, else CGCS2000.
    settings : Settings
        With the datum parameters, if any.

    Returns
    -------
    DataFrame
        A table of sources.

    Raises
    ------
    GeocensusError
        As :func:`geocensus.read_sources`; the message says that the list compared with is meant.
    """
    try:
        return read_sources(path, parameters=settings.datum_parameters or None)
    except GeocensusError as error:
        raise type(error)(f"--reference: {error.en}", f"--reference：{error.zh}") from error


def about_reference(reference: pd.DataFrame, not_tested: dict[str, dict[str, int]], rows: int) -> dict[str, Any]:
    """Record which list was compared with, and how many units stand in both.

    Parameters
    ----------
    reference : DataFrame
        The second list.
    not_tested : dict
        Rule to reason to number of sources, of the check.
    rows : int
        Sources under test.

    Returns
    -------
    dict
        Keys file, sha256, crs, crs_assumed, rows (units of the second list), matched, only_here, only_there.
    """
    units = int((reference[n.STATE] != State.EXCLUDED).sum())
    only_here = not_tested.get("list.moved", {}).get("no_match", 0)
    matched = rows - only_here
    stated = {key: reference.attrs.get(key) for key in ("file", "sha256", "crs", "crs_assumed")}
    return {**stated, "rows": units, "matched": matched, "only_here": only_here, "only_there": units - matched}


def reference_notes(result: CheckResult) -> tuple[Text, ...]:
    """Say how many units the two lists share, and what was assumed of the second one.

    Parameters
    ----------
    result : CheckResult
        Of a check.

    Returns
    -------
    tuple of Text
        Empty without a second list.
    """
    about = result.provenance.get("reference")
    if not about:
        return ()
    found = Text(
        "对照名单 {file}：共 {rows} 个对象，与本名单匹配 {matched} 个；本名单有 {only_here} 个、"
        "对照名单有 {only_there} 个未匹配".format(**about),
        "list compared with, {file}: {rows} units, {matched} of them in this list; {only_here} only here, "
        "{only_there} only there".format(**about),
    )
    if not about["crs_assumed"]:
        return (found,)
    assumed = "对照名单未注明坐标系，按 CGCS2000 处理（假定）"
    return found, Text(assumed, "the list compared with states no reference system: taken as CGCS2000 (ASSUMED)")
