"""The processes that are offered: their inputs and outputs as JSON Schema, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from geocensus.model import Text
from geocensus_api.errors import ProblemError
from geocensus_api.features.located import POINTS

__all__ = ["PROCESSES", "Input", "Output", "Process", "process"]

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Input:
    """One input: its title, its schema, whether it must be given, and "upload" where it is the id of an upload."""

    title: Text
    schema: Schema
    required: bool = False
    upload: bool = False


@dataclass(frozen=True)
class Output:
    """One output: its title and media type; values are told in the results, files are linked."""

    title: Text
    media_type: str = "application/json"


@dataclass(frozen=True)
class Process:
    """A process: id, title, what it does, inputs, outputs, and inputs that work as they are."""

    id: str
    title: Text
    description: Text
    inputs: Mapping[str, Input]
    outputs: Mapping[str, Output]
    example: Mapping[str, Any] = field(default_factory=dict)


_CSV: Final = "text/csv"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_GPKG: Final = "application/geopackage+sqlite3"
_TEXT: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 200}
_LONG: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 200_000, "contentMediaType": "application/toml"}
_ID: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 60}
_CODE: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 30}
_YES: Final[Schema] = {"type": "boolean", "default": False}


def _one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values), "default": values[0]}


def _upload(zh: str, en: str, *, required: bool = False) -> Input:
    return Input(Text(f"{zh}（/uploads 的编号）", f"{en}: id of an upload"), _ID, required=required, upload=True)


_READING: Final[Mapping[str, Input]] = {
    "crs": Input(
        Text("坐标系：wgs84、cgcs2000、gcj02、bd09 或 EPSG 代码", "wgs84, cgcs2000, gcj02, bd09 or an EPSG code"),
        {"type": ["string", "integer"], "maxLength": 60},
    ),
    "crs_reason": Input(Text("声明该坐标系的理由", "why that reference system is right"), _TEXT),
    "sheet": Input(Text("工作表或图层名", "sheet or layer"), _TEXT),
    "columns": Input(
        Text("指定列：角色到表头，如 lon：经度", "columns: role to header, such as lon: 经度"),
        {"type": "object", "additionalProperties": _TEXT},
    ),
}

_LOCATE: Final = Process(
    "locate",
    Text("定位到区划", "Areas of points"),
    Text(
        "给出若干点或一份名单，返回每个点所在的各级区划。",
        "Tells in which areas, level by level, points or the rows of a list lie.",
    ),
    {
        "points": Input(Text("点：[经度, 纬度]、对象或坐标文字", "points: [lon, lat], objects or texts"), POINTS),
        "upload": _upload("名单，代替 points", "a list instead of points"),
        **_READING,
    },
    {
        "results": Output(Text("各点结果（给出 points 时）", "one result per point, where points were given")),
        "summary": Output(Text("行数合计（给出名单时）", "sums, where a list was given")),
        "table": Output(Text("名单各行的区划（给出名单时）", "areas of each row, where a list was given"), _CSV),
    },
    {"points": [[118.52, 28.9], "118°31′12″E 28°54′00″N"]},
)

_CHECK: Final = Process(
    "check",
    Text("核查名单", "Check a list"),
    Text(
        "与 geocensus check 相同：定位名单各行、标出疑点。结果默认为文件；into=workspace 时写入本服务的工作区。",
        "As `geocensus check`: locates every row of a list and flags implausible locations. The result is files, or "
        "with into=workspace the workspace of the service itself (administrators).",
    ),
    {
        "upload": _upload("名单", "the list", required=True),
        **_READING,
        "settings": Input(Text("设置（TOML 文本）", "settings, as TOML"), _LONG),
        "crosswalk": _upload("新旧代码对照表", "crosswalk of old and new codes"),
        "reference": _upload("对照名单", "a second list of the same units"),
        "into": Input(Text("结果去向", "where the result goes"), _one_of("file", "workspace")),
        "form": Input(Text("结果文件格式", "form of the result file"), _one_of("xlsx", "csv", "parquet")),
    },
    {
        "summary": Output(Text("摘要，同 check --json", "the summary, as `check --json`")),
        "notes": Output(Text("说明（into=file）", "remarks, with into=file")),
        "result": Output(Text("结果文件（into=file）", "the result file, with into=file"), _XLSX),
        "workspace": Output(Text("新工作区（into=file）", "a workspace of its own, with into=file"), _GPKG),
    },
    {"upload": "u-0123456789abcdef01234567", "crs": "wgs84"},
)

_TEAM: Final[Schema] = {
    "type": "object",
    "required": ["people"],
    "additionalProperties": False,
    "properties": {
        "name": _TEXT,
        "people": {"type": "number", "exclusiveMinimum": 0, "maximum": 10_000},
        "start_lon": {"type": "number", "minimum": -180, "maximum": 180},
        "start_lat": {"type": "number", "minimum": -90, "maximum": 90},
        "phone": {"type": "string", "maxLength": 100},
        "owner": {"type": "string", "maxLength": 100},
    },
}
_LABEL: Final[Schema] = {
    "type": "object",
    "required": ["code", "field_zone"],
    "additionalProperties": False,
    "properties": {"code": _CODE, "field_zone": _TEXT},
}

_SPLIT: Final = Process(
    "split",
    Text("划分片区", "Split areas"),
    Text(
        "与 geocensus split 相同：把区划分为工作量均衡、连片、紧凑的片区，方案写入工作区。",
        "As `geocensus split`: splits areas into balanced, connected, compact field zones; the plan is written into "
        "the workspace.",
    ),
    {
        "within": Input(
            Text("要划分的区划代码", "codes of the areas to split"),
            {"type": "array", "items": _CODE, "minItems": 1, "maxItems": 10_000},
            required=True,
        ),
        "teams": Input(
            Text("片区数，或小组名单", "how many field zones, or the teams"),
            {
                "oneOf": [
                    {"type": "integer", "minimum": 1, "maximum": 100_000},
                    {"type": "array", "items": _TEAM, "minItems": 1, "maxItems": 100_000},
                ]
            },
        ),
        "teams_upload": _upload("小组名单文件，代替 teams", "a file of teams, instead of teams"),
        "capacity": Input(
            Text("每组可承担的分钟数，代替 teams", "minutes that a team can work, instead of teams"),
            {"type": "number", "exclusiveMinimum": 0, "maximum": 1e9},
        ),
        "units": Input(
            Text("划分单元", "what is put together"),
            {"type": "string", "enum": ["township", "village", "zone", "block", "cell"]},
        ),
        "tolerance": Input(
            Text("工作量允许偏差（比例）", "share by which loads may differ"),
            {"type": "number", "minimum": 0, "maximum": 1, "default": 0.05},
        ),
        "barriers": Input(Text("河流、铁路、公路", "rivers, railways, roads"), _one_of("soft", "hard", "off")),
        "lock": Input(
            Text("已确定归属的单元", "units that are decided"),
            {"type": "array", "items": _LABEL, "minItems": 1, "maxItems": 1_000_000},
        ),
        "lock_upload": _upload("锁定表，代替 lock", "the same as a file (code, field_zone)"),
        "current": Input(Text("现有方案的名称，改派尽量少", "name of the plan of today: reassign least"), _TEXT),
        "current_upload": _upload("现有方案（CSV），代替 current", "the plan of today as a file"),
        "together": _upload("工业园区面图层", "layer of industrial parks: one team has the whole of each"),
        "sector": Input(
            Text("行业代码前几位：相邻单元归一个小组", "first digits of industries that stay with one team"),
            {"type": "array", "items": _CODE, "minItems": 1, "maxItems": 1000},
        ),
        "together_as": Input(Text("园区、行业是否可拆分", "whether these may be parted"), _one_of("hard", "soft")),
        "supervisors": Input(Text("另划指导区", "also form supervisor areas"), _YES),
        "visits": Input(Text("安排走访顺序", "plan the days of every team"), _YES),
        "as": Input(Text("划分片区，或编制普查小区", "field zones, or census zones"), _one_of("field-zones", "zones")),
        "most_sources": Input(
            Text("每个普查小区的最多对象数（as=zones）", "most sources in a census zone, with as=zones"),
            {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 150},
        ),
        "name": Input(Text("方案名称", "name of the plan"), {"type": "string", "minLength": 1, "maxLength": 60}),
        "settings": Input(Text("设置（TOML 文本）", "settings, as TOML"), _LONG),
        "seed": Input(
            Text("随机种子：相同则结果相同", "same seed, same plan"),
            {"type": "integer", "minimum": 0, "maximum": 2**32 - 1, "default": 0},
        ),
    },
    {
        "report": Output(Text("摘要，同 split --json", "the summary, as `split --json`")),
        "labels": Output(Text("单元归属表", "field zone of each unit"), _CSV),
        "workbook": Output(Text("方案工作簿", "workbook of the plan"), _XLSX),
        "page": Output(Text("方案地图页面", "map page of the plan"), "text/html"),
        "picture": Output(Text("方案图", "picture of the plan"), "image/png"),
        "layers": Output(Text("方案图层", "layers of the plan"), _GPKG),
    },
    {"within": ["330822"], "teams": 3, "units": "township"},
)

PROCESSES: Final[Mapping[str, Process]] = {one.id: one for one in (_LOCATE, _CHECK, _SPLIT)}


def process(process_id: str) -> Process:
    """Return a process.

    Parameters
    ----------
    process_id
        Its id.

    Returns
    -------
    Process
        Its description.

    Raises
    ------
    ProblemError
        404.
    """
    found = PROCESSES.get(process_id)
    if found is None:
        raise ProblemError(
            404,
            f"no process {process_id!r}; /processes lists them",
            f"没有处理服务 {process_id}，见 /processes",
            extra={"type": "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-process"},
        )
    return found
