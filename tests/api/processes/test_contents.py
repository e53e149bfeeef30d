"""What is in a file: its kind, and its size when unpacked."""

import io
import sqlite3
import struct
import zipfile
from contextlib import closing

import pandas as pd
import pytest
from geocensus_api.errors import ProblemError
from geocensus_api.processes.contents import ENDINGS, require_sound

MB = 1_000_000
WORKBOOK = "xl/workbook.xml"


def sound(tmp_path, ending, content, most=50 * MB):
    path = tmp_path / f"list{ending}"
    path.write_bytes(content)
    require_sound(path, ending, unpacked_max=most)


def refusal(tmp_path, ending, content, most=50 * MB):
    with pytest.raises(ProblemError) as wrong:
        sound(tmp_path, ending, content, most)
    assert wrong.value.status == 422
    return wrong.value.detail.en


def book(*entries, compression=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in ((WORKBOOK, b"<workbook/>"), *entries):
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        (".csv", "编号,经度\n1,118".encode()),
        (".csv", "编号,经度\n1,118".encode("gb18030")),
        (".csv", "编号,经度\n1,118".encode("utf-16")),
        (".txt", "a\tb\n1\t2".encode("utf-16-le")),
        (".geojson", b'\xef\xbb\xbf\n {"type": "FeatureCollection", "features": []}'),
        (".xlsx", book()),
        (".xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"),
    ],
)
def test_sound_files_pass(tmp_path, ending, content):
    sound(tmp_path, ending, content)


def test_parquet_and_geopackage_pass(tmp_path):
    pd.DataFrame({"a": [1, 2]}).to_parquet(tmp_path / "a.parquet")
    require_sound(tmp_path / "a.parquet", ".parquet", unpacked_max=MB)
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as connection:
        connection.execute("CREATE VIRTUAL TABLE rtree_a USING rtree(id, minx, maxx)")
    require_sound(tmp_path / "a.gpkg", ".gpkg", unpacked_max=MB)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "content", [b"MZ\x90\x00program", b"%PDF-1.7\n\x00", b"\x7fELF\x02\x01\x01\x00", b"PK\x05\x06" + bytes(18)]
)
def test_another_kind_is_refused(tmp_path, ending, content):
    assert refusal(tmp_path, ending, content)


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_is_refused(tmp_path, ending):
    assert refusal(tmp_path, ending, b"") == "the file is empty"


def test_a_description_of_other_files_is_no_geojson(tmp_path):
    assert "not what the ending" in refusal(tmp_path, ".geojson", b"<OGRVRTDataSource><SrcDataSource>/etc/passwd")


def test_a_bomb_is_refused(tmp_path):
    bomb = book(("xl/worksheets/sheet1.xml", bytes(20 * MB)))
    assert len(bomb) < 100_000
    assert "larger than 10000000 bytes" in refusal(tmp_path, ".xlsx", bomb, 10 * MB)
    sound(tmp_path, ".xlsx", bomb, 30 * MB)


def test_a_bomb_that_lies_of_its_size_is_refused(tmp_path):
    bomb = bytearray(book(("xl/worksheets/sheet1.xml", bytes(20 * MB))))
    size = struct.pack("<L", 20 * MB)
    at = bomb.rindex(size)  # in the central directory
    bomb[at : at + 4] = struct.pack("<L", 1000)
    with zipfile.ZipFile(io.BytesIO(bytes(bomb))) as archive:
        assert archive.infolist()[1].file_size == 1000
    assert "larger than 10000000 bytes" in refusal(tmp_path, ".xlsx", bytes(bomb), 10 * MB)


def test_many_entries_over_one_another_count_each(tmp_path):
    entries = [(f"xl/media/{number}.bin", bytes(MB)) for number in range(12)]
    assert "larger than" in refusal(tmp_path, ".xlsx", book(*entries), 10 * MB)


def test_a_book_of_nothing_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("evil.exe", b"MZ")
    assert "no xl/workbook.xml" in refusal(tmp_path, ".xlsx", stream.getvalue())


def test_a_damaged_book_is_refused(tmp_path):
    whole = book(("xl/worksheets/sheet1.xml", bytes(range(256)) * 500))
    assert "not a sound .xlsx" in refusal(tmp_path, ".xlsx", whole[:-40])
    assert "not a sound .xlsx" in refusal(tmp_path, ".xlsx", whole[:100] + b"\xff" * 60 + whole[160:])


def test_a_virtual_table_could_read_other_files(tmp_path):
    path = tmp_path / "list.gpkg"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIRTUAL TABLE secret USING fts5(a)")
    with pytest.raises(ProblemError) as wrong:
        require_sound(path, ".gpkg", unpacked_max=MB)
    assert "virtual table" in wrong.value.detail.en


def test_columns_that_unpack_to_much_are_refused(tmp_path):
    pd.DataFrame({"a": ["x" * 10] * MB}).to_parquet(tmp_path / "a.parquet", use_dictionary=False, compression="zstd")
    assert (tmp_path / "a.parquet").stat().st_size < 100_000
    with pytest.raises(ProblemError) as wrong:
        require_sound(tmp_path / "a.parquet", ".parquet", unpacked_max=5 * MB)
    assert "larger than" in wrong.value.detail.en


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "CREATE VIEW list AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
            "a view: list",
        ),
        ("CREATE TABLE list (a, b AS (hex(zeroblob(1000000))))", "a computed column: list.b"),
        (
            "CREATE VIEW st_geometry_columns AS WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x FROM c) SELECT x FROM c",
            "not a sound .gpkg file: interrupted",
        ),
    ],
)
def test_rows_without_an_end_are_refused(tmp_path, script, said):
    path = tmp_path / "list.gpkg"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    with pytest.raises(ProblemError) as wrong:
        require_sound(path, ".gpkg", unpacked_max=MB)
    assert wrong.value.status == 422
    assert said in wrong.value.detail.en


def test_the_views_of_an_older_geopackage_may_be_there(tmp_path):
    path = tmp_path / "list.gpkg"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE gpkg_spatial_ref_sys (srs_id, definition); INSERT INTO gpkg_spatial_ref_sys VALUES (4490, '');"
            "CREATE VIEW st_spatial_ref_sys AS SELECT srs_id, definition FROM gpkg_spatial_ref_sys;"
            "CREATE TABLE list (fid INTEGER PRIMARY KEY, id);"
            "CREATE TRIGGER late AFTER INSERT ON list BEGIN DELETE FROM list; END;"  # nothing is written to it
        )
    require_sound(path, ".gpkg", unpacked_max=MB)
