"""What the service says of itself: links, conformance, definition, collections, schemas."""

import math

import pytest
from geocensus_api import Settings, create_app
from geocensus_api.features.parameters import CRS84
from starlette.testclient import TestClient

from geocensus.workspace import Workspace

from .conftest import TOKEN, make_result
from .test_features import ITEMS, get, hrefs


def test_landing_has_the_links_that_qgis_asks_for(client):
    links = get(client, "/")["links"]
    assert {"self", "service-desc", "conformance", "data"} <= {link["rel"] for link in links}
    assert all(link["href"].startswith("http://geo.test/") for link in links)
    for link in links:
        if link["rel"] != "alternate":
            assert client.get(link["href"]).status_code == 200, link


def test_a_browser_is_sent_to_the_map_where_no_page_was_built(client_as, workspace_path, tmp_path):
    client = client_as(workspace_path, page_folder=tmp_path)
    answer = client.get("/", headers={"Accept": "text/html,*/*;q=0.8"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "http://geo.test/map")
    assert (
        client.get("/", headers={"Accept": "text/html"}, params={"f": "json"}).headers["content-type"]
        == "application/json"
    )


def test_conformance_claims_what_is_true(client):
    classes = get(client, "/conformance")["conformsTo"]
    assert [c.rsplit("/", 1)[1] for c in classes] == [  # FastAPI writes OpenAPI 3.1: no oas30
        "core",
        "geojson",
        "queryables",
        "queryables-query-parameters",
        "filter",
        "features-filter",
        "cql2-text",
        "basic-cql2",
        "advanced-comparison-operators",
        "case-insensitive-comparison",
        "basic-spatial-functions",
        "basic-spatial-functions-plus",
        "spatial-functions",
        "property-property",
        "core",  # of Tiles
        "tileset",
        "tilesets-list",
        "geodata-tilesets",
        "mvt",
        "core",  # of Processes
        "ogc-process-description",
        "json",
        "job-list",
        "dismiss",
    ]


def test_the_definition_tells_the_largest_page(client):
    answer = client.get("/api", headers={"Accept": "application/vnd.oai.openapi+json;version=3.0, application/json"})
    document = answer.json()
    schema = document["components"]["parameters"]["limit"]["schema"]
    assert (schema["maximum"], schema["default"], schema["minimum"]) == (120, 100, 1)
    assert document["openapi"].startswith("3.1")
    assert {"$ref": "#/components/parameters/limit"} in document["paths"]["/collections/{collection_id}/items"]["get"][
        "parameters"
    ]
    assert document["servers"] == [{"url": "http://geo.test"}]


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_pages_that_would_load_scripts_from_elsewhere_are_off(client, path):
    assert client.get(path).status_code == 404


def test_collections_have_ascii_ids_and_chinese_titles(client):
    entries = {entry["id"]: entry for entry in get(client, "/collections")["collections"]}
    assert list(entries) == [
        "areas-county",
        "areas-township",
        "zones",
        "field-zones",
        "barriers",
        "sources",
        "unlocated-sources",
        "excluded-rows",
        "flags",
        "causes",
        "repairs",
        "repair-points",
        "shifts",
        "decisions",
        "reviews",
        "comments",
        "attachments",
        "plans",
        "plan-members",
        "runs",
        "audit",
    ]
    assert all(name.isascii() for name in entries)
    assert entries["sources"]["title"] == "污染源"
    assert entries["sources"]["crs"] == [CRS84]
    assert entries["sources"]["extent"]["spatial"]["crs"] == CRS84
    assert entries["unlocated-sources"].get("extent") is None
    english = client.get("/collections", headers={"Accept-Language": "en"}).json()["collections"]
    assert english[5]["title"] == "sources"


def test_the_row_sum_is_told_and_its_parts_can_be_counted(tmp_path):
    result = make_result(50)
    result.sources.loc[[0, 1], "state"] = "excluded"
    result.sources.loc[[0, 1], ["lon", "lat"]] = math.nan
    result.summary |= {"located": 47, "excluded": 2}
    Workspace(tmp_path / "ws.gpkg").write(result)
    app = create_app(Settings(token=TOKEN), tmp_path / "ws.gpkg")
    with TestClient(app, headers={"Authorization": f"Bearer {TOKEN}".encode()}) as client:
        told = {"rows": 50, "located": 47, "unlocated": 1, "excluded": 2}
        assert get(client, "/")["rowSum"] == get(client, "/collections")["rowSum"] == told
        parts = ("sources", "unlocated-sources", "excluded-rows")
        assert [get(client, f"/collections/{part}/items")["numberMatched"] for part in parts] == [47, 1, 2]


def test_every_collection_answers_under_its_links(client):
    for entry in get(client, "/collections")["collections"]:
        assert get(client, hrefs(entry, "self")[0])["id"] == entry["id"]
        assert get(client, hrefs(entry, "items")[0])["type"] == "FeatureCollection"


def test_the_schema_tells_types_that_the_first_features_hide(client):
    links = get(client, "/collections/sources")
    schema = get(client, hrefs(links, "http://www.opengis.net/def/rel/ogc/1.0/schema")[0])
    kinds = {name: entry.get("type") for name, entry in schema["properties"].items() if name != "geometry"}
    assert kinds["distance_m"] == kinds["lon"] == "number"
    assert (kinds["row"], kinds["on_border"], kinds["source_id"]) == ("integer", "boolean", "string")
    assert list(kinds) == list(get(client, ITEMS)["features"][0]["properties"])
    assert schema["properties"]["geometry"]["$ref"].endswith("/Point.json")
    assert schema["properties"]["class"]["title"] == "普查对象类别"
    whole = get(client, hrefs(links, "describedby")[0])["properties"]
    assert list(whole["properties"]["properties"]) == list(kinds)
    assert whole["geometry"] == schema["properties"]["geometry"]
