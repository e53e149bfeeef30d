"""How many features, and how far the flags are: numbers under any filter."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from geocensus.model import LEVELS
from geocensus.workspace import read_summary
from geocensus.workspace.due import recheck_due_since
from geocensus.workspace.read import read_basemap_info
from geocensus_api.access.principal import Action, Principal, principal, require
from geocensus_api.counting import area_names, counted, require_few
from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import Property, collection, collections, properties, row_sum
from geocensus_api.features.parameters import require_known, wanted_query
from geocensus_api.openapi import COUNT_PARAMETERS, parameter
from geocensus_api.progress import progress_of, total_of
from geocensus_api.resources import resources
from geocensus_api.responses import json_response, unchanged

__all__ = ["router"]

router = APIRouter()

# in workspaces of older versions that lack the columns
_MISSING: Final = {
    name: Property(name, name, "string", expression=f"'{value}'")
    for name, value in (("flag_state", "open"), ("review_state", "open"), ("outcome", ""))
}


@router.get(
    "/counts",
    summary="Numbers of features",
    openapi_extra={"parameters": [parameter("collection", "id of a collection"), *COUNT_PARAMETERS]},
)
def _counts(request: Request) -> Response:
    """Return how many features each collection has; with ``collection``, how many a filter leaves, by properties.

    Groups by the code of an area have its ``name`` beside it. ``check`` tells what the numbers rest on: when the
    latest check ended, its basemap and the year of its codes; a person who sees no exact points is not told.
    ``basemap`` is what every map must carry: the notice, what it is called, whose it is, and under which licence.
    """
    who = principal(request)
    shared = resources(request)
    state = shared.revision()
    headers, same = unchanged(request, state)
    if same is not None:
        return same
    name = request.query_params.get("collection")
    with shared.reading() as connection:
        if name is None:
            require_known(request, {"f", "lang"})
            number = partial(shared.number, connection, state=state)
            numbers = {entry.id: number(entry) for entry in collections(connection, who)}
            check = {"check": _latest_check(connection)} if who.may(Action.EXACT) else {}
            content: Any = {"rowSum": row_sum(connection, who, number), "collections": numbers, **check}
            content["basemap"] = _mark(connection)
        else:
            content = _of_one(request, connection, name, who)
    return json_response(request, content, headers=headers)


def _latest_check(connection: Any) -> dict[str, Any] | None:
    last = "SELECT finished, basemap_name, code_year FROM runs ORDER BY fid DESC LIMIT 1"
    row = connection.execute(last).fetchone()
    return dict(zip(("finished", "basemap_name", "code_year"), row, strict=True)) if row else None


def _mark(connection: Any) -> dict[str, Any] | None:
    info = read_basemap_info(connection)
    texts = {"title": info.title.get, "source": info.source.get, "notice": info.notice_in}
    told = {f"{name}_{lang}": text(lang) for name, text in texts.items() for lang in ("zh", "en")}
    plain = {"licence": info.licence, "code_year": info.code_year, "schematic": info.schematic}
    return {"name": info.name, **told, **plain} if info.name else None


def _of_one(request: Request, connection: Any, name: str, who: Principal) -> Any:
    entry = collection(connection, name, who)
    fields = {field.name: field for field in properties(connection, entry)}
    wanted = wanted_query(request, fields, {"by", "collection"})
    by = [fields[key] for key in _keys(request, fields)]
    rows = counted(connection, resources(request).memory, entry, fields, wanted, by)
    require_few(len(rows))
    names = area_names(connection, by, who)
    return {
        "collection": entry.id,
        "matched": sum(row[-1] for row in rows),
        "by": [one.name for one in by],
        "groups": [_group(by, row, names) | {"n": row[-1]} for row in rows] if by else [],
    }


def _group(by: list[Property], values: tuple[Any, ...], names: tuple[int, Mapping[str, str]] | None) -> dict[str, Any]:
    return _named(values, names) | {one.name: value for one, value in zip(by, values, strict=False)}


@router.get("/progress", summary="Progress of the flags", openapi_extra={"parameters": COUNT_PARAMETERS})
def _progress(request: Request) -> Response:
    """Return how many flags stand where, under a filter of flags; by their properties, among them those of the source.

    ``open``, ``reopened`` and ``closed`` add up to ``flags``; of the closed ones ``decided`` wait for a second person,
    ``disputed`` for a third, ``approved`` for nobody. Instead of code_township and claimed_code_township ``by`` may say
    township and claimed_township; groups by the code of an area have its ``name`` beside it. ``recheck_due`` tells that
    sources were corrected since the last check, which judges whole groups, causes and repairs;
    ``recheck_due_since``: when. ``certainty`` is what the last check found of the whole list, by level: sources further
    from any border of the level than their tolerance, nearer, and in no area; for people of everything.
    /counts?collection=sources&by=code_township,within_claim tells the like of areas.
    """
    who = require(request, Action.EXACT)
    shared = resources(request)
    headers, same = unchanged(request, shared.revision())
    if same is not None:
        return same
    with shared.reading() as connection:
        flags = collection(connection, "flags", who)
        fields = {field.name: field for field in properties(connection, flags)}
        wanted = wanted_query(request, fields, {"by"})
        known = _short(fields) | fields
        keys = _keys(request, known)
        by = [known[key] for key in keys]
        standing = [fields.get(name, _MISSING[name]) for name in _MISSING]
        rows = counted(connection, shared.memory, flags, fields, wanted, [*by, *standing])
        names = area_names(connection, by, who)
        since = recheck_due_since(connection)
        certainty = read_summary(connection).get("certainty", {}) if who.scope is None else {}
    groups = progress_of(rows, len(by))
    require_few(len(groups))
    told = [dict(zip(keys, values, strict=True)) | _named(values, names) | numbers for values, numbers in groups]
    content = {
        **total_of(rows),
        "recheck_due": since is not None,
        "recheck_due_since": since,
        "certainty": certainty,
        "by": keys,
        "groups": told if by else [],
    }
    return json_response(request, content, headers=headers)


def _short(fields: Mapping[str, Property]) -> dict[str, Property]:
    """Return the codes of areas under short names: township and claimed_township."""
    levels = [(f"{part}{level}", f"{part}code_{level}") for level in LEVELS for part in ("", "claimed_")]
    return {short: fields[name] for short, name in levels if name in fields}


def _named(values: tuple[Any, ...], names: tuple[int, Mapping[str, str]] | None) -> dict[str, str | None]:
    return {} if names is None else {"name": names[1].get(values[names[0]])}


def _keys(request: Request, known: Mapping[str, Any]) -> list[str]:
    keys = list(dict.fromkeys(part for part in request.query_params.get("by", "").split(",") if part))
    for key in keys:
        if key not in known:
            raise ProblemError(400, f"by: {key[:40]!r} is not a property here", f"by：{key[:40]} 不是此处的属性")
    return keys
