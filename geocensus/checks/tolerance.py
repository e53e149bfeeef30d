"""Tolerance: how far outside its claimed area a source may lie before anything is called wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import names as n

if TYPE_CHECKING:
    from geocensus.checks.settings import Settings
    from geocensus.model import BasemapInfo

__all__ = ["boundary_m", "point_m", "tolerance_m"]


def boundary_m(info: BasemapInfo, level: str, settings: Settings) -> tuple[float, bool]:
    """Return the accuracy of borders of one level in metres, and whether it is assumed.

    Parameters
    ----------
    info : BasemapInfo
        States the accuracy per level, or not.
    level : str
        The level.
    settings : Settings
        Holds the assumed values.

    Returns
    -------
    tuple of float and bool
        Metres; True when the basemap does not state it.
    """
    if level in info.accuracy_m:
        return float(info.accuracy_m[level]), False
    return float(settings.boundary_m[level]), True


def point_m(sources: pd.DataFrame) -> np.ndarray:
    """Return the accuracy of points: reported GPS accuracy or the text's resolution, whichever is coarser.

    Parameters
    ----------
    sources : DataFrame
        With resolution_m and, perhaps, accuracy_m.

    Returns
    -------
    ndarray of float
        Metres, 0 where nothing is known.
    """
    resolution = sources[n.RESOLUTION_M].to_numpy(dtype=float)
    reported = np.full(len(sources), np.nan)
    if "accuracy_m" in sources:
        number, different = pd.factorize(sources["accuracy_m"])  # few texts, many times each
        metres = pd.to_numeric(pd.Series(different), errors="coerce").to_numpy(dtype=float)
        reported = np.append(np.where(np.isfinite(metres) & (metres >= 0), metres, np.nan), np.nan)[number]
    return np.fmax(np.nan_to_num(resolution), np.nan_to_num(reported))


def tolerance_m(sources: pd.DataFrame, info: BasemapInfo, level: str, settings: Settings) -> np.ndarray:
    """Combine the accuracy of the point and of the border in quadrature.

    Parameters
    ----------
    sources : DataFrame
        A table of sources.
    info : BasemapInfo
        Accuracy of borders.
    level : str
        Level of the border.
    settings : Settings
        Assumed accuracies and an extra tolerance.

    Returns
    -------
    ndarray of float
        Metres, one per source.

    Examples
    --------
    >>> from geocensus.checks.settings import Settings
    >>> from geocensus.model import BasemapInfo, Text
    >>> info = BasemapInfo("x", Text("甲", "x"), accuracy_m={"village": 30})
    >>> tolerance_m(pd.DataFrame({"resolution_m": [40.0]}), info, "village", Settings()).tolist()
    [50.0]
    """
    border, _ = boundary_m(info, level, settings)
    point = np.minimum(point_m(sources), settings.coarsest_point_m)
    return np.hypot(point, border) + settings.extra_tolerance_m
