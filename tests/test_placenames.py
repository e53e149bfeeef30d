"""Names of places.

The world of these tests is one county 330822 常山县 with towns 001 天马街道, 104 白石镇, 115 辉埠镇 and a second county 330881 江山市 with
a town of the same name 白石镇 (330881104); villages are listed in ``VILLAGES``.
"""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus import placenames
from geocensus.errors import SchemaError

VILLAGES = [
    ("330822001001", "东明社区居委会"),
    ("330822001201", "北屏山村委会"),
    ("330822001202", "新村村委会"),
    ("330822104201", "新村村委会"),
    ("330822104202", "十八里村委会"),
    ("330822104203", "徐村村委会"),
    ("330822115001", "辉埠居委会"),
    ("330822115201", "辉埠村委会"),
    ("330881104201", "草坪村委会"),
]
TOWNS = [("330822001", "天马街道"), ("330822104", "白石镇"), ("330822115", "辉埠镇"), ("330881104", "白石镇")]
COUNTIES = [("330822", "常山县"), ("330881", "江山市")]


@pytest.fixture(scope="module")
def names() -> pd.DataFrame:
    rows = [(code, name, "", "county") for code, name in COUNTIES]
    rows += [(code, name, code[:6], "township") for code, name in TOWNS]
    rows += [(code, name, code[:9], "village") for code, name in VILLAGES]
    return pd.DataFrame(rows, columns=["code", "name", "parent_code", "level"])


VILLAGE_STEMS = [
    ("北屏山", "北屏山"),
    ("北屏山村", "北屏山"),
    ("北屏山村委", "北屏山"),
    ("北屏山村委会", "北屏山"),
    ("北屏山村民委员会", "北屏山"),
    ("北屏山 村委会 ", "北屏山"),
    ("东明社区", "东明"),
    ("东明社区居委会", "东明"),
    ("东明居民委员会", "东明"),
    ("东明社区居民委员会", "东明"),
    ("徐村", "徐村"),
    ("徐村村", "徐村"),
    ("徐村村委会", "徐村"),
    ("徐村民委员会", "徐村"),
    ("新村", "新村"),
    ("十八里村委会", "十八里"),
    ("五里亭村", "五里亭"),
    ("巴彦嘎查村民委员会", "巴彦"),
    ("玉田里", "玉田"),
    ("豐富村", "丰富"),
]


@pytest.mark.parametrize(("name", "expected"), VILLAGE_STEMS)
def test_village_stems(name, expected):
    assert placenames.stem([name]).tolist() == [expected]


TOWN_STEMS = [
    ("天马街道", "天马"),
    ("天马街道办事处", "天马"),
    ("天马办事处", "天马"),
    ("白石镇人民政府", "白石"),
    ("白石镇", "白石"),
    ("何家乡政府", "何家"),
    ("何家乡", "何家"),
    ("三灣鄉", "三湾"),
    ("頭份市", "头份"),
    ("後龍鎮", "后龙"),
]


@pytest.mark.parametrize(("name", "expected"), TOWN_STEMS)
def test_town_stems(name, expected):
    assert placenames.stem([name], level="township").tolist() == [expected]


def test_stems_above():
    assert placenames.stem(["常山县", "常山县人民政府", "西区"], level="county").tolist() == ["常山", "常山", "西"]
    assert placenames.stem(["衢州市"], level="prefecture").tolist() == ["衢州"]
    assert placenames.stem(["内蒙古自治区", "浙江省"], level="province").tolist() == ["内蒙古", "浙江"]


PAIRS = [
    ("蒲塘村", "蒲塘村委会", True),
    ("蒲塘", "蒲塘村民委员会", True),
    ("东明社区", "东明居委会", True),
    ("山前村", "山前村居委会", True),
    ("山前社区", "山前村社区", True),
    ("辉埠村", "辉埠居委会", False),
    ("十八里", "十八里村", True),
    ("徐村", "徐村村委会", True),
    ("五里村", "五里亭村", False),
    ("白石村", "小白石村", False),
    ("東坑村", "东坑村委会", True),
    ("无", "无", False),
]


@pytest.mark.parametrize(("a", "b", "expected"), PAIRS)
def test_same_village(a, b, expected):
    assert placenames.same_place([a], [b]).tolist() == [expected]
    assert placenames.same_place([b], [a]).tolist() == [expected]


def test_same_town_and_index():
    a = pd.Series(["天马街道办事处", "城关镇", "后龙镇", None], index=[7, 8, 9, 10])
    same = placenames.same_place(a, ["天马街道", "城关街道", "後龍鎮", "x"], level="township")
    assert same.to_dict() == {7: True, 8: False, 9: True, 10: False}


def test_unknown_level():
    with pytest.raises(SchemaError, match="no level 'town'"):
        placenames.stem(["x"], level="town")


def found(names, **claim):
    table = pd.DataFrame({f"claimed_{level}_name": [text] for level, text in claim.items()})
    return placenames.resolve(table, names).iloc[0]


def test_full_claim(names):
    answer = found(names, county="常山县", township="天马街道办事处", village="北屏山村")
    assert answer[["code", "level", "match", "problem", "candidates"]].tolist() == [
        "330822001201",
        "village",
        "variant",
        "",
        1,
    ]


def test_homonyms_are_told_apart_by_their_scope(names):
    assert found(names, township="天马街道", village="新村")["code"] == "330822001202"
    assert found(names, county="江山市", township="白石镇")["code"] == "330881104"


def test_homonyms_without_a_scope_are_ambiguous(names):
    answer = found(names, county="常山县", village="新村")
    assert (answer["code"], answer["level"]) == ("330822", "county")
    assert (answer["problem"], answer["problem_level"], answer["candidates"]) == ("ambiguous", "village", 2)
    assert found(names, township="白石镇")["problem"] == "ambiguous"


def test_committee_and_community_of_one_stem(names):
    town = {"county": "常山县", "township": "辉埠镇"}
    assert found(names, **town, village="辉埠村")["code"] == "330822115201"
    assert found(names, **town, village="辉埠社区")["code"] == "330822115001"
    assert found(names, **town, village="辉埠")["problem"] == "ambiguous"


def test_another_kind_is_found_and_says_so(names):
    answer = found(names, township="天马街道", village="北屏山社区")
    assert (answer["code"], answer["match"]) == ("330822001201", "other_kind")


def test_unknown_names_tell_where_they_are_known(names):
    answer = found(names, county="常山县", township="天马街道", village="草坪村")
    assert (answer["code"], answer["problem"], answer["problem_level"]) == ("330822001", "unknown", "village")
    assert (answer["candidates"], answer["elsewhere_code"]) == (0, "330881104201")
    assert pd.isna(found(names, county="常山县", village="桃花源")["elsewhere_code"])


def test_nothing_below_an_unknown_name_is_looked_up(names):
    answer = found(names, county="开化县", township="天马街道", village="北屏山村")
    assert pd.isna(answer["code"])
    assert (answer["problem"], answer["problem_level"]) == ("unknown", "county")


def test_names_that_begin_with_the_places_above(names):
    assert found(names, township="浙江省衢州市常山县白石镇")["code"] == "330822104"
    assert found(names, township="白石镇", village="x")["problem"] == "ambiguous"
    assert found(names, village="常山县白石镇新村")["code"] == "330822104201"
    assert found(names, county="常山县", village="天马街道新村村委会")["code"] == "330822001202"
    assert found(names, county="常山县", village="城关镇新村")["problem"] == "unknown"


def test_short_names_that_end_like_a_suffix(names):
    assert found(names, township="天马街道", village="无")[["code", "problem"]].tolist() == ["330822001", ""]
    assert found(names, county="常山县", village="十八里")["code"] == "330822104202"
    assert found(names, county="常山县", village="徐村")["code"] == "330822104203"


def test_no_names_at_all(names):
    table = pd.DataFrame({"claimed_village_name": ["—", None], "other": [1, 2]}, index=["x", "y"])
    answer = placenames.resolve(table, names)
    assert answer.index.tolist() == ["x", "y"]
    assert answer["problem"].tolist() == ["missing", "missing"]
    assert placenames.resolve(table[["other"]], names)["problem"].tolist() == ["missing", "missing"]
    assert placenames.resolve(table.head(0), names).empty


def test_a_column_is_missing(names):
    with pytest.raises(SchemaError, match="no column level"):
        placenames.resolve(pd.DataFrame({"claimed_village_name": ["x"]}), names.drop(columns="level"))


towns = st.sampled_from(["天马街道", "天马", "白石镇", "辉埠", "x", ""])
villages = st.sampled_from(["新村", "辉埠", "辉埠村", "徐村", "十八里村", "草坪", "x", ""])


@settings(max_examples=10, deadline=None)
@given(rows=st.lists(st.tuples(towns, villages), min_size=1, max_size=8), random=st.randoms())
def test_rows_are_answered_one_by_one_in_any_order(names, rows, random):
    table = pd.DataFrame(rows, columns=["claimed_township_name", "claimed_village_name"])
    order = list(table.index)
    random.shuffle(order)
    answer = placenames.resolve(table, names)
    pd.testing.assert_frame_equal(placenames.resolve(table.loc[order], names), answer.loc[order])
    shuffled = names.sample(frac=1, random_state=random.randrange(1000))
    pd.testing.assert_frame_equal(placenames.resolve(table, shuffled), answer)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=12))
def test_any_text_is_the_same_place_as_itself_or_nothing(text):
    nothing = placenames.fold([text]).isna().all()
    assert placenames.same_place([text], [text]).tolist() == [not nothing]


def test_letters_that_need_no_folding_are_those_that_folding_keeps():
    letters = pd.Series([chr(number) for number in range(0x20, 0xA000)], dtype="str")
    assert placenames.fold("村" + letters).tolist() == placenames.fold("·村" + letters).tolist()  # the dot is dropped
