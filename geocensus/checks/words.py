"""What several rules need: distances near by, and distances and levels in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geocensus.model import Text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEVEL_TITLES", "on_sphere", "spoken"]

_EARTH_M: Final = 6_371_008.8  # mean radius; chords below a kilometre are arcs to a millimetre
LEVEL_TITLES = {
    "province": Text("省", "province"),
    "prefecture": Text("市", "prefecture"),
    "county": Text("县", "county"),
    "township": Text("乡镇", "township"),
    "village": Text("村", "village"),
    "zone": Text("普查小区", "zone"),
}


def on_sphere(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return points in metres from the centre of the Earth: distances between near ones are chords.

    Parameters
    ----------
    lon, lat : ndarray of float, shape (n,)
        Degrees.

    Returns
    -------
    ndarray of float, shape (n, 3)
        Metres.
    """
    lon, lat = np.radians(lon), np.radians(lat)
    return _EARTH_M * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def spoken(metres: pd.Series) -> pd.Series:
    """Write metres as people say them: 35 m, 1.2 km, 340 km.

    Parameters
    ----------
    metres : Series of float
        No missing values.

    Returns
    -------
    Series of str
        The same index.

    Examples
    --------
    >>> import pandas as pd
    >>> spoken(pd.Series([35.2, 1234.0, 340_000.0])).tolist()
    ['35 m', '1.2 km', '340 km']
    """
    kilometres = metres / 1000
    text = metres.round().astype("int64").astype("str") + " m"
    text = text.where(metres < 1000, kilometres.round(1).astype("str") + " km")  # noqa: PLR2004 - metres in a kilometre
    return text.where(kilometres < 100, kilometres.round().astype("int64").astype("str") + " km")  # noqa: PLR2004
