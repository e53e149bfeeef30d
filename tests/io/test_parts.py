"""Reading a list in parts gives what reading it whole gives: rows, kinds of columns, notes and errors."""

import pickle

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocensus.errors import CRSMismatchError, GeocensusError, SchemaError
from geocensus.io import read_sources
from geocensus.io.identity import number_duplicates
from geocensus.io.parquet_parts import ParquetParts
from geocensus.io.parts import plan_list, read_part
from geocensus.io.text_parts import TextParts


def in_parts(path, rows_per_part, **options):
    """Read a list as an engine does: plan sent to other processes, parts in any order."""
    plan = pickle.loads(pickle.dumps(plan_list(path, rows_per_part=rows_per_part, **options)))
    parts = [read_part(plan, k) for k in reversed(range(plan.parts))][::-1]
    assert max(len(part.table) for part in parts) <= rows_per_part
    whole = plan.completed([part.facts for part in parts])
    made = pd.concat([part.table["source_id"] for part in parts])
    ids, doubled = number_duplicates(made, plan.content_of)
    return pd.concat([whole.finished(part.table, ids, doubled) for part in parts])


def outcome(read, *how, **options):
    """Return the table, or what the error says."""
    try:
        return read(*how, **options)
    except GeocensusError as error:
        return type(error), error.zh, error.en


def same(path, rows_per_part, **options):
    whole, found = outcome(read_sources, path, **options), outcome(in_parts, path, rows_per_part, **options)
    if isinstance(whole, tuple):
        assert found == whole
        return
    pd.testing.assert_frame_equal(found, whole)
    assert found.attrs == whole.attrs


CELLS = st.sampled_from(
    [
        *"甲乙1",
        "",
        "118.5",
        "28.9",
        "118.52300000000001",
        "28°54′",
        "合计",
        "编号",
        "3.3E+11",
        "330822001001",
        "无",
        '"a,b"',
        '"a\nb"',
        '"a""b"',
        '"1\n2,3,4,5,6"',
        '5"',
        '12" 管',
        " x ",
        "𠀀",
    ]
)
ROWS = st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=9)
HEADERS = st.sampled_from(
    [
        "编号,名称,经度,纬度,区划代码",
        "编号,序号,经度,纬度,行政区划",
        "甲,乙,X,Y,丙",
        "编号,a,坐标,b,c",
        "甲,乙,丙,丁,戊",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=HEADERS,
    rows=ROWS,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(",;|"),
    tail=st.sampled_from(["", "\n", "\n\n \n", "\n,,,,", "\n1", "\n1,2,3,4,5,6", '\n"open,,,,', "\n\n1,2,3,4,5"]),
    crs=st.sampled_from([None, "EPSG:4549", "gcj02"]),
    most=st.integers(1, 10),
)
def test_any_delimited_text(tmp_path, header, rows, encoding, end, mark, tail, crs, most):
    body = end.join([header, *(",".join(row) for row in rows)]) + tail.replace("\n", end)
    path = tmp_path / "a.csv"
    path.write_bytes(body.replace(",", mark).encode(encoding))
    same(path, most, crs=crs, sheet="Sheet1")


KINDS = {
    "编号": st.one_of(st.none(), st.integers(1, 3)),
    "名称": st.sampled_from(["甲", None, "合计"]),
    "统一社会信用代码": st.one_of(st.none(), st.sampled_from([1.0, 2.5, 3e20])),
    "重点": st.one_of(st.none(), st.booleans()),
    "日期": st.sampled_from(
        [None, *pd.to_datetime(["2018-01-02", "2018-01-02 03:00", "2018-01-02 03:00:00.5"], format="mixed")]
    ),
    "列": st.sampled_from([None, [1, 2], [3]]),
}
POINTS = st.sampled_from(
    [
        None,
        shapely.Point(),
        shapely.Point(118.5, 28.9),
        shapely.Point(118.6, 28.8, 7),
        shapely.Point(0, 0),
        shapely.Point(np.nan, 5),
        shapely.MultiPoint([(118, 29)]),
    ]
)


@st.composite
def tables(draw):
    """Columns of all kinds, with values missing in some rows."""
    rows = draw(st.integers(1, 8))
    columns = {name: draw(st.lists(cells, min_size=rows, max_size=rows)) for name, cells in KINDS.items()}
    return pd.DataFrame(columns).astype({"日期": "datetime64[us]"})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(), data=st.data(), most=st.integers(1, 9), group=st.integers(1, 9))
def test_any_parquet(tmp_path, table, data, most, group):
    path = tmp_path / "a.parquet"
    kind = data.draw(st.sampled_from(["columns", "texts", "WKB", "geoarrow"]))
    if kind == "columns":
        lon, lat = (data.draw(st.sampled_from([None, 118.5, 118.25])) for _ in range(2))
        table.assign(经度=lon, 纬度=lat).to_parquet(path, row_group_size=group)
    elif kind == "texts":
        cells = data.draw(st.lists(st.sampled_from(["118.5", "经度", "无"]), min_size=len(table), max_size=len(table)))
        table[["名称"]].assign(经度=cells, 纬度=cells).to_parquet(path, row_group_size=group)
    else:
        shapes = data.draw(st.lists(POINTS, min_size=len(table), max_size=len(table)))
        if kind == "geoarrow":
            shapes = [None if s is None else shapely.Point(118.5, i) for i, s in enumerate(shapes)]
        gpd.GeoDataFrame(table, geometry=shapes, crs=data.draw(st.sampled_from([4490, 4326, None]))).to_parquet(
            path, row_group_size=group, geometry_encoding=kind
        )
    same(path, most)


def lines(path, *rows, encoding="utf-8"):
    path.write_bytes("\n".join(rows).encode(encoding))
    return path


HEADER = "编号,名称,经度,纬度,区划代码"


class TestWhatOnlyTheWholeListTells:
    """Each of these would come out otherwise if parts were judged alone."""

    def test_column_numbers_below_a_repeated_header(self, tmp_path):
        path = lines(tmp_path / "a.csv", HEADER, "1,甲,118.5,28.9,x", HEADER, "甲,乙,1,2,3", "2,乙,118.6,28.8,x")
        for most in range(1, 5):
            found = in_parts(path, most)["excluded_reason"].fillna("").tolist()
            assert found == ["", "header_row", "column_numbers", ""]

    def test_float_damage_that_is_rare_in_the_whole_column(self, tmp_path):
        exact = [f"{n},甲,118.5123456789{n}77,28.9,x" for n in range(100, 120)]
        path = lines(tmp_path / "a.csv", HEADER, "1,甲,118.52300000000001,28.9,x", *exact)
        assert not in_parts(path, 1)["float_damage"].any()
        assert in_parts(lines(path, HEADER, "1,甲,118.52300000000001,28.9,x", *exact[:3]), 2)["float_damage"].sum() == 1

    def test_equal_ids_in_different_parts(self, tmp_path):
        path = lines(tmp_path / "a.csv", HEADER, "1,乙,118.5,28.9,x", "2,丙,118.6,28.8,x", "1,甲,118.6,28.8,x")
        found = in_parts(path, 1)
        assert sorted(found["source_id"]) == ["1", "1#2", "2"]
        assert found["duplicate_id"].tolist() == [True, False, True]
        same(path, 1)

    def test_metres_that_no_single_part_is_sure_of(self, tmp_path):
        path = lines(tmp_path / "a.csv", HEADER, *["1,甲,453123.4,3191234.5,x"] * 3)
        with pytest.raises(CRSMismatchError, match=r"a.csv: 3 of 3 rows hold metres"):
            in_parts(path, 1)

    def test_x_that_is_north(self, tmp_path):
        path = lines(tmp_path / "a.csv", "编号,X,Y", *["1,3191234.5,453123.4"] * 4)
        same(path, 1, crs="EPSG:4549")
        assert in_parts(path, 3, crs="EPSG:4549").attrs["columns"]["lon"] == "Y"

    def test_a_column_of_names_with_a_few_codes(self, tmp_path):
        path = lines(tmp_path / "a.csv", "行政区划,经度,纬度", "330822,118.5,28.9", *["常山县,118.5,28.9"] * 3)
        assert "claimed_code" not in in_parts(path, 1).attrs["columns"]

    def test_rows_swallowed_by_a_quotation_mark_and_spoilt_codes_are_counted_once(self, tmp_path):
        row = '1,"甲\n2,乙,118,28,330822\n3,丙",118.5,28.9,3.3E+11'
        path = lines(tmp_path / "a.csv", HEADER, *[row] * 3, encoding="gb18030")
        notes = [en for _, en in in_parts(path, 2).attrs["notes"]]
        assert any("row 2, column 名称" in en and "(3 such cells)" in en for en in notes)
        assert any("in 3 rows (such as 3.3E+11)" in en for en in notes)

    def test_numbers_of_which_some_are_missing(self, tmp_path):
        table = pd.DataFrame({"编号": [1, 2, None, 4], "经度": 118.5, "纬度": 28.9, "人数": [1, 2, 3, None]})
        table.astype({"编号": "Int64"}).to_parquet(tmp_path / "a.parquet", row_group_size=2)
        found = in_parts(tmp_path / "a.parquet", 1)
        assert found["raw:人数"].dtype == "float64"
        same(tmp_path / "a.parquet", 1)


class TestFolders:
    def write(self, folder, *tables):
        folder.mkdir()
        for number, table in enumerate(tables):
            table.to_parquet(folder / f"part-{number}.parquet")
        return folder

    def points(self, *ids, crs=4490):
        return gpd.GeoDataFrame({"编号": list(ids)}, geometry=shapely.points([[118.5, 28.9]] * len(ids)), crs=crs)

    def test_files_are_one_list(self, tmp_path):
        folder = self.write(tmp_path / "list", self.points("a", "b"), self.points("c"), self.points("a"))
        found = in_parts(folder, 3)
        assert found["source_id"].tolist() == ["a", "b", "c", "a#2"]
        assert found["row"].tolist() == [1, 2, 3, 4]
        assert found.attrs["file"] == "list"
        same(folder, 1)

    def test_a_file_with_another_kind_of_column_is_named(self, tmp_path):
        folder = self.write(tmp_path / "list", self.points("a"), self.points(1))
        with pytest.raises(
            SchemaError, match=r"part-1.parquet: column 编号 is int64, but (large_)?string in part-0.parquet"
        ) as e:
            plan_list(folder)
        assert "part-1.parquet：“编号”列的类型为 int64" in e.value.zh

    def test_a_file_without_a_column_is_named(self, tmp_path):
        folder = self.write(tmp_path / "list", self.points("a"), self.points("a").drop(columns="编号"))
        with pytest.raises(SchemaError, match=r"part-1.parquet: column 编号 is absent"):
            plan_list(folder)

    def test_a_file_in_another_system_is_named(self, tmp_path):
        folder = self.write(tmp_path / "list", self.points("a"), self.points("a", crs=4326))
        with pytest.raises(CRSMismatchError, match=r"part-1.parquet: its points are not described as those of part-0"):
            plan_list(folder)


def test_features_that_are_no_points_are_counted_over_all_parts(tmp_path):
    shapes = [shapely.Point(1, 2), shapely.box(0, 0, 1, 1), shapely.Point(1, 2), shapely.LineString([(0, 0), (1, 1)])]
    gpd.GeoDataFrame(geometry=shapes, crs=4490).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(SchemaError, match=r"2 features are not points \(first: feature 2\)"):
        in_parts(tmp_path / "a.parquet", 1)


def test_other_files_are_read_whole_and_cut(tmp_path):
    table = pd.DataFrame(
        {"编号": ["1", "2", "1"], "经度": [118.5, None, 118.6], "纬度": 28.9, "日期": pd.Timestamp(2018, 1, 2)}
    )
    table.to_excel(tmp_path / "a.xlsx", index=False)
    same(tmp_path / "a.xlsx", 2)
    gpd.GeoDataFrame(table, geometry=shapely.points([[118.5, 28.9]] * 3), crs=4490).to_file(tmp_path / "a.gpkg")
    same(tmp_path / "a.gpkg", 1)


def test_a_plan_is_small(tmp_path):
    pd.DataFrame({"编号": np.arange(5000).astype(str), "经度": 118.5, "纬度": 28.9}).to_excel(
        tmp_path / "a.xlsx", index=False
    )
    assert len(pickle.dumps(plan_list(tmp_path / "a.xlsx", rows_per_part=100))) < 10_000


def test_usual_files_are_not_read_whole(tmp_path):
    path = lines(tmp_path / "a.csv", HEADER, '1,"甲,""厂""",118.5,28.9,x', encoding="gb18030")
    assert isinstance(plan_list(path).raw, TextParts)
    gpd.GeoDataFrame({"日期": [pd.Timestamp(2018, 1, 2)]}, geometry=[shapely.Point(1, 2)], crs=4490).to_parquet(
        tmp_path / "a.parquet"
    )
    assert isinstance(plan_list(tmp_path / "a.parquet").raw, ParquetParts)
