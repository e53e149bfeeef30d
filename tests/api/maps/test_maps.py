"""Maps by area, class and flag: A holds S0000 to S0124, B the rest; what has no place is claimed for A."""

import io
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pytest
import shapely
from geocensus_api.errors import ProblemError
from geocensus_api.maps.shelf import MapShelf
from PIL import Image

from geocensus.workspace import StoredZones, Workspace

A, B, COUNTY = "330822001", "330822100", "330822"


def payload(client, path="/maps/sources", **params):
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    found = re.search(r'<script type="application/json" id="geocensus-data">(.*?)</script>', answer.text, re.DOTALL)
    return orjson.loads(found.group(1))


def ids(page):
    return set(page["sources"]["id"])


def test_without_limits_every_row_is_there(two_towns_path, client_as):
    page = payload(client_as(two_towns_path))
    assert page["rows"] == [250, 245, 5, 0]
    assert len(ids(page)) == 250
    assert "（" not in page["title"]


def test_an_area_has_the_sources_in_it_and_those_claimed_for_it(two_towns_path, client_as):
    page = payload(client_as(two_towns_path), within=A)
    # S0000 to S0124 but for the two without a place, and all five without one
    assert page["rows"] == [128, 123, 5, 0]
    assert page["areas"]["name"] == ["甲街道"]
    assert page["title"].startswith("甲街道 · ")
    assert page["texts"]["unmatched"] == "不在本图范围内"
    assert payload(client_as(two_towns_path), within=f"{A},{B}")["rows"] == [250, 245, 5, 0]
    both_levels = payload(client_as(two_towns_path), within=COUNTY)
    assert both_levels["areas"]["name"] == ["常山县", "甲街道", "乙镇", "无界区"]


def test_a_scope_is_a_map_of_its_own(two_towns_path, client_as):
    of_b = client_as(two_towns_path, "qa", (B,))
    page = payload(of_b)
    assert page["title"] == "乙镇 · 污染源定位核查"
    located = {f"S{number:04d}" for number in range(125, 250) if number % 50 != 49}
    assert ids(page) == located | {"S0124"}  # which lies in A and is claimed for B
    assert page["rows"] == [123, 123, 0, 0]
    assert page["areas"]["name"] == ["乙镇"]
    assert "S0001" not in of_b.get("/maps/sources").text
    assert of_b.get("/maps/sources", params={"within": A}).status_code == 404
    answers = [of_b.get("/maps/sources", params={"within": code}).json()["detail"] for code in (A, "999")]
    assert answers[0].replace(A, "999") == answers[1]


@pytest.mark.parametrize(
    ("limits", "shown"),
    [
        ({"severity": "error"}, {"S0001"}),
        ({"severity": "error,warning"}, {"S0001", "S0049", "S0200"}),
        ({"rule": "place.stacked"}, {"S0001", "S0200"}),
        ({"rule": "place.stacked", "severity": "warning"}, {"S0200"}),
        ({"flag_state": "open", "within": B}, {"S0200"}),
        ({"flag_state": "closed"}, set()),
        ({"class": "domestic", "flag_state": "open"}, {"S0049"}),
    ],
)
def test_flags_and_classes_limit_what_is_shown(two_towns_path, client_as, limits, shown):
    page = payload(client_as(two_towns_path), **limits)
    assert ids(page) == shown
    assert page["rows"][0] == len(shown) == sum(page["rows"][1:])


def test_heading_and_last_section_say_what_is_left_of_how_many(two_towns_path, client_as):
    page = payload(client_as(two_towns_path), **{"class": "domestic", "within": A, "lang": "en"})
    rows = page["rows"][0]
    assert page["title"] == f"甲街道 · pollution source locations (class: Domestic; {rows} of 128 rows)"
    assert ["Shown here", f"{rows} of 128 rows"] in page["facts"]


def test_a_viewer_gets_numbers_by_village_and_nothing_else(two_towns_path, client_as):
    viewer = client_as(two_towns_path, "viewer", (A,))
    answer = viewer.get("/maps/sources")
    page = payload(viewer)
    assert page["public"]
    assert page["villages"]["area"] == [0]
    assert "sources" not in page
    for secret in ("S0001", "企业", "虚构", "place.stacked", "乙镇"):
        assert secret not in answer.text
    assert viewer.get("/maps/sources", params={"severity": "error"}).status_code == 403


def test_a_picture_has_the_size_that_was_asked_for(two_towns_path, client_as):
    client = client_as(two_towns_path)

    def size(**params):
        answer = client.get("/maps/sources", params={"f": "png", **params})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        return Image.open(io.BytesIO(answer.content)).size

    assert size(dpi=50) == (600, 380)
    assert size(width=900) == (900, 570)
    assert size(width=4000, height=380) == (600, 380)


def test_who_holds_for_nothing_gets_no_map(two_towns_path, client_as):
    for scope in ((), ("999999",)):
        answer = client_as(two_towns_path, "qa", scope).get("/maps/sources")
        assert answer.status_code == 409
        assert "甲街道" not in answer.text


def test_a_viewers_picture_shows_no_points(two_towns_path, client_as):
    def colours(role):
        answer = client_as(two_towns_path, role).get("/maps/sources", params={"f": "png", "dpi": 60, "within": B})
        pixels = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB"))
        return int((pixels[:, : pixels.shape[1] * 7 // 10] == (0, 114, 178)).all(axis=2).sum())  # left of the legend

    assert colours("qa") > 20
    assert colours("viewer") == 0


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"f": "svg"}, 400),
        ({"f": "png", "dpi": "0"}, 400),
        ({"f": "png", "dpi": "1e3"}, 400),
        ({"f": "png", "dpi": "5000"}, 400),
        ({"f": "png", "width": "100000"}, 400),
        ({"f": "png", "height": "-1"}, 400),
        ({"within": "';--"}, 400),
        ({"within": "999999"}, 404),
        ({"within": ",".join(str(number) for number in range(300))}, 400),
        ({"field_zone": "1"}, 400),
        ({"plan": "none"}, 404),
        ({"colour": "red"}, 400),
    ],
)
def test_wrong_wishes_are_told(two_towns_path, client_as, params, status):
    answer = client_as(two_towns_path).get("/maps/sources", params=params)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_more_sources_than_a_map_may_have_are_never_left_out_silently(two_towns_path, client_as):
    client = client_as(two_towns_path, map_rows_max=200)
    assert client.get("/maps/sources").status_code == 413
    assert client.get("/maps/sources", params={"within": A}).status_code == 200


def test_a_plan_is_drawn_as_page_and_picture(planned, client_as):
    page = payload(client_as(planned, "planner"), "/maps/zones")
    assert page["title"].startswith("甲方案 · 常山县：2 个单元划分为 2 个片区")
    assert page["zones"]["owner"] == ["张三", "李四"]
    assert page["areas"]["code"] == ["1", "2", A, B]
    picture = client_as(planned).get("/maps/zones", params={"f": "png", "plan": "甲方案", "dpi": 60})
    assert picture.headers["content-type"] == "image/png"


def test_a_plan_by_area_has_the_field_zones_with_units_there(planned, client_as):
    page = payload(client_as(planned), "/maps/zones", within=B)
    assert page["areas"]["code"] == ["2", B]
    assert "本图显示 1 / 2 个片区" in page["warnings"]


def test_a_plan_names_nobody_to_a_viewer_and_is_there_only_for_who_holds_for_all_of_it(planned, client_as):
    answer = client_as(planned, "viewer").get("/maps/zones")
    assert answer.status_code == 200
    assert "张三" not in answer.text
    answers = [
        client_as(planned, "planner", (A,)).get("/maps/zones", params={"plan": name}) for name in ("甲方案", "无")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["detail"].replace("甲方案", "无") == answers[1].json()["detail"]


def test_a_field_zone_is_an_area_of_sources(planned, client_as):
    page = payload(client_as(planned), plan="甲方案", field_zone="1")
    assert page["rows"] == [128, 123, 5, 0]
    assert client_as(planned).get("/maps/sources", params={"plan": "甲方案", "field_zone": "9"}).status_code == 404


def test_without_a_plan_there_is_no_map_of_zones(two_towns_path, client_as):
    assert client_as(two_towns_path).get("/maps/zones").status_code == 404


def test_a_map_is_drawn_once_for_the_same_eyes_and_anew_after_a_change(planned, client_as, monkeypatch):
    client = client_as(planned)
    drawn = []
    monkeypatch.setattr(
        "geocensus.pipeline.draw_area.sources_page", lambda *args, **kwargs: drawn.append(1) or f"{len(drawn)}"
    )
    first, again = client.get("/maps/sources"), client.get("/maps/sources")
    assert (first.text, again.text) == ("1", "1")
    assert client.get("/maps/sources", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    client.get("/maps/sources", params={"class": "domestic"})
    assert len(drawn) == 2
    with Workspace(planned) as workspace:
        workspace.delete_plan("甲方案")
    assert client.get("/maps/sources").text == "3"


def test_the_shelf_forgets_the_oldest_and_draws_the_same_map_once():
    shelf, drawn = MapShelf(10), []

    def draw(name, size=4):
        return lambda: drawn.append(name) or name.encode() * size

    for name in ("a", "b", "a", "c", "a", "b"):
        shelf.get(name, draw(name))
    assert drawn == ["a", "b", "c", "b"]  # b made room for c, a was asked for since
    shelf.get("large", draw("x", 11))
    shelf.get("large", draw("x", 11))
    assert drawn[4:] == ["x", "x"]


def test_who_asks_for_a_map_that_is_being_drawn_waits_for_it():
    shelf, begun, go, drawn = MapShelf(100), threading.Event(), threading.Event(), []

    def draw():
        begun.set()
        go.wait(5)
        drawn.append(1)
        return b"map"

    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(shelf.get, "same", draw) for _ in range(5)]
        assert begun.wait(5)
        go.set()
    assert [answer.result() for answer in answers] == [b"map"] * 5
    assert drawn == [1]


def test_who_comes_when_many_wait_is_told_to_come_back():
    shelf, begun, go = MapShelf(100), threading.Event(), threading.Event()

    def draw():
        begun.set()
        go.wait(5)
        return b"map"

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(shelf.get, number, draw) for number in range(8)]
        assert begun.wait(5)
        while shelf.waiting < 8:
            time.sleep(0.01)
        with pytest.raises(ProblemError) as refused:
            shelf.get("ninth", draw)
        assert refused.value.status == 503
        go.set()
    assert [answer.result() for answer in answers] == [b"map"] * 8
    assert shelf.get("ninth", draw) == b"map"


@pytest.fixture
def cut(planned):
    """Return the two towns with three census zones: A in two halves, B whole; S0001 counts in A's second."""
    west, east = shapely.box(118.0, 28.0, 118.1, 28.2), shapely.box(118.1, 28.0, 118.2, 28.2)
    zones = gpd.GeoDataFrame(
        {
            "code": [f"{A}001", f"{A}002", f"{B}001"],
            "name": ["甲一", "甲二", "乙一"],
            "parent_code": [A, A, B],
            "sources": [1, 1, 1],
        },
        geometry=[west, east, shapely.box(118.2, 28.0, 118.4, 28.2)],
        crs="EPSG:4490",
    )
    members = pd.DataFrame({"source_id": ["S0000", "S0001", "S0200", "S0049"], "code": [*zones["code"], f"{A}001"]})
    history = zones[["code", "parent_code", "sources"]].assign(
        event="created", date="2026-11-22", others="", area_m2=1.0
    )
    with Workspace(planned) as workspace:
        workspace.write_census_zones(StoredZones(zones, members, history, {"date": "2026-11-22", "most": 150}))
    return planned


def test_census_zones_are_drawn_as_they_were_cut(cut, client_as):
    page = payload(client_as(cut, "planner"), "/maps/zones", zones="census")
    assert page["title"] == "小图 · 普查小区 3 个"
    codes = page["areas"]["code"]
    assert codes[-3:] == [f"{A}001", f"{A}002", f"{B}001"]
    at = dict(zip(page["sources"]["id"], page["sources"]["located"], strict=True))
    assert [codes[at[source]] for source in ("S0000", "S0001", "S0200")] == codes[-3:]
    assert codes[at["S0002"]] == A  # in no zone: under its town
    assert at["S0049"] == -1  # it counts in a zone, but has no place
    assert page["rows"] == [250, 245, 5, 0]
    assert ["小区编制", "2026-11-22，每小区最多 150 个污染源"] in page["facts"]


def test_census_zones_of_an_area_and_as_a_picture(cut, client_as):
    page = payload(client_as(cut, "qa", (A,)), "/maps/zones", zones="census", lang="en")
    assert page["title"] == "甲街道 · 2 census zones"
    assert page["areas"]["code"] == [A, f"{A}001", f"{A}002"]
    assert "S0200" not in ids(page)
    picture = client_as(cut).get("/maps/zones", params={"f": "png", "zones": "census", "within": A, "dpi": 200})
    pixels = np.asarray(Image.open(io.BytesIO(picture.content)).convert("RGB")).astype(int)
    brown = np.abs(pixels - (0x8C, 0x6D, 0x46)).sum(axis=2) < 40
    assert brown.any(axis=1).sum() > 500  # the line between the two, from north to south


def test_census_zones_are_for_who_may_see_exact_points_and_where_they_were_cut(cut, two_towns_path, client_as):
    def status(path, role="planner", scope=None, **params):
        return client_as(path, role, scope).get("/maps/zones", params={"zones": "census", **params}).status_code

    assert status(cut, "viewer") == 403
    assert status(two_towns_path) == 409
    assert status(cut, within="330822900") == 409  # no zones there
    assert status(cut, "qa", (A,), within=B) == 404
    assert status(cut, plan="甲方案") == 400
    assert status(cut, zones="blocks") == 400


def test_limits_are_told_in_words(two_towns_path, client_as):
    def title(**params):
        return payload(client_as(two_towns_path), flag_state="open", rule="place.stacked", **params)["title"]

    assert "疑点状态 待处理" in title(severity="error")
    assert "疑点等级 错误、警告" in title(severity="error,warning")
    assert "place.stacked" not in title()
    assert "class: Domestic; rule: many sources on one coordinate" in title(**{"class": "domestic", "lang": "en"})


@pytest.mark.parametrize("name", ["$\\frac{$", "$x$", "甲$乙$"])
def test_a_name_with_dollar_signs_is_no_formula(two_towns_path, client_as, name):
    assert client_as(two_towns_path).get("/maps/sources", params={"f": "png", "class": name}).status_code == 200
