"""How enumerators work and travel: the settings of day plans."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geocensus.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VisitSettings"]


@dataclass(frozen=True)
class VisitSettings:
    """How enumerators work and travel.

    Examples
    --------
    >>> VisitSettings().speed_kmh, VisitSettings.from_dict({"day_start": "09:00"}).day_start
    (30.0, '09:00')
    """

    day_minutes: float = field(
        default=420.0,
        metadata={
            "zh": "每日工时（分钟），含从出发点往返的路程",
            "en": "minutes of a working day, ways from the start point and back included",
        },
    )
    day_start: str = field(default="08:30", metadata={"zh": "每日出发时刻", "en": "when a day begins"})
    speed_kmh: float = field(
        default=30.0, metadata={"zh": "走访点之间的行进速度（千米/小时）", "en": "speed between stops, km/h"}
    )
    detour: float = field(
        default=1.0,
        metadata={
            "zh": "绕行系数：实际路程与直线距离之比，1 表示按直线",
            "en": "way on roads per straight line; 1: straight lines",
        },
    )
    crew_size: int = field(
        default=2,
        metadata={
            "zh": "几名普查员同行；小组没有名单时也按此计人数",
            "en": "enumerators who go together, and the people of a team where no list of teams says how many",
        },
    )

    def __post_init__(self) -> None:
        for name in ("day_minutes", "speed_kmh", "detour", "crew_size"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
                raise SchemaError(
                    f"visits: {name} must be a number above 0, not {value}",
                    f"走访安排：{name} 应为大于 0 的数，而不是 {value}",
                )
        if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", str(self.day_start)):
            raise SchemaError(
                f"visits: day_start must be a time such as 08:30, not {self.day_start!r}",
                f"走访安排：day_start 应为 08:30 这样的时刻，而不是 {self.day_start!r}",
            )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> VisitSettings:
        """Build from a table of a TOML file.

        Parameters
        ----------
        values : Mapping
            Names of settings to values; what is left out keeps its default.

        Returns
        -------
        VisitSettings
            The settings.

        Raises
        ------
        SchemaError
            An unknown name, or a value of the wrong kind.
        """
        if unknown := sorted(set(values) - set(cls.__dataclass_fields__)):
            raise SchemaError(
                f"unknown setting of visits {', '.join(unknown)}; known ones are {', '.join(cls.__dataclass_fields__)}",
                f"未知走访设置项 {'、'.join(unknown)}；可用项：{'、'.join(cls.__dataclass_fields__)}",
            )
        return cls(**values)
