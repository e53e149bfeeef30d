import pandas as pd
import pytest

from geocensus.divisions import Crosswalk

RULE = "claim.address_conflict"
HEAD = "编号,经度,纬度,区划代码,地址\n"
POINT = "118.010001,28.005001"
V1, V2, V3 = "330822001001", "330822001200", "330822100200"


@pytest.mark.parametrize(
    ("claim", "address", "status", "level"),
    [
        (V1, "甲县东街道甲社区1号", "ok", None),
        (V1, "甲县东街道", "ok", None),
        (V1, "甲县", "ok", None),
        (V1, "甲县西镇丙村1号", "flagged", "township"),
        (V1, "西镇", "flagged", "township"),
        (V1, "东街道乙村", "flagged", "village"),
        ("330822001", "东街道乙村", "ok", None),  # the claim goes no further
        ("330822", "西镇丙村", "ok", None),
        (V1, "西镇路12号", "ok", None),
        (V1, "甲县东街道1号（西镇食品公司）", "ok", None),
        (V1, "乙县西镇", "ok", None),  # another county's
        (V1, "丙村", "ok", None),  # a short name without its town may be a hamlet
        (V1, "东街道与西镇交界处", "ok", None),
        (V1, "西镇（原东街道）", "ok", None),
        (V1, "", "not_tested", None),
        (V1, "大桥北100米", "not_tested", None),
        ("", "西镇丙村", "not_tested", None),
    ],
)
def test_addresses_and_claims(tested, claim, address, status, level):
    outcome = tested(RULE, f"{HEAD}a,{POINT},{claim},{address}")
    assert outcome.status.tolist() == [status]
    assert outcome.level.tolist() == ([level] if level else [])


def test_reasons_and_messages(tested):
    outcome = tested(
        RULE, f"{HEAD}a,{POINT},{V1},西镇丙村\nb,{POINT},{V1},\nc,{POINT},,西镇\nd,{POINT},{V1},东街道乙村"
    )
    assert outcome.reason.fillna("").tolist() == ["", "no_address", "no_claim", ""]
    assert outcome.zh.tolist() == ["地址写的是西镇，填报乡镇为东街道", "地址写的是乙村，填报村为甲社区"]
    assert outcome.en.tolist() == [
        "the address names 西镇, the claimed township is 东街道",
        "the address names 乙村, the claimed village is 甲社区",
    ]


def test_a_source_without_point_is_compared_too(tested):
    assert tested(RULE, f"{HEAD}a,无,无,{V1},西镇").status.tolist() == ["flagged"]


def test_the_town_that_a_village_came_from_agrees(tested):
    crosswalk = Crosswalk(pd.DataFrame({"old_code": ["330822100301"], "new_code": [V1], "year_to": [2020]}))
    text = f"{HEAD}a,{POINT},{V1},西镇甲社区\nb,{POINT},{V2},西镇"
    assert tested(RULE, text, crosswalk=crosswalk).status.tolist() == ["ok", "flagged"]
    assert tested(RULE, text).status.tolist() == ["flagged", "flagged"]


def test_homonymous_villages_are_looked_for_in_the_claim_first(tested, homonyms):
    rows = ["a,118.01,28.01,330822100,新村9号", "b,118.01,28.01,330822100,南乡新村9号"]
    outcome = tested(RULE, HEAD + "\n".join(rows), basemap=homonyms)
    assert outcome.status.tolist() == ["ok", "flagged"]


def test_no_addresses_at_all_and_names_of_another_script(tested, latin):
    assert tested(RULE, f"编号,经度,纬度,区划代码\na,{POINT},{V1}").reason.tolist() == ["no_address"]
    outcome = tested(RULE, f"{HEAD}a,{POINT},330822100,Shelby Road", basemap=latin)
    assert outcome.reason.tolist() == ["no_address"]
