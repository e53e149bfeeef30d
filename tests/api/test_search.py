"""/search and /parse."""

import pytest
from geocensus_api import Settings, create_app
from starlette.testclient import TestClient

from geocensus.workspace import Workspace

from .conftest import TOKEN
from .test_features import get


def search(client, text, **more):
    return get(client, "/search", q=text, **more)["results"]


def test_a_name_the_same_before_what_holds_it(client):
    names = [found["name"] for found in search(client, "企业1", limit=3)]
    assert names[:3] == ["企业1", "企业10", "企业11"]
    assert names[3:] == ["企业149", "企业199"]  # those without a place come after, three of each collection at most
    assert [found["name"] for found in search(client, "街道")] == ["甲街道"]


def test_codes_by_their_beginning_full_width_digits_too(client):
    found = search(client, "３３０８２２")
    assert [(one["kind"], one["collection"], one["code"]) for one in found] == [
        ("area", "areas-county", "330822"),
        *(("area", "areas-township", code) for code in ("330822001", "330822100", "330822900")),
    ]
    assert found[0]["bbox"] == pytest.approx([118.0, 28.0, 118.4, 28.2], abs=1e-4)
    assert found[3]["bbox"] is None
    (source,) = search(client, "S0003")
    assert (source["kind"], source["name"], source["bbox"][0]) == ("source", "企业3", 118.0 + 0.4 * 3 / 250)
    assert get(client, source["href"])["properties"]["source_id"] == "S0003"
    (lost,) = search(client, "s0049")
    assert (lost["collection"], lost["bbox"]) == ("unlocated-sources", None)


@pytest.mark.parametrize(
    "text", ["118.1,28.1", "118°6′E 28°6′N", "28°06′00″N 118°06′00″E", "POINT(118.1 28.1)", "１１８．１，２８．１"]
)
def test_a_coordinate_in_any_form_with_the_areas_it_lies_in(client, text):
    place = search(client, text)[0]
    assert place["kind"] == "coordinate"
    assert place["bbox"] == pytest.approx([118.1, 28.1, 118.1, 28.1])
    assert place["areas"] == {
        "county": {"code": "330822", "name": "常山县"},
        "township": {"code": "330822001", "name": "甲街道"},
    }


def test_a_coordinate_outside_and_one_without_a_basemap(client, tmp_path):
    assert search(client, "150.5, 10.5")[0]["areas"] == {"county": None, "township": None}
    Workspace.create(tmp_path / "ws.gpkg")
    app = create_app(Settings(token=TOKEN), tmp_path / "ws.gpkg")
    with TestClient(app, headers={"Authorization": f"Bearer {TOKEN}".encode()}) as empty:
        assert [one["areas"] for one in search(empty, "150.5, 10.5")] == [{}]


@pytest.mark.parametrize("text", ["%", "_", "\\", "企业%", "'", '"', "企业' OR '1'='1"])
def test_signs_of_sql_are_just_signs(client, text):
    assert search(client, text) == []


def test_more_is_said(client):
    told = get(client, "/search", q="企业", limit=5)
    assert (told["more"], sum(one["collection"] == "sources" for one in told["results"])) == (True, 5)
    assert get(client, "/search", q="企业7", limit=100)["more"] is False


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=x&limit=0", "q=x&limit=a", f"q={'x' * 201}", "q=x&r=1"])
def test_wrong_searches_are_400(client, query):
    assert client.get(f"/search?{query}").status_code == 400


def test_parse(client):
    told = get(client, "/parse", text="118°31′12″E 28°54′00″N", lang="en")
    assert (told["lon"], told["lat"], told["problem"], told["message"]) == (
        pytest.approx(118.52),
        pytest.approx(28.9),
        None,
        None,
    )
    assert told["lon_format"].endswith("degree_minute_second")
    assert told["resolution_m"] == pytest.approx(111_320 / 3600 / 2)
    assert get(client, "/parse", lon="118.52", lat="28°54′")["lat"] == pytest.approx(28.9)
    wrong = get(client, "/parse", lon="118.52", lat="28°61′", lang="zh")
    assert (wrong["lon"], wrong["problem"], wrong["message"]) == (None, "minute_second_range", "分或秒不小于 60")
    assert get(client, "/parse", text="")["problem"] == "missing"
    assert get(client, "/parse", text="hello", lang="en")["message"] == "not understood as a coordinate"


@pytest.mark.parametrize("query", ["", "lon=118", "text=1&lon=2&lat=3", f"text={'1' * 201}", "text=1&f=csv"])
def test_wrong_parses_are_400(client, query):
    assert client.get(f"/parse?{query}").status_code == 400
