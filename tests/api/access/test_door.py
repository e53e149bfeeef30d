"""Who is let in over HTTP, what pages of others may not do, and how often one may try."""

import base64

import pytest
from geocensus_api import Settings, create_app
from geocensus_api.access import people
from geocensus_api.access.principal import ROLES, Action
from starlette.testclient import TestClient

from .conftest import TOKEN, add, bearer

COOKIE = "geocensus"
OURS = {"Origin": "http://geo.test"}


def keeper_of(app):
    return app.state.door.keeper


def cookie_for(app, **options):
    keeper = keeper_of(app)
    return keeper.open_session(keeper.verified(add(keeper, **options).token))


def basic(token):
    return {"Authorization": b"Basic " + base64.b64encode(f"谁:{token}".encode())}


def test_tokens_of_people_open_as_bearer_and_basic(service, browser_of):
    client, made = browser_of(service), add(keeper_of(service))
    for headers in (bearer(made.token), basic(made.token)):
        assert client.get("/me", headers=headers).json()["name"] == "王工"
    people.revoke(keeper_of(service).database, "王工", by="x", now=1)
    assert client.get("/me", headers=bearer(made.token)).status_code == 401


@pytest.mark.parametrize("token", ["", "gc_", "x" * 10_000, "gc_" + "0" * 16 + "_" + "a" * 43])
def test_wrong_tokens_are_401_in_both_schemes(service, browser_of, token):
    client = browser_of(service)
    for headers in (bearer(token), basic(token)):
        answer = client.get("/me", headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert "www-authenticate" in answer.headers


def test_a_wrong_token_is_not_made_good_by_a_cookie(service, browser_of):
    client = browser_of(service)
    client.cookies.set(COOKIE, cookie_for(service))
    assert client.get("/me").status_code == 200
    assert client.get("/me", headers=bearer("wrong")).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://geo.test:8001"}, 403),
        ({"Origin": "https://geo.test"}, 403),
        ({"Origin": "http://geo.test.evil.example"}, 403),
        ({"Origin": "http://[bad"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", **OURS}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        (OURS, 200),
        ({"Origin": "http://geo.test:80"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
    ],
)
def test_pages_of_other_addresses_change_nothing_with_a_stolen_ride(service, browser_of, headers, status):
    client = browser_of(service)
    client.cookies.set(COOKIE, cookie_for(service))
    answer = client.post("/locate", json=[[118.1, 28.1]], headers=headers)
    assert answer.status_code == status
    assert client.get("/me", headers=headers).status_code == 200  # reading is left to CORS, which is off


def test_a_token_needs_no_origin(service, browser_of):
    answer = browser_of(service).post(
        "/locate", json=[[118.1, 28.1]], headers={**bearer(TOKEN), "Origin": "https://a.example"}
    )
    assert answer.status_code == 200


def test_a_cookie_belongs_to_one_port(service, browser_of):
    cookie = cookie_for(service)
    here, there = browser_of(service, "http://geo.test:8000"), browser_of(service, "http://geo.test:8001")
    for client in (here, there):
        client.cookies.set("geocensus-8000", cookie)
    assert (here.get("/me").status_code, there.get("/me").status_code) == (200, 401)


def test_an_address_that_guesses_must_wait_and_a_right_token_never(service, browser_of, hands):
    client, made = browser_of(service), add(keeper_of(service))
    for number in range(3):
        assert client.get("/me", headers=bearer(f"gc_wrong{number}")).status_code == 401
        hands.pass_(5)
    answer = client.get("/me", headers=bearer("gc_wrong"))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "45")
    assert "令牌" in answer.json()["detail"]
    for token in (made.token, TOKEN):  # the first one was never verified before
        assert client.get("/me", headers=bearer(token)).status_code == 200
    assert client.get("/me").status_code == 401  # who shows nothing does not guess
    hands.pass_(45)
    assert client.get("/me", headers=bearer("gc_wrong")).status_code == 401


def test_forwarded_addresses_count_where_a_known_proxy_sends_them(towns):
    for known, expected in ((("testclient", "10.0.0.9"), [401, 429, 401]), ((), [401, 429, 429])):
        app = create_app(Settings(token=TOKEN, failures_max=1, forwarded_from=known), towns)
        with TestClient(app) as client:
            chains = ["1.1.1.1, 2.2.2.2, 10.0.0.9", "9.9.9.9, 2.2.2.2", "1.1.1.1"]
            headers = [{**bearer("wrong"), "X-Forwarded-For": chain} for chain in chains]
            assert [client.get("/me", headers=one).status_code for one in headers] == expected


@pytest.mark.parametrize("path", ["/", "/app", "/app/", "/app/assets/x.js"])
def test_a_browser_that_is_not_logged_in_goes_to_the_login(service, browser_of, path):
    client = browser_of(service)
    page = client.get(path, headers={"Accept": "text/html,*/*"})
    assert (page.status_code, page.headers["location"]) == (303, "http://geo.test/login")
    assert client.get(path).status_code == 401
    assert client.get(path, headers={"Accept": "text/html", **bearer("wrong")}).status_code == 401


@pytest.mark.parametrize("path", ["/collections", "/apple", "/login/", "/x//login", "/%2Flogin", "/healthz/x"])
def test_everything_else_is_401_also_for_browsers(service, browser_of, path):
    assert browser_of(service).get(path, headers={"Accept": "text/html"}).status_code == 401


def test_scripts_of_the_page_get_no_window_of_the_browser(service, browser_of):
    answer = browser_of(service).get("/me", headers={"Sec-Fetch-Dest": "empty"})
    assert answer.headers.get_list("www-authenticate") == ['Bearer realm="geocensus"']


def test_a_damaged_file_of_people_lets_the_operator_in_and_nobody_else(service, browser_of):
    client, made = browser_of(service), add(keeper_of(service))
    keeper_of(service).close()
    path = keeper_of(service).database.path
    path.with_name(path.name + "-wal").unlink(missing_ok=True)
    path.write_bytes(b"damaged" * 1000)
    answer = client.get("/me", headers=bearer(made.token))
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert client.get("/me", headers=bearer(TOKEN)).status_code == 200
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("address", "insists"),
    [
        ("http://geo.test", False),
        ("https://geo.test", True),
        ("https://localhost:8000", False),
        ("https://[::1]", False),
    ],
)
def test_browsers_are_told_to_come_by_tls_where_it_is_there(service, browser_of, address, insists):
    headers = browser_of(service, address).get("/healthz").headers
    assert ("strict-transport-security" in headers) is insists
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert headers["x-frame-options"] == "DENY"


def test_sockets_find_the_door_shut(service, browser_of):
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), browser_of(service).websocket_connect("/me"):
        pass


WHAT = {
    "viewer": {"export_maps"},
    "planner": {"exact", "plan", "export_maps", "export_plans"},
    "qa": {"exact", "decide", "export_maps", "export_flags"},
    "reviewer": {"exact", "decide", "approve", "export_maps", "export_flags"},
    "admin": {"exact", "decide", "approve", "plan", "export_maps", "export_plans", "export_flags", "admin"},
}


@pytest.mark.parametrize("role", list(WHAT))
def test_each_role_may_do_what_the_table_says(service, browser_of, role):
    made = add(keeper_of(service), role=role)
    told = browser_of(service).get("/me", headers=bearer(made.token)).json()
    assert (told["role"], set(told["actions"])) == (role, WHAT[role])


def test_there_are_no_other_roles_or_actions():
    assert set(ROLES) == set(WHAT)
    assert set().union(*WHAT.values()) == set(Action)
