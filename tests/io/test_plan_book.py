"""The workbook of a plan: texts stay texts, numbers are numbers, long tables go on."""

import numpy as np
import openpyxl
import pandas as pd
import pytest

from geocensus.errors import WorkspaceError
from geocensus.io import Sheet, plan_book, write_plan_book


def cells(path, sheet):
    return [[(cell.value, cell.data_type) for cell in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows()]


def test_texts_numbers_and_what_is_missing(tmp_path):
    table = pd.DataFrame(
        {
            "代码": ["007", "330822001201"],
            "公式": ["=1+1", "https://example.org"],
            "小时": [1.5, np.nan],
            "个数": pd.array([3, None], dtype="Int64"),
            "空": [None, ""],
        }
    )
    path = write_plan_book(tmp_path / "a" / "方案.xlsx", [Sheet("片区", table)])
    head, one, two = cells(path, "片区")
    assert [value for value, _ in head] == list(table)
    assert one == [("007", "s"), ("=1+1", "s"), (1.5, "n"), (3, "n"), (None, "n")]
    assert two == [("330822001201", "s"), ("https://example.org", "s"), (None, "n"), (None, "n"), (None, "n")]


def test_codes_are_text_cells_and_shares_are_percentages(tmp_path):
    table = pd.DataFrame({"代码": ["007"], "偏差": [0.05], "人数": [4]})
    path = write_plan_book(tmp_path / "a.xlsx", [Sheet("片区", table, shares={"偏差"})])
    formats = [cell.number_format for cell in openpyxl.load_workbook(path)["片区"][2]]
    assert formats == ["@", "0.0%", "#,##0"]


def test_sheets_in_order_and_empty_ones(tmp_path):
    sheets = [Sheet("乙", pd.DataFrame({"a": [1]})), Sheet("甲", pd.DataFrame({"b": pd.Series(dtype="str")}))]
    path = write_plan_book(tmp_path / "a.xlsx", sheets)
    assert openpyxl.load_workbook(path).sheetnames == ["乙", "甲"]
    assert cells(path, "甲") == [[("b", "s")]]


def test_more_rows_than_a_sheet_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(plan_book, "_ROWS", 2)
    path = write_plan_book(tmp_path / "a.xlsx", [Sheet("行程", pd.DataFrame({"n": [1, 2, 3]}))])
    assert openpyxl.load_workbook(path).sheetnames == ["行程 1", "行程 2"]
    assert cells(path, "行程 2") == [[("n", "s")], [(3, "n")]]


def test_a_place_that_cannot_be_written_leaves_the_old_file(tmp_path):
    sheets = [Sheet("a", pd.DataFrame({"n": [1]}))]
    path = write_plan_book(tmp_path / "a.xlsx", sheets)
    before = path.read_bytes()
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write_plan_book(path / "below.xlsx", sheets)
    assert path.read_bytes() == before
