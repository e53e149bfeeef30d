"""Tiles from elsewhere behind the map: a wish of the operator, told to the page, with one hole in its policy."""

import pytest
from geocensus_api import Settings, create_app
from geocensus_api.background import Background
from geocensus_api.command import _background

from geocensus.errors import GeocensusError

from .conftest import TOKEN, bearer

TILES = "https://t{}.tianditu.gov.cn/DataServer?T=vec_w&x={{x}}&y={{y}}&l={{z}}&tk=secret-key"
TIANDITU = Background((TILES.format(0), TILES.format(1)), "天地图", "© 天地图")


@pytest.fixture
def opened(tmp_path, workspace_path, browser_of):
    (tmp_path / "index.html").write_text("<!DOCTYPE html>", encoding="utf-8")

    def opened(background):
        app = create_app(Settings(token=TOKEN, page_folder=tmp_path, background=background), workspace_path)
        return browser_of(app, headers=bearer(TOKEN))

    return opened


def policy(client):
    rules = client.get("/app/").headers["content-security-policy"]
    return dict(rule.strip().split(" ", 1) for rule in rules.split(";"))


def test_the_page_is_told_of_the_tiles_and_may_ask_their_hosts_only(opened):
    client = opened(TIANDITU)
    told = client.get("/me").json()["background"]
    assert told == {"tiles": [TILES.format(0), TILES.format(1)], "title": "天地图", "attribution": "© 天地图"}
    rules = policy(client)
    hosts = {"https://t0.tianditu.gov.cn", "https://t1.tianditu.gov.cn"}
    assert set(rules["connect-src"].split()) == {"'self'", *hosts}
    assert set(rules["img-src"].split()) == {"'self'", "data:", "blob:", *hosts}
    plain = policy(opened(None))
    assert {name: rules[name] for name in plain if name not in {"connect-src", "img-src"}} == {
        name: rule for name, rule in plain.items() if name not in {"connect-src", "img-src"}
    }


def test_without_it_nothing_is_told_and_nothing_allowed(opened):
    client = opened(None)
    assert client.get("/me").json()["background"] is None
    assert "http" not in client.get("/app/").headers["content-security-policy"]


def test_the_key_stands_nowhere_else(opened):
    client = opened(TIANDITU)
    assert "secret-key" not in repr(TIANDITU) + repr(Settings(token=TOKEN, background=TIANDITU))
    for path in ("/", "/app/", "/api", "/map", "/maps/sources", "/collections/sources/download"):
        answer = client.get(path, headers={"Accept": "*/*"})
        assert answer.status_code == 200, path
        assert "secret-key" not in answer.text + str(answer.headers), path


@pytest.mark.parametrize(
    "address",
    [
        "https://tiles.example/{z}/{x}.png",
        "ftp://tiles.example/{z}/{x}/{y}",
        "//tiles.example/{z}/{x}/{y}",
        "javascript:alert(1)//{z}/{x}/{y}",
        "https://me:secret-key@tiles.example/{z}/{x}/{y}",
        "https://tiles.example;script-src */{z}/{x}/{y}",
        "https://*.example/{z}/{x}/{y}",
        "https://tiles.example/{z}/{x}/{y} https://other.example",
        "https:///{z}/{x}/{y}",
        "https://{z}.example/{x}/{y}",
    ],
)
def test_what_is_no_template_is_refused_and_not_repeated(address):
    with pytest.raises(ValueError, match="address 1 of background tiles") as refused:
        Background((address,))
    assert "secret-key" not in str(refused.value)
    with pytest.raises(GeocensusError, match="--background-tiles"):
        _background([address], "", "")


def test_the_command_takes_several_servers_and_no_background():
    assert _background([TILES.format(0), TILES.format(1)], "天地图", "© 天地图") == TIANDITU
    assert _background([], "天地图", "") is None
