"""What every route of the OpenAPI document has: a tag, descriptions and examples of parameters, media types, errors."""

from typing import Any, Final

from geocensus.model import Text
from geocensus_api.answers import ANSWERS, BINARY, COMMON_ERRORS, PROBLEM_SCHEMA, TEXTUAL
from geocensus_api.schemas import SCHEMAS

__all__ = ["TAGS", "completed"]

TAGS: Final = {
    "start": Text("入口与说明", "Start"),
    "features": Text("要素（OGC API - Features）", "Features (OGC API - Features)"),
    "tiles": Text("矢量瓦片（OGC API - Tiles）", "Tiles (OGC API - Tiles)"),
    "numbers": Text("计数与进度", "Counts and progress"),
    "places": Text("查找与定位", "Search and locating"),
    "maps": Text("地图", "Maps"),
    "review": Text("疑点处理与复核", "Review of flags"),
    "bulk": Text("批量处理", "Bulk steps"),
    "attachments": Text("附件", "Attachments"),
    "plans": Text("片区方案", "Plans"),
    "processes": Text("处理任务（OGC API - Processes）", "Processes (OGC API - Processes)"),
    "people": Text("登录与人员", "Login and people"),
}
_PREFIXES: Final = (  # the first that fits
    ("/collections/{collection_id}/tiles", "tiles"),
    ("/tileMatrixSets", "tiles"),
    ("/collections", "features"),
    ("/download", "features"),
    ("/counts", "numbers"),
    ("/progress", "numbers"),
    ("/search", "places"),
    ("/parse", "places"),
    ("/locate", "places"),
    ("/map", "maps"),
    ("/flags/bulk", "bulk"),
    ("/flags/{flag_id}/attachments", "attachments"),
    ("/attachments", "attachments"),
    ("/flags", "review"),
    ("/queue", "review"),
    ("/sources", "review"),
    ("/plans", "plans"),
    ("/processes", "processes"),
    ("/jobs", "processes"),
    ("/uploads", "processes"),
    ("/log", "people"),
    ("/me", "people"),
    ("/users", "people"),
    ("/", "start"),
)
_CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_PARAMETERS: Final[dict[str, tuple[str, Any]]] = {
    "collection_id": ("Id of a collection, see /collections.", "flags"),
    "feature_id": ("Id of a feature.", "1"),
    "flag_id": ("Id of a flag.", "9ab95a503a89868624e3eaaae6d8f4ff"),
    "source_id": ("Id of a source.", "330822J00073"),
    "plan_id": ("Name of a plan.", "五队方案"),
    "zone_id": ("Number of a field zone.", "3"),
    "job_id": ("Id of a job.", "20261122T083000Z-5e0c6f1f"),
    "process_id": ("Id of a process.", "locate"),
    "upload_id": ("Id of an upload.", "5e0c6f1f6a0b4f7d"),
    "token_id": ("Id of a token, as it stands after gc_.", "k3v9q2"),
    "name": ("Name of a person.", "王工"),
    "tile_matrix": ("Zoom level.", "10"),
    "tile_row": ("Row, from the north.", "427"),
    "tile_col": ("Column, from the west.", "849"),
    "bbox": ("", "118.4,28.8,118.6,29.0"),
    "datetime": ("", "2026-01-01/.."),
    "crs": ("", _CRS84),
    "bbox-crs": ("", _CRS84),
    "filter-crs": ("", _CRS84),
    "filter": ("", "severity = 'error'"),
    "filter-lang": ("", "cql2-text"),
    "values": ("", {"severity": "error"}),
    "sortby": ("", "-severity,source_id"),
    "properties": ("", "source_id,rule,severity"),
    "after": ("", "WzEwMF0"),
    "cell": ("", "12/3395/1707"),
    "collection": ("", "flags"),
    "by": ("", "rule"),
    "q": ("", "辉埠"),
    "text": ("", "118°31′12″E 28°54′00″N"),
    "lon": ("", "118°31′12″"),
    "lat": ("", "28°54′00″"),
    "code": ("One-time code of a login link.", "Zk3kq0cF7mX1v8b2"),
    "near": ("Longitude and latitude in degrees.", "118.52,28.90"),
    "source": ("Id of a source.", "330822J00073"),
    "flag": ("Id of a flag.", "9ab95a503a89868624e3eaaae6d8f4ff"),
    "If-Match": ("The ETag of what was seen.", '"3.0.open-open.5e0c6f1f6a0b"'),
    "f": ("Form of the answer.", "json"),
    "lang": ("zh or en.", "zh"),
    "offset": ("", 0),
    "limit": ("", 100),
}
_BODIES: Final[dict[str, Any]] = {
    "/locate": {"points": [[118.52, 28.9], "118°31′12″E 28°54′00″N"]},
    "/login": {"token": "gc_k3v9q2_Zk3kq0cF7mX1v8b2n4hQwErT"},
    "/users": {"name": "王工", "role": "qa", "scope": ["330822115"]},
}
_GUESSED: Final = "Validation Error"
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_OPEN: Final = frozenset({"/healthz", "/login"})  # answer without a token


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document in which every route is described the same way.

    What a route says of itself stands; only what it leaves out is added.

    Parameters
    ----------
    document
        As FastAPI makes it; changed in place.

    Returns
    -------
    dict
        The same document.

    Examples
    --------
    >>> document = completed({"paths": {"/counts": {"get": {"responses": {"200": {"description": "Numbers."}}}}}})
    >>> document["paths"]["/counts"]["get"]["tags"]
    ['numbers']
    """
    used = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in _METHODS:
                operation["tags"] = [tag_of(path)]
                used |= set(operation["tags"])
                _describe_parameters(operation)
                _describe_body(path, operation)
                _describe_answers(path, method, operation)
    document["tags"] = [
        {"name": name, "description": f"{text.zh} / {text.en}", "x-displayName": text.zh}
        for name, text in TAGS.items()
        if name in used
    ]
    document.setdefault("components", {}).setdefault("schemas", {}).update({"Problem": PROBLEM_SCHEMA, **SCHEMAS})
    return document


def tag_of(path: str) -> str:
    """Return the tag of a route.

    Parameters
    ----------
    path
        As the document has it.

    Returns
    -------
    str
        One of TAGS.

    Examples
    --------
    >>> tag_of("/flags/bulk"), tag_of("/flags/{flag_id}/lock"), tag_of("/conformance")
    ('bulk', 'review', 'start')
    """
    return next(tag for prefix, tag in _PREFIXES if path.startswith(prefix))


def _describe_parameters(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        text, example = _PARAMETERS.get(parameter.get("name", ""), ("", None))
        if "$ref" in parameter:
            continue
        if text:
            parameter.setdefault("description", text)
        schema = parameter.get("schema", {})
        if example is not None and not _has_example(parameter) and not _has_example(schema):
            parameter["example"] = schema["enum"][0] if "enum" in schema else example


def _has_example(entry: dict[str, Any]) -> bool:
    return "example" in entry or "examples" in entry


def _describe_body(path: str, operation: dict[str, Any]) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if path in _BODIES and not _has_example(content):
            content["example"] = _BODIES[path]


def _describe_answers(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if responses.get("422", {}).get("description") == _GUESSED:
        del responses["422"]  # what FastAPI would say; wrong values are 400 here
    for status, response in responses.items():
        if status.startswith("2"):
            _describe_answer(path, method, status, response)
    errors = {**COMMON_ERRORS, **({} if path not in _OPEN else {"401": None})}
    if "{" in path:
        errors.setdefault("404", "There is no such thing, or it is out of scope.")
    for status, text in errors.items():
        if text:
            responses.setdefault(status, {"description": text})
    for status, response in responses.items():
        if status[0] in "45":
            problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
            response.setdefault("content", {}).setdefault("application/problem+json", problem)
    operation["responses"] = dict(sorted(responses.items()))


def _describe_answer(path: str, method: str, status: str, response: dict[str, Any]) -> None:
    content = response.setdefault("content", {})
    known = ANSWERS.get((method, path))
    for kind in list(content):
        empty = not content[kind].get("schema")
        if empty and kind == "application/json" and len(content) > 1 and known is None:
            del content[kind]  # FastAPI's guess beside the types that are true
        elif empty and kind.split(";")[0] in TEXTUAL:
            content[kind] = {"schema": {"type": "string"}}
        elif empty and "json" not in kind:
            content[kind] = dict(BINARY)
        elif empty:
            content[kind] = dict(known) if known else {"schema": {"type": "object"}}
    if status == "204":
        response.pop("content")
