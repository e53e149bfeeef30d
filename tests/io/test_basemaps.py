"""Opening and writing basemaps: shipped, own, workspaces, and any polygon file."""

import json
import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geocensus.basemap import Basemap
from geocensus.errors import CRSMismatchError, DataNotFoundError, SchemaError, UnreadableError, WorkspaceError
from geocensus.io.basemaps import basemaps_folder, list_basemaps, open_basemap, write_basemap
from geocensus.model import BasemapInfo, CodeSystem, Text

CRS = "EPSG:4490"


def areas(level, rows):
    table = pd.DataFrame([(c, n, p, level) for c, n, p, _ in rows], columns=["code", "name", "parent_code", "level"])
    return gpd.GeoDataFrame(table, geometry=[None if b is None else shapely.box(*b) for *_, b in rows], crs=CRS)


@pytest.fixture
def basemap():
    """Draw a township of two villages, and one that has no place; a river runs along the border."""
    info = BasemapInfo(
        "tiny", Text("小图", "tiny map"), root="330822001", licence="CC0", notice=Text("示意", "schematic"),
        code_system=CodeSystem.GB2260, code_year=2023, accuracy_m={"village": 30.0}, schematic=True, nested=True,
    )  # fmt: skip
    layers = {
        "township": areas("township", [("330822001", "天马街道", "330822", (118, 28, 118.2, 28.1))]),
        "village": areas(
            "village",
            [
                ("330822001201", "甲村", "330822001", (118, 28, 118.1, 28.1)),
                ("330822001202", "乙村", "330822001", (118.1, 28, 118.2, 28.1)),
                ("330822001598", "虚拟村", "330822001", None),
            ],
        ),
    }
    river = shapely.LineString([(118.1, 28), (118.1, 28.1)])
    barriers = gpd.GeoDataFrame({"name": ["常山港"], "kind": ["river"]}, geometry=[river], crs=CRS)
    return Basemap(info, layers, barriers)


def same(one, other):
    assert one.levels == other.levels
    for level in one.levels:
        left, right = one.areas(level), other.areas(level)
        assert left.drop(columns="geometry").equals(right.drop(columns="geometry"))
        assert left.geometry.isna().equals(right.geometry.isna())
        there = left.geometry.notna()
        assert shapely.equals(left.geometry[there].to_numpy(), right.geometry[there].to_numpy()).all()


class TestOwnFiles:
    def test_what_is_written_is_read_back(self, basemap, tmp_path):
        path = write_basemap(basemap, tmp_path / "neu" / "tiny.gpkg", extra={"mended": pd.DataFrame({"code": ["x"]})})
        found = open_basemap(path)
        same(found, basemap)
        assert found.info.as_dict() == basemap.info.as_dict()
        assert len(found.info.sha256) == 64
        assert found.barriers[["name", "kind"]].to_numpy().tolist() == [["常山港", "river"]]
        assert found.notes == ()
        assert {name for name, _ in pyogrio.list_layers(path)} == {
            "township",
            "village",
            "barriers",
            "basemap_info",
            "mended",
        }
        assert [p.name for p in path.parent.iterdir()] == ["tiny.gpkg"]

    def test_writing_again_replaces(self, basemap, tmp_path):
        path = write_basemap(basemap, tmp_path / "tiny.gpkg")
        one = Basemap(basemap.info, {"township": basemap.areas("township")})
        write_basemap(one, path)
        assert open_basemap(path).levels == ("township",)
        assert len(open_basemap(path).barriers) == 0

    def test_a_workspace_is_a_basemap_too(self, basemap, tmp_path):
        path = tmp_path / "ws.gpkg"
        for level in basemap.levels:
            pyogrio.write_dataframe(basemap.areas(level), path, layer=f"areas_{level}", append=False)
        pyogrio.write_dataframe(basemap.zones(), path, layer="zones")
        values = {**basemap.info.as_dict(), "sha256": "f" * 64}
        info = pd.DataFrame({"key": list(values), "value": [json.dumps(v) for v in values.values()]})
        pyogrio.write_dataframe(info, path, layer="basemap_info")
        found = open_basemap(path)
        same(found, basemap)
        assert found.info.sha256 == "f" * 64

    def test_a_damaged_info_table_is_unreadable(self, basemap, tmp_path):
        path = write_basemap(basemap, tmp_path / "tiny.gpkg")
        pyogrio.write_dataframe(pd.DataFrame({"key": ["name"], "value": ["{"]}), path, layer="basemap_info")
        with pytest.raises(UnreadableError, match="damaged basemap or workspace"):
            open_basemap(path)

    @pytest.mark.parametrize("keep", [0, 0.3, 0.9])
    def test_a_cut_file_is_unreadable(self, basemap, tmp_path, keep):
        path = write_basemap(basemap, tmp_path / "tiny.gpkg")
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * keep)])
        with pytest.raises(UnreadableError):
            open_basemap(path)

    def test_a_folder_in_the_way_is_a_clear_error(self, basemap, tmp_path):
        (tmp_path / "tiny.gpkg").mkdir()
        with pytest.raises(WorkspaceError, match="cannot be written"):
            write_basemap(basemap, tmp_path / "tiny.gpkg")
        assert [p.name for p in tmp_path.iterdir()] == ["tiny.gpkg"]


class TestShipped:
    @pytest.fixture
    def copied(self, tmp_path, monkeypatch):
        folder = tmp_path / "basemaps"
        folder.mkdir()
        for name in ("manifest.json", "changshan.gpkg", "miaoli.gpkg"):
            shutil.copy(basemaps_folder() / name, folder / name)
        monkeypatch.setenv("GEOCENSUS_BASEMAPS", str(folder))
        return folder

    def test_both_are_listed(self):
        listed = {entry["name"]: entry for entry in list_basemaps()}
        assert list(listed) == ["changshan", "miaoli"]
        assert listed["changshan"]["levels"] == {"county": 1, "township": 14, "village": 198}
        assert listed["miaoli"]["levels"] == {"county": 1, "township": 18, "village": 275}
        assert (listed["changshan"]["root"], listed["miaoli"]["root"]) == ("330822", "10005")
        assert [listed[n]["schematic"] for n in listed] == [True, False]
        assert set(listed["miaoli"]) == {
            "name",
            "title",
            "root",
            "levels",
            "code_system",
            "code_year",
            "licence",
            "schematic",
        }

    @pytest.mark.parametrize("name", ["changshan", "miaoli"])
    def test_opening_by_name(self, name):
        basemap = open_basemap(name)
        entry = next(e for e in list_basemaps() if e["name"] == name)
        assert {level: len(basemap.areas(level)) for level in basemap.levels} == entry["levels"]
        assert basemap.info.nested
        parents = basemap.parents(basemap.zones()["code"])
        assert parents.notna().all(axis=None)
        assert parents["code_county"].unique().tolist() == [entry["root"]]

    def test_an_unknown_name_lists_the_shipped_ones(self):
        with pytest.raises(DataNotFoundError, match="'atlantis'; shipped basemaps: changshan, miaoli") as caught:
            open_basemap("atlantis")
        assert "自带底图：changshan, miaoli" in caught.value.zh

    def test_a_changed_file_is_refused(self, copied):
        with (copied / "miaoli.gpkg").open("ab") as stream:
            stream.write(b"x")
        with pytest.raises(UnreadableError, match="differs from its manifest"):
            open_basemap("miaoli")
        assert open_basemap("changshan").levels[0] == "county"

    def test_a_missing_file_is_told(self, copied):
        (copied / "miaoli.gpkg").unlink()
        with pytest.raises(DataNotFoundError, match="file is missing; reinstall"):
            open_basemap("miaoli")

    @pytest.mark.parametrize("content", ["", "[]", '{"basemaps": 3}'])
    def test_a_damaged_manifest_is_told(self, copied, content):
        (copied / "manifest.json").write_text(content)
        with pytest.raises(UnreadableError, match="not a manifest"):
            list_basemaps()

    def test_no_folder_at_all(self, tmp_path, monkeypatch):
        monkeypatch.setenv("GEOCENSUS_BASEMAPS", str(tmp_path))
        with pytest.raises(DataNotFoundError, match="set GEOCENSUS_BASEMAPS"):
            open_basemap("changshan")

    def test_a_file_opens_without_the_shipped_ones(self, basemap, tmp_path, monkeypatch):
        path = write_basemap(basemap, tmp_path / "tiny.gpkg")
        monkeypatch.setenv("GEOCENSUS_BASEMAPS", str(tmp_path))
        assert open_basemap(path).levels == basemap.levels

    def test_the_override_counts(self, copied):
        assert basemaps_folder() == copied


class TestAnyPolygons:
    """Foreign files: levels and columns are guessed, and the notes say how."""

    @pytest.fixture
    def villages(self, basemap):
        return basemap.areas("village").dropna(subset="geometry").drop(columns=["level", "parent_code"])

    def test_a_gbk_shapefile_with_chinese_headers(self, villages, tmp_path):
        table = villages.rename(columns={"code": "区划代码", "name": "名称"})
        pyogrio.write_dataframe(table, tmp_path / "村界.shp", encoding="GBK")
        found = open_basemap(tmp_path / "村界.shp")
        assert found.levels == ("village",)
        assert found.zones()["name"].tolist() == ["甲村", "乙村"]
        assert found.info.code_system is CodeSystem.GB2260
        assert found.info.accuracy_m == {}
        assert found.info.name == "村界"
        notes = "\n".join(note.en for note in found.notes)
        assert "column 区划代码 taken as code" in notes
        assert "column 名称 taken as name" in notes
        assert "taken as level village" in notes

    def test_layers_named_by_level_get_their_parents_by_code(self, basemap, tmp_path):
        path = tmp_path / "a.gpkg"
        for level in ("village", "township"):
            table = basemap.areas(level).drop(columns=["level", "parent_code"])
            pyogrio.write_dataframe(table, path, layer=level, append=False)
        pyogrio.write_dataframe(basemap.barriers, path, layer="barriers")
        found = open_basemap(path)
        assert found.levels == ("township", "village")
        assert found.zones()["parent_code"].tolist() == ["330822001"] * 3
        assert any("parent derived from the code (3 areas)" in note.en for note in found.notes)

    def test_one_layer_of_several(self, basemap, tmp_path):
        path = write_basemap(basemap, tmp_path / "tiny.gpkg")
        assert open_basemap(f"{path}::township").levels == ("township",)

    def test_a_web_map_s_geojson_raises_suspicion(self, villages, tmp_path):
        table = villages.rename(columns={"code": "adcode"}).assign(acroutes="[]", level="street")
        pyogrio.write_dataframe(table.to_crs(4326), tmp_path / "x.geojson")
        found = open_basemap(tmp_path / "x.geojson")
        assert any("probably GCJ-02" in note.en for note in found.notes)

    def test_stating_gcj02_moves_the_layer(self, villages, tmp_path):
        pyogrio.write_dataframe(villages.to_crs(4326), tmp_path / "x.geojson")
        plain, moved = (open_basemap(tmp_path / "x.geojson", crs=crs).zones() for crs in (None, "gcj02"))
        apart = shapely.get_coordinates(plain.geometry.to_numpy()) - shapely.get_coordinates(moved.geometry.to_numpy())
        assert 0.003 < np.abs(apart).max() < 0.008

    def test_geoparquet_and_kml(self, villages, tmp_path):
        villages.to_parquet(tmp_path / "v.parquet")
        pyogrio.write_dataframe(villages.to_crs(4326), tmp_path / "v.kml", driver="LIBKML")
        for name in ("v.parquet", "v.kml"):
            assert open_basemap(tmp_path / name).zones()["code"].tolist() == ["330822001201", "330822001202"]

    def test_levels_of_a_foreign_file_are_located_one_by_one(self, basemap, villages, tmp_path):
        path = tmp_path / "a.gpkg"
        for level in basemap.levels:
            pyogrio.write_dataframe(basemap.areas(level), path, layer=level, append=False)
        assert not open_basemap(path).info.nested
        assert open_basemap(f"{path}::village").info.nested

    def test_two_layers_of_one_level(self, villages, tmp_path):
        path = tmp_path / "a.gpkg"
        for layer in ("east", "west"):
            pyogrio.write_dataframe(villages, path, layer=layer, append=False)
        with pytest.raises(SchemaError, match="two layers are of level village"):
            open_basemap(path)

    def test_no_polygons_at_all(self, basemap, tmp_path):
        pyogrio.write_dataframe(basemap.barriers, tmp_path / "b.gpkg", layer="lines")
        with pytest.raises(SchemaError, match=r"no layer of polygons; it has lines \(LineString\)"):
            open_basemap(tmp_path / "b.gpkg")

    def test_no_codes(self, villages, tmp_path):
        pyogrio.write_dataframe(villages[["geometry"]].assign(t="x"), tmp_path / "b.gpkg")
        with pytest.raises(SchemaError, match="no column looks like a code; columns are t"):
            open_basemap(tmp_path / "b.gpkg")

    def test_no_reference_system(self, villages, tmp_path):
        path = tmp_path / "v.shp"
        pyogrio.write_dataframe(villages, path, encoding="UTF-8")
        path.with_suffix(".prj").unlink()
        with pytest.raises(CRSMismatchError, match="--crs"):
            open_basemap(path)
        assert open_basemap(path, crs="wgs84").levels == ("village",)

    def test_an_empty_layer_is_refused(self, villages, tmp_path):
        pyogrio.write_dataframe(villages.head(0), tmp_path / "e.gpkg", geometry_type="Polygon")
        with pytest.raises(SchemaError, match="holds no areas"):
            open_basemap(tmp_path / "e.gpkg")

    def test_a_file_that_is_no_map(self, tmp_path):
        (tmp_path / "a.csv.txt").write_text("hello")
        with pytest.raises(UnreadableError, match="cannot be read as a layer"):
            open_basemap(tmp_path / "a.csv.txt")
