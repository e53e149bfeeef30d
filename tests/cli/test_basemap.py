"""geocensus basemap list, verify, build: in this process, on the drawn world."""

import json

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geocensus.io import open_basemap
from geocensus.io.basemaps import basemaps_folder


@pytest.fixture
def layers(world, here):
    """Write the townships and villages of the world as a Shapefile in GBK and a GeoJSON with headers of an office."""
    basemap = open_basemap(world)
    for level, name in (("township", "乡镇.shp"), ("village", "村.geojson")):
        areas = basemap.areas(level).rename(columns={"code": "XZQDM", "name": "XZQMC"})
        areas = areas.drop(columns=["parent_code", "level"])
        areas.to_file(here / name, **({"encoding": "gbk"} if name.endswith("shp") else {}))
    return here


def test_list(run):
    done = run("basemap", "list", json_=True)
    assert done.code == 0
    found = {entry["name"]: entry for entry in done.json["basemaps"]}
    assert set(found) == {"changshan", "miaoli"}
    keys = {"name", "root", "levels", "code_system", "code_year", "licence", "schematic"}
    assert all(keys <= set(entry) for entry in found.values())
    assert found["changshan"]["levels"] == {"county": 1, "township": 14, "village": 198}
    assert (found["changshan"]["schematic"], found["miaoli"]["schematic"]) == (True, False)
    assert "常山县" in run("basemap", "list", "--lang", "zh").out


def test_verify_says_how_certain_locating_is(run, world):
    done = run("basemap", "verify", world, json_=True)
    assert done.code == 0
    assert done.json["issues"] == {}
    certain = {level: share["certain_share"] for level, share in done.json["certainty"].items()}
    assert certain["county"] > certain["township"] > certain["village"] > 0.9
    assert "ASSUMED" not in done.err
    assert "certain share of area" in done.err


def test_verify_lists_every_area_in_a_file(run, world, here):
    done = run("basemap", "verify", world, "--out", "areas.csv")
    assert done.code == 0
    table = pd.read_csv(here / "areas.csv", dtype={"code": str})
    assert table["level"].value_counts().to_dict() == {"village": 4, "township": 2, "county": 1}
    assert table["certain_share"].between(0.9, 1).all()
    assert run("basemap", "verify", world, "--out", "areas.pdf").code == 2


def test_verify_of_nothing(run):
    done = run("basemap", "verify", "atlantis")
    assert done.code == 2
    assert "changshan" in done.err


def test_build_from_the_layers_of_an_office(run, layers, world):
    options = (
        "--level",
        "township=乡镇.shp",
        "--level",
        "village=村.geojson",
        "--code-year",
        "2023",
        "--accuracy-m",
        "20",
    )
    done = run("basemap", "build", "own.gpkg", *options, "--accuracy-m", "township=40", json_=True)
    assert done.code == 0, done.err
    assert done.json["levels"] == {"township": 2, "village": 4}
    assert (done.json["issues"], done.json["nested"], done.json["shift"]["system"]) == ({}, True, "unknown")
    assert "--reference" in done.err  # cannot tell whether the layers are shifted
    built, own = open_basemap(layers / "own.gpkg"), open_basemap(world)
    assert built.zones()["name"].tolist() == own.zones()["name"].tolist()
    assert built.zones()["parent_code"].tolist() == own.zones()["parent_code"].tolist()
    assert dict(built.info.accuracy_m) == {"township": 40.0, "village": 20.0}
    assert built.info.code_year == 2023


def test_build_reports_what_does_not_fit_and_leaves_a_layer_to_look_at(run, layers):
    villages = gpd.read_file(layers / "村.geojson")
    villages.loc[0, "geometry"] = shapely.box(118, 28, 118.021, 28.02)  # 100 m over its neighbour
    villages.to_file(layers / "over.geojson")
    done = run("basemap", "build", "own.gpkg", "--level", "village=over.geojson", json_=True)
    assert done.json["issues"]["overlap"] == 1
    issues = pyogrio.read_dataframe(layers / "own.gpkg", layer="topology_issues")
    row = issues[issues["kind"] == "overlap"].iloc[0]
    assert row["codes"] == "330822001001 330822001200"
    assert row["area_m2"] == pytest.approx(98.3 * 2216, rel=0.02)


@pytest.mark.parametrize(("lang", "kind"), [("zh", "相互重叠 × 1"), ("en", "overlap × 1")])
def test_issues_and_levels_are_told_in_the_language_asked_for(run, layers, lang, kind):
    villages = gpd.read_file(layers / "村.geojson")
    villages.loc[0, "geometry"] = shapely.box(118, 28, 118.021, 28.02)
    villages.loc[3, "geometry"] = shapely.box(118.0601, 28, 118.08, 28.02)
    villages.to_file(layers / "over.geojson")
    options = ("--level", "township=乡镇.shp", "--level", "village=over.geojson", "--lang", lang)
    done = run("basemap", "build", "own.gpkg", *options)
    assert kind in done.out
    assert "parent_not_covered" not in done.out
    assert ("村" in done.out.split()) == (lang == "zh")
    assert ("狭长碎片 × 1" in done.out) == (lang == "zh")


@pytest.mark.parametrize(("level", "layer"), [("township", "township"), ("village", "village"), ("zone", "village")])
def test_of_a_basemap_as_reference_the_level_built_is_taken_else_the_finest(run, here, monkeypatch, level, layer):
    from geocensus.pipeline import build_basemap as module

    read = []
    kept = module.read_layer
    monkeypatch.setattr(module, "read_layer", lambda *a, **k: read.append(kept(*a, **k)) or read[-1])
    whole = basemaps_folder() / "changshan.gpkg"
    done = run("basemap", "build", "own.gpkg", "--level", f"{level}={whole}::{layer}", "--reference", whole, json_=True)
    assert done.code == 0, done.err
    assert done.json["shift"]["system"] == "none"
    assert [one.layer for one in read] == [layer, layer]


def test_a_reference_with_several_layers_of_other_names_needs_one_named(run, layers):
    options = ("--level", "township=乡镇.shp", "--level", "village=村.geojson", "--reference")
    other = gpd.read_file(layers / "村.geojson")
    for name in ("甲", "乙"):
        other.to_file(layers / "two.gpkg", layer=name)
    done = run("basemap", "build", "own.gpkg", *options, "two.gpkg")
    assert done.code == 2
    assert "two.gpkg::LAYER" in done.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--level", "village"), "LEVEL=FILE"),
        (("--level", "hamlet=a.shp"), "levels are province"),
        (("--level", "village=nothing.shp"), "nothing.shp"),
        (("--level", "village=村.geojson", "--code", "NOPE"), "NOPE"),
        (("--level", "village=村.geojson", "--code", "hamlet=XZQDM"), "no level 'hamlet'"),
        (("--level", "village=村.geojson", "--accuracy-m", "wide"), "not a number of metres"),
        (("--level", "village=村.geojson", "--crs", "EPSG:4214"), "4214"),
    ],
)
def test_wrong_use_says_what_to_do_and_writes_nothing(run, layers, options, said):
    done = run("basemap", "build", "own.gpkg", *options)
    assert done.code == 2
    assert said in done.err
    assert not (layers / "own.gpkg").exists()


def test_a_built_basemap_serves_check(run, layers, usual):
    run("basemap", "build", "own.gpkg", "--level", "township=乡镇.shp", "--level", "village=村.geojson")
    (layers / "list.csv").write_text(usual, encoding="utf-8")
    done = run("check", "list.csv", "--basemap", "own.gpkg", json_=True)
    assert done.code == 0
    assert done.json["outside_by_level"] == {"township": 1}
    assert "ASSUMED" in done.err
    assert json.loads(done.out.splitlines()[-1])["certainty"]["village"]["certain"] == 2
