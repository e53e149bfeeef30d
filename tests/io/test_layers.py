"""Reading layers: every format, every damage, each with a clear message."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geocensus.errors import CRSMismatchError, DataNotFoundError, SchemaError, UnreadableError
from geocensus.io.layers import layer_kinds, read_layer, split_layer
from geocensus.io.streaming import stream_layer
from geocensus.shifts import wgs84_to_bd09, wgs84_to_gcj02

N = 6


@pytest.fixture(scope="module")
def villages():
    """Six unit squares in a row around 118° E, 28° N, a tenth of a degree each."""
    shapes = [shapely.box(118 + i / 10, 28, 118.1 + i / 10, 28.1) for i in range(N)]
    table = {"code": [f"33082200120{i}" for i in range(N)], "name": [f"常山{i}村" for i in range(N)]}
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")


def write(table, path, **options):
    with np.errstate(all="ignore"):
        pyogrio.write_dataframe(table, path, **options)
    return path


def same(read, villages):
    assert read.table["code"].astype(str).tolist() == villages["code"].tolist()
    assert read.table["name"].tolist() == villages["name"].tolist()
    assert read.table.crs.to_epsg() == 4490
    assert shapely.equals(read.table.geometry.to_numpy(), villages.geometry.to_numpy()).all()


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson", "fgb", "gdb", "parquet", "kml"])
def test_every_format(villages, tmp_path, suffix):
    path = tmp_path / f"layer.{suffix}"
    if suffix == "parquet":
        villages.to_parquet(path)
    else:
        driver = {"gdb": "OpenFileGDB", "kml": "LIBKML"}.get(suffix)
        table = villages.to_crs("EPSG:4326") if suffix in {"geojson", "kml"} else villages
        write(table, path, driver=driver, **({"encoding": "UTF-8"} if suffix == "shp" else {}))
    read = read_layer(path)
    table = read.table.rename(columns=str.lower).sort_values("code", ignore_index=True)  # KML has its own Name
    assert table["name"].tolist() == villages["name"].tolist()
    assert table.crs.to_epsg() == 4490
    assert not table.geometry.has_z.any()
    differing = shapely.symmetric_difference(table.geometry.to_numpy(), villages.geometry.to_numpy())
    assert shapely.area(differing).max() < 1e-9  # FileGDB rounds to its grid
    assert read.report.empty
    assert not read.streamed


@pytest.mark.parametrize("cpg", ["keep", "drop", "ISO-8859-1", "UTF-8", "936"])
@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_shapefile_texts_whatever_the_cpg_says(villages, tmp_path, encoding, cpg):
    path = write(villages, tmp_path / "v.shp", encoding=encoding)
    side = path.with_suffix(".cpg")
    if cpg == "drop":
        side.unlink()
    elif cpg != "keep":
        side.write_text(cpg)
    stated = "GBK" if (encoding, cpg) == ("GBK", "ISO-8859-1") else None  # bytes alone cannot tell these two apart
    same(read_layer(path, encoding=stated), villages)


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
@pytest.mark.parametrize("damaged", [False, True])
def test_shapefile_whose_names_are_cut_inside_a_character(villages, tmp_path, encoding, damaged):
    named = villages.rename(columns={"code": "区划代码A级", "name": "a村级单位名称"})
    with pytest.warns(RuntimeWarning, match="Normalized|laundered"):
        path = write(named, tmp_path / "v.shp", encoding=encoding)
    whole = {"UTF-8": ["区划代", "a村级单"], "GBK": ["区划代码A", "a村级单位"]}[encoding]
    read = read_layer(path) if not damaged else None
    table = read.table if read else stream_layer(path, "v", encoding=encoding)[0]
    assert [name for name in table if name != "geometry"] == whole
    assert table[whole[1]].tolist() == villages["name"].tolist()


def test_file_and_layer():
    assert split_layer("a.gpkg") == (split_layer("a.gpkg")[0], None)
    assert split_layer("x/a.gpkg::村界")[1] == "村界"
    assert split_layer("x/a.gpkg::村界")[0].name == "a.gpkg"


def test_a_layer_is_named_preferred_or_alone(villages, tmp_path):
    path = write(villages.head(1), tmp_path / "w.gpkg", layer="county")
    write(villages, path, layer="village", append=False)
    assert len(read_layer(f"{path}::village").table) == N
    assert len(read_layer(path, prefer=("township", "county")).table) == 1
    with pytest.raises(SchemaError, match="2 layers with geometry: county, village"):
        read_layer(path)
    with pytest.raises(DataNotFoundError, match="no layer 'town'; it has county, village") as caught:
        read_layer(f"{path}::town")
    assert "现有图层" in caught.value.zh


def test_a_missing_file(tmp_path):
    with pytest.raises(DataNotFoundError, match="no file"):
        read_layer(tmp_path / "none.gpkg")


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.fgb", "a.parquet", "a.txt", "a.kml"])
@pytest.mark.parametrize("content", [b"", b"not a layer at all", bytes(range(256)) * 9])
def test_what_is_no_layer(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match="cannot be read as a layer"):
        read_layer(path)


def test_a_parquet_file_without_geometry(tmp_path):
    pd.DataFrame({"code": ["1"]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(UnreadableError, match="cannot be read as a layer"):
        read_layer(tmp_path / "a.parquet")


def test_a_shapefile_without_its_index_says_which_files_are_needed(villages, tmp_path):
    path = write(villages, tmp_path / "v.shp", encoding="UTF-8")
    path.with_suffix(".shx").unlink()
    with pytest.raises(UnreadableError, match=r"\.shp, \.shx, \.dbf, \.prj"):
        read_layer(path)
    assert not path.with_suffix(".shx").exists()


def test_points_are_refused_for_a_level_and_lines_for_barriers_only(tmp_path):
    dots = gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.Point(118, 28)], crs=4490)
    lines = gpd.GeoDataFrame({"name": ["港"]}, geometry=[shapely.LineString([(118, 28), (119, 28)])], crs=4490)
    write(dots, tmp_path / "dots.gpkg")
    write(lines, tmp_path / "lines.gpkg")
    with pytest.raises(SchemaError, match="holds Point; polygons are needed"):
        read_layer(tmp_path / "dots.gpkg")
    with pytest.raises(SchemaError, match="holds LineString; polygons are needed"):
        read_layer(tmp_path / "lines.gpkg")
    assert read_layer(tmp_path / "lines.gpkg", kind="line").report.empty


def test_rows_without_a_fitting_geometry_stay_and_are_told(villages, tmp_path):
    table = villages.copy()
    shapes = table.geometry.to_numpy().copy()
    shapes[1], shapes[2], shapes[3] = None, shapely.Polygon(), shapely.Point(118, 28)
    write(table.set_geometry(gpd.GeoSeries(shapes, crs=4490)), tmp_path / "v.gpkg", geometry_type="Unknown")
    read = read_layer(tmp_path / "v.gpkg")
    assert len(read.table) == N
    assert np.flatnonzero(read.table.geometry.isna()).tolist() == [1, 2, 3]
    assert read.report[["record", "what"]].to_numpy().tolist() == [
        [2, "no_geometry"],
        [3, "no_geometry"],
        [4, "not_a_polygon"],
    ]


@pytest.mark.parametrize("epsg", [4326, 4549, 4528, 32650, 3857])
def test_other_systems_are_transformed(villages, tmp_path, epsg):
    path = write(villages.to_crs(epsg), tmp_path / "v.gpkg")
    read = read_layer(path)
    got, want = (shapely.get_coordinates(t.geometry.to_numpy()) for t in (read.table, villages))
    assert np.abs(got - want).max() < 1e-8
    assert read.crs == ("wgs84" if epsg == 4326 else f"EPSG:{epsg}")


@pytest.mark.parametrize("epsg", [4214, 4610, 2436, 2385])
def test_beijing_54_and_xian_80_are_refused(villages, tmp_path, epsg):
    path = write(villages.set_crs(epsg, allow_override=True), tmp_path / "v.gpkg")
    with pytest.raises(CRSMismatchError, match="parameters"):
        read_layer(path)


def test_a_layer_without_a_system_needs_one(villages, tmp_path):
    path = write(villages, tmp_path / "v.shp", encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    with pytest.raises(CRSMismatchError, match=r"v\.shp::v: states no reference system; say which with --crs"):
        read_layer(path)
    same(read_layer(path, crs="cgcs2000"), villages)


def test_a_geopackage_of_undefined_system_needs_one(villages, tmp_path):
    path = tmp_path / "v.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        write(villages.set_crs(None, allow_override=True), path)
    with pytest.raises(CRSMismatchError, match="states no reference system"):
        read_layer(path)


@pytest.mark.parametrize(("word", "shift"), [("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
def test_the_users_word_counts_more_than_the_file(villages, tmp_path, word, shift):
    shapes = shapely.transform(villages.geometry.to_numpy(), shift, interleaved=False)
    path = write(villages.set_geometry(gpd.GeoSeries(shapes, crs=4326)), tmp_path / "v.geojson")
    read = read_layer(path, crs=word)
    got, want = (shapely.get_coordinates(t.geometry.to_numpy()) for t in (read.table, villages))
    assert np.abs(got - want).max() < 1e-6
    assert read.crs == word


def test_metres_called_degrees_are_refused(villages, tmp_path):
    path = write(villages.to_crs(4549), tmp_path / "v.gpkg")
    with pytest.raises(CRSMismatchError, match="metres"):
        read_layer(path, crs="cgcs2000")


def test_one_vertex_off_the_earth_takes_one_row_s_geometry(villages, tmp_path):
    shapes = villages.geometry.to_numpy().copy()
    shapes[2] = shapely.Polygon([(118, 28), (500, 28), (118, 29)])
    write(villages.set_geometry(gpd.GeoSeries(shapes, crs=4490)), tmp_path / "v.gpkg")
    read = read_layer(tmp_path / "v.gpkg")
    assert np.flatnonzero(read.table.geometry.isna()).tolist() == [2]
    assert read.report[["record", "what"]].to_numpy().tolist() == [[3, "out_of_range"]]


class TestDamage:
    """Damaged files: what can be read is kept, what cannot is listed by record."""

    def geojson(self, villages, tmp_path, **changes):
        content = json.loads(villages.to_json())
        for number, geometry in changes.items():
            content["features"][int(number[1:]) - 1]["geometry"] = geometry
        path = tmp_path / "v.geojson"
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    def test_broken_rings_are_met_one_by_one(self, villages, tmp_path):
        open_ring = {"type": "Polygon", "coordinates": [[[118, 28], [119, 28], [119, 29], [118, 29]]]}
        one_point = {"type": "Polygon", "coordinates": [[[118, 28]]]}
        read = read_layer(self.geojson(villages, tmp_path, r2=open_ring, r4=one_point))
        assert read.streamed
        assert len(read.table) == N
        assert read.table["name"].tolist() == villages["name"].tolist()
        assert sorted(read.report[["record", "what"]].to_numpy().tolist()) == [
            [2, "ring_closed"],
            [4, "geometry"],
            [4, "no_geometry"],
        ]
        assert read.table.geometry[1].area == pytest.approx(1)

    def test_copies_are_found_while_reading(self, villages, tmp_path):
        doubled = pd.concat([villages, villages.tail(1)], ignore_index=True)
        one_point = {"type": "Polygon", "coordinates": [[[118, 28]]]}
        read = read_layer(self.geojson(doubled, tmp_path, r1=one_point))
        copies = read.report[read.report["what"] == "copy"]
        assert copies[["record", "detail"]].to_numpy().tolist() == [[7, "same polygon as record 6"]]
        assert len(read.table) == N + 1

    def test_a_flatgeobuf_cut_short_gives_what_is_left(self, villages, tmp_path):
        path = write(villages, tmp_path / "v.fgb", SPATIAL_INDEX="NO")
        path.write_bytes(path.read_bytes()[:-60])
        read = read_layer(path)
        assert read.streamed
        assert 0 < len(read.table) < N
        assert read.report["what"].tolist() == ["lost"]

    @pytest.mark.parametrize("at", [0, 36, 40])
    def test_a_damaged_shapefile_record_loses_its_geometry_alone(self, villages, tmp_path, at):
        path = write(villages, tmp_path / "v.shp", encoding="UTF-8")
        content = bytearray(path.read_bytes())
        start = 100 + 2 * (len(content) - 100) // N + 8
        content[start + at : start + at + 4] = b"\xff\xff\xff\x7f"
        path.write_bytes(content)
        read = read_layer(path)
        assert read.report[["record", "what"]].to_numpy().tolist() == [[3, "no_geometry"]]
        assert read.table["name"].tolist() == villages["name"].tolist()

    def test_a_truncated_shapefile_keeps_all_rows(self, villages, tmp_path):
        path = write(villages, tmp_path / "v.shp", encoding="UTF-8")
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        read = read_layer(path)
        assert len(read.table) == N
        assert len(read.report) == read.table.geometry.isna().sum() > 0

    def test_undecodable_letters_are_told(self, villages, tmp_path):
        many = pd.concat([villages] * 20, ignore_index=True)
        path = write(many, tmp_path / "v.shp", encoding="GBK")
        table = path.with_suffix(".dbf")
        content = table.read_bytes()
        table.write_bytes(content.replace("常山3".encode("gbk"), b"\xff\xff\xff\xff3", 1))
        read = read_layer(path)
        assert len(read.table) == 20 * N
        assert read.report["what"].tolist() == ["text"]


def test_layer_kinds_tell_tables_from_layers(villages, tmp_path):
    path = write(villages, tmp_path / "v.gpkg", layer="village")
    write(pd.DataFrame({"key": ["a"]}), path, layer="plain")
    assert layer_kinds(path) == {"village": "Polygon", "plain": None}


def test_nothing_is_written_beside_the_users_file(villages, tmp_path):
    path = write(villages, tmp_path / "v.geojson")
    before = sorted(tmp_path.iterdir())
    read_layer(path)
    assert sorted(tmp_path.iterdir()) == before
