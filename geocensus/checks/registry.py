"""All rules in one table. A new rule is one pure function and one line here."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass

from geocensus.checks import (
    rules_address,
    rules_claim,
    rules_coordinate,
    rules_group,
    rules_neighbours,
    rules_place,
    rules_shift,
)
from geocensus.checks.context import Context  # noqa: TC001
from geocensus.checks.outcome import GroupOutcome, Outcome  # noqa: TC001
from geocensus.model import Severity, Text

__all__ = ["RULES", "Rule"]


@dataclass(frozen=True)
class Rule:
    """A named test.

    Attributes
    ----------
    code : str
        Fixed name, family and rule.
    title : Text
        What it flags.
    severity : Severity
        How bad a flag is.
    test : Callable
        Context in, Outcome out (GroupOutcome for rules on import groups); pure.
    settings : tuple of str
        Settings it reads.
    version : int
        Raised when the rule judges differently; decisions on old flags are then asked again.
    diagnosed : bool
        Whether its flags are asked for their cause: those on written coordinates, on places, and on addresses.
    """

    code: str
    title: Text
    severity: Severity
    test: Callable[[Context], Outcome | GroupOutcome]
    settings: tuple[str, ...] = ()
    version: int = 1
    diagnosed: bool = False


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES: tuple[Rule, ...] = (
    Rule("coordinate.missing", Text("坐标缺失", "coordinate missing"), _E, rules_coordinate.missing),
    Rule(
        "coordinate.unparsable",
        Text("坐标无法识别", "coordinate unparsable"),
        _E,
        rules_coordinate.unparsable,
        diagnosed=True,
    ),
    Rule(
        "coordinate.minute_second_range",
        Text("分、秒或半球不合规", "minute, second or hemisphere out of range"),
        _E,
        rules_coordinate.minute_second_range,
        diagnosed=True,
    ),
    Rule("coordinate.zero", Text("坐标为零", "coordinate is zero"), _E, rules_coordinate.zero, diagnosed=True),
    Rule(
        "coordinate.out_of_range",
        Text("坐标超出范围", "coordinate out of range"),
        _E,
        rules_coordinate.out_of_range,
        diagnosed=True,
    ),
    Rule(
        "coordinate.axis_equal",
        Text("经纬度相同", "longitude equals latitude"),
        _E,
        rules_coordinate.axis_equal,
        diagnosed=True,
    ),
    Rule(
        "coordinate.imprecise",
        Text("坐标精度不足", "coordinate imprecise"),
        _W,
        rules_coordinate.imprecise,
        ("imprecise_m",),
        diagnosed=True,
    ),
    Rule(
        "place.outside_basemap",
        Text("落在底图之外", "outside the basemap"),
        _E,
        rules_place.outside_basemap,
        ("boundary_m", "extra_tolerance_m", "coarsest_point_m"),
        diagnosed=True,
    ),
    Rule(
        "place.outside_claimed",
        Text("落在填报区划之外", "outside the claimed area"),
        _E,
        rules_place.outside_claimed,
        ("boundary_m", "extra_tolerance_m", "coarsest_point_m"),
        diagnosed=True,
    ),
    Rule(
        "place.default",
        Text("疑似默认点", "default place"),
        _W,
        rules_place.default,
        ("default_place_m", "offices"),
        diagnosed=True,
    ),
    Rule(
        "place.stacked",
        Text("多源同一坐标", "many sources on one coordinate"),
        _W,
        rules_place.stacked,
        ("stack_size", "allowed_stacks"),
        diagnosed=True,
    ),
    Rule(
        "place.isolated",
        Text("远离同村其他污染源", "far from its neighbours"),
        _W,
        rules_neighbours.isolated,
        ("isolated_group", "isolated_m", "isolated_factor"),
        diagnosed=True,
    ),
    Rule(
        "place.outlet_far",
        Text("排放口远离所属对象", "outlet far from its site"),
        _W,
        rules_neighbours.outlet_far,
        ("outlet_far_m",),
        diagnosed=True,
    ),
    Rule("claim.missing", Text("未填报区划", "no claimed area"), _W, rules_claim.missing),
    Rule("claim.unknown", Text("填报区划不在底图中", "claimed area unknown"), _E, rules_claim.unknown),
    Rule("claim.retired", Text("填报了旧区划代码", "claimed code retired"), _I, rules_claim.retired, ("crosswalk",)),
    Rule("claim.name_conflict", Text("区划代码与名称不符", "code and name disagree"), _W, rules_claim.name_conflict),
    Rule(
        "claim.address_conflict",
        Text("地址与填报区划不符", "address names another area"),
        _W,
        rules_address.address_conflict,
        ("crosswalk",),
        diagnosed=True,
    ),
    Rule("list.duplicate_id", Text("编号重复", "duplicate id"), _W, rules_claim.duplicate_id),
    Rule(
        "list.moved",
        Text("与对照名单位置不符", "elsewhere in the other list"),
        _W,
        rules_neighbours.moved,
        ("moved_m",),
    ),
    Rule(
        "group.mixed_formats",
        Text("同批坐标写法混用", "formats mixed in one group"),
        _W,
        rules_group.mixed_formats,
        ("mixed_share", "mixed_rows"),
    ),
    Rule("group.shift", Text("整批坐标有偏移", "import group shifted"), _E, rules_shift.shift),
)
