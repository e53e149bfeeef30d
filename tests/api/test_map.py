"""The map page over HTTP."""

import pytest
from geocensus_api import Settings, create_app
from geocensus_api import resources as resources_module
from starlette.testclient import TestClient

from geocensus.workspace import Workspace

from .conftest import TOKEN


def test_the_page_is_made_once_per_state_and_language(client, monkeypatch):
    made = []
    monkeypatch.setattr(resources_module, "page_of", lambda _path, *, lang: made.append(lang) or f"<html lang={lang}>")
    client.app.state.resources = resources_module.Resources(client.app.state.resources.workspace)
    for _ in range(3):
        answer = client.get("/map")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == "<html lang=zh>"
    assert client.get("/map", params={"lang": "en"}).text == "<html lang=en>"
    assert made == ["zh", "en"]
    assert client.get("/map", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


def test_a_workspace_without_a_run_has_no_map_yet(tmp_path):
    Workspace.create(tmp_path / "ws.gpkg")
    app = create_app(Settings(token=TOKEN), tmp_path / "ws.gpkg")
    with TestClient(app, headers={"Authorization": f"Bearer {TOKEN}".encode()}) as client:
        assert client.get("/map").status_code == 409
        assert client.get("/collections/sources/items").json()["numberMatched"] == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_real_page(client, lang):
    client.app.state.resources = resources_module.Resources(client.app.state.resources.workspace)
    answer = client.get("/map", params={"lang": lang})
    assert answer.status_code == 200
    assert "企业0" in answer.text
