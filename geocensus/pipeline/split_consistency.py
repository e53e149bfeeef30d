"""Whether what a planner gives fits together: the plan of today and the units, start points and the area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np

from geocensus.errors import SchemaError
from geocensus.model import Text

if TYPE_CHECKING:
    import pandas as pd

    from geocensus.pipeline.split_inputs import SplitInputs
    from geocensus.zoning import SplitPlan

__all__ = ["far_starts", "refuse_other_units"]

_FAR_KM: Final = 100.0  # no team sets out daily from so far away, whereas exchanged or mistyped degrees are farther
_SHOWN: Final = 5


def refuse_other_units(name: str | None, today: pd.Series | None, given: SplitInputs) -> None:
    """Refuse a plan of today that knows none of the units: it is that of another area, or of other units.

    Parameters
    ----------
    name : str or None
        What the user called it.
    today : Series of str or None
        Its field zones, index code.
    given : SplitInputs
        Units of now.

    Raises
    ------
    SchemaError
        No unit in common.
    """
    if today is None or given.units["code"].isin(today.index).any():
        return
    theirs, ours = (", ".join(map(str, codes[:3])) for codes in (today.index, given.units["code"]))
    raise SchemaError(
        f"--current {name}: holds none of these units; it has {theirs or 'no unit'} …, the units here are {ours} …: "
        "name a plan of the same area and --units",
        f"--current {name}：其中没有本次的任何单元；方案的单元为 {theirs or '（无）'} 等，本次的单元为 {ours} 等："
        "请指定范围和划分单元相同的方案",
    )


def far_starts(plan: SplitPlan) -> tuple[Text, ...]:
    """Name the teams whose start point lies very far from the area.

    Parameters
    ----------
    plan : SplitPlan
        With the teams.

    Returns
    -------
    tuple of Text
        One sentence, or none.
    """
    roster = plan.request.roster.dropna(subset=["start_lon", "start_lat"])
    if roster.empty:
        return ()
    units = plan.request.ground.units
    points = gpd.GeoSeries.from_xy(roster["start_lon"], roster["start_lat"], crs="EPSG:4490").to_crs(
        plan.request.ground.crs
    )
    km = points.distance(units.to_crs(plan.request.ground.crs).union_all()).to_numpy() / 1000
    far = ~(np.isfinite(km) & (km <= _FAR_KM))
    if not far.any():
        return ()
    names = roster["name"][far].iloc[:_SHOWN]
    return (
        Text(
            f"起点距范围超过 {_FAR_KM:.0f} 千米的小组：{'、'.join(names)}；请核对其经纬度",
            f"teams that start more than {_FAR_KM:.0f} km from the area: {', '.join(names)}; check the degrees",
        ),
    )
