"""Nobody gets in without the token; whoever is out learns nothing."""

import base64

import pytest
from geocensus_api import Settings
from geocensus_api.access.asking import token_of
from starlette.testclient import TestClient

from .conftest import TOKEN

PATHS = [
    "/",
    "/api",
    "/conformance",
    "/collections",
    "/collections/sources/items",
    "/map",
    "/docs",
    "/nothing",
    "//healthz",
    "/healthz/",
]


@pytest.fixture
def stranger(app):
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_gets_401_and_both_challenges(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    challenges = answer.headers.get_list("www-authenticate")
    assert [challenge.split()[0] for challenge in challenges] == ["Bearer", "Basic"]
    assert answer.json()["status"] == 401


def test_posting_needs_the_token_too(stranger):
    assert stranger.post("/locate", json=[[118.1, 28.1]]).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        f"Token {TOKEN}",
        TOKEN,
        "Basic ???",
        "Basic",
        basic(TOKEN, ""),
        basic("", "wrong"),
    ],
)
def test_wrong_headers_are_refused(stranger, header):
    assert stranger.get("/collections", headers={"Authorization": header.encode()}).status_code == 401


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}", f"bearer  {TOKEN} ", basic("", TOKEN), basic("任何人", TOKEN)])
def test_bearer_and_basic_with_any_name_open(stranger, header):
    assert stranger.get("/collections", headers={"Authorization": header.encode()}).status_code == 200


def test_a_token_may_hold_colons():
    assert token_of(basic("qgis", "a:b:c")) == "a:b:c"


def test_healthz_is_open_and_says_nothing(stranger):
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("token", ["", " ", " a", "a\nb"])
def test_settings_without_a_proper_token_are_refused(token):
    with pytest.raises(ValueError, match="token"):
        Settings(token=token)


def test_the_token_is_in_no_repr():
    assert TOKEN not in repr(Settings(token=TOKEN))


def test_careful_headers(client):
    headers = client.get("/collections").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "private" in headers["cache-control"]


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
def test_nothing_can_be_changed(client, method):
    answer = client.request(method, "/collections/sources/items/1")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
