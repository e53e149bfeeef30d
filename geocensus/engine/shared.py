"""What all parts of a list share, kept in the work folder: each worker reads it once."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from geocensus.files import atomic_path

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from geocensus.basemap import Basemap
    from geocensus.checks import Settings
    from geocensus.divisions import Crosswalk
    from geocensus.io import ListPlan, WholeList

__all__ = ["Shared", "folder_of", "keep_shared", "keep_whole", "parquet_of", "shared_of", "whole_of"]


@dataclass(frozen=True)
class Shared:
    """How the list is read and judged.

    Attributes
    ----------
    plan : ListPlan
        Where its parts begin, and what was decided on the whole of it.
    basemap, settings, crosswalk
        As for :func:`geocensus.check`.
    corrections : DataFrame or None
        Corrections that people accepted, as :func:`~geocensus.checks.apply_corrections` takes them.
    """

    plan: ListPlan
    basemap: Basemap
    settings: Settings
    crosswalk: Crosswalk | None = None
    corrections: pd.DataFrame | None = None


def keep_shared(folder: Path, shared: Shared) -> None:
    """Write what the parts share.

    Parameters
    ----------
    folder : Path
        The work folder; made when missing.
    shared : Shared
        For :func:`shared_of`.

    Raises
    ------
    OSError
        The folder cannot be written, or the disk is full.
    """
    _keep(folder / "shared.pickle", shared)


def keep_whole(folder: Path, whole: WholeList, ids: pd.DataFrame) -> None:
    """Write what only the whole list tells of its rows.

    Parameters
    ----------
    folder : Path
        The work folder.
    whole : WholeList
        From the facts of all parts.
    ids : DataFrame
        Of the rows that share their id or got another, by their place in the list: source_id, doubled.

    Raises
    ------
    OSError
        The folder cannot be written, or the disk is full.
    """
    _keep(folder / "whole.pickle", (whole, ids))


def _keep(path: Path, value: object) -> None:
    with atomic_path(path) as temporary:
        temporary.write_bytes(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))


@lru_cache(maxsize=1)
def shared_of(folder: Path) -> Shared:
    """Read what the parts share, once per process.

    Parameters
    ----------
    folder : Path
        The work folder, written by this version of geocensus on behalf of the same user.

    Returns
    -------
    Shared
        As kept.
    """
    shared: Shared = pickle.loads((folder / "shared.pickle").read_bytes())  # noqa: S301 - our own, see above
    return shared


@lru_cache(maxsize=1)
def whole_of(folder: Path) -> tuple[WholeList, pd.DataFrame]:
    """Read what the whole list tells of its rows, once per process.

    Parameters
    ----------
    folder : Path
        The work folder.

    Returns
    -------
    tuple
        As :func:`keep_whole` took it.
    """
    whole: tuple[WholeList, pd.DataFrame] = pickle.loads((folder / "whole.pickle").read_bytes())  # noqa: S301 - as above
    return whole


def folder_of(folder: Path, step: str, part: int) -> Path:
    """Return where a step keeps what it made of a part.

    Parameters
    ----------
    folder : Path
        The work folder.
    step : str
        "read", "judged" or "told".
    part : int
        From 0.

    Returns
    -------
    Path
        A folder.
    """
    return folder / step / f"part-{part:05d}"


def parquet_of(folder: Path, part: int) -> Path:
    """Return the file of a part's result.

    Parameters
    ----------
    folder : Path
        The work folder.
    part : int
        From 0.

    Returns
    -------
    Path
        A GeoParquet file.
    """
    return folder / "written" / f"part-{part:05d}.parquet"
