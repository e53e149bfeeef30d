"""Settings of the checks: one dataclass, whose defaults `geocensus settings` prints as TOML."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass, field
from typing import Any

from geocensus.basemap import ASSUMED_ACCURACY_M
from geocensus.errors import SchemaError
from geocensus.zoning.loads import LoadSettings
from geocensus.zoning.visit_settings import VisitSettings

__all__ = ["Place", "Settings", "Stack"]


@dataclass(frozen=True)
class Place:
    """A known office or default point, degrees CGCS2000."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Stack:
    """A market or park where many sources may share one coordinate, degrees CGCS2000."""

    name: str
    lon: float
    lat: float
    radius_m: float = 50.0


@dataclass(frozen=True)
class Settings:
    """Tolerances and thresholds; all lengths in metres.

    Examples
    --------
    >>> Settings().default_place_m
    50.0
    """

    boundary_m: Mapping[str, float] = field(
        default_factory=lambda: dict(ASSUMED_ACCURACY_M),
        metadata={
            "zh": "底图未说明精度时，各级边界的假定精度（米）",
            "en": "assumed accuracy of borders the basemap does not state, metres",
        },
    )
    extra_tolerance_m: float = field(
        default=0.0, metadata={"zh": "另加的容差（米）", "en": "added to the tolerance of every source, metres"}
    )
    coarsest_point_m: float = field(
        default=1000.0,
        metadata={
            "zh": "点位精度计入容差的上限（米）；更粗的坐标只按此值放宽",
            "en": "a point's accuracy counts up to this in the tolerance, metres; coarser text is not excused further",
        },
    )
    imprecise_m: float = field(
        default=100.0,
        metadata={
            "zh": "坐标文本分辨率粗于此值即标记（米）",
            "en": "coarsest resolution of the coordinate text, metres",
        },
    )
    default_place_m: float = field(
        default=50.0,
        metadata={
            "zh": "距区划中心或已知办公地点在此距离内视为默认点（米）",
            "en": "this near a centroid or known office is a default place, metres",
        },
    )
    stack_size: int = field(
        default=3,
        metadata={
            "zh": "同一坐标上的不同污染源达到此数即标记",
            "en": "different sources on one coordinate from which they are flagged",
        },
    )
    isolated_group: int = field(
        default=7,
        metadata={
            "zh": "同村（或地址同属一处）的污染源不少于此数时，检查是否有离群点",
            "en": "sources of one village or address from which one may be called isolated",
        },
    )
    isolated_m: float = field(
        default=2000.0,
        metadata={
            "zh": "距同村最近的另一污染源在此距离内不算离群（米）",
            "en": "nearer than this to another source of the village is not isolated, metres",
        },
    )
    isolated_factor: float = field(
        default=8.0,
        metadata={
            "zh": "最近距离达到同村污染源距中心的中位距离的多少倍才算离群",
            "en": "isolated is this many times the median distance of the village's sources from their middle",
        },
    )
    outlet_far_m: float = field(
        default=2000.0,
        metadata={"zh": "排放口距所属对象的最大距离（米）", "en": "furthest that an outlet lies from its site, metres"},
    )
    moved_m: float = field(
        default=50.0,
        metadata={
            "zh": "与对照名单中同一对象相距在此以内不标记（米）；点位精度更粗时按精度放宽",
            "en": "the same unit in two lists may lie this far apart, metres; further where its points are coarser",
        },
    )
    mixed_share: float = field(
        default=0.2,
        metadata={
            "zh": "同一批坐标中较少的写法占比达到此值即视为混用（0 至 1）",
            "en": "share of the rarer way of writing from which a group's formats count as mixed, 0 to 1",
        },
    )
    mixed_rows: int = field(
        default=5,
        metadata={
            "zh": "同一批坐标中每种写法至少有此条数才视为混用",
            "en": "rows of each way of writing from which a group's formats count as mixed",
        },
    )
    exact_inside: bool = field(
        default=False,
        metadata={
            "zh": "界内各点也计算到边界的精确距离",
            "en": "exact distance to the border for every point inside, too",
        },
    )
    offices: tuple[Place, ...] = field(
        default=(), metadata={"zh": "已知办公地点：name, lon, lat", "en": "known offices: name, lon, lat"}
    )
    allowed_stacks: tuple[Stack, ...] = field(
        default=(),
        metadata={
            "zh": "允许多源同点的市场、园区：name, lon, lat, radius_m",
            "en": "places that sources may share: name, lon, lat, radius_m",
        },
    )
    datum_parameters: tuple[float, ...] = field(
        default=(),
        metadata={
            "zh": "北京 54、西安 80 转 CGCS2000 的七参数：dx, dy, dz（米），rx, ry, rz（秒），尺度（ppm），位置矢量法",
            "en": "Beijing 54, Xian 80 to CGCS2000: dx, dy, dz (m), rx, ry, rz (seconds), scale (ppm), position vector",
        },
    )
    crosswalk: str = field(
        default="",
        metadata={
            "zh": "新旧区划代码对照表文件（old_code,new_code,year_to,note）",
            "en": "file of old and new division codes (old_code,new_code,year_to,note)",
        },
    )

    load: LoadSettings = field(
        default_factory=LoadSettings, metadata={"zh": "工时，用于划分片区", "en": "minutes of work, for splits"}
    )
    visits: VisitSettings = field(
        default_factory=VisitSettings, metadata={"zh": "走访安排（split --visits）", "en": "visits, for split --visits"}
    )
    enumerators_per_supervisor: float = field(
        default=10.0,
        metadata={
            "zh": "每名普查指导员带几名普查员（split --supervisors）",
            "en": "enumerators that one supervisor leads (split --supervisors)",
        },
    )

    def __post_init__(self) -> None:
        lengths = ("extra_tolerance_m", "coarsest_point_m", "imprecise_m", "default_place_m")
        for name in (*lengths, "isolated_m", "outlet_far_m", "moved_m"):
            if not getattr(self, name) >= 0:
                raise SchemaError(
                    f"setting {name}: must be a number of metres, 0 or more", f"设置项 {name}：应为不小于 0 的米数"
                )
        if not self.isolated_factor >= 0 or not 0 <= self.mixed_share <= 1:
            raise SchemaError(
                "settings isolated_factor and mixed_share: must be 0 or more, and between 0 and 1",
                "设置项 isolated_factor 应不小于 0，mixed_share 应在 0 至 1 之间",
            )
        for name, least in (("isolated_group", 3), ("mixed_rows", 1)):
            if getattr(self, name) < least:
                raise SchemaError(f"setting {name}: must be {least} or more", f"设置项 {name}：应不小于 {least}")
        if self.stack_size < 2:  # noqa: PLR2004 - one source alone is no stack
            raise SchemaError("setting stack_size: must be 2 or more", "设置项 stack_size：应不小于 2")
        if not self.enumerators_per_supervisor > 0:
            raise SchemaError(
                "setting enumerators_per_supervisor: must be above 0", "设置项 enumerators_per_supervisor：应大于 0"
            )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Settings:
        """Build from the tables of a TOML file.

        Parameters
        ----------
        values : Mapping
            Names of settings to values; what is left out keeps its default.

        Returns
        -------
        Settings
            The settings.

        Raises
        ------
        SchemaError
            An unknown name, or a value of the wrong kind.
        """
        known = cls.__dataclass_fields__
        if unknown := sorted(set(values) - set(known)):
            listed = ", ".join(known)
            raise SchemaError(
                f"unknown setting {', '.join(unknown)}; known ones are {listed}",
                f"未知设置项 {'、'.join(unknown)}；可用项：{listed}",
            )
        try:
            given = dict(values)
            given["boundary_m"] = {
                **ASSUMED_ACCURACY_M,
                **{k: float(v) for k, v in values.get("boundary_m", {}).items()},
            }
            given["load"] = LoadSettings.from_dict(values.get("load", {}))
            given["visits"] = VisitSettings.from_dict(values.get("visits", {}))
            given["datum_parameters"] = tuple(float(v) for v in values.get("datum_parameters", ()))
            given["offices"] = tuple(Place(**place) for place in values.get("offices", ()))
            given["allowed_stacks"] = tuple(Stack(**place) for place in values.get("allowed_stacks", ()))
            return cls(**given)
        except (TypeError, AttributeError) as error:
            raise SchemaError(
                f"settings: a value is of the wrong kind ({error}). Compare with `geocensus settings`.",
                f"设置文件：有一项取值类型不对（{error}）。请对照 geocensus settings 的输出。",
            ) from error
