import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocensus.checks import RULES, Settings

HEAD = "编号,经度,纬度,区划代码\n"
V1 = "330822001001"
ROWS = [
    f"a,118.010001,28.005001,{V1}",
    f"b,118.050001,28.005001,{V1}",
    f"c,无,,{V1}",
    "d,28.010001,118.010001,330822",
    "e,118.030001,28.010001,330822999",
    "f,119.500001,28.010001,",
    "合计,,,",
    ",,,",
]


def test_every_row_stays_in_its_place(judged):
    result = judged(HEAD + "\n".join(ROWS))
    assert result.sources["state"].tolist() == ["located"] * 2 + ["unlocated"] * 2 + ["located"] * 2 + ["excluded"] * 2
    assert result.sources["status"].tolist()[:3] == ["ok", "flagged", "flagged"]
    assert result.sources["status"].iloc[6:].isna().all()
    assert result.sources["name_township"].tolist()[:2] == ["东街道", "西镇"]
    assert set(result.flags["source_id"]) == {"b", "c", "d", "e", "f"}


def test_flags_keep_their_identity_and_basis(judged):
    first = judged(HEAD + "\n".join(ROWS)).flags
    again = judged(HEAD + "\n".join([*ROWS[:2], "new,无,无,"])).flags
    b, c = (flags[(flags["source_id"] == "b")].iloc[0] for flags in (first, again))
    assert (b["flag_id"], b["basis"]) == (c["flag_id"], c["basis"])
    moved = judged(HEAD + f"b,118.060001,28.005001,{V1}").flags.iloc[0]
    assert moved["flag_id"] == b["flag_id"]
    assert moved["basis"] != b["basis"]


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.permutations(ROWS[:6]))
def test_row_order_does_not_matter(judged, rows):
    columns = ["source_id", "located_code", "status", "distance_m", "claimed_area_code"]
    there = judged(HEAD + "\n".join(ROWS[:6]))
    here = judged(HEAD + "\n".join(rows))
    pd.testing.assert_frame_equal(
        *(r.sources[columns].sort_values("source_id", ignore_index=True) for r in (there, here))
    )
    keys = ["flag_id", "basis", "message_zh"]
    pd.testing.assert_frame_equal(*(r.flags[keys].sort_values("flag_id", ignore_index=True) for r in (there, here)))


def test_rules_are_named_once_and_speak_two_languages():
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes) == 22
    assert all(rule.title.zh != rule.title.en for rule in RULES)
    assert all(name in Settings.__dataclass_fields__ for rule in RULES for name in rule.settings)


def test_a_list_of_no_usable_rows(judged):
    result = judged(HEAD + "合计,,,\n,,,")
    assert result.flags.empty
    assert result.sources["state"].tolist() == ["excluded", "excluded"]
