"""Places named in addresses, on the shipped basemap of Changshan (names as in the code table of 2023)."""

import pandas as pd
import pytest

from geocensus.checks.addresses import places_named
from geocensus.io import open_basemap


@pytest.fixture(scope="module")
def changshan():
    return open_basemap("changshan")


@pytest.fixture(scope="module")
def named(changshan):
    """Return the names of the areas found in one address; those that are not sure end with a question mark."""
    names = pd.concat([changshan.areas(level).set_index("code")["name"] for level in changshan.levels])

    def run(address):
        found = places_named(pd.Series([address], dtype="str"), changshan)
        return [names[code] + ("" if sure else "?") for code, sure in zip(found["code"], found["sure"], strict=True)]

    return run


@pytest.mark.parametrize(
    ("address", "places"),
    [
        ("浙江省常山县白石镇白石村12号", ["常山县", "白石镇", "白石村委会"]),
        ("常山縣白石鎮 白石村民委员会", ["常山县", "白石镇", "白石村委会"]),
        ("天马街道办事处东明社区居民委员会", ["天马街道", "东明社区?"]),
        ("天马镇城南", ["天马街道"]),  # a town before it was a subdistrict
        ("白石乡草坪村", ["白石镇", "草坪村委会"]),
        ("新昌乡郭塘社区", ["新昌乡", "郭塘村委会"]),  # a village turned community
        ("金川街道徐村村委会", ["金川街道", "徐村村委会"]),
        ("金川街道徐村9号", ["金川街道", "徐村村委会"]),
        ("天马街道北屏山村", ["天马街道", "北屏山村委会"]),  # not 屏山社区 inside it
        ("常山天马街道", ["常山县?", "天马街道"]),
        ("浙江省衢州市常山县白石镇", ["常山县", "白石镇"]),
        ("白石镇王家村", ["白石镇", "王家村委会?"]),  # the village of that name lies in another town
        ("", []),
        ("12号", []),
        ("某某路", []),
    ],
)
def test_places_are_read_from_coarse_to_fine(named, address, places):
    assert named(address) == places


@pytest.mark.parametrize(
    "address",
    [
        "文峰东路白石镇食品有限公司",
        "白石镇路5号",
        "白石镇街12号",
        "白石镇大桥北",
        "往白石镇方向",
        "距白石镇3公里",
        "白石镇驻城办事处",
        "江山市白石镇",  # the neighbouring county has one, too
        "开化县白石镇",
        "招贤大道白石镇水泥厂内",
    ],
)
def test_a_name_inside_another_name_is_not_sure(named, address):
    assert "白石镇?" in named(address)
    assert "白石镇" not in named(address)


@pytest.mark.parametrize("address", ["辉埠水泥厂", "常山县天马路88号", "芳", "定阳北路东明小区", "新昌县羽林街道"])
def test_half_a_name_is_no_place(named, address):
    assert [place for place in named(address) if place not in {"常山县", "常山县?"}] == []


def test_a_firm_behind_a_whole_address_does_not_hide_it(named):
    assert named("常山县白石镇食品有限公司") == ["常山县", "白石镇"]
    assert named("白石镇白石村水泥厂") == ["白石镇", "白石村委会"]


def test_codes_above_are_given_and_rows_counted(changshan):
    found = places_named(pd.Series([None, "白石镇白石村"], index=[7, 7]), changshan)
    assert found["row"].tolist() == [1, 1]
    assert found["code_county"].tolist() == ["330822"] * 2
    assert found["code_township"].tolist() == ["330822104"] * 2
    assert found["code_village"].isna().tolist() == [True, False]


def test_homonyms_are_all_given_unless_the_claim_or_a_place_beside_them_decides(homonyms):
    both = places_named(pd.Series(["新村9号", "南乡新村9号"]), homonyms)
    assert both[["row", "code", "candidates"]].to_numpy().tolist() == [
        [0, "330822100200", 2],
        [0, "330822200200", 2],
        [1, "330822200", 1],
        [1, "330822200200", 1],
    ]
    claims = pd.DataFrame({"code_county": ["330822"], "code_township": ["330822100"], "code_village": [None]})
    assert places_named(pd.Series(["新村9号"]), homonyms, claims=claims)["code"].tolist() == ["330822100200"]


def test_rows_beyond_one_chunk_are_counted_on_and_keep_their_claim(homonyms):
    addresses = pd.Series(["白石镇"] * 3 + [None] * 40_000 + ["新村9号"], dtype="str")
    claims = pd.DataFrame({"code_township": [None] * 40_003 + ["330822100"]}, dtype="str")
    found = places_named(addresses, homonyms, claims=claims)
    assert found[["row", "code"]].to_numpy().tolist()[-1] == [40_003, "330822100200"]


def test_names_in_other_scripts_are_not_looked_for(latin):
    assert places_named(pd.Series(["12 Main Street, Springfield"]), latin).empty
