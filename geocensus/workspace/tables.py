"""The workspace's own tables (docs/tables.md): those with fixed columns, and those made from a list's columns."""

import sqlite3
from typing import Final

from geocensus.model import LEVELS, Text
from geocensus.names import CODE, LEVEL, NAME, PARENT_CODE, SOURCE_ID
from geocensus.workspace.changes import keep_log
from geocensus.workspace.schema import SCHEMA_VERSION, Column, Table, create_core, create_index, create_table
from geocensus.workspace.store import Content, put
from geocensus.workspace.styles import create_styles_table, refresh_styles
from geocensus.workspace.tables_review import ATTACHMENTS, AUDIT, COMMENTS, REVIEWED, REVIEWS, SOURCE_VERSIONS
from geocensus.workspace.titles import title_of

__all__ = [
    "BARRIERS",
    "BASEMAP_INFO",
    "CAUSES",
    "CENSUS_ZONES",
    "CENSUS_ZONE_HISTORY",
    "CENSUS_ZONE_MEMBERS",
    "DECISIONS",
    "INFO",
    "JUDGED",
    "PLANS",
    "PLAN_MEMBERS",
    "PLAN_MIX",
    "REPAIRS",
    "REPAIR_POINTS",
    "RUNS",
    "RUN_COUNTS",
    "SHIFTS",
    "SOURCE_TABLES",
    "STANDING",
    "areas_table",
    "create_tables",
    "field_zones_table",
    "flags_table",
    "keep_for_ever",
    "sources_table",
]

_KEPT: Final = (REVIEWS, COMMENTS, SOURCE_VERSIONS, ATTACHMENTS, AUDIT)  # besides the decisions

_LEVEL_TITLES: Final = dict(
    zip(
        LEVELS,
        (
            Text("省界", "provinces"),
            Text("市界", "prefectures"),
            Text("县界", "counties"),
            Text("乡镇界", "townships"),
            Text("村界", "villages"),
            Text("普查小区", "zones"),
        ),
        strict=True,
    )
)


def _columns(**kinds: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind, "", title_of(name)) for name, kind in kinds.items())


_AREA_COLUMNS: Final = _columns(**dict.fromkeys((CODE, NAME, PARENT_CODE, LEVEL), "TEXT"))

BARRIERS: Final = Table(
    "barriers", _columns(name="TEXT", kind="TEXT"), Text("屏障线", "barrier lines"), "MULTILINESTRING"
)

PLANS: Final = Table(
    "plans",
    (
        *_columns(plan="TEXT", kind="TEXT", created="TEXT", level="TEXT", within="TEXT"),
        *_columns(field_zones="INTEGER", units="INTEGER", sources="INTEGER", tolerance="REAL", seed="INTEGER"),
        *_columns(feasible="BOOLEAN", optimal="TEXT", deviation="REAL", bound="REAL", cut_km="REAL"),
        *(Column(name) for name in ("basemap_name", "basemap_sha256")),
        Column("code_year", "INTEGER"),
        *(Column(name) for name in ("command", "operator", "report", "settings", "versions", "provenance")),
    ),
    Text("片区方案", "plans of a split"),
    key="plan",
    unique=True,
)

PLAN_MEMBERS: Final = Table(
    "plan_members",
    _columns(plan="TEXT", code="TEXT", name="TEXT", field_zone="TEXT", load="REAL", sources="REAL"),
    Text("片区方案的单元", "units of each plan"),
    key="plan",
)

PLAN_MIX: Final = Table(
    "plan_mix",
    _columns(
        plan="TEXT", field_zone="TEXT", kind="TEXT", code="TEXT", name_zh="TEXT", name_en="TEXT", sources="INTEGER"
    ),
    Text("片区的类别与行业构成", "classes and sectors in each field zone"),
    key="plan",
)

CENSUS_ZONES: Final = Table(
    "census_zones",
    _columns(code="TEXT", name="TEXT", parent_code="TEXT", sources="INTEGER"),
    Text("编制的普查小区", "census zones as cut"),
    "MULTIPOLYGON",
    key=CODE,
    unique=True,
)
CENSUS_ZONE_MEMBERS: Final = Table(
    "census_zone_members",
    _columns(source_id="TEXT", code="TEXT"),
    Text("普查小区的普查对象", "sources of each census zone"),
    key=SOURCE_ID,
)
CENSUS_ZONE_HISTORY: Final = Table(
    "census_zone_history",
    _columns(
        code="TEXT", parent_code="TEXT", event="TEXT", date="TEXT", others="TEXT", sources="INTEGER", area_m2="REAL"
    ),
    Text("普查小区代码沿革", "what became of each code"),
)

_REPAIR_TEXTS: Final = _columns(
    lon_text="TEXT", lat_text="TEXT", proposed_code="TEXT", proposed_name="TEXT", moved_m="REAL"
)
REPAIRS: Final = Table(
    "repairs",
    (
        *_columns(repair_id="TEXT", source_id="TEXT", flag_id="TEXT", rank="INTEGER", kind="TEXT", cause="TEXT"),
        *_columns(probability="REAL", margin="REAL", offered="BOOLEAN", reason_zh="TEXT", reason_en="TEXT"),
        *_columns(lon="REAL", lat="REAL", stated_lon="REAL", stated_lat="REAL"),
        *_REPAIR_TEXTS,
        *_columns(evidence_zh="TEXT", evidence_en="TEXT"),
    ),
    Text("修正建议（由填报点指向建议点）", "proposed repairs, lines from the stated to the proposed point"),
    "LINESTRING",
    key="repair_id",
    unique=True,
)
REPAIR_POINTS: Final = Table(
    "repair_points",
    (
        *_columns(repair_id="TEXT", source_id="TEXT", rank="INTEGER", kind="TEXT", cause="TEXT", probability="REAL"),
        *_columns(offered="BOOLEAN"),
        *_REPAIR_TEXTS,
    ),
    Text("修正建议点", "proposed points"),
    "POINT",
    key="repair_id",
    unique=True,
)
CAUSES: Final = Table(
    "causes",
    _columns(
        source_id="TEXT",
        rank="INTEGER",
        cause="TEXT",
        probability="REAL",
        evidence_zh="TEXT",
        evidence_en="TEXT",
        record="TEXT",
    ),
    Text("原因判断", "ranked causes of each diagnosed source"),
    key=SOURCE_ID,
)
SHIFTS: Final = Table(
    "shifts",
    (
        *_columns(group="TEXT", by="TEXT", system="TEXT", n="INTEGER", confidence="REAL", share="REAL"),
        *_columns(d_east_m="REAL", d_north_m="REAL", method="TEXT", message_zh="TEXT", message_en="TEXT"),
    ),
    Text("批次坐标偏移检验", "shift of each import group"),
    key="group",
)
DECISIONS: Final = Table(
    "decisions",
    _columns(
        **dict.fromkeys(("decision_id", "flag_id", "basis", "source_id", "group", "rule", "level"), "TEXT"),
        **dict.fromkeys(("outcome", "comment", "author", "time", "repair_id", "before", "after"), "TEXT"),
    ),
    Text("处理记录", "what people decided, never changed or removed"),
    key="flag_id",
)

RUN_COUNTS: Final = ("flags_new", "flags_kept", "flags_gone", "flags_closed", "flags_reopened")
RUNS: Final = Table(
    "runs",
    (
        *(
            Column(name)
            for name in ("run_id", "started", "finished", "command", "operator", "lang", "input_file", "input_sha256")
        ),
        *(Column(name) for name in ("basemap_name", "basemap_sha256")),
        Column("code_year", "INTEGER"),
        Column("crs"),
        Column("crs_assumed", "BOOLEAN"),
        *(Column(name, "INTEGER") for name in ("rows", "located", "unlocated", "excluded")),
        *(Column(name, "INTEGER") for name in RUN_COUNTS),
        *(Column(name) for name in ("settings", "versions", "summary", "provenance")),
    ),
    Text("运行记录", "runs"),
    key="run_id",
    unique=True,
)

JUDGED: Final = (REPAIRS, REPAIR_POINTS, CAUSES, SHIFTS, DECISIONS)

BASEMAP_INFO: Final = Table(
    "basemap_info", (Column("key"), Column("value")), Text("底图说明", "about the basemap"), key="key"
)
INFO: Final = Table(
    "workspace_info", (Column("key"), Column("value")), Text("工作区说明", "about this workspace"), key="key"
)

SOURCE_TABLES: Final = {
    "located": ("sources", Text("污染源", "sources"), "POINT"),
    "unlocated": ("unlocated_sources", Text("未定位污染源", "sources without a location"), ""),
    "excluded": ("excluded_rows", Text("剔除的行", "rows set aside"), ""),
}


def areas_table(name: str, level: str) -> Table:
    """Return the table of one level of areas.

    Parameters
    ----------
    name
        Name of the table, "areas_township" or "zones".
    level
        The level, for the title.

    Returns
    -------
    Table
        Columns code, name, parent_code, level.
    """
    title = _LEVEL_TITLES[level] if name != "zones" else Text("普查小区", "zones")
    return Table(name, _AREA_COLUMNS, title, "MULTIPOLYGON", key=CODE)


def sources_table(state: str, columns: tuple[Column, ...]) -> Table:
    """Return the table of the rows in one state.

    Parameters
    ----------
    state
        "located", "unlocated" or "excluded".
    columns
        Columns of the list read.

    Returns
    -------
    Table
        Spatial for located rows only.
    """
    name, title, geometry = SOURCE_TABLES[state]
    return Table(name, columns, title, geometry, key=SOURCE_ID, unique=True)


STANDING: Final = ("flag_state", "review_state", "outcome", "decision_id")  # of a flag, from what people said of it
_FLAG_TEXTS: Final = (
    "flag_id",
    "source_id",
    "group",
    "rule",
    "level",
    "status",
    "severity",
    "message_zh",
    "message_en",
    "basis",
)


def field_zones_table(extra: tuple[Column, ...] = ()) -> Table:
    """Return the table of the field zones of all plans.

    Parameters
    ----------
    extra
        Further columns that a plan gave.

    Returns
    -------
    Table
        A row is known by plan and field_zone together.
    """
    texts = _columns(**dict.fromkeys(("plan", "field_zone", "name", "owner"), "TEXT"))
    columns = (*texts, *_columns(load="REAL", units="INTEGER"), *extra)
    return Table("field_zones", columns, Text("片区", "field zones"), "MULTIPOLYGON", key="field_zone")


def flags_table(extra: tuple[Column, ...] = ()) -> Table:
    """Return the table of flags: points, without geometry where the source has none.

    Parameters
    ----------
    extra
        Further columns that the rules gave.

    Returns
    -------
    Table
        Key flag_id.
    """
    texts = _columns(**dict.fromkeys(_FLAG_TEXTS, "TEXT"))
    places = _columns(lon="REAL", lat="REAL", first_run="TEXT", last_run="TEXT")
    tail = (*places, *_columns(**dict.fromkeys(STANDING, "TEXT")))
    return Table("flags", (*texts, *tail, *extra), Text("疑点", "flags"), "POINT", key="flag_id", unique=True)


def keep_for_ever(connection: sqlite3.Connection) -> None:
    """Let rows be added to what people said and did, but none be changed or removed, whichever program tries.

    Parameters
    ----------
    connection
        To a workspace with the tables of decisions and of the review.
    """
    for table in (DECISIONS, *_KEPT):
        for event in ("UPDATE", "DELETE"):
            connection.execute(
                f"CREATE TRIGGER IF NOT EXISTS {table.name}_no_{event.lower()} BEFORE {event} ON {table.name} "
                f"BEGIN SELECT RAISE(ABORT, '{table.name} are kept as they were made; add another one'); END"
            )


def create_tables(connection: sqlite3.Connection) -> None:
    """Make an empty file an empty workspace: every table that does not depend on a basemap or a list.

    Parameters
    ----------
    connection
        To an empty file.
    """
    create_core(connection)
    create_styles_table(connection)
    put(connection, INFO, Content([["schema_version"], [str(SCHEMA_VERSION)]]))
    ids = (Column(SOURCE_ID, "TEXT", "", title_of(SOURCE_ID)), Column("position", "INTEGER", "", title_of("position")))
    listed = tuple(sources_table(state, ids) for state in SOURCE_TABLES)
    for table in (
        BARRIERS,
        field_zones_table(),
        PLANS,
        PLAN_MEMBERS,
        *listed,
        flags_table(),
        *JUDGED,
        *REVIEWED,
        RUNS,
        BASEMAP_INFO,
    ):
        create_table(connection, table)
        create_index(connection, table)
    keep_for_ever(connection)
    keep_log(connection)
    refresh_styles(connection)
