"""Real boundaries of one county through every format, the topology report and the shift test."""

import geopandas as gpd
import pyogrio
import pytest
import shapely

from geocensus.basemap import area_certainty, areas_m2, suspect_shift, topology_issues
from geocensus.io import open_basemap
from geocensus.pipeline.build_basemap import build_basemap
from geocensus.shifts import wgs84_to_bd09, wgs84_to_gcj02

FORMATS = {
    "gbk.shp": ("ESRI Shapefile", {"encoding": "GB18030"}),
    "utf8.shp": ("ESRI Shapefile", {"encoding": "UTF-8"}),
    "a.geojson": ("GeoJSON", {"COORDINATE_PRECISION": 12}),
    "a.fgb": ("FlatGeobuf", {}),
    "a.gdb": ("OpenFileGDB", {}),
    "a.kml": ("LIBKML", {}),
    "a.parquet": (None, {}),
}


@pytest.fixture(scope="module")
def miaoli():
    return open_basemap("miaoli")


def export(table, path, driver, options):
    table = table.drop(columns="level").rename(columns={"parent_code": "parent"})
    if driver is None:
        table.to_parquet(path)
    else:
        if driver in {"GeoJSON", "LIBKML"}:
            table = table.to_crs("EPSG:4326")
        pyogrio.write_dataframe(table, path, driver=driver, **options)
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_a_basemap_built_from_exported_layers_is_the_same(miaoli, tmp_path, name):
    driver, options = FORMATS[name]
    files = {}
    for level in ("township", "village"):
        (tmp_path / level).mkdir()
        files[level] = export(miaoli.areas(level), tmp_path / level / name, driver, options)
    report = build_basemap(tmp_path / "out.gpkg", files, code_year=2021)
    built = report.basemap
    assert report.reading.empty
    for level in files:
        one, other = built.areas(level), miaoli.areas(level)
        columns = ["code", "name"] if level == "township" else ["code", "name", "parent_code"]
        assert one[columns].equals(other[columns])
        off = shapely.symmetric_difference(one.geometry.to_numpy(), other.geometry.to_numpy())
        assert areas_m2(off).max() < 1  # FileGDB and KML round coordinates
    if name not in {"a.gdb", "a.kml"}:
        assert built.info.nested


@pytest.mark.parametrize("name", ["changshan", "miaoli"])
def test_shipped_basemaps_have_nothing_wrong_but_legal_enclaves(name):
    basemap = open_basemap(name)
    issues = topology_issues(basemap.layers, system=basemap.info.code_system)
    assert set(issues["kind"]) <= {"enclave"}


@pytest.mark.parametrize(("system", "shift"), [("none", None), ("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
def test_a_shifted_copy_is_detected_against_the_townships(miaoli, system, shift):
    villages = miaoli.areas("village")
    if shift is not None:
        moved = shapely.transform(villages.geometry.to_numpy(), shift, interleaved=False)
        villages = villages.set_geometry(gpd.GeoSeries(moved, crs=villages.crs))
    found = suspect_shift(villages, reference=miaoli.areas("township"))
    assert found.system == system
    assert found.residual_m[system] < 1


def test_parents_by_place_are_the_real_ones(miaoli, tmp_path):
    files = {}
    for level in miaoli.levels:
        files[level] = tmp_path / f"{level}.fgb"
        pyogrio.write_dataframe(miaoli.areas(level)[["code", "name", "geometry"]], files[level])
    report = build_basemap(tmp_path / "out.gpkg", files)
    for level in ("township", "village"):
        assert report.basemap.areas(level)["parent_code"].equals(miaoli.areas(level)["parent_code"])
    assert set(report.mended["what"]) == {"parent.by_overlap"}


def test_certainty_grows_with_the_size_of_areas(miaoli):
    table = area_certainty(miaoli)
    share = table.groupby("level")[["certain_share", "area_km2"]].apply(
        lambda part: (part["certain_share"] * part["area_km2"]).sum() / part["area_km2"].sum()
    )
    assert share["village"] < share["township"] < share["county"]
    assert 0.7 < share["village"] < 1
    assert not table["assumed"].any()
