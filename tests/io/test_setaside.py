import numpy as np
import pandas as pd
import pytest

from geocensus.io.setaside import excluded_reason


def test_blank_total_header_and_summary_rows_are_set_aside():
    raw = pd.DataFrame(
        {
            "编号": ["1", "", "合 计", "编号", "5", "总计"],
            "类别": ["工业源", " ", "", "类别", "农业源汇总表", "工业源"],
            "经度": ["118", "", "", "经度", "", "118"],
        },
        dtype="str",
    )
    has = raw["经度"].str.strip().ne("") & raw["经度"].ne("经度")
    reasons = excluded_reason(raw, {"id": "编号", "class": "类别", "lon": "经度"}, has)
    assert reasons.fillna("").tolist() == ["", "blank_row", "total_row", "header_row", "summary_table", ""]


def test_a_source_whose_name_contains_total_stays():
    raw = pd.DataFrame({"名称": ["合计电子厂", "小计镇养殖场"], "经度": ["", ""]}, dtype="str")
    assert excluded_reason(raw, {"name": "名称", "lon": "经度"}, pd.Series([False, False])).isna().all()


def reasons(rows, roles=None, *, coordinates=()):
    raw = pd.DataFrame(rows, columns=["编号", "名称", "区划代码", "经度", "纬度", "备注"], dtype="str")
    known = {"id": "编号", "name": "名称", "claimed_code": "区划代码", "lon": "经度", "lat": "纬度"}
    has = pd.Series(np.isin(np.arange(len(raw)), coordinates))
    return excluded_reason(raw, known if roles is None else roles, has).fillna("").tolist()


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["天马街道小计", "6", "", "", "", ""], "total_row"),
        (["", "天马街道 小 计：", "", "", "", "1,200.5"], "total_row"),
        (["本页合计", "本页合计", "本页合计", "", "", "12"], "total_row"),
        (["7", "天马小计", "", "", "", ""], ""),  # has an id
        (["", "天马小计", "330822001", "", "", ""], ""),  # claims a code
        (["", "天马小计", "", "", "", "沿河"], ""),  # has a word beside it
        (["", "小计电子厂", "", "", "", "12"], ""),
        (["填表人：张三", "", "审核人：李四", "", "", "2018年"], "form_note"),
        (["", "单位负责人: 王五", "", "", "", ""], "form_note"),
        (["注：本表由县普查办填报。", "", "", "", "", ""], "form_note"),
        (["说明：", "", "", "", "", ""], "form_note"),
        (["制表：李四", "", "", "", "", ""], "form_note"),
        (["说明书印刷厂", "", "", "", "", ""], ""),
        (["注：1", "甲厂", "", "", "", ""], ""),  # has a name
        (["A1", "注：塑厂", "", "", "", ""], ""),  # the note is not its first cell
    ],
)
def test_totals_and_notes_of_forms(cells, reason):
    assert reasons([["A1", "甲厂", "330822001", "118", "28", ""], cells], coordinates=[0]) == ["", reason]


def test_rows_with_a_coordinate_are_no_totals_or_notes():
    rows = [["", "天马小计", "", "118", "28", ""], ["注：甲", "", "", "118", "28", ""]]
    assert reasons(rows, coordinates=[0, 1]) == ["", ""]


def test_a_note_in_a_cell_merged_over_the_coordinates():
    assert reasons([["注：本表由县普查办填报。"] * 6], coordinates=[0]) == ["form_note"]


def test_rows_that_number_the_columns():
    stems, digits = ["甲", "乙", "丙", "1", "2", "3"], ["1", "2", "（3）", "4", "5", "6"]
    header = ["编号", "名称", "区划代码", "经度", "纬度", "备注"]
    source = ["1", "甲厂", "330822001", "4", "5", "6"]
    rows = [digits, source, source, source, header, stems, digits[::-1]]
    every = range(len(rows))
    assert reasons(rows, coordinates=every) == ["column_numbers", "", "", "", "header_row", "column_numbers", ""]
    assert reasons([source, ["1", "2", "3", "", "", ""]], coordinates=[0, 1]) == ["", ""]


def test_column_numbers_in_columns_of_numbers():
    raw = pd.DataFrame({"a": ["甲", "A"], "b": ["乙", "B"], "x": [1, 118.5], "y": pd.array([2, None], dtype="Int64")})
    found = excluded_reason(raw, {"lon": "x", "lat": "y"}, pd.Series([True, False]))
    assert found.fillna("").tolist() == ["column_numbers", ""]
