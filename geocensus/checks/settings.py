"""Settings of the checks: one dataclass, whose defaults `geocensus settings` prints as TOML."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass, field
from typing import Any

from geocensus.basemap import ASSUMED_ACCURACY_M
from geocensus.errors import SchemaError
from geocensus.zoning.loads import LoadSettings

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

    def __post_init__(self) -> None:
        for name in ("extra_tolerance_m", "coarsest_point_m", "imprecise_m", "default_place_m"):
            if not getattr(self, name) >= 0:
                raise SchemaError(
                    f"setting {name}: must be a number of metres, 0 or more", f"设置项 {name}：应为不小于 0 的米数"
                )
        if self.stack_size < 2:  # noqa: PLR2004 - one source alone is no stack
            raise SchemaError("setting stack_size: must be 2 or more", "设置项 stack_size：应不小于 2")

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
            given["datum_parameters"] = tuple(float(v) for v in values.get("datum_parameters", ()))
            given["offices"] = tuple(Place(**place) for place in values.get("offices", ()))
            given["allowed_stacks"] = tuple(Stack(**place) for place in values.get("allowed_stacks", ()))
            return cls(**given)
        except (TypeError, AttributeError) as error:
            raise SchemaError(
                f"settings: a value is of the wrong kind ({error}). Compare with `geocensus settings`.",
                f"设置文件：有一项取值类型不对（{error}）。请对照 geocensus settings 的输出。",
            ) from error
