import numpy as np
import pytest

from geocensus.errors import UnreadableError
from geocensus.io.text import read_delimited

LIST = "编号,名称,经度,纬度\n1,甲,118.5,28.9\n2,乙,118.6,28.8\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes(LIST.encode(encoding))
    raw = read_delimited(path)
    assert raw.table.columns.tolist() == ["编号", "名称", "经度", "纬度"]
    assert raw.table["名称"].tolist() == ["甲", "乙"]
    assert raw.rows.tolist() == [2, 3]


def test_rare_characters_of_gb18030(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("名称,经度,纬度\n㙍溪村𠀀,1,2\n".encode("gb18030"))
    assert read_delimited(path).table["名称"].tolist() == ["㙍溪村𠀀"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters(tmp_path, mark):
    path = tmp_path / "a.txt"
    path.write_text(LIST.replace(",", mark), encoding="utf-8")
    assert read_delimited(path).table["纬度"].tolist() == ["28.9", "28.8"]


def test_blank_ragged_and_quoted_lines_are_kept(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('编号,名称,经度,纬度\n1,"甲\n厂",118.5,28.9\n\n2,乙,118,29,多余\n3\n', encoding="utf-8")
    raw = read_delimited(path)
    assert raw.table["编号"].tolist() == ["1", "", "2", "3"]
    assert raw.table["名称"].tolist() == ["甲\n厂", "", "乙", ""]
    assert raw.table["column 5"].tolist() == ["", "", "多余", ""]
    assert "1 records have more cells" in raw.notes[0].en


def test_the_fast_and_the_careful_way_agree(tmp_path):
    cells = np.random.default_rng(0).integers(0, 99, (50, 4)).astype(str)
    body = "\n".join(",".join(row) for row in cells)
    fast, careful = tmp_path / "fast.csv", tmp_path / "careful.csv"
    fast.write_text(f"编号,名称,经度,纬度\n{body}\n", encoding="utf-8")
    careful.write_text(f"编号,名称,经度,纬度\n{body}\n\n1\n", encoding="utf-8")
    assert read_delimited(careful).table.iloc[:50].equals(read_delimited(fast).table)


def test_title_lines_above_the_header(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("某县普查名单,,,\n填报日期,2018,,\n" + LIST, encoding="utf-8")
    raw = read_delimited(path)
    assert raw.table["名称"].tolist() == ["甲", "乙"]
    assert raw.rows.tolist() == [4, 5]


def test_doubled_and_empty_headers_get_names(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("经度,经度,,纬度\n1,2,3,4\n", encoding="utf-8")
    assert read_delimited(path).table.columns.tolist() == ["经度", "经度 (2)", "column 3", "纬度"]


def test_a_cell_of_a_million_characters(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"编号,经度,纬度\n1,{'9' * 1_000_000},28\n2,118,29\n", encoding="utf-8")
    assert read_delimited(path).table["经度"].str.len().tolist() == [1_000_000, 3]


@pytest.mark.parametrize("content", [b"", b"\n\n", b" \r\n", b"\xef\xbb\xbf"])
def test_empty_files(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match="empty"):
        read_delimited(path)


def test_unknown_encoding_says_the_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("编号,经度\n1,2\n".encode() + b"\xff\xff\x81\n")
    with pytest.raises(UnreadableError, match=r"a.csv, line 3") as error:
        read_delimited(path)
    assert "CSV UTF-8" in error.value.zh


def test_one_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("编号\nA1\n\nA2\n", encoding="utf-8")
    raw = read_delimited(path)
    assert raw.table["编号"].tolist() == ["A1", "", "A2"]
    assert raw.rows.tolist() == [2, 3, 4]
    path.write_text("编号\n", encoding="utf-8")
    assert len(read_delimited(path).table) == 0
    path.write_text('编号\n"A1\nA2\n', encoding="utf-8")
    with pytest.raises(UnreadableError, match="row 2: a quotation mark"):
        read_delimited(path)


def test_a_quotation_mark_that_opens_in_the_header(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('编号,"经度,纬度\n1,2,3\n', encoding="utf-8")
    with pytest.raises(UnreadableError, match="row 1: a quotation mark"):
        read_delimited(path)
