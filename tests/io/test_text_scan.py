"""Where records begin, against the csv module."""

import csv
import io

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geocensus.io import text_scan
from geocensus.io.text_scan import IrregularError, scan_records

CELLS = st.text(alphabet='ab甲𠀀," \n|', max_size=6)


@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=9),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
    every=st.integers(1, 4),
    end=st.sampled_from(["\n", "\r\n"]),
)
@example(rows=[("", "", "")] * 40, encoding="utf-8", every=3, end="\n")
def test_records_of_well_written_text(rows, encoding, every, end):
    files = [io.StringIO() for _ in rows]
    for file, row in zip(files, rows, strict=True):
        csv.writer(file, lineterminator="\n").writerow(row)
    records = [file.getvalue()[:-1].encode(encoding) for file in files]
    data = np.frombuffer(end.encode().join(records), dtype=np.uint8)
    begins = np.cumsum([0, *(len(record) + len(end) for record in records)]).tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_scan, "_CHUNK", 7)  # records, quotation marks and characters reach over chunks
        found = scan_records(data, delimiter=",", width=3, encoding=encoding, every=every)
    assert found.count == len(rows)
    wanted = {record for k in range(0, len(rows), every) for record in (k, k + 1) if 0 < record < len(rows)}
    assert {record: begins[record] for record in wanted} == found.starts


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1",
        "a,b\n1,2,3",
        "a,b\n\n1,2",
        "a,b\r1,2",
        "a,b\n1,2\x00",
        'a,b\n1,"2',
        'a,b\n1,2"3"',
        'a,b\n1,"2"3',
        'a,b\n1, "2"',
    ],
)
def test_irregular_text_is_left_to_a_more_careful_reader(text):
    with pytest.raises(IrregularError):
        scan_records(np.frombuffer(text.encode(), dtype=np.uint8), delimiter=",", width=2, encoding="utf-8", every=1)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_every_byte_is_tested(encoding):
    data = np.frombuffer(b"a,b\n" * 9 + b"1,\xff", dtype=np.uint8)
    with pytest.raises(UnicodeDecodeError):
        scan_records(data, delimiter=",", width=2, encoding=encoding, every=1)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_no_character_contains_a_byte_that_is_looked_for(encoding):
    found = set()
    for code in [*range(0x80, 0xD800), *range(0xE000, 0x110000)]:
        found.update(chr(code).encode(encoding))
    assert found.isdisjoint(b',;\t"\n\r\x00 \x1a')
    assert (ord("|") in found) == (encoding == "gb18030")  # and such a file is read whole
