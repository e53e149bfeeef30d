"""Lists as bad as they come: a clear message that says where, or flags; never a lost row, never half a file."""

import datetime as dt

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geocensus.workspace import Workspace

RIGHT = ["A1", "甲厂", 118.0105, 28.0105, "330822001001"]
HEADERS = ["编号", "名称", "经度", "纬度", "区划代码"]


def refused(done, here, *said):
    """Assert a refusal with exit code 2 whose message holds all of `said`, and that nothing was written."""
    assert done.code == 2
    for text in said:
        assert text in done.err
    assert not list(here.glob("*.gpkg"))
    assert not list(here.glob(".*"))


class TestRefused:
    @pytest.mark.parametrize("text", ["", "\n\n", "  \r\n"])
    def test_an_empty_file(self, check, here, text):
        refused(check(text), here, "list.csv: the file is empty", "Save the list again")

    def test_a_header_and_nothing_else(self, check, here, header, book):
        refused(check(header), here, "list.csv: there is a header but no row below it")
        refused(check(book("b.xlsx", {"一": [HEADERS]})), here, "b.xlsx, sheet '一'", "no row below it")

    def test_an_empty_workbook(self, check, here, book):
        refused(check(book("b.xlsx", {"一": []})), here, "b.xlsx, sheet '一': there is nothing in it", "--sheet")

    def test_an_unknown_encoding_names_the_line(self, check, here, header):
        (here / "a.csv").write_bytes(header.encode() + b"A,\xff\xff\x81,118,28,\n")
        refused(check(here / "a.csv"), here, "a.csv, line 2: neither UTF-8 nor GBK/GB18030", "CSV UTF-8")

    def test_a_byte_order_mark_that_lies_is_not_papered_over(self, check, here, header):
        (here / "a.csv").write_bytes(b"\xef\xbb\xbf" + header.encode() + "A,甲厂,118,28,\n".encode("gbk"))
        refused(check(here / "a.csv"), here, "a.csv, line 2: marked as utf-8-sig, but it is not")

    def test_no_coordinate_column_lists_the_headers(self, check, here, book):
        refused(
            check("编号,名称\nA,甲\n"), here, "list.csv, row 1: no coordinate column", "编号, 名称", "--column lon="
        )
        rows = [["某县名单"], ["编号", "名称"], ["A", "甲"]]
        refused(check(book("b.xlsx", {"一": rows})), here, "b.xlsx, sheet '一'", "no coordinate column")

    def test_a_file_in_another_encoding_than_it_seems_names_the_encoding(self, check, here):
        (here / "a.csv").write_bytes("編號,名稱,經度,緯度\nA,甲,118,28\n".encode("big5"))
        refused(check(here / "a.csv"), here, "a.csv (gb18030), row 1: no coordinate column")

    def test_a_quotation_mark_left_open_names_its_row(self, check, here, usual):
        refused(check(usual.replace("乙厂", '"乙厂')), here, "list.csv, row 3: a quotation mark", "Close or delete it")

    @pytest.mark.parametrize("crs", ["beijing54", "EPSG:4214", "2415", "西安80"])
    def test_beijing_54_and_xian_80(self, check, here, usual, crs):
        refused(check(usual, "--crs", crs), here, "--crs: EPSG:", "seven transformation parameters")

    def test_an_unknown_reference_system(self, check, here, usual):
        refused(check(usual, "--crs", "mars"), here, "--crs: reference system not understood: 'mars'", "cgcs2000")

    def test_values_that_contradict_the_reference_system(self, check, here, usual, header):
        degrees = header + "".join(f"A{i},甲,118.01{i},28.01{i},\n" for i in range(5))
        refused(check(degrees, "--crs", "EPSG:4549"), here, "list.csv: 5 of 5 rows hold degrees", "--crs cgcs2000")
        metres = header + "".join(f"A{i},甲,40300{i},310000{i},\n" for i in range(5))
        refused(check(metres), here, "list.csv: 5 of 5 rows hold metres", "--crs EPSG:4549")

    def test_columns_named_wrongly(self, check, here, usual):
        refused(check(usual, "--column", "lon"), here, "--column lon: write it as role=HEADER")
        refused(check(usual, "--column", "lon=东经度"), here, "no column '东经度'", "编号, 名称, 经度, 纬度")
        refused(check(usual, "--column", "longitude=经度"), here, "no role 'longitude'", "roles are id, name")

    def test_a_sheet_or_layer_that_is_not_there_lists_those_that_are(self, check, here, book):
        refused(check(book("b.xlsx", {"一": [HEADERS, RIGHT]}), "--sheet", "二"), here, "no sheet '二'", "一")
        point = gpd.GeoDataFrame({"编号": ["A"]}, geometry=[shapely.Point(118, 28)], crs=4490)
        point.to_file(here / "p.geojson")
        refused(check(here / "p.geojson", "--sheet", "二"), here, "no layer '二'", "p")

    def test_files_that_are_not_what_they_are_called(self, check, here, tmp_path):
        for name in ("a.xlsx", "a.xls", "a.parquet", "a.geojson", "a.shp", "a.dat"):
            (here / name).write_bytes(b"<table><tr><td>1</td></tr></table>")
            refused(check(here / name), here, f"{name}: ")
        other = tmp_path / "elsewhere" / "a.gpkg"
        other.parent.mkdir()
        other.write_bytes(b"SQLite format 3\0 and no more")
        refused(check(other), here, "a.gpkg: cannot be read as a layer", "export it again")

    def test_a_folder_or_a_missing_file(self, check, here):
        (here / "a.csv").mkdir()
        refused(check(here / "a.csv"), here, "a.csv: may not be read")
        refused(check(here), here, "cannot be read")
        refused(check(here / "none.csv"), here, "none.csv: there is no such file", "Check the name")

    def test_polygons_are_no_sources(self, check, here, world):
        refused(check(world), here, "world.gpkg", "features are not points", "geocensus basemap build")

    def test_a_shapefile_in_beijing_54_names_the_file(self, check, here):
        gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(118, 28)], crs=4214).to_file(here / "old.shp")
        refused(check(here / "old.shp"), here, "old.shp: EPSG:4214 (Beijing 1954)")


class TestFlagged:
    def test_claims_that_match_nothing(self, check, header):
        done = check(header + "A,甲,118.0105,28.0105,990000000000\nB,乙,118.0305,28.0105,不详\n")
        assert done.code == 0
        assert done.json["flags"] == {"claim.unknown": 2}
        assert done.json["located"] == 2

    def test_duplicate_ids_are_all_kept(self, check, here, header):
        done = check(header + "A,甲,118.0105,28.0105,\nA,乙,118.0305,28.0105,\nB,丙,118.0505,28.0105,\n")
        assert done.json["rows"] == 3
        assert done.json["flags"]["list.duplicate_id"] == 2
        assert sorted(Workspace(here / "list.gpkg").read_sources()["source_id"]) == ["A", "A#2", "B"]

    def test_nan_inf_and_text_in_cells(self, check, here, header):
        cells = ["nan", "NaN", "inf", "-inf", "1e999", "经度", "#N/A", "待补", "—", "", "118.0105"]
        done = check(header + "".join(f"A{i},甲,{cell},28.0105,\n" for i, cell in enumerate(cells)))
        assert done.code == 0
        assert (done.json["rows"], done.json["located"]) == (11, 1)
        bad = sum(n for rule, n in done.json["flags"].items() if rule.startswith("coordinate."))
        assert bad == 10

    def test_dates_times_formulas_booleans_and_errors_in_cells(self, check, book):
        rows = [
            ["=1+1", "=SUM(", dt.date(2018, 1, 2), pd.Timestamp("2018-01-02 03:04"), "x"],
            ["a", None, True, dt.time(3, 4), "#N/A"],
            ["b", "c", "#DIV/0!", dt.timedelta(hours=30), None],
            [3.3e21, 1e300, 118.0105, 28.0105, 330822001001],
        ]
        done = check(book("b.xlsx", {"一": [HEADERS, *rows]}))
        assert done.code == 0
        assert (done.json["rows"], done.json["located"], done.json["unlocated"]) == (4, 1, 3)
        assert "2 formulas were saved without a value" in done.err

    def test_merged_cells(self, check, book):
        rows = [["某县名单"], HEADERS, RIGHT, ["A2", "乙厂", 118.0305, 28.0105, None]]
        path = book("b.xlsx", {"一": rows}, merged=["A1:E1", "E3:E4", "H1:K9", "A30:B40"])
        done = check(path)
        assert (done.code, done.json["rows"]) == (0, 2)
        assert done.json["outside_claimed"] == 1  # the merged claim counts for both rows
        assert "merged cells: 5 empty" in done.err

    def test_a_cell_of_a_million_characters(self, check, here, header):
        million = 10**6
        done = check(
            header + f"A,{'字' * million},118.0105,28.0105,\n{'B' * million},乙,{'9' * million},28,\n",
            "--out",
            "r.xlsx",
        )
        assert done.code == 0
        assert (done.json["located"], done.json["unlocated"]) == (1, 1)
        assert max(map(len, done.err.splitlines())) < 1000
        assert Workspace(here / "list.gpkg").read_sources()["name"].str.len().tolist() == [million, 1]

    def test_axes_exchanged_in_half_of_the_rows(self, check, header):
        right = "".join(f"A{i},甲,118.01{i}5,28.01{i}5,330822001001\n" for i in range(4))
        wrong = "".join(f"B{i},乙,28.01{i}5,118.01{i}5,330822001001\n" for i in range(4))
        done = check(header + right + wrong)
        assert done.code == 0
        assert (done.json["located"], done.json["unlocated"]) == (4, 4)
        assert done.json["flags"]["coordinate.out_of_range"] == 4

    def test_mixed_formats_are_each_understood(self, check, header):
        spellings = [
            "118.0105,28.0105",
            "118°0′37.8″,28°0′37.8″",
            "118度0分37.8秒,28度0分37.8秒",
            "１１８．０１０５,28.0105",
            "118 0 37.8,28 0 37.8",
        ]
        done = check(header + "".join(f"A{i},甲,{text},330822001001\n" for i, text in enumerate(spellings)))
        assert done.json["located"] == 5
        assert done.json["outside_claimed"] == 0

    def test_a_missing_reference_system_is_assumed_and_said(self, check, usual):
        done = check(usual)
        assert done.json["crs_assumed"] is True
        assert "the list states no reference system: cgcs2000 ASSUMED" in done.err
        stated = check(usual, "--crs", "wgs84")
        assert (stated.json["crs"], stated.json["crs_assumed"]) == ("wgs84", False)
        assert "reference system: cgcs2000 ASSUMED" not in stated.err

    @pytest.mark.parametrize("rows", [",,,,\n,,,,\n", "合计,,,,\n", "A,甲,无,无,\nB,乙,x,y,\n"])
    def test_lists_without_one_usable_row(self, check, header, rows):
        done = check(header + rows, "--out", "r.xlsx")
        assert (done.code, done.json["located"]) == (0, 0)
        assert done.json["rows"] == rows.count("\n")

    def test_a_repeated_header_is_set_aside_but_a_source_of_that_name_is_not(self, check, here, usual, header, book):
        assert check(usual + header).json["excluded"] == 2
        done = check(book("b.xlsx", {"一": [["名称", "经度", "纬度"], ["名称", 118.0105, 28.0105]]}))
        assert (done.code, done.json["located"], done.json["excluded"]) == (0, 1, 0)

    def test_two_stray_quotation_marks_are_told_of(self, check, header):
        middle = "".join(f"B{i},丙,118.0305,28.0105,\n" for i in range(3))
        done = check(header + 'A,"甲,118.0105,28.0105,\n' + middle + 'C,"乙,118.0305,28.0105,\n')
        assert "row 2, column 名称: a cell holds whole rows" in done.err

    def test_sheets_that_are_not_read_are_named(self, check, book):
        lists = {"填报说明": [["一、要求"], ["二、日期"]], "甲乡": [HEADERS, RIGHT], "乙乡": [HEADERS, RIGHT, RIGHT]}
        path = book("b.xlsx", lists)
        done = check(path)
        assert done.json["rows"] == 1
        assert "only sheet '甲乡' was read; 乙乡 look like lists, too" in done.err
        assert check(path, "--sheet", "乙乡").json["rows"] == 2

    def test_layers_with_missing_empty_and_multiple_points(self, check, here):
        shapes = [shapely.Point(118.0105, 28.0105), None, shapely.Point(), shapely.MultiPoint([(118.0305, 28.0105)])]
        table = gpd.GeoDataFrame({"编号": list("abcd"), "k": [1.5, float("inf"), None, 2]}, geometry=shapes, crs=4490)
        table.to_file(here / "p.gpkg", layer="名单")
        done = check(here / "p.gpkg", "--out", "r.xlsx")
        assert (done.code, done.json["located"], done.json["unlocated"]) == (0, 2, 2)
        assert done.json["crs_assumed"] is False

    def test_a_workspace_is_a_list_too(self, check, usual, here):
        check(usual)
        done = check(here / "list.gpkg", "--workspace", "again.gpkg")
        assert done.json["rows"] == 2  # the located ones; the layer of the others is named
        assert "unlocated" in ", ".join(dict(pyogrio.list_layers(here / "list.gpkg")))


def test_a_result_can_be_checked_again_and_again(check, here):
    path = here / "list.csv"
    path.write_text("编号,经度,纬度\nA,118.0105,28.0105\n", encoding="utf-8")
    for ending in ("csv", "xlsx", "parquet", "csv"):
        done = check(path, "--out", f"result.{ending}", "--workspace", "ws.gpkg")
        assert (done.code, done.json["rows"]) == (0, 1)
        path = (here / f"result.{ending}").rename(here / f"next.{ending}")


def test_furniture_of_a_form_is_set_aside(check):
    rows = [
        "A1,甲厂,118.0105,28.0105,330822001001",
        "1,2,3,4,5",
        "填表人：张三,,2018年5月1日,审核人：李四,",
        "东街道小计,,,,",
    ]
    done = check("编号,名称,经度,纬度,区划代码\n" + "\n".join(rows) + "\n")
    assert done.code == 0, done.err
    assert (done.json["located"], done.json["unlocated"], done.json["excluded"]) == (1, 0, 3)
    assert done.json["flags"] == {}
