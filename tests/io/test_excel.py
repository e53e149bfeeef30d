import datetime as dt

import openpyxl
import pytest

from geocensus.errors import DataNotFoundError, UnreadableError
from geocensus.io.excel import read_sheet


def book(path, rows, *, merged=(), title="名单"):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    workbook.save(path)
    return path


def test_title_merged_header_of_two_rows_and_merged_cells(tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        [
            ["常山县普查名单", None, None, None, None],
            ["编号", "经度", None, None, "乡镇"],
            [None, "度", "分", "秒", None],
            [1, 118, 31, 12.5, "辉埠镇"],
            [2, 118, 32, 7, None],
        ],
        merged=["A1:E1", "B2:D2", "A2:A3", "E2:E3", "E4:E5"],
    )
    raw = read_sheet(path)
    assert raw.table.columns.tolist() == ["编号", "经度度", "经度分", "经度秒", "乡镇"]
    assert raw.table["乡镇"].tolist() == ["辉埠镇", "辉埠镇"]
    assert raw.table["经度秒"].tolist() == [12.5, 7.0]
    assert raw.rows.tolist() == [4, 5]
    assert "merged cells" in raw.notes[0].en


def test_cells_of_all_kinds(tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        [
            ["编号", "经度", "纬度", "备注"],
            ["001", 118.5, "28.9", dt.date(2018, 1, 2)],
            ["002", "=1+1", float(28), True],
            [3, None, 28.25, None],
        ],
    )
    raw = read_sheet(path)
    assert raw.typed["编号"].tolist() == ["001", "002", 3]
    assert raw.typed["备注"].tolist() == [dt.date(2018, 1, 2), True, None]
    table = raw.table
    assert table["编号"].tolist() == ["001", "002", "3"]
    assert table["经度"].tolist() == ["118.5", "=1+1", ""]
    assert table["纬度"].tolist() == ["28.9", "28", "28.25"]
    assert table["备注"].tolist() == ["2018-01-02", "TRUE", ""]


def test_the_first_sheet_with_rows_is_read_and_another_on_request(tmp_path):
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.title = "封面"
    for name, lon in (("一", 118), ("二", 119)):
        sheet = workbook.create_sheet(name)
        sheet.append(["编号", "经度", "纬度"])
        sheet.append([name, lon, 28])
    workbook.save(path)
    assert read_sheet(path).sheet == "一"
    assert read_sheet(path, "二").table["经度"].tolist() == [119]
    with pytest.raises(DataNotFoundError, match="一, 二"):
        read_sheet(path, "三")


def test_not_a_workbook(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_text("编号,经度", encoding="utf-8")
    with pytest.raises(UnreadableError, match=r"a.xlsx: damaged"):
        read_sheet(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(UnreadableError, match="password"):
        read_sheet(path)


def test_empty_workbook(tmp_path):
    with pytest.raises(UnreadableError, match="nothing in it"):
        read_sheet(book(tmp_path / "a.xlsx", []))
