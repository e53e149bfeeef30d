"""Filters: values by property, CQL2-text, boxes; each against the features counted in Python."""

import math
import time

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import N
from .test_features import ITEMS, get, hrefs

LOCATED = [number for number in range(N) if number % 50 != 49]


def found(client, collection="sources", **query):
    """Return the features of all pages."""
    url, features = f"/collections/{collection}/items", []
    page = get(client, url, **{"limit": 120, **query})
    while True:
        features += page["features"]
        following = hrefs(page, "next")
        if not following:
            assert len(features) == page["numberMatched"]
            return features
        page = get(client, following[0])


def numbers(client, **query):
    return [feature["properties"]["row"] - 2 for feature in found(client, **query)]


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ({"name": "企业7"}, lambda i: i == 7),
        ({"row": "9"}, lambda i: i == 7),
        ({"row": "9.0"}, lambda i: i == 7),
        ({"row": ["9", "10"]}, lambda i: i in {7, 8}),
        ({"on_border": "true"}, lambda i: i == 125),
        ({"distance_m": "5"}, lambda i: i >= 20),
        ({"raw:备注": "虚构", "row": "9"}, lambda i: i == 7),
        ({"name": "企业7' OR 1=1 --"}, lambda _i: False),
    ],
)
def test_a_property_is_a_parameter(client, query, holds):
    assert numbers(client, **query) == [i for i in LOCATED if holds(i)]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("name = '企业7'", lambda i: i == 7),
        ("name <> '企业7'", lambda i: i != 7),
        ("row < 12 AND row >= 5", lambda i: 3 <= i < 10),
        ("row <= 5 OR (row > 240 AND NOT row = 245)", lambda i: i <= 3 or (i > 238 and i != 243)),
        ("row BETWEEN 5 AND 7", lambda i: 3 <= i <= 5),
        ("row NOT BETWEEN 5 AND 300", lambda i: i < 3),
        ("source_id IN ('S0001', 'S0002', 'none')", lambda i: i in {1, 2}),
        ("name LIKE '企业1%'", lambda i: str(i).startswith("1")),
        ("name LIKE '企业_'", lambda i: i < 10),
        ("name NOT LIKE '企业1%'", lambda i: not str(i).startswith("1")),
        ("source_id LIKE 's%'", lambda _i: False),  # LIKE minds the case
        ("CASEI(source_id) LIKE CASEI('s000%')", lambda i: i < 10),
        ("CASEI(source_id) = CASEI('s0001')", lambda i: i == 1),
        (r"name LIKE '%\%%'", lambda _i: False),
        ("name LIKE '*' OR name LIKE '[企]%'", lambda _i: False),
        ("distance_m IS NULL", lambda i: i < 20),
        ("distance_m IS NOT NULL", lambda i: i >= 20),
        ("distance_m > 1", lambda i: i >= 20),
        ("NOT distance_m > 1", lambda _i: False),  # unknown stays unknown
        ("on_border", lambda i: i == 125),
        ("on_border = FALSE", lambda i: i != 125),
        ("geometry IS NULL", lambda _i: False),
        ("TRUE", lambda _i: True),
        ("\"raw:备注\" = '虚构'", lambda _i: True),
        ("lon > lat * 4 + 6", lambda i: 118 + 0.4 * i / N > (28 + 0.2 * i / N) * 4 + 6),
        ("row / 2 = 4.5", lambda i: i == 7),
        ("-row < -250", lambda i: i > 248),
        ("S_INTERSECTS(geometry, BBOX(118.1, 28, 118.2, 28.2))", lambda i: 118.1 <= 118 + 0.4 * i / N <= 118.2),
        (
            "S_WITHIN(geometry, POLYGON((118 28, 118.1 28, 118.1 28.2, 118 28.2, 118 28)))",
            lambda i: 0 < i / N * 0.4 < 0.1,
        ),
        ("S_CONTAINS(BBOX(118, 28, 118.1, 28.2), geometry)", lambda i: 0 < i / N * 0.4 < 0.1),
        ("S_DISJOINT(geometry, BBOX(118, 28, 118.3, 28.2))", lambda i: i / N * 0.4 > 0.3),
        ("S_EQUALS(geometry, POINT(118 28))", lambda i: i == 0),
        ("S_TOUCHES(geometry, LINESTRING(118 28, 118 29))", lambda i: i == 0),
        ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(118 28), POINT(0 0)))", lambda i: i == 0),
        (
            "S_WITHIN(geometry, GEOMETRYCOLLECTION(POLYGON((118 28, 118.1 28, 118.1 28.2, 118 28.2, 118 28))))",
            lambda i: 0 < i / N * 0.4 < 0.1,
        ),
    ],
)
def test_cql2_text(client, text, holds):
    assert numbers(client, filter=text) == [i for i in LOCATED if holds(i)]


def test_relations_of_areas(client):
    def codes(text):
        return [feature["properties"]["code"] for feature in found(client, "areas-township", filter=text)]

    assert codes("S_CROSSES(geometry, LINESTRING(118.1 28.1, 118.19 29))") == ["330822001"]
    assert codes("S_OVERLAPS(geometry, BBOX(118.15, 28.1, 118.19, 29))") == ["330822001"]
    assert codes("S_TOUCHES(geometry, BBOX(118.4, 28, 119, 29))") == ["330822100"]
    assert codes("S_CONTAINS(geometry, POINT(118.3 28.1))") == ["330822100"]
    assert codes("S_INTERSECTS(geometry, POINT(118.2 28.1))") == ["330822001", "330822100"]
    assert codes("geometry IS NULL") == ["330822900"]


def test_filters_are_joined_and_kept_by_the_next_link(client):
    query = {"filter": "row < 200", "bbox": "118,28,118.2,28.2", "class": "industrial", "limit": 7, "properties": "row"}
    page = get(client, ITEMS, **query)
    assert [feature["properties"] for feature in page["features"]] == [{"row": row} for row in range(2, 9)]
    assert numbers(client, **query) == [i for i in LOCATED if i <= 125]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "name =",
        "nothing = 1",
        "row = 'x'",
        "name = 1",
        "name",
        "row + name > 1",
        "row IN (1, 'x')",
        "name LIKE row",
        "name LIKE 'a%b%c%d%e%f%g%h%i%'",
        "CASEI(row) = 1",
        "ACCENTI(name) = 'x'",
        "foo(row) = 1",
        "row % 2 = 1",
        "T_AFTER(name, DATE('2020-01-01'))",
        "row = 1e400",
        "geometry = 3",
        "S_INTERSECTS(name, POINT(1 2))",
        "S_INTERSECTS(geometry, geometry)",
        "S_INTERSECTS(POINT(1 2), POINT(1 2))",
        "S_INTERSECTS(geometry, BBOX(3, 2, 1, 4))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))",
        "S_INTERSECTS(geometry, POINT(1e400 2))",
        "fid = 1",
        "geom IS NULL",
        "x" * 10_001,
        "NOT " * 300 + "on_border",
        "-" * 4000 + "1 = 1",
        "(" * 5000 + "row = 1" + ")" * 5000,
        "f((" * 30,
        "(" * 30,
    ],
)
def test_filters_that_make_no_sense_are_400_at_once(client, text):
    start = time.monotonic()
    answer = client.get(ITEMS, params={"filter": text})
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith("filter")
    assert time.monotonic() - start < 5  # the library's own parser would take years over some of these


@pytest.mark.parametrize(
    "query",
    [
        "row=x",
        "row=nan",
        "row=1e999",
        "on_border=perhaps",
        "filter-lang=cql2-json&filter=TRUE",
        "filter-crs=EPSG:4490&filter=TRUE",
        "sortby=nothing",
        "sortby=row,-row",
        "properties=nothing",
        "properties=row,row",
        "after=!",
        "after=WyJ4Il0x",
        "after=W10",
        "after=W251bGwsMV0",
        "after=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OV0",
        "after=%E4%B8%AD",
        "position=1",
    ],
)
def test_other_wrong_queries_are_400(client, query):
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400, answer.text


def test_spatial_filters_need_geometry(client):
    query = {"filter": "S_INTERSECTS(geometry, POINT(1 2))"}
    assert client.get("/collections/unlocated-sources/items", params=query).status_code == 400


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "row",
                "name",
                "'x'",
                "1",
                " AND ",
                " OR ",
                "NOT ",
                "=",
                "<",
                "(",
                ")",
                " LIKE ",
                " IN ",
                ",",
                "-",
                "+",
                "''",
                '"',
                "S_INTERSECTS(geometry,",
                "POINT(1 2)",
                "BBOX(1,2,3,4)",
                "CASEI(",
                " IS NULL",
                " BETWEEN ",
                "TRUE",
                "\\",
                "é",
            ]
        ),
        max_size=25,
    )
)
def test_no_filter_ever_gives_500(client, tokens):
    assert client.get(ITEMS, params={"filter": "".join(tokens)}).status_code in {200, 400}


def test_boxes_agree_with_exact_geometry_however_much_they_cover(client):
    points = {feature["id"]: shapely.geometry.shape(feature["geometry"]) for feature in found(client)}
    for box in [
        (118.0, 28.0, 118.02, 28.2),
        (118.0, 28.0, 118.3, 28.2),
        (117.0, 27.0, 119.0, 29.0),
        (0.0, 0.0, 1.0, 1.0),
    ]:
        inside = [fid for fid, point in points.items() if shapely.box(*box).intersects(point)]
        assert [feature["id"] for feature in found(client, bbox=",".join(map(repr, box)))] == inside
        assert [feature["id"] for feature in found(client, filter=f"S_INTERSECTS(geometry, BBOX{box})")] == inside
    edge = math.nextafter(points[9].x, 0)
    assert 9 not in {feature["id"] for feature in found(client, bbox=f"117,27,{edge!r},29")}
    assert 9 in {feature["id"] for feature in found(client, bbox=f"117,27,{points[9].x!r},29")}


def test_queryables_and_sortables_tell_what_is_there(client):
    links = get(client, "/collections/sources")
    queryables = get(client, hrefs(links, "http://www.opengis.net/def/rel/ogc/1.0/queryables")[0])
    assert queryables["additionalProperties"] is False
    assert queryables["properties"]["geometry"]["$ref"].endswith("/Point.json")
    assert queryables["properties"]["row"]["type"] == "integer"
    sortables = get(client, hrefs(links, "http://www.opengis.net/def/rel/ogc/1.0/sortables")[0])["properties"]
    assert list(sortables) == [name for name in queryables["properties"] if name != "geometry"]
    for name in sortables:
        assert client.get(ITEMS, params={"sortby": f"-{name}", "limit": 1}).status_code == 200
