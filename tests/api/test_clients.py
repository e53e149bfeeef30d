"""GDAL and OWSLib read every collection completely."""

import os
import shutil
import subprocess

import pyogrio
import pytest
from owslib.ogcapi.features import Features
from owslib.util import Authentication

from .test_serve import fetch, serving

TOKEN = "gdal-token"


@pytest.fixture(scope="module")
def service(full_path):
    with serving(full_path) as served:
        yield served.url


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """Ask loopback addresses ourselves."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


def collections_of(url):
    told = fetch(url + "collections", TOKEN)["collections"]
    return {
        entry["id"]: fetch(f"{url}collections/{entry['id']}/items?limit=1", TOKEN)["numberMatched"] for entry in told
    }


@pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="gdal-bin is not installed")
def test_gdal_copies_every_collection(service, tmp_path):
    login = {"GDAL_HTTP_USERPWD": f"any:{TOKEN}", "GDAL_HTTP_AUTH": "BASIC"}
    environment = {**os.environ, **login}
    expected = collections_of(service)
    command = ["ogr2ogr", "-f", "GPKG", str(tmp_path / "copy.gpkg"), f"OAPIF:{service}", "-oo", "PAGE_SIZE=30"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    file = tmp_path / "copy.gpkg"
    kinds = {str(name): kind for name, kind in pyogrio.list_layers(file)}
    layers = {name: pyogrio.read_info(file, layer=name)["features"] for name in kinds}
    assert layers == {name: number for name, number in expected.items() if name != "barriers"} | {"barriers": 0}
    silent = {"barriers", "decisions", "reviews", "comments", "attachments", "audit"}  # nobody has said anything yet
    assert {name for name, number in layers.items() if not number} == silent
    spatial = {name: kind for name, kind in kinds.items() if kind != "Unknown"}  # no row of the others has geometry
    assert spatial == {
        **dict.fromkeys(("areas-county", "areas-township", "zones", "field-zones"), "MultiPolygon"),
        "sources": "Point",
        "repairs": "LineString",
        "repair-points": "Point",
    }
    repairs = pyogrio.read_dataframe(file, layer="repairs")
    assert repairs["repair_id"].tolist() == ["r1", "r2", "r3"]
    assert [shape is None or shape.is_empty for shape in repairs.geometry] == [False, True, True]
    assert repairs["probability"].tolist() == [0.9, 0.8, 0.3]


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="gdal-bin is not installed")
def test_gdal_lets_the_service_filter_by_value_and_box(service):
    environment = {**os.environ, "GDAL_HTTP_USERPWD": f"any:{TOKEN}", "GDAL_HTTP_AUTH": "BASIC"}
    base = ["ogrinfo", "-ro", "-so", f"OAPIF:{service}", "sources"]
    by_value = [*base, "-where", "name = '企业7'"]
    by_box = [*base, "-spat", "118", "28", "118.1", "28.2"]
    for command, number in ((by_value, 1), (by_box, 60)):
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        assert f"Feature Count: {number}" in done.stdout


def test_owslib_reads_every_collection(service):
    features = Features(service, auth=Authentication(username="any", password=TOKEN))
    assert {"self", "data", "conformance"} <= {link["rel"] for link in features.links}
    assert any(name.endswith("/cql2-text") for name in features.conformance()["conformsTo"])
    for name, matched in collections_of(service).items():
        assert features.collection(name)["id"] == name
        seen, offset = [], 0
        while len(seen) < matched:
            page = features.collection_items(name, limit=70, offset=offset)
            assert page["numberMatched"] == matched
            seen += [feature["id"] for feature in page["features"]]
            offset += 70
        assert len(set(seen)) == matched
        assert features.collection_queryables(name)["type"] == "object"


def test_owslib_filters(service):
    features = Features(service, auth=Authentication(username="any", password=TOKEN))
    assert features.collection_items("sources", filter="row BETWEEN 5 AND 7")["numberMatched"] == 3
    assert features.collection_items("sources", bbox=[118, 28, 118.1, 28.2])["numberMatched"] == 60
