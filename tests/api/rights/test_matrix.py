"""Every route of the OpenAPI document, as every role, with no scope, that of A and that of B."""

import sqlite3
from contextlib import closing

import pytest
from geocensus_api import Settings, create_app
from geocensus_api.openapi import definition

from .conftest import ROLES, TOKEN, open_clients
from .table import ROUTES, SCOPES

SECRETS = (b"secret", b"118.011", b"28.021", b"118.123456")


def test_the_table_has_a_row_for_every_route(rights_path):
    document = definition(create_app(Settings(token=TOKEN), rights_path))
    routes = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert routes == set(ROUTES), "enter the route in tests/api/rights/table.py, with who may ask it"


@pytest.fixture(params=ROUTES)
def route(request):
    return request.param


@pytest.fixture
def asking(route, rights_path, clients, tmp_path):
    """Return clients of the workspace; of a copy where the route changes it."""
    if route.startswith("GET"):
        yield clients
        return
    copy = tmp_path / "ws.gpkg"
    with closing(sqlite3.connect(rights_path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    with open_clients(copy) as opened:
        yield opened


def answer_of(who, route, row, thing):
    method, _, path = route.partition(" ")
    inside = {name: value for name, value in thing.items() if f"{{{name}}}" in path}
    query = {**row.query, **{name: value for name, value in thing.items() if name not in inside}}
    if route == "GET /plans/compare":
        query["b"] = query["a"]
    return who.request(method, path.format(**inside), params=query, **row.send)


def plain(answer, thing):
    """Return a refusal without what was asked for."""
    body = {**answer.json(), "instance": ""}
    for value in thing.values():
        body["detail"] = body["detail"].replace(value, "…")
    return body


def test_route_by_role_and_scope(asking, route):
    row = ROUTES[route]
    cases = row.things or {"both": {}}
    for role in ROLES:
        for side, scope in SCOPES.items():
            who = asking(role, scope)
            refusals = {}
            for owner, thing in cases.items():
                answer = answer_of(who, route, row, thing)
                case = (route, role, side, owner, answer.status_code, answer.text[:200])
                if role not in row.roles or (row.whole and scope):
                    assert answer.status_code == 403, case
                    assert answer.headers["content-type"] == "application/problem+json", case
                elif not owner or (side and owner not in ("both", side)):
                    if (route, owner) in SAME_FOR_BOTH:
                        continue
                    assert answer.status_code == 404, case
                    refusals[owner] = plain(answer, thing)
                else:
                    assert answer.status_code in row.ok, case
                if role == "viewer":
                    assert not any(secret in answer.content for secret in SECRETS), case
            if "" in refusals:
                assert all(refusal == refusals[""] for refusal in refusals.values()), (route, role, side)


SAME_FOR_BOTH = {("GET /collections/{collection_id}/download", "A"), ("GET /collections/{collection_id}/download", "B")}
