"""Other programs: GDAL reads, counts, filters and edits; the file stays a valid GeoPackage; styles are QGIS's."""

import shutil
import sqlite3
import subprocess
import xml.etree.ElementTree as ET
from contextlib import closing

import fiona
import geopandas as gpd
import pyogrio
import pytest
import shapely

from geocensus.workspace import Workspace


@pytest.fixture
def path(tmp_path, result):
    path = tmp_path / "ws.gpkg"
    Workspace(path).write(result)
    return path


def healthy(path):
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        for (name,) in db.execute("SELECT table_name FROM gpkg_geometry_columns").fetchall():
            assert db.execute(f"SELECT rtreecheck('rtree_{name}_geom')").fetchone() == ("ok",)
            count = db.execute(f"SELECT count(*) FROM {name}").fetchone()
            assert (
                db.execute("SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?", (name,)).fetchone()
                == count
            )
            with_geometry = db.execute(f"SELECT count(*) FROM {name} WHERE geom NOT NULL").fetchone()
            assert db.execute(f"SELECT count(*) FROM rtree_{name}_geom").fetchone() == with_geometry
    return True


def test_pyogrio_lists_the_layers_with_their_geometry(path):
    kinds = dict(pyogrio.list_layers(path).tolist())
    assert kinds["sources"] == kinds["flags"] == kinds["repair_points"] == "Point"
    assert kinds["repairs"] == "LineString"
    assert kinds["areas_township"] == kinds["zones"] == kinds["field_zones"] == "MultiPolygon"
    assert kinds["barriers"] == "MultiLineString"
    assert (
        kinds["unlocated_sources"]
        is kinds["runs"]
        is kinds["causes"]
        is kinds["decisions"]
        is kinds["layer_styles"]
        is None
    )


def test_pyogrio_reads_what_was_written(path, sources):
    table = gpd.read_file(path, layer="sources", engine="pyogrio")
    assert table.crs.to_epsg() == 4490
    assert table.geometry.x.tolist() == [118.1, 118.2, 118.65]
    assert table["source_id"].tolist() == ["S1", "S2", "S3"]
    assert table['raw:"名称"; DROP TABLE sources'].tolist() == ["a", "b", "c"]
    inside = gpd.read_file(path, layer="sources", bbox=(118.15, 28, 118.3, 29), engine="pyogrio")
    assert inside["source_id"].tolist() == ["S2"]


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="gdal-bin is not installed")
def test_ogrinfo_is_content(path):
    done = subprocess.run(["ogrinfo", "-al", "-so", "-ro", str(path)], capture_output=True, text=True, check=True)
    assert "Warning" not in done.stdout + done.stderr
    assert "ERROR" not in done.stdout + done.stderr
    assert "Layer name: sources" in done.stdout
    assert "Feature Count: 3" in done.stdout
    assert 'ID["EPSG",4490]' in done.stdout
    healthy(path)


def test_gdal_can_add_features(path):
    more = gpd.GeoDataFrame({"source_id": ["Q1"]}, geometry=[shapely.Point(118.3, 28.15)], crs="EPSG:4490")
    pyogrio.write_dataframe(more, path, layer="sources", append=True)
    assert healthy(path)
    assert pyogrio.read_info(path, layer="sources")["features"] == 4
    assert "Q1" in set(Workspace(path).read_sources()["source_id"])


def test_fiona_can_add_features(path):
    with fiona.open(path, "a", layer="field_zones") as layer:
        layer.write(
            {
                "type": "Feature",
                "properties": {"plan": "p", "field_zone": "1", "name": "一片", "owner": None, "load": 1.5, "units": 2},
                "geometry": {
                    "type": "MultiPolygon",
                    "coordinates": [[[(118, 28), (118.1, 28), (118.1, 28.1), (118, 28)]]],
                },
            }
        )
    assert healthy(path)
    table = gpd.read_file(path, layer="field_zones")
    assert (table["units"][0], table["load"][0]) == (2, 1.5)


def test_plain_sql_edits_of_ours_keep_index_and_count(path):
    blob = "SELECT geom FROM sources WHERE source_id = ?"
    with Workspace(path).transaction() as db:
        db.execute(f"INSERT INTO sources (source_id, geom) SELECT 'N1', ({blob})", ("S3",))
        db.execute(f"UPDATE sources SET geom = ({blob}) WHERE source_id = 'S1'", ("S3",))
        db.execute("UPDATE sources SET geom = NULL WHERE source_id = 'S2'")
        db.execute(f"UPDATE sources SET geom = ({blob}) WHERE source_id = 'S2'", ("S1",))
        db.execute("UPDATE sources SET fid = 77 WHERE source_id = 'S2'")
        db.execute("DELETE FROM sources WHERE source_id = 'N1'")
        db.execute("INSERT INTO sources (fid, source_id) VALUES (77, 'S2') ON CONFLICT(fid) DO UPDATE SET geom = NULL")
    assert healthy(path)


def test_edits_of_others_survive_the_next_run_or_are_replaced_cleanly(path, result):
    with Workspace(path).transaction() as db:
        db.execute("DELETE FROM sources WHERE source_id = 'S1'")
        db.execute("UPDATE areas_township SET name = '改名'")
    Workspace(path).write(result)
    assert healthy(path)
    assert len(Workspace(path).read_sources()) == 5
    assert Workspace(path).read_areas("township")["name"].tolist() == ["甲街道", "乙镇"]


def test_a_reader_that_stays_open_sees_whole_states(path, result):
    with fiona.open(path, layer="sources") as layer:
        assert len(list(layer)) == 3
        result.sources = result.sources.iloc[[0, 3, 4]]
        result.summary.update(rows=3, located=1)
        Workspace(path).write(result)
    assert len(gpd.read_file(path, layer="sources")) == 1
    assert healthy(path)


def test_every_spatial_layer_has_one_default_style_that_parses(path):
    with closing(sqlite3.connect(path)) as db:
        styles = db.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
        layers = {name for (name,) in db.execute("SELECT table_name FROM gpkg_geometry_columns")}
    assert {style[0] for style in styles} == layers
    for name, column, qml, default in styles:
        root = ET.fromstring(qml)
        assert (root.tag, column, default) == ("qgis", "geom", 1), name
        symbols = {symbol.get("name") for symbol in root.iter("symbol")}
        assert symbols >= {category.get("symbol") for category in root.iter("category")}
        assert symbols
    (sources,) = [ET.fromstring(style[2]) for style in styles if style[0] == "sources"]
    values = [category.get("value") for category in sources.iter("category")]
    assert values == ["industrial", "farm", "centralised", "domestic", "mobile", ""]


def test_a_style_that_somebody_made_the_default_stays_so(path, result):
    with Workspace(path).transaction() as db:
        db.execute("DELETE FROM layer_styles WHERE f_table_name = 'sources'")
        db.execute(
            "INSERT INTO layer_styles (f_table_name, styleName, styleQML, useAsDefault) VALUES ('sources', 'mine', '', 1)"
        )
    Workspace(path).write(result)
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(
            "SELECT styleName, useAsDefault FROM layer_styles WHERE f_table_name = 'sources' ORDER BY 1"
        ).fetchall()
    assert rows == [("geocensus", 0), ("mine", 1)]
