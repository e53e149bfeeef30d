"""Administration over HTTP: the same as on the command line, for administrators of everything only."""

import pytest

from .conftest import TOKEN, add, bearer

NEW = {"name": "李工", "role": "reviewer", "scope": ["330822100"], "days": 3}


@pytest.fixture
def admin(service, browser_of):
    return browser_of(service, headers=bearer(TOKEN))


def test_a_person_is_added_listed_and_revoked(admin, service, browser_of):
    made = admin.post("/users", json=NEW)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    token, stranger = made.json()["token"], browser_of(service)
    assert stranger.get("/me", headers=bearer(token)).json()["scope"] == [{"code": "330822100", "name": "乙镇"}]
    (person,) = admin.get("/users").json()["people"]
    assert (person["name"], person["role"], person["scope"], person["by"]) == (
        "李工",
        "reviewer",
        ["330822100"],
        "admin",
    )
    assert [one["id"] for one in person["tokens"]] == [made.json()["token_id"]]
    assert token.split("_")[2] not in admin.get("/users").text
    assert admin.delete("/users/李工").status_code == 204
    assert stranger.get("/me", headers=bearer(token)).status_code == 401
    assert admin.get("/users").json()["people"][0]["revoked"]


def test_tokens_come_and_go_one_by_one(admin, service, browser_of):
    first = admin.post("/users", json={**NEW, "scope": "all"}).json()
    second = admin.post("/users/李工/tokens", json={"days": 1})
    assert second.status_code == 201
    assert admin.post("/users/李工/tokens").status_code == 201
    assert admin.delete(f"/users/李工/tokens/{first['token_id']}").status_code == 204
    stranger = browser_of(service)
    assert stranger.get("/me", headers=bearer(first["token"])).status_code == 401
    assert stranger.get("/me", headers=bearer(second.json()["token"])).status_code == 200


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"role": "boss"}, "viewer, planner, qa, reviewer, admin"),
        ({"scope": ["999"]}, "330822 常山县"),
        ({"scope": ["all", "330822"]}, "all"),
        ({"scope": []}, "scope"),
        ({"scope": None}, "scope"),
        ({"scope": [5]}, "scope"),
        ({"name": "a/b"}, "1 至 60"),
        ({"name": 5}, "name"),
        ({"days": "3"}, "days"),
        ({"days": True}, "days"),
        ({"days": 10**9}, "3660"),
    ],
)
def test_what_cannot_be_is_said(admin, change, said):
    answer = admin.post("/users", json={**NEW, **change})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert said in answer.json()["detail"]
    assert admin.get("/users").json()["people"] == []


def test_unknown_people_and_tokens_are_404(admin):
    admin.post("/users", json=NEW)
    for method, path in (
        ("DELETE", "/users/无"),
        ("POST", "/users/无/tokens"),
        ("DELETE", "/users/李工/tokens/x"),
    ):
        assert admin.request(method, path).status_code == 404


def test_the_last_administrator_cannot_be_locked_out(admin):
    admin.post("/users", json={**NEW, "role": "admin", "scope": "all"})
    assert admin.delete("/users/李工").status_code == 409
    assert not admin.get("/users").json()["people"][0]["revoked"]


@pytest.mark.parametrize(
    ("role", "scope"),
    [("viewer", None), ("planner", None), ("qa", None), ("reviewer", None), ("admin", ("330822",))],
)
def test_nobody_else_sees_or_changes_people(service, browser_of, role, scope):
    made = add(service.state.door.keeper, role=role, scope=scope)
    client = browser_of(service, headers=bearer(made.token))
    for method, path in (
        ("GET", "/users"),
        ("POST", "/users"),
        ("DELETE", "/users/王工"),
        ("POST", "/users/王工/tokens"),
        ("DELETE", f"/users/王工/tokens/{made.token_id}"),
    ):
        assert client.request(method, path).status_code == 403
    assert client.get("/me").status_code == 200


def test_nobody_is_let_in_where_it_could_not_be_kept(admin, monkeypatch):
    from geocensus_api.access.database import Database

    monkeypatch.setattr(Database, "in_memory", True)
    answer = admin.post("/users", json={"name": "周工", "role": "qa", "scope": "all"})
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert "gc_" not in answer.text
