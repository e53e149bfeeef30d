"""Leaflet's files: found, inlined, or a message that says what to do."""

from importlib import metadata

import pytest

from geocensus.errors import DataNotFoundError
from geocensus.maps import assets


@pytest.fixture(autouse=True)
def fresh_cache():
    assets.leaflet.cache_clear()
    yield
    assets.leaflet.cache_clear()


def test_licence_notice_stays():
    script, style = assets.leaflet()
    assert "Leaflet 1.9" in script
    assert "Vladimir Agafonkin" in script
    assert ".leaflet-container" in style


def test_nothing_ends_a_script_element_early():
    script, _ = assets.leaflet()
    assert "</script" not in script.lower()
    assert "</script" not in assets.own_script().lower()
    assert "</style" not in assets.own_style().lower()


def test_package_not_installed(monkeypatch):
    def absent(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "files", absent)
    with pytest.raises(DataNotFoundError, match="pip install XStatic-Leaflet") as caught:
        assets.leaflet()
    assert "请运行" in caught.value.message("zh")


def test_file_list_without_the_file(monkeypatch):
    monkeypatch.setattr(metadata, "files", lambda name: None)
    with pytest.raises(DataNotFoundError, match=r"leaflet\.js"):
        assets.leaflet()
