"""Files around a split: what people write is understood, what cannot be is named by row."""

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from geocensus.errors import CRSMismatchError, DataNotFoundError, SchemaError, UnreadableError, WorkspaceError
from geocensus.io import read_labels, read_parks, read_teams, write_field_zones, write_labels
from geocensus.maps.testing_plan import small_plan


@pytest.fixture
def file(tmp_path):
    def write(text, *, name="list.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return write


class TestLabels:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
    @pytest.mark.parametrize(
        "header", ["code,field_zone", "Code,Field Zone", "代码,片区", "单元代码,所属片区", "区划代码,片区编号"]
    )
    def test_headers_and_encodings(self, file, header, encoding):
        found = read_labels(file(f"{header}\n330822001,东片\n330822002,2\n", encoding=encoding))
        assert found.to_dict() == {"330822001": "东片", "330822002": "2"}
        assert (found.name, found.index.name) == ("field_zone", "code")

    def test_leading_zeros_marks_and_wide_digits(self, file):
        found = read_labels(file("code,field_zone\n007,01\n'008, 1 \n３３０,２\nv1,a\n"))
        assert found.to_dict() == {"007": "01", "008": "1", "330": "２", "v1": "a"}

    def test_other_columns_and_blank_rows_are_left_out(self, file):
        found = read_labels(file("name,field_zone,code\n甲,1,a\n,,\n乙,2,b\n"))
        assert found.to_dict() == {"a": "1", "b": "2"}

    def test_a_workbook_with_numbers(self, tmp_path):
        book = openpyxl.Workbook()
        for row in (["代码", "片区"], [330822001, 1], [330822002, 2]):
            book.active.append(row)
        book.save(tmp_path / "a.xlsx")
        assert read_labels(tmp_path / "a.xlsx").to_dict() == {"330822001": "1", "330822002": "2"}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("code,zone name\na,1\n", "no column field_zone; columns are code, zone name"),
            ("unit name,片区\na,1\n", "no column code"),
            ("code,field_zone\na,1\nb,\n", "row 3: code or field_zone is empty"),
            ("code,field_zone\n,1\n", "row 2: code or field_zone is empty"),
            ("code,field_zone\na,1\nb,1\na,2\n", r"more than once \(row\): a \(2\), a \(4\)"),
        ],
    )
    def test_what_cannot_be_is_named_by_row(self, file, text, message):
        with pytest.raises(SchemaError, match=message) as caught:
            read_labels(file(text))
        assert "list.csv" in caught.value.message("zh")
        assert caught.value.message("zh") != caught.value.message("en")

    def test_no_file_no_rows_no_text(self, file, tmp_path):
        with pytest.raises(DataNotFoundError, match="no such file"):
            read_labels(tmp_path / "none.csv")
        with pytest.raises(UnreadableError):
            read_labels(file(""))
        assert read_labels(file("code,field_zone\n")).empty

    def test_written_labels_come_back(self, tmp_path):
        labels = pd.Series({"007": "1", "a,b": '东"片', "z": "3"}, name="field_zone")
        assert read_labels(write_labels(tmp_path / "x" / "a.csv", labels)).to_dict() == labels.to_dict()

    def test_a_mark_only_where_names_are_chinese(self, tmp_path):
        plain = write_labels(tmp_path / "a.csv", pd.Series({"1": "1"}))
        assert plain.read_bytes() == b"code,field_zone\n1,1\n"
        chinese = write_labels(tmp_path / "b.csv", pd.Series({"1": "东片"}))
        assert chinese.read_bytes().startswith(b"\xef\xbb\xbf")

    def test_a_place_that_cannot_be_written(self, tmp_path):
        (tmp_path / "file").write_text("x")
        with pytest.raises(WorkspaceError, match="cannot be written"):
            write_labels(tmp_path / "file" / "a.csv", pd.Series({"1": "1"}))


class TestTeams:
    def test_chinese_headers(self, file):
        text = "小组名称,人数（人）,起点经度,起点纬度,联系电话,组长,备注\n一组,3人,118.5,28.9,0570,张三,x\n二组,２,,,,,\n,,,,,,\n"
        found = read_teams(file(text, encoding="gbk"))
        assert found.columns.tolist() == ["name", "people", "start_lon", "start_lat", "phone", "owner", "备注"]
        assert found["people"].tolist() == [3.0, 2.0]
        assert found["start_lon"].isna().tolist() == [False, True]
        assert found.loc[0, ["name", "phone", "owner", "备注"]].tolist() == ["一组", "0570", "张三", "x"]

    def test_english_headers_and_a_title_above(self, file):
        found = read_teams(file("Teams 2026,,,\nname,people,lon,lat\nA,2,118,28\n"))
        assert found.to_dict("records") == [{"name": "A", "people": 2.0, "start_lon": 118.0, "start_lat": 28.0}]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("name,phone\nA,1\n", "no column people; columns are name, phone"),
            ("name,people\n", "no team"),
            ("name,people\nA,many\n", "row 2: people is 'many', which is not a number"),
            ("name,people,lon,lat\nA,2,118.5E,28\n", "row 2: lon is '118.5E', which is not a number"),
        ],
    )
    def test_what_cannot_be_is_named(self, file, text, message):
        with pytest.raises(SchemaError, match=message):
            read_teams(file(text))

    def test_people_left_empty_are_missing_not_zero(self, file):
        assert read_teams(file("name,people\nA,\nB,2\n"))["people"].isna().tolist() == [True, False]


class TestParks:
    @pytest.fixture
    def layer(self, tmp_path):
        def write(columns, shapes, *, crs="EPSG:4490", name="parks.gpkg"):
            gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs).to_file(tmp_path / name)
            return tmp_path / name

        return write

    SQUARES = (shapely.box(118, 28, 118.1, 28.1), shapely.box(118.2, 28, 118.3, 28.1))

    @pytest.mark.parametrize("header", ["name", "园区名称", "名称", "YQMC", "Park Name"])
    def test_the_column_of_names_is_guessed(self, layer, header):
        found = read_parks(layer({"备注": ["x", "y"], header: ["甲园", "乙园"]}, self.SQUARES))
        assert found["name"].tolist() == ["甲园", "乙园"]
        assert found.crs.to_epsg() == 4490

    def test_else_the_first_column_of_text_else_numbers(self, layer):
        assert read_parks(layer({"n": [5, 6], "what": ["a", ""]}, self.SQUARES))["name"].tolist() == ["a", "2"]
        assert read_parks(layer({"n": [5, 6]}, self.SQUARES))["name"].tolist() == ["1", "2"]

    def test_any_reference_system_and_format(self, layer):
        metric = gpd.GeoSeries(self.SQUARES, crs=4490).to_crs(4548)
        found = read_parks(layer({"name": ["a", "b"]}, list(metric), crs="EPSG:4548", name="园区.geojson"))
        assert found.total_bounds == pytest.approx([118, 28, 118.3, 28.1], abs=1e-6)

    def test_records_without_a_polygon_are_left_out(self, layer):
        assert read_parks(layer({"name": ["a", "b"]}, [None, self.SQUARES[1]]))["name"].tolist() == ["b"]

    def test_what_cannot_be(self, layer, tmp_path):
        with pytest.raises(DataNotFoundError):
            read_parks(tmp_path / "none.gpkg")
        with pytest.raises(SchemaError, match="polygons are needed"):
            read_parks(layer({"name": ["a"]}, [shapely.Point(118, 28)]))
        stateless = layer({"name": ["a"]}, [self.SQUARES[0]], name="a.shp")
        stateless.with_suffix(".prj").unlink()
        with pytest.raises(CRSMismatchError):
            read_parks(stateless)


def test_field_zones_as_layers(tmp_path):
    plan = small_plan()
    path = write_field_zones(tmp_path / "plan.gpkg", plan.field_zones, plan.units)
    assert [name for name, _ in pyogrio.list_layers(path)] == ["field_zones", "units"]
    back = pyogrio.read_dataframe(path, layer="field_zones")
    assert back["load"].tolist() == [480.0, 240.0]
    assert back.crs.to_epsg() == 4490
    lines = gpd.GeoDataFrame({"day": [1]}, geometry=[shapely.LineString([(118, 28), (118.1, 28)])], crs="EPSG:4490")
    more = {"visits": lines, "plan_mix": pd.DataFrame({"code": ["03"]})}
    path = write_field_zones(tmp_path / "more.gpkg", plan.field_zones, plan.units, more=more)
    assert dict(pyogrio.list_layers(path)) == {
        "field_zones": "MultiPolygon",
        "units": "MultiPolygon",
        "visits": "LineString",
        "plan_mix": None,
    }
    assert pyogrio.read_dataframe(path, layer="plan_mix")["code"].tolist() == ["03"]
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write_field_zones(path / "below.gpkg", plan.field_zones, plan.units)
