"""Causes, repairs, decisions and shifts beside the user's columns and on their own sheets."""

import numpy as np
import openpyxl
import pandas as pd
import pytest

from geocensus.io import judged_sheets, result_table, write_result
from geocensus.io.result_judgement import decided_messages, judged_columns, repairs_in_words, shifts_in_words

NAN = np.nan


@pytest.fixture
def sources():
    """Return A (swapped, off the map), B (a claim in question), C (declined), D (clean), E (set aside)."""
    return pd.DataFrame(
        {
            "source_id": list("ABCDE"),
            "name": ["甲厂", "乙厂", "丙厂", "丁厂", None],
            "state": ["unlocated", "located", "located", "located", "excluded"],
            "excluded_reason": pd.Series([None] * 4 + ["total_row"], dtype="str"),
            "lon_text": ["28.9", "118.6", "118.7", "118.5", None],
            "lat_text": ["118.5", "28.9", "28.9", "28.9", None],
            "lon": [NAN, 118.6, 118.7, 118.5, NAN],
            "lat": [NAN, 28.9, 28.9, 28.9, NAN],
            "claimed_area_code": ["1"] * 5,
            "code_county": ["1"] * 5,
            "name_county": ["县"] * 5,
            "distance_m": NAN,
            "tolerance_m": NAN,
            "on_border": False,
            "near_border": False,
            "status": "flagged",
            "raw:名称": list("abcde"),
        },
        index=[10, 11, 12, 13, 14],
    )


@pytest.fixture
def causes():
    rows = [
        ("A", 1, "axes_swapped", 0.999_999, "对调", "exchanging"),
        ("A", 2, "unknown", 0.02, "", ""),
        ("B", 1, "claim_wrong", 0.8, "邻村", "neighbour"),
        ("C", 1, "unknown", 0.6, "不明", "not known"),
    ]
    names = ["source_id", "rank", "cause", "probability", "evidence_zh", "evidence_en"]
    return pd.DataFrame(rows, columns=names).assign(record="{}")


@pytest.fixture
def repairs():
    table = pd.DataFrame(
        {
            "repair_id": ["r3", "r1", "r2", "r4"],
            "source_id": ["C", "A", "B", "A"],
            "flag_id": ["f3", "f1", "f2", "f1"],
            "rank": [1, 1, 1, 2],
            "kind": ["point", "point", "claim", "point"],
            "cause": ["digit_error", "axes_swapped", "claim_wrong", "sign"],
            "probability": [0.3, 0.999_999, 0.8, 0.01],
            "margin": [0.1, 0.98, 0.6, -0.9],
            "offered": [False, True, True, False],
            "reason_zh": ["概率不足", "", "", "概率不足"],
            "reason_en": ["too unlikely", "", "", "too unlikely"],
            "lon": [118.2, 118.5, 118.6, -118.5],
            "lat": [28.2, 28.9, 28.9, 28.9],
            "stated_lon": [118.7, NAN, 118.6, NAN],
            "stated_lat": [28.9, NAN, 28.9, NAN],
            "lon_text": ["118.20", "", "", ""],
            "lat_text": ["28.20", "", "", ""],
            "proposed_code": ["11", "12", "13", ""],
            "proposed_name": ["甲村", "乙村", "丙村", ""],
            "moved_m": [80_000.04, NAN, 0.0, NAN],
            "evidence_zh": ["改一位", "对调", "邻村", ""],
            "evidence_en": ["one digit", "exchanging", "neighbour", ""],
        }
    )
    return table.set_axis([5, 6, 7, 8])


def test_the_first_cause_and_the_offer_stand_beside_each_row(sources, causes, repairs):
    table = judged_columns(sources, causes, repairs)
    assert table.index.tolist() == sources.index.tolist()
    swapped, claim, declined, clean, aside = (row.tolist() for _, row in table.iterrows())
    assert swapped[:5] == ["经纬度颠倒", 0.9999, "对调", "118.500000", "28.900000"]
    assert swapped[6] == 0.9999
    assert claim[:3] == ["填报区划有误", 0.8, "邻村"]
    assert pd.isna(claim[3:5]).all()  # a proposed claim leaves the point alone
    assert claim[5:] == ["13", 0.8]
    assert declined[:3] == ["原因不明", 0.6, "不明"]
    assert pd.isna(declined[3:]).all()
    assert pd.isna(clean).all()
    assert pd.isna(aside).all()


def test_programs_get_names_and_numbers(sources, causes, repairs):
    table = judged_columns(sources, causes, repairs, lang="en", words=False)
    assert table["cause"].tolist()[:3] == ["axes_swapped", "claim_wrong", "unknown"]
    assert table["evidence"].tolist()[0] == "exchanging"
    assert table["proposed_lon"].tolist()[0] == 118.5
    assert table["proposed_lon"].dtype == float


def test_nothing_diagnosed_gives_empty_columns(sources, causes, repairs):
    table = judged_columns(sources, causes.iloc[:0], repairs.iloc[:0])
    assert table.isna().all(axis=None)
    assert len(table) == 5


def test_repairs_in_the_order_of_the_list_the_best_first(sources, repairs):
    table = repairs_in_words(repairs, sources, "zh")
    assert table["修正建议编号"].tolist() == ["r1", "r4", "r2", "r3"]
    assert table["建议"].tolist() == ["建议（把握大）", "不建议", "建议", "不建议"]
    assert table["建议经度"].fillna("").tolist() == ["118.500000", "-118.500000", "", "118.20"]
    assert table["填报经度"].tolist() == ["28.9", "28.9", "118.6", "118.7"]
    assert table["移动距离（米）"].fillna(-1).tolist() == [-1, -1, -1, 80_000.0]
    assert repairs_in_words(repairs, sources, "en")["why not offered"].tolist()[3] == "too unlikely"


def test_shifts_in_words():
    shifts = pd.DataFrame(
        {
            "group": ["张三", "x"], "by": ["enumerator", "file+device"], "system": ["gcj02", "new_system"],
            "n": [40, 3], "confidence": [0.98, NAN], "share": [0.9, NAN], "d_east_m": [490.04, NAN],
            "d_north_m": [-332.0, NAN], "method": ["claims", "pairs"], "message_zh": ["偏", ""], "message_en": ["s", ""],
        }
    )  # fmt: skip
    table = shifts_in_words(shifts, "zh")
    assert table["分组方式"].tolist() == ["普查员", "file+device"]  # a word that is not known stays
    assert table["坐标实际为"].tolist() == ["GCJ-02", "new_system"]
    assert table["东向偏移（米）"][0] == 490.0
    assert shifts_in_words(shifts.iloc[:0], "en").empty


def test_messages_say_what_was_decided():
    flags = pd.DataFrame({"message_zh": ["越界", "缺失", "重复"], "message_en": ["out", "none", "twice"]})
    assert decided_messages(flags, "zh").tolist() == ["越界", "缺失", "重复"]
    decided = flags.assign(flag_state=["closed", "open", "reopened"], outcome=["false_alarm", "cannot_decide", ""])
    assert decided_messages(decided, "zh").tolist() == [
        "越界（已办结：误报）",
        "缺失",
        "重复（曾已办结，依据变化后重新打开）",
    ]
    assert decided_messages(decided, "en").tolist()[0] == "out (closed: false alarm)"


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".parquet"])
def test_every_kind_of_file(tmp_path, sources, causes, repairs, suffix):
    flags = pd.DataFrame(
        {name: ["x"] for name in ("flag_id", "group", "rule", "severity", "level", "message_zh", "message_en")}
    ).assign(source_id="A")
    words = suffix != ".parquet"
    table = result_table(sources, flags, ("county",), causes=causes, repairs=repairs, words=words)
    shifts = pd.DataFrame(
        columns=["group", "by", "system", "n", "confidence", "share", "d_east_m", "d_north_m", "method", "message_zh"],
    )
    sheets = judged_sheets(sources, repairs, shifts)
    write_result(tmp_path / f"r{suffix}", table, {"a": "b"}, flags, sheets=sheets)
    if suffix == ".xlsx":
        book = openpyxl.load_workbook(tmp_path / "r.xlsx")
        assert book.sheetnames == ["结果", "疑点", "修正建议", "坐标偏移", "说明"]
        header = [cell.value for cell in book["结果"][1]]
        first = dict(zip(header, book["结果"][2], strict=True))
        assert first["建议经度"].value == "118.500000"
        assert first["建议经度"].data_type == "s"
        assert first["原因概率"].data_type == "n"
        assert book["修正建议"].max_row == 5
    elif suffix == ".csv":
        back = pd.read_csv(tmp_path / "r.csv", dtype="str")
        assert back["建议区划代码"].tolist()[1] == "13"
    else:
        back = pd.read_parquet(tmp_path / "r.parquet")
        assert back["cause"].tolist()[:3] == ["axes_swapped", "claim_wrong", "unknown"]
        assert back["proposed_lon"].tolist()[0] == 118.5
