"""ETags by state, answers to browsers of other origins."""

import pytest
from geocensus_api import Settings, create_app
from geocensus_api.features import pages
from starlette.testclient import TestClient

from geocensus.workspace import Workspace

from .conftest import TOKEN, make_result
from .test_features import ITEMS

PATHS = [ITEMS, f"{ITEMS}?f=csv", "/counts", "/counts?collection=sources&by=class", "/progress", "/search?q=S0001"]
HEADERS = {"Authorization": f"Bearer {TOKEN}".encode()}


@pytest.mark.parametrize("path", PATHS)
def test_the_tag_changes_with_the_state_and_only_then(tmp_path, path):
    file = tmp_path / "ws.gpkg"
    Workspace(file).write(make_result(10))
    with TestClient(create_app(Settings(token=TOKEN), file), headers=HEADERS) as client:
        tag = client.get(path).headers["etag"]
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
        Workspace(file).write(make_result(11))
        changed = client.get(path, headers={"If-None-Match": tag})
        assert (changed.status_code, changed.headers["etag"] == tag) == (200, False)


def test_a_known_state_costs_no_reading(client, monkeypatch):
    tag = client.get(ITEMS).headers["etag"]
    monkeypatch.setattr(pages, "page", lambda *_args: pytest.fail("it was read"))
    assert client.get(ITEMS, headers={"If-None-Match": tag}).status_code == 304


def test_a_client_that_knows_the_state_gets_304(client):
    tag = client.get(ITEMS).headers["etag"]
    again = client.get(ITEMS, headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(ITEMS, params={"offset": 1}, headers={"If-None-Match": tag}).status_code == 200


def test_tags_differ_by_language_address_and_form(client):
    answers = [
        client.get(ITEMS),
        client.get(ITEMS, params={"limit": 3}),
        client.get(ITEMS, headers={"Accept-Language": "en"}),
        client.get(ITEMS, headers={"Accept": "text/csv"}),
        client.get(ITEMS, headers={"Host": "other.test"}),
    ]
    assert len({answer.headers["etag"] for answer in answers}) == len(answers)
    assert {answer.headers["cache-control"] for answer in answers} == {"private, no-cache"}
    assert {answer.headers["vary"] for answer in answers} == {
        "Accept, Accept-Language, Authorization, Cookie, Accept-Encoding"
    }


def test_errors_are_never_304(client):
    answer = client.get("/collections/none/items", headers={"If-None-Match": "*"})
    assert (answer.status_code, "etag" in answer.headers) == (404, False)


def test_pages_of_other_origins_read_nothing_by_default(client):
    answer = client.get(ITEMS, headers={"Origin": "https://map.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]
    asked = client.options(ITEMS, headers={"Origin": "https://map.example", "Access-Control-Request-Method": "GET"})
    assert asked.status_code == 405


def test_origins_that_are_let_in(workspace_path):
    app = create_app(Settings(token=TOKEN, cors_origins=("https://map.example",)), workspace_path)
    with TestClient(app) as client:
        asking = {"Origin": "https://map.example", "Access-Control-Request-Method": "GET"}
        asked = client.options(ITEMS, headers={**asking, "Access-Control-Request-Headers": "authorization"})
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, "https://map.example")
        answer = client.get(ITEMS, headers={**HEADERS, "Origin": "https://map.example"})
        assert answer.headers["access-control-allow-origin"] == "https://map.example"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert client.get(ITEMS, headers={"Origin": "https://map.example"}).status_code == 401
        stranger = client.get(ITEMS, headers={**HEADERS, "Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in stranger.headers
