"""Expected work per unit: minutes by class, travel between sources, base work of villages."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from geocensus import names as n
from geocensus.errors import SchemaError
from geocensus.schemas import class_slugs
from geocensus.zoning.metric import to_metric
from geocensus.zoning.placing import place_sources, village_units
from geocensus.zoning.units import VILLAGES

if TYPE_CHECKING:
    import geopandas as gpd

    from geocensus.zoning.task import Floats

__all__ = ["DEFAULT_MINUTES", "LoadSettings", "loads_of", "work_classes"]

DEFAULT_MINUTES: Final[Mapping[str, float]] = {
    "key_industrial": 240.0,
    "industrial": 60.0,
    "centralised": 60.0,
    "farm": 40.0,
    "domestic": 30.0,
    "mobile": 30.0,
    "other": 30.0,
}
_KEY: Final = "key_industrial"
_KEY_CLASSES: Final = ("key_industrial", "重点工业源", "重点工业污染源", "工业源（重点）", "工业源(重点)")
_YES: Final = ("1", "1.0", "true", "yes", "y", "是", "重点", "√")
_METRES_PER_KM: Final = 1000.0
_MINUTES_PER_HOUR: Final = 60.0


@dataclass(frozen=True)
class LoadSettings:
    """Minutes of work; the defaults follow the ratios of the first national pollution source census.

    Examples
    --------
    >>> LoadSettings().minutes["farm"], LoadSettings(minutes={"farm": 90}).minutes["industrial"]
    (40.0, 60.0)
    """

    minutes: Mapping[str, float] = field(
        default_factory=lambda: dict(DEFAULT_MINUTES),
        metadata={
            "zh": "每个污染源的入户工时（分钟），按类别；key_industrial 为重点工业源",
            "en": "minutes per source by class; key_industrial: key industrial sources",
        },
    )
    key_industries: tuple[str, ...] = field(
        default=(),
        metadata={
            "zh": '按重点工业源计的行业代码开头（GB/T 4754），如 ["22", "26"]；默认只认类别写明“重点工业源”的',
            "en": 'first digits of industries (GB/T 4754) counted as key industrial, such as ["22", "26"]; by default '
            "only sources whose class says so",
        },
    )
    key_column: str = field(
        default="",
        metadata={
            "zh": "名单中标明重点工业源的列（值为 是、1、重点 等）",
            "en": "column of the list that marks key industrial sources (1, yes, true …)",
        },
    )
    village_minutes: float = field(
        default=240.0,
        metadata={"zh": "每个村（社区）的基础工时（分钟）", "en": "base work of each village, minutes"},
    )
    speed_kmh: float = field(
        default=30.0,
        metadata={"zh": "单元内行进速度（千米/小时）", "en": "speed of travel inside a unit, km/h"},
    )
    travel_factor: float = field(
        default=0.7124,
        metadata={
            "zh": "行程系数：路程约为 系数·√(污染源数·面积)，0 表示不计行程",
            "en": "tour length is this times the root of sources times area; 0: no travel",
        },
    )

    def __post_init__(self) -> None:
        unknown = sorted(set(self.minutes) - set(DEFAULT_MINUTES))
        if unknown:
            raise SchemaError(
                f"minutes: unknown class {', '.join(unknown)}; known are {', '.join(DEFAULT_MINUTES)}",
                f"工时设置中有未知类别 {'、'.join(unknown)}；可用：{'、'.join(DEFAULT_MINUTES)}",
            )
        minutes = {**DEFAULT_MINUTES, **{key: float(value) for key, value in self.minutes.items()}}
        object.__setattr__(self, "minutes", minutes)
        for name, value in {**minutes, "village_minutes": self.village_minutes, "factor": self.travel_factor}.items():
            if not (np.isfinite(value) and value >= 0):
                raise SchemaError(f"load setting {name}: must be 0 or more", f"工时设置项 {name}：应为不小于 0 的数")
        if not (np.isfinite(self.speed_kmh) and self.speed_kmh > 0):
            raise SchemaError("load setting speed_kmh: must be above 0", "工时设置项 speed_kmh：应大于 0")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> LoadSettings:
        """Build from a table of a TOML file.

        Parameters
        ----------
        values : Mapping
            Names of settings to values; what is left out keeps its default.

        Returns
        -------
        LoadSettings
            The settings.

        Raises
        ------
        SchemaError
            An unknown name, or a value of the wrong kind.
        """
        if unknown := sorted(set(values) - set(cls.__dataclass_fields__)):
            raise SchemaError(
                f"unknown load setting {', '.join(unknown)}; known ones are {', '.join(cls.__dataclass_fields__)}",
                f"未知工时设置项 {'、'.join(unknown)}；可用项：{'、'.join(cls.__dataclass_fields__)}",
            )
        try:
            given = dict(values)
            if "key_industries" in given:
                given["key_industries"] = tuple(str(code) for code in given["key_industries"])
            return cls(**given)
        except (TypeError, ValueError, AttributeError) as error:
            if isinstance(error, SchemaError):
                raise
            raise SchemaError(
                f"load settings: a value is of the wrong kind ({error}). Compare with `geocensus settings`.",
                f"工时设置：有一项取值类型不对（{error}）。请对照 geocensus settings 的输出。",
            ) from error


def loads_of(
    units: gpd.GeoDataFrame,
    sources: pd.DataFrame | None,
    settings: LoadSettings | None = None,
    *,
    villages: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Estimate the work in each unit.

    A source counts in the unit it lies in. One without a usable position, or outside every area, counts in its claimed
    area; where that is coarser than the units, such sources are dealt out over its units in proportion to the sources
    known there (evenly where there are none), in whole numbers. Sources of other areas are left out and counted.

    Parameters
    ----------
    units : GeoDataFrame
        Columns code and geometry, and, where known, parent_code, code_{level} of coarser levels and villages, as
        :func:`~geocensus.zoning.units_of` gives them.
    sources : DataFrame, optional
        Sources after :func:`geocensus.check`; None where there is no list.
    settings : LoadSettings, optional
        Minutes; by default the standard ones.
    villages : DataFrame, optional
        Villages (code, parent_code) where the units are not villages: their base work adds up in the unit that is
        their parent, or is shared by size among the units cut from them. By default the units' column villages, else
        one village per unit.

    Returns
    -------
    DataFrame
        Index code (order of the units): minutes (the load), sources, travel_minutes, base_minutes, source_minutes,
        unlocated (sources placed by their claim), and sources_{class}. ``attrs["reconciled"]`` counts rows, counted,
        elsewhere, unplaced and excluded; the last four add up to rows.

    Raises
    ------
    SchemaError
        A code is missing or doubled, or the key column does not exist.
    CRSMismatchError
        The units' reference system is missing or neither EPSG:4490 nor in metres.

    References
    ----------
    Beardwood, Halton, Hammersley 1959, doi:10.1017/S0305004100034095: the shortest tour through n random places in
    an area A is about 0.7124 √(n A) long.

    Examples
    --------
    >>> import geocensus as gc
    >>> from geocensus.zoning.units import units_of
    >>> units = units_of(gc.open_basemap("changshan"), within=["330822"], level="township")
    >>> loads_of(units, None)["minutes"].sum() / 240
    np.float64(198.0)
    """
    settings = settings or LoadSettings()
    codes = pd.Index(units[n.CODE].astype("str"), name=n.CODE)
    area = shapely.area(to_metric(units).geometry.to_numpy())
    placed = place_sources(units, sources, villages=villages)
    rows = placed.unit >= 0
    unit = placed.unit[rows]
    table = pd.DataFrame(index=codes)
    classes = work_classes(sources, settings)[rows] if sources is not None else pd.Series([], dtype="str")
    minutes = classes.map(settings.minutes).to_numpy(dtype=float)
    table["sources"] = np.bincount(unit, minlength=len(codes))
    table["source_minutes"] = np.bincount(unit, minutes, minlength=len(codes))
    table["travel_minutes"] = _travel(table["sources"].to_numpy(), area, settings)
    table["base_minutes"] = settings.village_minutes * _base(units, villages, area)
    table.insert(0, "minutes", table[["source_minutes", "travel_minutes", "base_minutes"]].sum(axis=1))
    table["unlocated"] = np.bincount(unit[placed.how[rows] != "located"], minlength=len(codes))
    counts = pd.crosstab(unit, classes.to_numpy()).reindex(index=range(len(codes)), columns=list(DEFAULT_MINUTES))
    counts = counts.fillna(0).astype(np.int64).set_axis(codes).add_prefix("sources_")
    result = table.join(counts)
    result.attrs["reconciled"] = placed.sums()
    return result


def work_classes(sources: pd.DataFrame, settings: LoadSettings | None = None) -> pd.Series:
    """Return the class of each source as the minutes know them.

    Parameters
    ----------
    sources : DataFrame
        A table of sources.
    settings : LoadSettings, optional
        What counts as key industrial.

    Returns
    -------
    Series of str
        Keys of DEFAULT_MINUTES; free texts are "other".

    Raises
    ------
    SchemaError
        The key column does not exist.

    Examples
    --------
    >>> work_classes(pd.DataFrame({"class": ["工业源", "重点工业源", None]})).tolist()
    ['industrial', 'key_industrial', 'other']
    """
    settings = settings or LoadSettings()
    texts = _column(sources, n.CLASS)
    slugs = class_slugs(texts).fillna("other").mask(texts.str.strip().isin(_KEY_CLASSES), _KEY)
    slugs = slugs.where(slugs.isin(list(DEFAULT_MINUTES)), "other")
    key = _column(sources, "industry").str.strip().str.startswith(settings.key_industries or ("\0",))
    if settings.key_column:
        key |= _marked(sources, settings.key_column)
    return slugs.mask((slugs == "industrial") & key.fillna(value=False).astype(bool), _KEY)


def _marked(sources: pd.DataFrame, column: str) -> pd.Series:
    name = column if column in sources else f"{n.RAW_PREFIX}{column}"
    if name not in sources:
        raise SchemaError(
            f"load setting key_column: the list has no column {column!r}",
            f"工时设置 key_column：名单中没有“{column}”列",
        )
    return sources[name].astype("str").str.strip().str.casefold().isin(_YES)


def _column(sources: pd.DataFrame, name: str) -> pd.Series:
    if name in sources:
        return sources[name].astype("str")
    return pd.Series(np.nan, index=sources.index, dtype="str")


def _travel(count: np.ndarray, area_m2: Floats, settings: LoadSettings) -> Floats:
    metres = settings.travel_factor * np.sqrt(count * area_m2)
    return metres / (settings.speed_kmh * _METRES_PER_KM / _MINUTES_PER_HOUR)


def _base(units: gpd.GeoDataFrame, villages: pd.DataFrame | None, area: Floats) -> Floats:
    """Return how many villages each unit holds."""
    if villages is not None:
        return village_units(units, villages, area)
    if VILLAGES in units:
        return units[VILLAGES].to_numpy(dtype=float)
    return np.ones(len(units))
