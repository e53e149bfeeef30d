"""The result beside the user's own columns: nothing of theirs changes, and codes stay text."""

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.escape import unescape

import geocensus as gc
from geocensus.errors import SchemaError, WorkspaceError
from geocensus.io import require_writable, result_table, write_result, written_result

LONG = "长" * 40_000


@pytest.fixture(scope="module")
def basemap():
    return gc.open_basemap("changshan")


@pytest.fixture(scope="module")
def zone(basemap):
    return basemap.zones().iloc[0]


@pytest.fixture
def checked(tmp_path, basemap, zone):
    """Check a list with a source in its zone, one far away, one without coordinate, a total, and odd texts."""

    def run(text=None):
        inside = zone.geometry.representative_point()
        away = basemap.zones().geometry.iloc[-1].representative_point()
        path = tmp_path / "list.csv"
        usual = (
            "编号,备注,经度,纬度,区划代码,问题说明,编号,=头\n"
            f"001,=1+1,{inside.x:.6f},{inside.y:.6f},{zone.code},+甲,0012,@SUM(A1)\n"
            f"002, 前后有空格 ,{away.x:.6f},{away.y:.6f},{zone.code},{LONG},1e5,-1\n"
            f"003,https://example.org,无,,{zone.code},\x01控制符,2018-01-02,\n"
            "合计,,,,,,,\n"
        )
        path.write_text(text or usual, encoding="utf-8")
        return gc.check(gc.read_sources(path), basemap)

    return run


def table_of(result, lang="zh"):
    return result_table(result.sources, result.flags, result.basemap.levels, lang=lang)


OWN = ["编号", "备注", "经度", "纬度", "区划代码", "问题说明", "编号 (2)", "=头"]


class TestTable:
    def test_the_users_columns_come_first_and_are_untouched(self, checked):
        result = checked()
        table = table_of(result)
        own = result.sources.filter(regex="^raw:")
        assert table.columns[:8].tolist() == OWN
        assert (table.iloc[:, :8].to_numpy() == own.to_numpy()).all()
        assert table["备注"].tolist() == ["=1+1", " 前后有空格 ", "https://example.org", ""]
        assert table.columns.is_unique
        assert len(table) == 4

    def test_codes_names_states_and_reasons(self, checked, basemap, zone):
        table = table_of(checked())
        assert table["定位村代码"].tolist()[:2] == [zone.code, basemap.zones()["code"].iloc[-1]]
        assert table["定位村"].tolist()[0] == zone["name"]
        assert table["定位县代码"].tolist()[:2] == ["330822", "330822"]
        assert table["定位状态"].tolist() == ["已定位", "已定位", "未定位", "剔除"]
        assert table["核查结果"].tolist()[0] == "通过"
        assert len(set(table["核查结果"].tolist()[1:3])) == 1
        reasons = table.iloc[:, -1].tolist()
        assert reasons[0] == ""
        assert "填报" in reasons[1]
        assert "界外" in reasons[1]
        assert "坐标" in reasons[2]
        assert reasons[3] == "合计或小计行"

    def test_english(self, checked):
        table = table_of(checked(), "en")
        assert table["state"].tolist() == ["located", "located", "unlocated", "excluded"]
        assert "claims the" in table["reasons"].tolist()[1]
        assert table["reasons"].tolist()[3] == "total or subtotal row"

    def test_names_that_the_user_has_already(self, checked):
        text = "编号,经度,纬度,定位状态,定位状态 (geocensus)\nA,118.5,28.9,旧,更旧\n"
        columns = table_of(checked(text)).columns
        assert columns.is_unique
        assert columns[3:5].tolist() == ["定位状态", "定位状态 (geocensus)"]
        assert "定位状态 (geocensus 2)" in columns


class TestWorkbook:
    @pytest.fixture
    def book(self, checked, tmp_path):
        result = checked()
        write_result(tmp_path / "r.xlsx", table_of(result), {"行数核对": "4"}, result.flags)
        return openpyxl.load_workbook(tmp_path / "r.xlsx")

    def test_sheets_and_rows(self, book):
        result, flags, about = book.worksheets
        assert (result.max_row, result.title, about.title) == (5, "结果", "说明")
        assert flags.max_row >= 3
        assert about["A2"].value == "行数核对"

    def test_codes_and_everything_typed_are_text(self, book, zone):
        sheet = book.worksheets[0]
        header = [cell.value for cell in sheet[1]]
        assert header[:8] == OWN
        first = dict(zip(header, sheet[2], strict=True))
        for name in ("编号", "备注", "区划代码", "定位村代码", "定位县代码", "=头", "编号 (2)"):
            assert first[name].data_type == "s", name
        assert first["定位村代码"].value == zone.code
        assert first["备注"].value == "=1+1"
        assert first["编号"].value == "001"
        assert first["编号"].number_format == "@"
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
        assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)

    def test_numbers_are_numbers(self, book):
        sheet = book.worksheets[0]
        header = [cell.value for cell in sheet[1]]
        assert sheet.cell(2, header.index("十进制经度") + 1).data_type == "n"

    def test_a_cell_too_long_is_cut_and_said(self, book):
        sheet, about = book.worksheets[0], book.worksheets[-1]
        assert sheet.cell(3, 6).value == LONG[:32_767]
        said = {row[0].value: row[1].value for row in about.iter_rows()}
        assert "1 个单元格超过 32767 字" in said["截断的单元格"]

    def test_typed_columns(self, tmp_path):
        table = pd.DataFrame(
            {
                "whole": [2**60 + 1, 330822001001],
                "real": [float("inf"), 0.1],
                "gap": pd.array([None, 3], dtype="Int64"),
                "text": ["\x01\x0b\x1f", "𠀀" * 10],
            }
        )
        write_result(tmp_path / "r.xlsx", table, {})
        sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[0]
        assert [cell.value for cell in sheet[2]][:3] == [str(2**60 + 1), "inf", None]
        assert unescape(sheet["D2"].value) == "\x01\x0b\x1f"  # as ECMA-376 writes what XML cannot hold
        assert [cell.value for cell in sheet[3]] == [330822001001, 0.1, 3, "𠀀" * 10]
        assert sheet["A3"].number_format == "0"


class TestOtherFiles:
    def test_csv_opens_in_excel_and_reads_back(self, checked, tmp_path):
        table = table_of(checked())
        write_result(tmp_path / "r.csv", table, {})
        data = (tmp_path / "r.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        back = pd.read_csv(tmp_path / "r.csv", dtype="str", keep_default_na=False, encoding="utf-8-sig")
        assert back.columns.tolist() == table.columns.tolist()
        for name in [*OWN, "定位村代码"]:
            assert back[name].tolist() == table[name].fillna("").tolist()

    def test_parquet_keeps_values_and_types(self, checked, tmp_path):
        table = table_of(checked())
        write_result(tmp_path / "r.parquet", table, {})
        back = pd.read_parquet(tmp_path / "r.parquet")
        pd.testing.assert_frame_equal(back, table, check_dtype=False)
        assert back["十进制经度"].dtype == float

    def test_another_ending(self, tmp_path):
        with pytest.raises(SchemaError, match=r"one of .xlsx, .csv, .parquet"):
            write_result(tmp_path / "r.ods", pd.DataFrame({"a": [1]}), {})
        assert not list(tmp_path.iterdir())


class TestTakingItsPlace:
    def test_only_after_the_block_and_not_when_it_fails(self, tmp_path):
        path, table = tmp_path / "r.csv", pd.DataFrame({"a": ["new"]})
        path.write_text("old", encoding="utf-8")
        with pytest.raises(KeyboardInterrupt), written_result(path, table, {}):
            raise KeyboardInterrupt
        assert path.read_text(encoding="utf-8") == "old"
        with written_result(path, table, {}):
            assert path.read_text(encoding="utf-8") == "old"
        assert "new" in path.read_text(encoding="utf-8-sig")
        assert [file.name for file in tmp_path.iterdir()] == ["r.csv"]

    def test_what_cannot_be_replaced_is_refused_first(self, tmp_path):
        (tmp_path / "r.xlsx").mkdir()
        with pytest.raises(WorkspaceError, match=r"r.xlsx: cannot be written"):
            require_writable(tmp_path / "r.xlsx")
        with pytest.raises(SchemaError, match=r"a sheet holds 16384"):
            require_writable(tmp_path / "s.xlsx", 16_385)
        require_writable(tmp_path / "s.csv", 16_385)
