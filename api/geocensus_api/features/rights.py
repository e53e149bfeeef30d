"""Which collections there are, and what each role may read and take away of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from geocensus.model import LEVELS, Text
from geocensus_api.access.principal import Action, Principal
from geocensus_api.errors import ProblemError

__all__ = ["COARSE_LEVELS", "FOR_VIEWERS", "OFFERED", "Offer", "require_units"]

_PLANS, _FLAGS = Action.EXPORT_PLANS, Action.EXPORT_FLAGS


@dataclass(frozen=True)
class Offer:
    """A table that is a collection: its title, what a role needs to read it (None: nothing), and to download it."""

    title: Text
    download: Action
    read: Action | None = Action.EXACT


_LEVEL_TITLES: Final = {
    "province": Text("省", "provinces"),
    "prefecture": Text("市", "prefectures"),
    "county": Text("县", "counties"),
    "township": Text("乡镇", "townships"),
    "village": Text("村（社区）", "villages"),
    "zone": Text("普查小区（最细层级）", "zones"),
}

# in the order in which clients see them
OFFERED: Final[Mapping[str, Offer]] = {
    **{f"areas_{level}": Offer(_LEVEL_TITLES[level], _PLANS, None) for level in LEVELS},
    "zones": Offer(Text("普查小区", "census zones"), _PLANS, None),
    "field_zones": Offer(Text("片区", "field zones"), _PLANS, None),
    "barriers": Offer(Text("屏障线", "barriers"), _PLANS, None),
    "sources": Offer(Text("污染源", "sources"), _PLANS, None),
    "unlocated_sources": Offer(Text("未定位污染源", "sources without a location"), _PLANS),
    "excluded_rows": Offer(Text("剔除的行", "rows set aside"), _FLAGS),
    "flags": Offer(Text("疑点", "flags"), _FLAGS),
    "causes": Offer(Text("原因判断", "causes"), _FLAGS),
    "repairs": Offer(Text("修正建议", "repairs"), _FLAGS),
    "repair_points": Offer(Text("修正建议点", "proposed points"), _FLAGS),
    "shifts": Offer(Text("批次坐标偏移", "shifts of import groups"), _FLAGS),
    "decisions": Offer(Text("处理记录", "decisions"), _FLAGS),
    "reviews": Offer(Text("复核记录", "reviews of decisions"), _FLAGS),
    "comments": Offer(Text("疑点备注", "comments on flags"), _FLAGS),
    "attachments": Offer(Text("附件（目录）", "attachments, without the files"), _FLAGS),
    "plans": Offer(Text("片区方案", "plans"), _PLANS, None),
    "plan_members": Offer(Text("片区方案的单元", "units of plans"), _PLANS, None),
    "plan_mix": Offer(Text("片区的类别与行业构成", "classes and sectors of field zones"), _PLANS, None),
    "census_zones": Offer(Text("编制的普查小区", "census zones as cut"), _PLANS),
    "census_zone_members": Offer(Text("普查小区的普查对象", "sources of census zones as cut"), _PLANS),
    "census_zone_history": Offer(Text("普查小区代码沿革", "history of census zone codes"), _PLANS),
    "runs": Offer(Text("运行记录", "runs"), Action.ADMIN, Action.ADMIN),
    "audit": Offer(Text("操作记录", "audit trail"), Action.ADMIN, Action.ADMIN),
}

_NAMED: Final = frozenset({"code", "name", "parent_code", "level"})
COARSE_LEVELS: Final = tuple(level for level in LEVELS if level != "zone")  # nothing finer than a village
_WORK: Final = frozenset({"load", "target", "deviation", "units", "sources", "unlocated", "villages", "area_km2"})
_MINUTES: Final = frozenset({"source_minutes", "travel_minutes", "base_minutes"})

# all that who may not see exact points is told of a row: whatever else a list or a plan brings stays untold
FOR_VIEWERS: Final[Mapping[str, frozenset[str]]] = {
    **{f"areas_{level}": _NAMED for level in LEVELS},
    "zones": _NAMED,
    "field_zones": frozenset({"plan", "field_zone", "name", "locked"}) | _WORK | _MINUTES,
    "barriers": frozenset({"name", "kind"}),
    "sources": frozenset(
        {"class", "industry", "located_code", *(f"{part}_{one}" for part in ("code", "name") for one in COARSE_LEVELS)}
    ),
    "plans": frozenset({"plan", "kind", "created", "level", "within", "field_zones", "units", "sources", "code_year"})
    | {"tolerance", "feasible", "optimal", "deviation", "bound", "cut_km", "basemap_name"},
    "plan_members": frozenset({"plan", "code", "name", "field_zone", "load", "sources"}),
    "plan_mix": frozenset({"plan", "field_zone", "kind", "code", "name_zh", "name_en", "sources"}),
}


def require_units(who: Principal, level: object) -> None:
    """Refuse who sees coarse points only the units of a plan that are finer than villages: each tells its sources.

    Parameters
    ----------
    who
        Who asks.
    level
        Of the plan's units: a level of areas, "cell" or "block".

    Raises
    ------
    ProblemError
        403.
    """
    if not who.may(Action.EXACT) and level not in COARSE_LEVELS:
        raise ProblemError(
            403,
            f"the units of this plan are finer than villages; the role {who.role} sees its field zones only",
            f"该方案的单元细于村级，角色 {who.role} 只可查看其片区",
        )
