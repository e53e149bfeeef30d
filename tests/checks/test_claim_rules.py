import pandas as pd
import pytest

from geocensus.checks.claims import resolve_claims
from geocensus.divisions import Crosswalk

HEAD = "编号,经度,纬度,区划代码,区县,乡镇,村\n"
POINT = "118.010001,28.005001"


@pytest.mark.parametrize(
    ("cells", "area", "problem"),
    [
        ("330822001001,,,", "330822001001", ""),
        ("330822001001003,,,", "330822001001", ""),  # a zone code is cut to the basemap's finest level
        ("330822001000,,,", "330822001", ""),
        ("330822000000,,,", "330822", ""),
        ("330822001999,,,", "330822001", "unknown"),
        ("330999001001,,,", None, "unknown"),
        ("110101,,,", None, "unknown"),
        (",,,", None, "missing"),
        (",甲县,东街道,乙村", "330822001200", ""),
        (",,东街道办事处,乙村村委会", "330822001200", ""),
        (",,西镇,", "330822100", ""),
        (",,西镇,胡说村", "330822100", "unknown"),
        (",乙县,,", None, "unknown"),
    ],
)
def test_claims_are_resolved(judged, cells, area, problem):
    result = judged(f"{HEAD}a,{POINT},{cells}")
    found = result.sources["claimed_area_code"][0]
    assert (None if pd.isna(found) else found) == area
    rules = set(result.flags["rule"])
    for name in ("missing", "unknown"):
        assert (f"claim.{name}" in rules) == (problem == name)


@pytest.mark.parametrize(
    ("cells", "conflict"),
    [
        ("330822001001,甲县,东街道,甲社区", False),
        ("330822001001,,东街道办事处,甲社区居委会", False),
        ("330822001001,,西镇,", True),
        ("330822001001,,东街道,乙村", True),
        ("330822001001,,,胡说村", True),
        ("330822001001,,,", False),
        (",,东街道,乙村", False),
    ],
)
def test_code_and_name(flagged, cells, conflict):
    assert flagged("claim.name_conflict", f"{HEAD}a,{POINT},{cells}") == (["a"] if conflict else [])


def test_a_retired_code_follows_the_crosswalk_and_is_not_outside(judged):
    crosswalk = Crosswalk(pd.DataFrame({"old_code": ["330822105"], "new_code": ["330822001"], "year_to": [2020]}))
    result = judged(f"{HEAD}a,{POINT},330822105000,,,\nb,{POINT},330822105201,,,", crosswalk=crosswalk)
    rules = result.flags.groupby("source_id")["rule"].agg(set).to_dict()
    assert rules == {"a": {"claim.retired"}, "b": {"claim.retired"}}
    assert result.sources["claimed_area_code"].tolist() == ["330822001"] * 2
    assert "东街道" in result.flags["message_zh"].iloc[0]


def test_a_split_code_names_all_heirs_and_is_not_compared(judged):
    table = pd.DataFrame({"old_code": ["330822105"] * 2, "new_code": ["330822001", "330822100"]})
    result = judged(f"{HEAD}a,{POINT},330822105,,,", crosswalk=Crosswalk(table))
    assert result.flags["rule"].tolist() == ["claim.retired"]
    assert "东街道" in result.flags["message_zh"][0]
    assert "西镇" in result.flags["message_zh"][0]
    assert result.statuses.loc[0, "place.outside_claimed"] == "ok"  # compared with the county above all heirs


def test_retired_codes_of_one_list_have_their_own_fates(tested):
    changes = {"330822105": "330822001", "330822106": "", "330822107": "330822001"}
    table = pd.DataFrame({"old_code": [*changes, "330822107"], "new_code": [*changes.values(), "330822100"]})
    codes = ["330822107", "330822105", "330822106", "330822105000"]
    rows = [f"{name},{POINT},{code},,," for name, code in zip("abcd", codes, strict=True)]
    outcome = tested("claim.retired", HEAD + "\n".join(rows), crosswalk=Crosswalk(table))
    assert outcome.zh.tolist() == [
        "填报的是旧代码 330822107，现为 东街道（330822001）、西镇（330822100）",
        "填报的是旧代码 330822105，现为 东街道（330822001）",
        "填报的是旧代码 330822106，已撤销，没有后继代码",
        "填报的是旧代码 330822105000，现为 东街道（330822001）",
    ]
    assert outcome.en.iloc[0] == "claimed code 330822107 is retired; now 东街道 (330822001), 西镇 (330822100)"


def test_claims_of_a_list_are_those_of_its_rows(homonyms):
    columns = ["claimed_code", "claimed_township_name", "claimed_village_name", "address"]
    rows = [
        ("330822001001", None, None, "甲县南乡新村1号"),
        (None, None, "新村", "甲县南乡新村1号"),  # the address tells which
        (None, None, "新村", None),
        (None, "南乡", "新村", "甲县1号"),
        ("330822999", "南乡", None, None),
        (None, None, None, None),
    ]
    sources = pd.DataFrame(rows * 2, columns=columns, index=range(20, 8, -1)).astype("str")
    together = resolve_claims(sources, homonyms)
    alone = pd.concat([resolve_claims(sources.loc[[row]], homonyms) for row in sources.index])
    pd.testing.assert_frame_equal(together, alone)
    assert together["area_code"].notna().any()


def test_duplicate_ids_are_all_kept_and_flagged(judged):
    result = judged(f"{HEAD}a,{POINT},,,,\na,118.030001,28.010001,,,,\nb,{POINT},,,,")
    assert sorted(result.sources["source_id"]) == ["a", "a#2", "b"]
    flags = result.flags[result.flags["rule"] == "list.duplicate_id"]
    assert sorted(flags["source_id"]) == ["a", "a#2"]


def test_codes_that_a_spreadsheet_destroyed(judged):
    result = judged(f"{HEAD}a,{POINT},3.30822E+11,,东街道,甲社区\nb,{POINT},3.30822E+11,,,")
    assert result.flags["rule"].tolist() == ["claim.unknown", "claim.unknown"]
    assert "科学计数" in result.flags["message_zh"][0]
    assert result.sources["claimed_area_code"][0] == "330822001001"
    assert result.statuses["place.outside_claimed"].tolist() == ["ok", "not_tested"]


def test_a_homonym_is_looked_up_below_the_places_of_the_address(tested, homonyms):
    head = "编号,经度,纬度,村,地址\n"
    rows = [f"a,{POINT},新村,甲县南乡新村1号", f"b,{POINT},新村,", f"c,{POINT},新村,甲县1号"]
    outcome = tested("claim.unknown", head + "\n".join(rows), basemap=homonyms)
    assert outcome.status.tolist() == ["ok", "flagged", "flagged"]
    assert outcome.zh.iloc[0] == "填报的“新村”有 2 个同名区划，无法确定"
    place = tested("place.outside_claimed", head + rows[0], basemap=homonyms)
    assert place.status.tolist() == ["flagged"]
    assert place.zh.iloc[0].endswith("；两处都有“新村村委会”，可能混淆了同名区划")


def test_the_code_of_the_name_given_is_said(tested):
    outcome = tested(
        "claim.name_conflict", f"{HEAD}a,{POINT},330822001001,,东街道,乙村\nb,{POINT},330822001001,,,胡说村"
    )
    assert outcome.zh.tolist() == [
        "代码 330822001001 是“甲社区”，名称填的是“乙村”（代码 330822001200）",
        "代码 330822001001 是“甲社区”，名称填的是“胡说村”",
    ]
