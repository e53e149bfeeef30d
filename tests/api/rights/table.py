"""Who may ask what: one row per route of the OpenAPI document, written by hand. A new route needs a row here.

A row says which roles are let in, what is asked, and for paths that name a thing: one that lies in A, one that lies in B,
and one that does not exist. People of A see the first, people of B the second, people of everything both; what they do
not see must be answered like the third.
"""

from dataclasses import dataclass, field
from typing import Any

from .conftest import A1, B1, ROLES, A, B

EXACT = ("planner", "qa", "reviewer", "admin")
DECIDERS = ("qa", "reviewer", "admin")
APPROVERS = ("reviewer", "admin")
PLANNERS = ("planner", "admin")
ADMINS = ("admin",)

OK = frozenset({200})
# of a write: it gets past the door, whatever the thing's state then says to it
LET_IN = frozenset({200, 201, 202, 204, 303, 400, 409, 412, 415, 422, 428})
BAD_REQUEST = frozenset({400})

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Row:
    """Roles; names of things for path parameters, by whose they are ("A", "B", "" for nothing); the request's rest."""

    roles: tuple[str, ...] = ROLES
    things: dict[str, dict[str, str]] = field(default_factory=dict)
    ok: frozenset[int] = OK
    query: dict[str, Any] = field(default_factory=dict)
    send: dict[str, Any] = field(default_factory=dict)
    whole: bool = False  # for people of everything only


def things(name, a, b, nothing, **more):
    """Return the three things of a path with one parameter that differs, and others that do not."""
    return {whose: {name: value, **more} for whose, value in (("A", a), ("B", b), ("", nothing)) if value is not None}


_COLLECTION = {"": {"collection_id": "nothing"}}
_FLAG = things("flag_id", "f-a1", "f-b1", "f-nothing")
_PLAN = things("plan_id", "pa", "pb", "nothing")
_JOB = {"": {"job_id": "0000000000000000"}}
_OUTPUT = {"": {"job_id": "0000000000000000", "output": "report"}}
_UPLOAD = {"": {"upload_id": "0000000000000000"}}
_POINTS = {"json": {"points": [[118.05, 28.1]]}}
_MATCH = {"headers": {"If-Match": '"1-nothing"'}}


def _edit(**body):
    return {**_MATCH, "json": body}


ROUTES = {
    "GET /": Row(),
    "GET /conformance": Row(),
    "GET /api": Row(),
    "GET /healthz": Row(),
    "GET /collections": Row(),
    "GET /collections/{collection_id}": Row(things=_COLLECTION),
    "GET /collections/{collection_id}/schema": Row(things=_COLLECTION),
    "GET /collections/{collection_id}/schema/feature": Row(things=_COLLECTION),
    "GET /collections/{collection_id}/queryables": Row(things=_COLLECTION),
    "GET /collections/{collection_id}/sortables": Row(things=_COLLECTION),
    "GET /collections/{collection_id}/items": Row(things=_COLLECTION),
    "GET /collections/{collection_id}/items/{feature_id}": Row(
        things=things("feature_id", "1", "5", "999", collection_id="sources")
    ),
    "GET /collections/{collection_id}/download": Row(
        PLANNERS, {"A": {"collection_id": "sources"}, "B": {"collection_id": "sources"}}
    ),
    "GET /download": Row(ADMINS, whole=True),
    "GET /counts": Row(),
    "GET /progress": Row(EXACT),
    "GET /search": Row(query={"q": "甲"}),
    "GET /parse": Row(query={"text": "118.1,28.1"}),
    "POST /locate": Row(send=_POINTS),
    "GET /map": Row(ok=frozenset({200, 303})),
    "GET /maps/sources": Row(),
    "GET /maps/zones": Row(),
    "POST /flags/{flag_id}/attachments": Row(DECIDERS, _FLAG, LET_IN, {"name": "a.pdf"}, {"content": PDF}),
    "GET /flags/{flag_id}/attachments": Row(EXACT, _FLAG),
    "GET /attachments/{attachment_id}": Row(
        EXACT, things("attachment_id", "attachment_id-a1", "attachment_id-b1", "nothing"), frozenset({200, 410})
    ),
    "GET /flags/{flag_id}": Row(EXACT, _FLAG),
    "GET /flags/{flag_id}/history": Row(EXACT, _FLAG),
    "POST /flags/{flag_id}/lock": Row(DECIDERS, _FLAG, LET_IN),
    "DELETE /flags/{flag_id}/lock": Row(DECIDERS, _FLAG, LET_IN),
    "POST /flags/{flag_id}/decisions": Row(DECIDERS, _FLAG, LET_IN, send=_edit(outcome="false_alarm")),
    "POST /flags/{flag_id}/reviews": Row(APPROVERS, _FLAG, LET_IN, send=_edit(verdict="approved")),
    "POST /flags/{flag_id}/comments": Row(DECIDERS, _FLAG, frozenset({201}), send=_edit(text="x")),
    "POST /flags/{flag_id}/undo": Row(DECIDERS, _FLAG, LET_IN, send=_edit()),
    "GET /flags/next": Row(EXACT, things("flag", "f-a2", "f-b2", "f-nothing")),
    "GET /queue": Row(DECIDERS),
    "GET /sources/{source_id}/versions": Row(EXACT, things("source_id", "a1", "b1", "nothing")),
    "POST /flags/bulk": Row(
        DECIDERS, send={"json": {"preview": True, "action": "comment", "comment": "x", "filter": "1 = 1"}}
    ),
    "GET /flags/bulk/{bulk_id}": Row(DECIDERS, {"": {"bulk_id": "nothing"}}),
    "POST /flags/bulk/{bulk_id}/undo": Row(DECIDERS, {"": {"bulk_id": "nothing"}}),
    "GET /collections/{collection_id}/tiles": Row(things=_COLLECTION),
    "GET /collections/{collection_id}/tiles/WebMercatorQuad": Row(things=_COLLECTION),
    "GET /collections/{collection_id}/tiles/WebMercatorQuad/tilejson.json": Row(things=_COLLECTION),
    "GET /collections/{collection_id}/tiles/WebMercatorQuad/{tile_matrix}/{tile_row}/{tile_col}": Row(
        things={"": {"collection_id": "nothing", "tile_matrix": "0", "tile_row": "0", "tile_col": "0"}}
    ),
    "GET /processes": Row(),
    "GET /processes/{process_id}": Row(things={"": {"process_id": "nothing"}}),
    "POST /processes/{process_id}/execution": Row(
        things={"": {"process_id": "nothing"}}, send={"json": {"inputs": {}}}
    ),
    "GET /jobs": Row(),
    "GET /jobs/{job_id}": Row(things=_JOB),
    "DELETE /jobs/{job_id}": Row(things=_JOB),
    "GET /jobs/{job_id}/results": Row(things=_JOB),
    "GET /jobs/{job_id}/results/{output}": Row(things=_OUTPUT),
    "GET /jobs/{job_id}/events": Row(things=_JOB),
    "GET /uploads": Row(EXACT),
    "POST /uploads": Row(EXACT, ok=LET_IN, query={"name": "a.csv"}, send={"content": b"lon,lat\n118.1,28.1\n"}),
    "GET /uploads/{upload_id}": Row(EXACT, _UPLOAD),
    "DELETE /uploads/{upload_id}": Row(EXACT, _UPLOAD),
    "GET /plans": Row(),
    "GET /plans/compare": Row(things=things("a", "pa", "pb", "nothing"), query={}),
    "GET /plans/{plan_id}": Row(things=_PLAN),
    "GET /plans/{plan_id}/units": Row(things=_PLAN),
    "GET /plans/{plan_id}/workbook": Row(PLANNERS, _PLAN),
    "GET /plans/{plan_id}/history": Row(EXACT, _PLAN),
    "DELETE /plans/{plan_id}": Row(PLANNERS, _PLAN, LET_IN, send=_MATCH),
    "POST /plans/{plan_id}/move": Row(PLANNERS, _PLAN, LET_IN, send=_edit(units=[A1], field_zone="1")),
    "POST /plans/{plan_id}/lock": Row(PLANNERS, _PLAN, LET_IN, send=_edit(field_zones=["1"])),
    "POST /plans/{plan_id}/unlock": Row(PLANNERS, _PLAN, LET_IN, send=_edit(field_zones=["1"])),
    "POST /plans/{plan_id}/rebalance": Row(PLANNERS, _PLAN, LET_IN, send=_edit()),
    "POST /plans/{plan_id}/refresh": Row(PLANNERS, _PLAN, LET_IN, send=_edit()),
    "POST /plans/{plan_id}/undo": Row(PLANNERS, _PLAN, LET_IN, send=_edit()),
    "POST /plans/{plan_id}/redo": Row(PLANNERS, _PLAN, LET_IN, send=_edit()),
    "POST /plans/{plan_id}/copy": Row(PLANNERS, _PLAN, LET_IN, send=_edit(name="copy")),
    "PUT /plans/{plan_id}/field-zones/{zone_id}": Row(
        PLANNERS, things("plan_id", "pa", "pb", "nothing", zone_id="1"), LET_IN, send=_edit(name="x")
    ),
    "GET /login": Row(ok=frozenset({200, 303})),
    "POST /login": Row(ok=LET_IN | {401, 429}, send={"json": {"token": "wrong"}}),
    "POST /logout": Row(ok=LET_IN),
    "GET /me": Row(ok=frozenset({200})),
    "GET /users": Row(ADMINS, whole=True),
    "POST /users": Row(ADMINS, ok=LET_IN, send={"json": {"name": "x"}}, whole=True),
    "POST /users/{name}/tokens": Row(ADMINS, {"": {"name": "nobody"}}, whole=True),
    "DELETE /users/{name}": Row(ADMINS, {"": {"name": "nobody"}}, whole=True),
    "DELETE /users/{name}/tokens/{token_id}": Row(ADMINS, {"": {"name": "nobody", "token_id": "x"}}, whole=True),
}
SCOPES = {"": None, "A": A, "B": B}
__all__ = ["A1", "B1", "ROUTES", "SCOPES", "Row"]
