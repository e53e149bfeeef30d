"""OGC API - Features as QGIS, GDAL and OWSLib need it."""

import json
import math

import pytest
import shapely
from geocensus_api import Settings, create_app
from geocensus_api.features.parameters import CRS84
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from geocensus.workspace import Workspace

from .conftest import TOKEN, N, make_result

ITEMS = "/collections/sources/items"
LOCATED = 245
AFTER_100 = "WzEwMF0"  # the key [100]


def get(client, path, **params):
    answer = client.get(path, params=params or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def hrefs(document, rel):
    return [link["href"] for link in document["links"] if link["rel"] == rel]


def test_a_default_page_and_its_next_link(client):
    page = get(client, ITEMS)
    assert (page["numberMatched"], page["numberReturned"], len(page["features"])) == (LOCATED, 100, 100)
    assert hrefs(page, "next") == [f"http://geo.test{ITEMS}?limit=100&offset=100&after={AFTER_100}"]


@pytest.mark.parametrize("limit", ["121", "10000", "999999999999999999999999"])
def test_a_limit_above_the_maximum_is_clamped(client, limit):
    page = get(client, ITEMS, limit=limit)
    assert page["numberReturned"] == 120
    assert "limit=120" in hrefs(page, "next")[0]


@pytest.mark.parametrize("bbox", [None, "118.05,28,118.35,28.2"])
@pytest.mark.parametrize("limit", [1, 7, 100, 120])
def test_pages_together_are_everything_once(client, limit, bbox):
    if limit == 1 and bbox is None:
        limit = 50
    url, seen = f"{ITEMS}?limit={limit}" + (f"&bbox={bbox}" if bbox else ""), []
    while url:
        page = get(client, url)
        seen += [feature["id"] for feature in page["features"]]
        assert page["numberReturned"] <= limit
        url = next(iter(hrefs(page, "next")), None)
        assert bbox is None or url is None or "bbox=118.05" in url
    assert len(seen) == page["numberMatched"]
    assert seen == sorted(set(seen))


def test_an_offset_beyond_the_end_is_an_empty_page(client):
    page = get(client, ITEMS, offset=10**18)
    assert (page["numberMatched"], page["features"], hrefs(page, "next")) == (LOCATED, [], [])


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=abc",
        "limit=",
        "limit=1.5",
        "limit=١٢",
        "offset=-1",
        "offset=x",
        "bbox=ö",
        "bbox=1,2,3",
        "bbox=1,2,3,4,5",
        "bbox=NaN,1,2,3",
        "bbox=1,2,inf,4",
        "bbox=3,2,1,4",
        "bbox=1,4,3,2",
        "bbox=",
        "bbox=1;2;3;4",
        "bbox=1,2,3,４",
        "bbox-crs=EPSG:4490",
        "crs=http://www.opengis.net/def/crs/EPSG/0/4490",
        "datetime=yesterday",
        "colour=red",
        "f=xml",
    ],
)
def test_wrong_queries_are_400_problems(client, query):
    answer = client.get(f"{ITEMS}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["title"], problem["instance"]) == (400, "Bad Request", ITEMS)
    assert problem["detail"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(key=st.sampled_from(["bbox", "limit", "offset", "datetime", "crs", "f"]), value=st.text(max_size=30))
def test_no_query_ever_gives_500(client, key, value):
    assert client.get(ITEMS, params={key: value}).status_code in {200, 400}


@pytest.mark.parametrize(
    "query",
    ["datetime=2017-12-31T00:00:00Z", "datetime=../2020-01-01T00:00:00Z", f"crs={CRS84}", "bbox=118,28,0,119,29,9"],
)
def test_queries_that_the_standard_allows(client, query):
    assert client.get(f"{ITEMS}?{query}").json()["numberMatched"] == LOCATED


@pytest.mark.parametrize(
    "path",
    [
        "/collections/nothing",
        "/collections/nothing/items",
        f"{ITEMS}/999999",
        f"{ITEMS}/abc",
        f"{ITEMS}/-1",
        f"{ITEMS}/99999999999999999999",
        "/nowhere",
        "/collections/basemap-info/items",
        "/collections/",
    ],
)
def test_what_is_not_there_is_a_404_problem(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_messages_come_in_the_clients_language(client):
    chinese = client.get("/collections/x").json()["detail"]
    english = client.get("/collections/x", headers={"Accept-Language": "en-GB,zh;q=0.5"}).json()["detail"]
    assert chinese.startswith("没有数据集")
    assert english.startswith("no collection")


def test_every_feature_has_the_same_keys_and_floats_stay_floats(client):
    answer = client.get(ITEMS, params={"limit": 120})
    features = answer.json()["features"]
    assert {tuple(feature["properties"]) for feature in features} == {
        ("source_id", "name", "class", "state", "lon", "lat", "row", "on_border", "distance_m", "raw:备注", "severity")
    }
    assert features[0]["properties"]["distance_m"] is None
    assert '"distance_m":5.0' in answer.text
    assert '"lon":118.0,' in answer.text
    assert features[3]["properties"]["on_border"] is False
    assert features[3]["properties"]["row"] == 5


def test_geometry_types_are_one_per_collection(client):
    for name, kind in {
        "sources": "Point",
        "areas-township": "MultiPolygon",
        "areas-county": "MultiPolygon",
        "zones": "MultiPolygon",
    }.items():
        types = {feature["geometry"]["type"] for feature in get(client, f"/collections/{name}/items")["features"]}
        assert types == {kind}
    for name in ("unlocated-sources", "flags"):
        assert {feature["geometry"] for feature in get(client, f"/collections/{name}/items")["features"]} == {None}


def test_an_area_without_geometry_is_not_lost(client):
    features = get(client, "/collections/areas-township/items")["features"]
    assert features[2]["properties"]["name"] == "无界区"
    assert features[2]["geometry"] == {"type": "MultiPolygon", "coordinates": []}


def test_outer_rings_run_counter_clockwise(client):
    (feature,) = get(client, "/collections/areas-county/items")["features"]
    assert shapely.is_ccw(shapely.get_exterior_ring(shapely.geometry.shape(feature["geometry"]).geoms[0]))


def test_located_and_unlocated_add_up(client):
    matched = [get(client, f"/collections/{name}/items")["numberMatched"] for name in ("sources", "unlocated-sources")]
    assert matched == [LOCATED, N - LOCATED]


def test_bbox_is_exact_where_the_index_is_not(client):
    feature = get(client, f"{ITEMS}/8")
    x, y = feature["geometry"]["coordinates"]
    on_it = get(client, ITEMS, bbox=f"{x!r},{y!r},{x!r},{y!r}")
    assert [f["id"] for f in on_it["features"]] == [8]
    beside = math.nextafter(x, 200)
    assert get(client, ITEMS, bbox=f"{beside!r},{y!r},{x + 1e-7!r},{y + 1e-7!r}")["features"] == []


def test_bbox_tests_the_shape_of_areas_not_their_box(tmp_path):
    result = make_result()
    corner = shapely.Polygon([(118, 28), (118.4, 28), (118, 28.2)])
    county = result.basemap.areas("county").set_geometry([corner], crs="EPSG:4490")
    result.basemap = type(result.basemap)(result.basemap.info, {"county": county})
    Workspace(tmp_path / "ws.gpkg").write(result)
    app = create_app(Settings(token=TOKEN), tmp_path / "ws.gpkg")
    with TestClient(app, headers={"Authorization": f"Bearer {TOKEN}".encode()}) as client:
        path = "/collections/areas-county/items"
        assert get(client, path, bbox="118.35,28.15,118.4,28.2")["numberMatched"] == 0
        assert get(client, path, bbox="118.0,28.0,118.1,28.1")["numberMatched"] == 1


def test_features_without_geometry_are_in_no_box(client):
    assert get(client, "/collections/unlocated-sources/items", bbox="-180,-90,180,90")["numberMatched"] == 0


def test_one_feature_links_to_itself(client):
    feature = get(client, f"{ITEMS}/8")
    assert feature["id"] == 8
    assert get(client, hrefs(feature, "self")[0]) == feature
    assert get(client, hrefs(feature, "collection")[0])["id"] == "sources"


def test_links_behind_a_proxy(app, client):
    sent = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "census.example:8443", "X-Forwarded-Prefix": "/geo"}
    stranger = client.get(ITEMS, headers=sent).json()
    assert hrefs(stranger, "self")[0].startswith("http://geo.test/")  # not from a proxy that we know
    headers = {"Authorization": f"Bearer {TOKEN}".encode()}
    with TestClient(app, headers=headers, client=("127.0.0.1", 1)) as proxied:
        page = proxied.get(ITEMS, headers=sent).json()
        assert hrefs(page, "next") == [f"https://census.example:8443/geo{ITEMS}?limit=100&offset=100&after={AFTER_100}"]
        odd = {
            "X-Forwarded-Host": "evil.example/<script>",
            "X-Forwarded-Proto": "javascript",
            "X-Forwarded-Prefix": "//evil",
        }
        assert hrefs(proxied.get(ITEMS, headers=odd).json(), "self")[0].startswith("http://testserver/collections")
    with TestClient(app, headers=headers, root_path="/geo", base_url="http://geo.test") as mounted:
        assert hrefs(mounted.get("/geo/collections").json(), "self") == ["http://geo.test/geo/collections"]


def test_head_is_get_without_the_body(client):
    head, got = client.head(ITEMS), client.get(ITEMS)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]


def test_answers_are_compressed(client):
    assert client.get(ITEMS).headers["content-encoding"] == "gzip"


def test_geojson_is_plain_json_in_utf8(client):
    answer = client.get(ITEMS)
    assert answer.headers["content-type"] == "application/geo+json"
    assert "企业0" in answer.text
    json.loads(answer.text, parse_constant=lambda _name: pytest.fail("NaN in JSON"))


def test_a_workspace_that_changes_is_read_anew_and_one_that_goes_is_503(tmp_path):
    path = tmp_path / "ws.gpkg"
    Workspace(path).write(make_result())
    app = create_app(Settings(token=TOKEN), path)
    with TestClient(app, headers={"Authorization": f"Bearer {TOKEN}".encode()}) as client:
        assert get(client, ITEMS)["numberMatched"] == LOCATED
        Workspace(path).write(make_result(10))
        assert get(client, ITEMS)["numberMatched"] == 10
        path.write_bytes(b"no longer a database" * 500)
        broken = client.get(ITEMS)
        assert broken.status_code == 503
        assert "ws.gpkg" in broken.json()["detail"]
        assert str(tmp_path) not in broken.text
        path.unlink()
        gone = client.get(ITEMS, headers={"Accept-Language": "en"})
        assert gone.status_code == 503
        assert gone.json()["detail"].startswith("the workspace is not in its place any more")
        assert client.get("/collections/unknown/items").status_code == 503
        Workspace(path).write(make_result(10))
        assert get(client, ITEMS)["numberMatched"] == 10
        assert client.get("/collections/unknown/items").status_code == 404


def test_an_internal_error_is_a_500_problem_without_details(client, monkeypatch):
    from geocensus_api.features import pages

    def broken(*_args):
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(pages, "page", broken)
    answer = client.get(ITEMS)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret detail" not in answer.text
