"""Reading lists: every format gives the same sources, and every row and raw text is kept."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.io import read_sources
from geocensus.shifts import wgs84_to_bd09, wgs84_to_gcj02
from geocensus.workspace.columns import columns_of, values_of

IDS, NAMES = ["001", "002", "003"], ["甲厂", "㙍溪养殖场", "丙，站"]
LON, LAT = [118.5012345, 118.61, 119.0], [28.9012345, 28.802, 29.0]
CODE = "330822001001"
HEADERS = ["编号", "名称", "经度", "纬度", "区划代码"]


def rows():
    return [list(row) for row in zip(IDS, NAMES, LON, LAT, [CODE] * 3, strict=True)]


def points(crs="EPSG:4490"):
    table = pd.DataFrame({"编号": IDS, "名称": NAMES, "区划代码": CODE})
    return gpd.GeoDataFrame(table, geometry=shapely.points(LON, LAT), crs="EPSG:4490").to_crs(crs)


def write_csv(folder, encoding, mark=","):
    path = folder / "名单.csv"
    lines = [mark.join(map(str, row)) for row in [HEADERS, *rows()]]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


def write_excel(folder):
    with pd.ExcelWriter(folder / "名单.xlsx") as writer:
        pd.DataFrame({"说明": ["一", "二"]}).to_excel(writer, sheet_name="封面", index=False)
        pd.DataFrame(rows(), columns=HEADERS).to_excel(writer, sheet_name="名单", index=False)
    return folder / "名单.xlsx"


def write_layer(folder, name, crs="EPSG:4490", **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that GDAL cuts to the ten bytes of a Shapefile
        points(crs).to_file(folder / name, engine="pyogrio", **options)
    return folder / name


def write_parquet(folder, table):
    table.to_parquet(folder / "名单.parquet")
    return folder / "名单.parquet"


FORMATS = {
    "csv utf-8": lambda f: write_csv(f, "utf-8"),
    "csv utf-8 with mark": lambda f: write_csv(f, "utf-8-sig"),
    "csv gb18030": lambda f: write_csv(f, "gb18030"),
    "csv utf-16": lambda f: write_csv(f, "utf-16"),
    "csv utf-16 without mark": lambda f: write_csv(f, "utf-16-le"),
    "tsv": lambda f: write_csv(f, "utf-8", "\t"),
    "excel": write_excel,
    "geopackage": lambda f: write_layer(f, "名单.gpkg"),
    "geojson": lambda f: write_layer(f, "名单.geojson", "EPSG:4326"),
    "shapefile gb18030": lambda f: write_layer(f, "名单.shp", encoding="GB18030"),
    "flatgeobuf": lambda f: write_layer(f, "名单.fgb"),
    "geoparquet": lambda f: write_parquet(f, points()),
    "geoparquet crs84": lambda f: write_parquet(f, points("OGC:CRS84")),
    "geoparquet projected": lambda f: write_parquet(f, points("EPSG:4549")),
    "parquet": lambda f: write_parquet(f, pd.DataFrame(rows(), columns=HEADERS)),
    "parquet with an index": lambda f: write_parquet(f, pd.DataFrame(rows(), columns=HEADERS).set_index("编号")),
}


class TestFormats:
    @pytest.mark.parametrize("form", FORMATS)
    def test_every_format_gives_the_same_sources(self, tmp_path, form):
        found = read_sources(FORMATS[form](tmp_path)).sort_values("source_id", ignore_index=True)
        assert found["source_id"].tolist() == IDS
        assert found["name"].tolist() == NAMES
        assert found["claimed_code"].tolist() == [CODE] * 3
        assert found["state"].tolist() == ["located"] * 3
        np.testing.assert_allclose(found[["lon", "lat"]], np.column_stack([LON, LAT]), rtol=0, atol=1e-9)
        assert {"raw:编号", "raw:名称", "raw:区划代码"} <= set(found)
        assert not any("geometry" in column for column in found)

    def test_gbk_and_the_encoding_is_noted(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_bytes("编号,名称,经度,纬度\n1,甲厂,118.5,28.9\n".encode("gbk"))
        sources = read_sources(path)
        assert sources["name"].tolist() == ["甲厂"]
        assert sources.attrs["encoding"] == "gb18030"
        assert ["文件编码识别为 gb18030", "encoding found: gb18030"] in sources.attrs["notes"]

    def test_a_shapefile_whose_names_are_cut_inside_a_character(self, tmp_path):
        path = write_layer(tmp_path, "a.shp", encoding="UTF-8")  # 区划代码 has 12 bytes, a name 10
        found = read_sources(path)
        assert found.attrs["columns"]["claimed_code"] == "区划代"
        assert found["name"].tolist() == NAMES
        assert found["claimed_code"].tolist() == [CODE] * 3
        assert found.filter(like="raw:").columns.tolist() == ["raw:编号", "raw:名称", "raw:区划代"]

    def test_a_shapefile_in_gbk_without_a_word_about_it(self, tmp_path):
        path = write_layer(tmp_path, "a.shp", encoding="GB18030")
        path.with_suffix(".cpg").unlink()
        assert read_sources(path)["name"].tolist() == NAMES

    def test_the_first_layer_of_points_is_read_and_others_are_named(self, tmp_path):
        path = tmp_path / "a.gpkg"
        gpd.GeoDataFrame(geometry=[shapely.box(118, 28, 119, 29)], crs=4490).to_file(path, layer="面")
        for layer in ("名单", "另一"):
            points().to_file(path, layer=layer)
        sources = read_sources(path)
        assert sources.attrs["sheet"] == "名单"
        assert any("另一" in zh for zh, _ in sources.attrs["notes"])
        assert read_sources(path, sheet="另一").attrs["sheet"] == "另一"

    def test_a_users_column_may_be_called_like_ours(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("id,lon,lat,geometry x,source_id,state\nA,118.5,28.9,甲,乙,丙\n", encoding="utf-8")
        found = read_sources(path, columns={"id": "id"})
        own = found.filter(like="raw:")
        assert own.columns.tolist() == ["raw:id", "raw:lon", "raw:lat", "raw:geometry x", "raw:source_id", "raw:state"]
        assert own.iloc[0].tolist() == ["A", "118.5", "28.9", "甲", "乙", "丙"]


class TestRows:
    def test_each_row_is_located_unlocated_or_excluded(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text(
            "编号,经度,纬度\n1,118.5,28.9\n2,无,28.9\n3,118.5,91\n4,0,0\n\n合计,,\n编号,经度,纬度\n5,118.6,28.9\n",
            encoding="utf-8",
        )
        found = read_sources(path)
        assert found["state"].tolist() == ["located", *["unlocated"] * 3, *["excluded"] * 3, "located"]
        assert found["excluded_reason"].dropna().tolist() == ["blank_row", "total_row", "header_row"]
        assert found["row"].tolist() == list(range(2, 10))
        assert found["coordinate_problem"].tolist()[1:4] == ["missing", "out_of_range", "zero"]
        assert found["lon_text"].tolist()[0] == "118.5"

    def test_what_was_read_is_recorded(self, tmp_path):
        path = write_csv(tmp_path, "utf-8")
        attrs = read_sources(path).attrs
        assert (attrs["file"], attrs["crs"], attrs["crs_assumed"]) == ("名单.csv", "cgcs2000", True)
        assert attrs["columns"] == {
            "id": "编号",
            "name": "名称",
            "lon": "经度",
            "lat": "纬度",
            "claimed_code": "区划代码",
        }
        assert len(attrs["sha256"]) == 64

    def test_ids_that_are_numbers(self, tmp_path):
        ids = [1.0, np.nan, 2.5e20]
        table = pd.DataFrame({"编号": ids, "lon": 118.5, "lat": 28.9})
        found = read_sources(write_parquet(tmp_path, table))["source_id"]
        assert found[1].startswith("auto:")
        assert [float(found[0]), float(found[2])] == [1, 2.5e20]
        whole = read_sources(write_parquet(tmp_path, table.head(2)))["source_id"]
        assert whole[0] == "1"

    def test_a_single_quotation_mark_in_a_cell_is_text(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text(
            '编号,名称,经度,纬度\n1,12" 管厂,118.5,28.9\n2,"甲\n""厂""",118.6,28.9\n3,丙,118.7,28.9\n', encoding="utf-8"
        )
        assert read_sources(path)["name"].tolist() == ['12" 管厂', '甲\n"厂"', "丙"]

    def test_parts_that_are_null_in_some_rows(self, tmp_path):
        parts = {"经度度": [118, None], "经度分": [30, None], "纬度度": [28, None], "纬度分": [54, None]}
        table = pd.DataFrame({"编号": ["1", "2"], **parts})
        excel = tmp_path / "a.xlsx"
        table.to_excel(excel, index=False)
        for path in (excel, write_parquet(tmp_path, table)):
            found = read_sources(path)
            assert found["state"].tolist() == ["located", "unlocated"]
            assert found["lon_text"].isna().tolist() == [False, True]

    def test_a_form_as_it_is_printed(self, tmp_path):
        rows = [
            ["附件3", "", "", "", ""],
            ["行政区划：常山县", "", "", "", ""],
            ["序号", "单位名称", "所在乡镇", "地理坐标", ""],
            ["", "", "", "经度（°）", "纬度（°）"],
            ["甲", "乙", "丙", "1", "2"],
            ["1", "甲厂", "天马街道", "118.5348", "29.0826"],
            ["2", "小计电子厂", "天马街道", "", ""],
            ["天马街道小计", "2", "", "", ""],
            ["填表人：张三", "", "审核人：李四", "", ""],
        ]
        path = tmp_path / "a.xlsx"
        pd.DataFrame(rows).replace("", None).to_excel(path, index=False, header=False)
        found = read_sources(path)
        assert found["excluded_reason"].fillna("").tolist() == ["column_numbers", "", "", "total_row", "form_note"]
        assert found["state"].tolist()[1:3] == ["located", "unlocated"]
        assert "id" not in found.attrs["columns"]

    def test_made_ids_do_not_depend_on_row_numbers(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("序号,名称,经度,纬度\n1,甲,118.5,28.9\n2,乙,118.6,28.9\n", encoding="utf-8")
        first = read_sources(path).set_index("name")["source_id"]
        path.write_text("序号,名称,经度,纬度\n1,乙,118.6,28.9\n2,甲,118.5,28.9\n", encoding="utf-8")
        assert read_sources(path).set_index("name")["source_id"].to_dict() == first.to_dict()
        assert first.nunique() == 2


class TestOwnColumns:
    def test_cells_of_a_sheet_keep_their_kind(self, tmp_path):
        days = [pd.Timestamp(2015, 3, 1), None]
        own = {
            "编号": ["1", "2"],
            "经度": [118.5, "118°36′"],
            "纬度": [28.9, 28.8],
            "日期": days,
            "产值": [12.5, "不详"],
        }
        path = tmp_path / "a.xlsx"
        pd.DataFrame(own).to_excel(path, index=False)
        found = read_sources(path)
        assert found["lon"].tolist() == pytest.approx([118.5, 118.6])
        assert found["lon_text"].tolist() == ["118.5", "118°36′"]
        assert found["raw:经度"].tolist() == [118.5, "118°36′"]
        assert found["raw:产值"].tolist() == [12.5, "不详"]
        assert found["raw:日期"].dtype.kind == "M"
        assert found["raw:日期"].tolist()[0] == pd.Timestamp(2015, 3, 1)
        assert found["raw:编号"].tolist() == ["1", "2"]

    def test_dates_and_truth_values_of_a_layer(self, tmp_path):
        table = points().assign(日期=pd.to_datetime("2015-03-01"), 重点=[True, False, True], 坐标x=1)
        found = read_sources(write_parquet(tmp_path, table))
        assert found["raw:日期"].dtype.kind == "M"
        assert found["raw:重点"].tolist() == [True, False, True]

    def test_they_can_be_written(self, tmp_path):
        mixed = [12.5, "不详", pd.Timestamp(2015, 3, 1)]
        path = tmp_path / "a.xlsx"
        pd.DataFrame({"经度": LON, "纬度": LAT, "杂": mixed}).to_excel(path, index=False)
        columns = read_sources(path).filter(like="raw:")
        kinds = {column.header: column.kind for column in columns_of(columns)}
        assert kinds == {"raw:经度": "REAL", "raw:纬度": "REAL", "raw:杂": "TEXT"}
        assert values_of(columns["raw:杂"], "TEXT")[:2] == ["12.5", "不详"]


class TestNotes:
    def notes(self, path, **options):
        return [en for _, en in read_sources(path, **options).attrs["notes"]]

    def test_codes_that_a_spreadsheet_has_spoilt(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("区划代码,经度,纬度\n3.30822E+11,118.5,28.9\n330822001001,118.6,28.9\n", encoding="utf-8")
        assert any("codes damaged by a spreadsheet in 1 rows" in note for note in self.notes(path))
        assert read_sources(path)["claimed_code"].tolist() == ["3.30822E+11", CODE]

    def test_longitude_and_latitude_exchanged(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("经度,纬度\n28.9,118.5\n28.8,118.6\n118.5,28.9\n", encoding="utf-8")
        assert any("most rows (2 of 3) look as if longitude and latitude" in note for note in self.notes(path))
        path.write_text("经度,纬度\n28.9,118.5\n118.6,28.8\n118.5,无\n", encoding="utf-8")
        assert not any("exchanged" in note for note in self.notes(path))

    def test_a_column_of_names_is_no_column_of_codes(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("行政区划,经度,纬度\n常山县,118.5,28.9\n", encoding="utf-8")
        assert "claimed_code" not in read_sources(path).attrs["columns"]
        path.write_text("行政区划,经度,纬度\n330822,118.5,28.9\n", encoding="utf-8")
        assert read_sources(path)["claimed_code"].tolist() == ["330822"]


class TestReferenceSystems:
    @pytest.mark.parametrize(("crs", "shift"), [("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
    def test_shifted_lists_are_brought_back_when_the_user_says_so(self, tmp_path, crs, shift):
        lon, lat = shift(np.array(LON), np.array(LAT))
        path = write_parquet(tmp_path, pd.DataFrame({"lon": lon, "lat": lat}))
        found = read_sources(path, crs=crs)
        np.testing.assert_allclose(found[["lon", "lat"]], np.column_stack([LON, LAT]), rtol=0, atol=1e-7)
        assert (found.attrs["crs"], found.attrs["crs_assumed"]) == (crs, False)
        assert found["lon_parsed"].tolist() == lon.tolist()

    def test_projected_columns(self, tmp_path):
        metres = points("EPSG:4549").geometry
        path = write_parquet(tmp_path, pd.DataFrame({"x": metres.x, "y": metres.y}))
        found = read_sources(path, crs="EPSG:4549")
        np.testing.assert_allclose(found["lon"], LON, rtol=0, atol=1e-9)
        with pytest.raises(CRSMismatchError, match=r"名单.parquet: 3 of 3 rows hold metres"):
            read_sources(path)

    @pytest.mark.parametrize("headers", [("X坐标", "Y坐标"), ("X", "Y")])
    def test_x_is_north_where_the_numbers_say_so(self, tmp_path, headers):
        metres = points("EPSG:4549").geometry
        x, y = headers
        path = write_parquet(tmp_path, pd.DataFrame({x: metres.y, y: metres.x}))
        found = read_sources(path, crs="EPSG:4549")
        np.testing.assert_allclose(found[["lon", "lat"]], np.column_stack([LON, LAT]), rtol=0, atol=1e-9)
        assert (found.attrs["columns"]["lon"], found.attrs["columns"]["lat"]) == (y, x)
        assert any("was read as north" in en for _, en in found.attrs["notes"])
        with pytest.raises(CRSMismatchError, match="axes exchanged"):
            read_sources(path, crs="EPSG:4549", columns={"lon": x, "lat": y})

    def test_named_axes_are_not_exchanged(self, tmp_path):
        metres = points("EPSG:4549").geometry
        path = write_parquet(tmp_path, pd.DataFrame({"经度": metres.y, "纬度": metres.x}))
        with pytest.raises(CRSMismatchError, match="axes exchanged"):
            read_sources(path, crs="EPSG:4549")

    def test_the_word_of_the_user_goes_before_the_file(self, tmp_path):
        path = write_layer(tmp_path, "a.gpkg")
        assert read_sources(path).attrs["crs"] in {"cgcs2000", "EPSG:4490"}
        assert read_sources(path, crs="wgs84").attrs["crs"] == "wgs84"

    def test_a_system_without_a_code_is_named(self, tmp_path):
        odd = "+proj=laea +lat_0=10 +lon_0=20 +x_0=7 +ellps=krass +units=m"
        path = write_parquet(tmp_path, points(odd))
        with pytest.raises(CRSMismatchError, match=r"名单.parquet"):
            read_sources(path)


class TestColumns:
    def test_overrides_go_before_the_guess(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("编号,经度,纬度,东,北\n1,无,无,118.5,28.9\n", encoding="utf-8")
        assert read_sources(path)["state"].tolist() == ["unlocated"]
        assert read_sources(path, columns={"lon": "东", "lat": "北"})["lon"].tolist() == [118.5]

    def test_columns_beside_points(self, tmp_path):
        table = points().assign(东=118.9, 北=28.1)
        path = tmp_path / "a.gpkg"
        table.to_file(path)
        assert read_sources(path)["lon"].tolist() == pytest.approx(LON)
        assert read_sources(path, columns={"lon": "东", "lat": "北"})["lon"].tolist() == [118.9] * 3

    def test_one_cell_with_both_and_columns_of_parts(self, tmp_path):
        both, parts = tmp_path / "a.csv", tmp_path / "b.csv"
        both.write_text('编号,坐标\n1,"118.5,28.9"\n', encoding="utf-8")
        parts.write_text("编号,经度度,经度分,经度秒,纬度度,纬度分,纬度秒\n1,118,30,0,28,54,0\n", encoding="utf-8")
        for path in (both, parts):
            found = read_sources(path)
            assert found[["lon", "lat"]].to_numpy().tolist() == [[118.5, 28.9]]

    def test_one_axis_alone_is_no_coordinate(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("编号,经度\n1,118.5\n", encoding="utf-8")
        with pytest.raises(SchemaError, match=r"a.csv, row 1: no coordinate column"):
            read_sources(path)
