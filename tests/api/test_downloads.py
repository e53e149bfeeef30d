"""CSV pages and whole collections as files, read back by the programs that they are for."""

import csv
import io
import sqlite3

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from geocensus_api import Settings, create_app
from starlette.testclient import TestClient

from geocensus.workspace import Workspace

from .conftest import TOKEN, make_result, texts
from .test_features import ITEMS, LOCATED, get
from .test_filters import found

DOWNLOAD = "/collections/sources/download"
RISKY = ["=1+1", "+HYPERLINK()", "-2+3", "@SUM(A1)", "\t=1", "|cmd", "-5.5", "+86", "虚构", ""]


@pytest.fixture(scope="module")
def risky(tmp_path_factory):
    path = tmp_path_factory.mktemp("risky") / "中文 ws.gpkg"
    result = make_result(10)
    result.sources["raw:备注"] = texts(RISKY)
    result.sources["=header"] = texts(['a,"b"\n'] * 10)
    Workspace(path).write(result)
    with TestClient(
        create_app(Settings(token=TOKEN), path), headers={"Authorization": f"Bearer {TOKEN}".encode()}
    ) as client:
        yield client


def rows_of(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_page_as_csv_has_the_same_rows_and_its_links_in_a_header(client):
    answer = client.get(ITEMS, params={"f": "csv", "limit": 60, "filter": "row > 20"})
    features = get(client, ITEMS, limit=60, filter="row > 20")["features"]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["ogc-numbermatched"] == str(sum(1 for i in range(250) if i + 2 > 20 and i % 50 != 49))
    rows = rows_of(answer.content)
    assert [int(row["id"]) for row in rows] == [feature["id"] for feature in features]
    assert rows[0]["name"] == features[0]["properties"]["name"]
    assert float(rows[0]["lon"]) == features[0]["properties"]["lon"]
    assert (rows[0]["distance_m"], rows[-1]["distance_m"], rows[0]["on_border"]) == ("", "5.0", "False")
    following = answer.headers["link"].split('>; rel="next"')[0].rpartition("<")[2]
    assert int(rows_of(client.get(following).content)[0]["id"]) == features[-1]["id"] + 1
    assert client.get(ITEMS, headers={"Accept": "text/csv"}).headers["content-type"] == "text/csv; charset=utf-8"
    assert (
        client.get(ITEMS, headers={"Accept": "application/geo+json, text/csv"}).headers["content-type"]
        == "application/geo+json"
    )


def test_an_empty_page_has_its_header(client):
    assert rows_of(client.get(ITEMS, params={"f": "csv", "name": "none"}).content) == []
    assert client.get(DOWNLOAD, params={"name": "none"}).content.startswith(b"\xef\xbb\xbfid,source_id,name")


@pytest.mark.parametrize("path", [f"{ITEMS}?f=csv", DOWNLOAD])
def test_a_sheet_takes_no_cell_of_a_csv_for_a_formula(risky, path):
    rows = rows_of(risky.get(path).content)
    assert [row["raw:备注"] for row in rows] == [
        "'=1+1", "'+HYPERLINK()", "'-2+3", "'@SUM(A1)", "'\t=1", "'|cmd", "-5.5", "+86", "虚构", ""
    ]  # fmt: skip
    assert rows[0]["'=header"] == 'a,"b"\n'


def test_excel_has_texts_as_texts_and_no_formulas(risky):
    answer = risky.get(DOWNLOAD, params={"f": "xlsx", "lang": "zh"})
    assert 'filename="sources.xlsx"' in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["结果", "说明"]
    header, *rows = book["结果"].iter_rows()
    column = [cell.value for cell in header].index("raw:备注")
    assert [row[column].value or "" for row in rows] == RISKY
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "b"}
    assert {row[column].number_format for row in rows[:9]} == {"@"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [("sources", "Point"), ("areas-township", "MultiPolygon"), ("repairs", "LineString"), ("flags", None)],
)
def test_a_layer_of_a_geopackage_is_the_collection(client, tmp_path, name, kind):
    answer = client.get(f"/collections/{name}/download", params={"f": "gpkg"})
    assert answer.headers["content-type"] == "application/geopackage+sqlite3"
    (tmp_path / "one.gpkg").write_bytes(answer.content)
    features = found(client, name)
    table = name.replace("-", "_")
    assert [layer[0] for layer in pyogrio.list_layers(tmp_path / "one.gpkg")] == [table]
    layer = gpd.read_file(tmp_path / "one.gpkg", layer=table)
    assert len(layer) == len(features)
    assert pyogrio.read_info(tmp_path / "one.gpkg", layer=table)["geometry_type"] == kind
    if kind and features:
        assert layer.crs.to_epsg() == 4490
        for feature, shape in zip(features, layer.geometry, strict=True):
            expected = shapely.geometry.shape(feature["geometry"])
            assert (shape is None and expected.is_empty) or shape.equals(expected)
    for name_ in features[0]["properties"] if features else ():
        assert name_ in layer.columns


def test_filters_and_order_hold_in_downloads(client, tmp_path):
    query = {"f": "gpkg", "filter": "row > 240", "sortby": "-row", "properties": "source_id,row"}
    (tmp_path / "one.gpkg").write_bytes(client.get(DOWNLOAD, params=query).content)
    layer = gpd.read_file(tmp_path / "one.gpkg")
    assert layer["row"].tolist() == list(range(250, 240, -1))
    assert list(layer.columns) == ["source_id", "row", "geometry"]
    rows = rows_of(client.get(DOWNLOAD, params={**query, "f": "csv"}).content)
    assert [row["source_id"] for row in rows] == layer["source_id"].tolist()


def test_everything_comes_whatever_a_page_holds(client):
    assert len(rows_of(client.get(DOWNLOAD).content)) == LOCATED  # a page has 120 at most


def test_a_workbook_has_its_limit_and_says_so(client, app):
    usual, app.state.settings = app.state.settings, Settings(token=TOKEN, book_rows_max=244)
    try:
        answer = client.get(DOWNLOAD, params={"f": "xlsx"})
        assert (answer.status_code, "csv" in answer.json()["detail"]) == (413, True)
        assert client.get(DOWNLOAD, params={"f": "xlsx", "on_border": "false"}).status_code == 200
    finally:
        app.state.settings = usual


@pytest.mark.parametrize("query", ["f=json", "limit=5", "f=shp", "f=../../x"])
def test_downloads_refuse_what_they_do_not_know(client, query):
    assert client.get(f"{DOWNLOAD}?{query}").status_code == 400
    assert client.get(f"/download?{query}").status_code == 400


def test_the_whole_workspace_has_also_what_is_still_in_the_log(tmp_path):
    path = tmp_path / "中文 ws.gpkg"
    Workspace(path).write(make_result(20))
    app = create_app(Settings(token=TOKEN), path)
    with (
        sqlite3.connect(path) as reader,
        TestClient(app, headers={"Authorization": f"Bearer {TOKEN}".encode()}) as client,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sources").fetchone()  # holds the log open
        Workspace(path).write(make_result(30))
        answer = client.get("/download")
        reader.rollback()
    assert 'filename="workspace.gpkg"' in answer.headers["content-disposition"]
    copy = tmp_path / "copy.gpkg"
    copy.write_bytes(answer.content)
    pd.testing.assert_frame_equal(Workspace(copy).read_sources(), Workspace(path).read_sources())
    assert copy.read_bytes()[18:20] == b"\x01\x01"  # no log needed: it opens in a read-only folder
    reader.close()
