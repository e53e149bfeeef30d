"""Building a basemap from a user's layers: everything odd is mended and told, or refused with a clear message."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geocensus.basemap import MENDED_TEXTS
from geocensus.errors import CRSMismatchError, DataNotFoundError, SchemaError
from geocensus.io import open_basemap
from geocensus.io.reading_report import READING_TEXTS
from geocensus.model import CodeSystem
from geocensus.pipeline.build_basemap import build_basemap
from geocensus.shifts import wgs84_to_gcj02

CRS = "EPSG:4490"


def layer(path, columns, boxes, crs=CRS, **options):
    shapes = [shapely.box(*box) if isinstance(box, tuple) else box for box in boxes]
    pyogrio.write_dataframe(gpd.GeoDataFrame(pd.DataFrame(columns), geometry=shapes, crs=crs), path, **options)
    return path


@pytest.fixture
def towns(tmp_path):
    """Draw two towns of two villages each, and a river between the towns.

    ::

        28.1 +-----+-----+-----+-----+
             | 001201    | 002201    |      towns 330822001 and 330822002
        28.0 +-----+-----+-----+-----+      villages of half a town each
            118   118.1 118.2 118.3 118.4
    """
    return layer(tmp_path / "乡镇.shp", {"XZQDM": ["330822001", "330822002"], "XZQMC": ["甲镇", "乙镇"]},
                 [(118, 28, 118.2, 28.1), (118.2, 28, 118.4, 28.1)], encoding="GBK")  # fmt: skip


@pytest.fixture
def villages(tmp_path):
    codes = ["330822001201", "330822001202", "330822002201", "330822002202"]
    boxes = [(118 + i / 10, 28, 118.1 + i / 10, 28.1) for i in range(4)]
    return layer(tmp_path / "村.geojson", {"code": codes, "name": list("一二三四")}, boxes, crs="EPSG:4326")


def whats(report):
    return set(report.mended["what"])


def test_two_layers_and_a_river_become_a_basemap(towns, villages, tmp_path):
    river = tmp_path / "rivers.gpkg"
    line = shapely.LineString([(118.2, 28), (118.2, 28.1)])
    pyogrio.write_dataframe(gpd.GeoDataFrame({"name": ["常山港"]}, geometry=[line], crs=CRS), river)
    report = build_basemap(
        tmp_path / "out.gpkg", {"village": villages, "township": towns}, barrier=river, code_year=2023,
        accuracy_m={"village": 30, "": 50},
    )  # fmt: skip
    info = report.basemap.info
    assert report.basemap.levels == ("township", "village")
    assert report.basemap.zones()["parent_code"].tolist() == ["330822001", "330822001", "330822002", "330822002"]
    assert report.basemap.areas("township")["name"].tolist() == ["甲镇", "乙镇"]
    assert (info.name, info.code_system, info.code_year, info.nested) == ("out", CodeSystem.GB2260, 2023, True)
    assert info.accuracy_m == {"township": 50.0, "village": 30.0}
    assert info.source.en == "村.geojson, 乡镇.shp"
    assert report.basemap.barriers[["name", "kind"]].to_numpy().tolist() == [["常山港", "river"]]
    assert report.issues.empty
    assert report.reading.empty
    assert whats(report) == {"parent.by_code"}
    assert report.shift.system == "unknown"
    assert any("XZQDM taken as code" in note.en for note in report.notes)


def test_the_file_holds_the_reports_and_opens_again(towns, villages, tmp_path):
    report = build_basemap(tmp_path / "out.gpkg", {"village": villages, "township": towns})
    kinds = dict(pyogrio.list_layers(report.path))
    assert set(kinds) == {"township", "village", "barriers", "basemap_info", "topology_issues", "mended"}
    assert kinds["mended"] is None
    found = open_basemap(report.path)
    assert found.info.as_dict() == report.basemap.info.as_dict()
    assert found.zones()["code"].tolist() == report.basemap.zones()["code"].tolist()


def test_everything_odd_at_once_is_mended_and_told(tmp_path):
    bowtie = shapely.Polygon([(118.4, 28), (118.5, 28.1), (118.5, 28), (118.4, 28.1)])
    path = layer(
        tmp_path / "v.gpkg",
        {"dm": ["330822001201.0", "３３０８２２００１２０２", "330822001203", "330822001203", None, "330822001598"], "mc": list("abcdef")},
        [(118, 28, 118.1, 28.1), (118.05, 28, 118.2, 28.1), (118.2, 28, 118.3, 28.1), (118.3, 28, 118.4, 28.1), bowtie, None],
    )  # fmt: skip
    report = build_basemap(tmp_path / "out.gpkg", {"village": path}, code="dm", name="mc")
    codes = report.basemap.zones()["code"].tolist()
    assert codes[:5] == ["330822001201", "330822001202", "330822001203", "330822001203#2", "330822001598"]
    assert codes[5].startswith("auto:")
    assert whats(report) == {
        "code.normalised",
        "code.duplicate",
        "code.missing",
        "geometry.made_valid",
        "geometry.none",
    }
    assert whats(report) <= set(MENDED_TEXTS)
    assert set(report.reading["what"]) <= set(READING_TEXTS)
    kinds = report.issues.groupby("kind").size().to_dict()
    assert kinds == {"overlap": 1, "duplicate_code": 2, "malformed_code": 1, "no_geometry": 1, "enclave": 1}
    assert report.reading[["level", "record", "what"]].to_numpy().tolist() == [["village", 6, "no_geometry"]]
    assert not report.basemap.info.nested
    saved = pyogrio.read_dataframe(report.path, layer="topology_issues")
    assert len(saved) == len(report.issues)


def test_float_codes_and_another_system(towns, tmp_path):
    boxes = gpd.GeoSeries([shapely.box(118, 28, 118.2, 28.1), shapely.box(118.2, 28, 118.4, 28.1)], crs=CRS).to_crs(
        4549
    )
    path = layer(tmp_path / "v.gpkg", {"CODE": [330822001201.0, 330822002201.0]}, list(boxes), crs="EPSG:4549")
    report = build_basemap(tmp_path / "out.gpkg", {"village": path, "township": towns})
    assert report.basemap.zones()["code"].tolist() == ["330822001201", "330822002201"]
    assert "code.normalised" in whats(report)
    bounds = report.basemap.zones().total_bounds
    assert bounds == pytest.approx([118, 28, 118.4, 28.1], abs=1e-8)


def test_fields_may_be_named_by_level(tmp_path):
    one = layer(tmp_path / "t.gpkg", {"tid": ["A", "B"], "x": ["甲", "乙"]}, [(0, 0, 1, 1), (1, 0, 2, 1)])
    two = layer(
        tmp_path / "v.gpkg", {"vid": ["A1", "B1"], "of": ["A", "B"], "x": ["一", "二"]}, [(0, 0, 1, 1), (1, 0, 2, 1)]
    )
    report = build_basemap(
        tmp_path / "o.gpkg", {"township": one, "village": two}, code={"township": "tid", "village": "vid"}, name="x",
        parent={"village": "of"},
    )  # fmt: skip
    assert report.basemap.zones()[["code", "name", "parent_code"]].to_numpy().tolist() == [
        ["A1", "一", "A"],
        ["B1", "二", "B"],
    ]
    assert report.basemap.info.code_system is CodeSystem.OTHER
    assert report.notes == ()


def test_a_shifted_layer_is_found_against_a_reference(tmp_path):
    points = np.random.default_rng(5).random((40, 2)) * 0.4 + (118.3, 28.7)
    cells = shapely.segmentize(shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points))), 0.005)
    shifted = shapely.transform(cells, wgs84_to_gcj02, interleaved=False)
    codes = {"code": [f"3308220012{i:02d}" for i in range(len(cells))]}
    right = layer(tmp_path / "right.gpkg", codes, list(cells))
    wrong = layer(tmp_path / "wrong.gpkg", codes, list(shifted))
    found = build_basemap(tmp_path / "o.gpkg", {"village": wrong}, reference=right).shift
    assert (found.system, round(found.residual_m["gcj02"])) == ("gcj02", 0)
    assert build_basemap(tmp_path / "o.gpkg", {"village": right}, reference=right).shift.system == "none"
    undone = build_basemap(tmp_path / "o.gpkg", {"village": wrong}, crs="gcj02", reference=right)
    assert undone.shift.system == "none"
    assert undone.basemap.zones().total_bounds == pytest.approx(list(shapely.total_bounds(cells)), abs=1e-6)


class TestRefusals:
    def test_an_unknown_column_lists_the_columns(self, towns, tmp_path):
        with pytest.raises(SchemaError, match="no column 'dm' for --code; columns are XZQDM, XZQMC"):
            build_basemap(tmp_path / "o.gpkg", {"township": towns}, code="dm")
        assert not (tmp_path / "o.gpkg").exists()

    def test_an_unknown_level_lists_the_levels(self, towns, tmp_path):
        with pytest.raises(SchemaError, match=r"hamlet.*province, prefecture, county, township, village, zone"):
            build_basemap(tmp_path / "o.gpkg", {"hamlet": towns})
        with pytest.raises(SchemaError, match="none"):
            build_basemap(tmp_path / "o.gpkg", {})

    def test_a_missing_file_or_layer(self, towns, tmp_path):
        with pytest.raises(DataNotFoundError, match="no file"):
            build_basemap(tmp_path / "o.gpkg", {"township": tmp_path / "none.shp"})
        with pytest.raises(DataNotFoundError, match="no layer 'x'; it has 乡镇"):
            build_basemap(tmp_path / "o.gpkg", {"township": f"{towns}::x"})

    def test_points(self, tmp_path):
        path = layer(tmp_path / "p.gpkg", {"code": ["330822001201"]}, [shapely.Point(118, 28)])
        with pytest.raises(SchemaError, match="holds Point; polygons are needed"):
            build_basemap(tmp_path / "o.gpkg", {"village": path})

    def test_no_reference_system(self, towns, tmp_path):
        towns.with_suffix(".prj").unlink()
        with pytest.raises(CRSMismatchError, match="--crs"):
            build_basemap(tmp_path / "o.gpkg", {"township": towns})
        assert build_basemap(tmp_path / "o.gpkg", {"township": towns}, crs="cgcs2000").basemap.levels == ("township",)

    def test_an_old_file_stays_when_the_new_one_fails(self, towns, villages, tmp_path):
        out = build_basemap(tmp_path / "o.gpkg", {"township": towns}).path
        before = out.read_bytes()
        with pytest.raises(SchemaError):
            build_basemap(out, {"village": villages}, code="nothing")
        assert out.read_bytes() == before
