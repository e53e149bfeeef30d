"""Logging in with a link, a form or a script; logging out; who is logged in."""

import re
from http.cookies import SimpleCookie

import pytest
from geocensus_api.access import people
from geocensus_api.access.login_page import POLICY, login_page

from .conftest import TOKEN, add, bearer

PAGE = {"Accept": "text/html"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", **PAGE, "Origin": "http://geo.test"}


def keeper_of(app):
    return app.state.door.keeper


def cookie_of(answer):
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    return cookie


def test_a_link_logs_in_once_and_goes_to_the_root(service, browser_of):
    client, keeper = browser_of(service), keeper_of(service)
    code = keeper.code(keeper.operator)
    assert client.head("/login", params={"code": code}).status_code == 200  # whoever looks only uses nothing up
    answer = client.get("/login", params={"code": code})
    assert (answer.status_code, answer.headers["location"]) == (303, "http://geo.test/")
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/me").json()["session"] is True
    again = browser_of(service).get("/login", params={"code": code})
    assert (again.status_code, again.headers["content-type"]) == (401, "application/problem+json")
    assert "set-cookie" not in again.headers


def test_a_late_link_logs_nobody_in(service, browser_of, hands):
    code = keeper_of(service).code(keeper_of(service).operator)
    hands.pass_(600)
    answer = browser_of(service).get("/login", params={"code": code, "lang": "en"}, headers=PAGE)
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert "older than ten minutes" in answer.text


def test_wrong_links_are_counted_like_wrong_tokens(service, browser_of):
    client, keeper = browser_of(service), keeper_of(service)
    statuses = [client.get("/login", params={"code": f"x{number}"}).status_code for number in range(4)]
    assert statuses == [401, 401, 401, 429]
    assert client.get("/login", params={"code": "x"}, headers=PAGE).headers["retry-after"] == "60"
    assert client.get("/login", params={"code": keeper.code(keeper.operator)}).status_code == 303


@pytest.mark.parametrize(
    ("address", "name", "secure"),
    [
        ("http://geo.test", "geocensus", False),
        ("http://127.0.0.1:8000", "geocensus-8000", False),
        ("https://geo.test", "__Host-geocensus", True),
        ("https://geo.test:8443", "__Host-geocensus-8443", True),
    ],
)
def test_the_cookie_is_kept_from_scripts_and_other_pages(service, browser_of, address, name, secure):
    client = browser_of(service, address)
    answer = client.post("/login", json={"token": TOKEN})
    cookie = cookie_of(answer)
    assert (answer.status_code, cookie.key) == (200, name)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", "/")
    assert (bool(cookie["secure"]), cookie["domain"], cookie["max-age"]) == (secure, "", "")
    assert client.get("/me").status_code == 200


def test_behind_a_proxy_that_ends_tls_the_cookie_is_secure(towns, browser_of):
    from geocensus_api import Settings, create_app

    no_page = towns.with_name("no-page")
    app = create_app(Settings(token=TOKEN, forwarded_from=("testclient",), page_folder=no_page), towns)
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "census.example", "X-Forwarded-Prefix": "/gc"}
    answer = browser_of(app).post(
        "/login", data={"token": TOKEN}, headers={**FORM, **headers, "Origin": "https://census.example"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "https://census.example/gc/")
    assert cookie_of(answer).key == "__Host-geocensus"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_logs_in_without_a_script(service, browser_of, lang):
    client, made = browser_of(service), add(keeper_of(service))
    page = client.get("/login", params={"lang": lang}, headers=PAGE)
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["referrer-policy"] == "same-origin"  # no-referrer would make the form's Origin "null"
    assert "<script" not in page.text
    action = re.search(r'method="post" action="([^"]+)"', page.text)[1]
    wrong = client.post(f"/{action}", data={"token": "gc_wrong"}, headers=FORM)
    assert (wrong.status_code, 'role="alert"' in wrong.text) == (401, True)
    assert ("令牌不正确" in wrong.text) is (lang == "zh")
    answer = client.post(f"/{action}", data={"token": f" {made.token}\n"}, headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "http://geo.test/")
    assert client.get("/me").json()["name"] == "王工"


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_pages_of_others_log_nobody_in(service, browser_of, headers):
    answer = browser_of(service).post("/login", data={"token": TOKEN}, headers={**FORM, **headers})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"[]", 400), (b"{}", 401), (b'{"token": 5}', 401), (b'{"token": null}', 401), (b"x" * 20_000, 413)],
)
def test_odd_bodies_are_problems(service, browser_of, body, status):
    answer = browser_of(service).post("/login", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_guessing_at_the_form_must_wait_too(service, browser_of):
    client = browser_of(service)
    statuses = [client.post("/login", data={"token": f"x{n}"}, headers=FORM).status_code for n in range(4)]
    assert statuses == [401, 401, 401, 429]
    assert client.post("/login", json={"token": "x"}).status_code == 429
    assert client.post("/login", json={"token": TOKEN}).status_code == 200


def test_logging_out_ends_the_session_and_takes_the_cookie(service, browser_of):
    client = browser_of(service)
    client.post("/login", json={"token": TOKEN})
    kept = dict(client.cookies)
    assert client.post("/logout").status_code == 403
    answer = client.post("/logout", headers={"Origin": "http://geo.test"})
    assert (answer.status_code, cookie_of(answer)["max-age"]) == (204, "0")
    client.cookies.update(kept)
    assert client.get("/me").status_code == 401


def test_a_browser_that_logs_out_sees_the_login(service, browser_of):
    client = browser_of(service)
    client.post("/login", json={"token": TOKEN})
    answer = client.post("/logout", headers={**PAGE, "Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["location"]) == (303, "http://geo.test/login")


def test_me_tells_the_areas_by_name_and_when_it_ends(service, browser_of):
    keeper, client = keeper_of(service), browser_of(service)
    made = add(keeper, scope=("330822100", "330822001", "999"), days=1)
    told = client.get("/me", headers=bearer(made.token)).json()
    assert told["scope"] == [
        {"code": "330822001", "name": "甲街道"},
        {"code": "330822100", "name": "乙镇"},
        {"code": "999", "name": ""},
    ]
    assert (told["session"], told["expires"]) == (False, "2026-09-22T14:13:20Z")
    assert client.get("/me", headers=bearer(TOKEN)).json()["scope"] is None


def test_a_session_ends_idle_and_with_revocation(service, browser_of, hands):
    client, keeper = browser_of(service), keeper_of(service)
    made = add(keeper)
    for end in (lambda: hands.pass_(43_200), lambda: people.revoke(keeper.database, "王工", by="x", now=1)):
        client.post("/login", json={"token": made.token})
        hands.pass_(40_000)
        assert client.get("/me").status_code == 200
        end()
        assert client.get("/me").status_code == 401


def test_the_style_is_the_one_that_the_policy_allows():
    import base64
    import hashlib

    style = re.search(r"<style>(.*)</style>", login_page("zh"), re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in POLICY
    assert "unsafe" not in POLICY
    assert "http" not in login_page("en")
