"""Every township and village of China's 2023 code table goes through the division rules."""

import pandas as pd
import pytest

from geocensus import divisions, placenames

SHA256 = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"
TABLES = {
    "province": "provinces",
    "prefecture": "cities",
    "county": "areas",
    "township": "streets",
    "village": "villages",
}
ROWS = {"province": 31, "prefecture": 342, "county": 2978, "township": 41_352, "village": 620_573}
PARENT = {"prefecture": "provinceCode", "county": "cityCode", "township": "areaCode", "village": "streetCode"}
# An island county without townships: its township and village rows repeat the county, filled up with zeros.
REPEATED = {"township": "350527000", "village": "350527000000"}


@pytest.fixture(scope="module")
def tables(npm_package) -> dict[str, pd.DataFrame]:
    folder = npm_package("china-division", "2.7.0", SHA256) / "dist"
    return {level: pd.read_csv(folder / f"{file}.csv", dtype="str") for level, file in TABLES.items()}


@pytest.mark.parametrize("level", TABLES)
def test_every_code_is_valid_and_of_its_level(tables, level):
    table = tables[level]
    report = divisions.validate(table["code"])
    assert len(report) == ROWS[level]
    assert report["valid"].all()
    odd = table.loc[report["level"].ne(level), "code"]
    assert odd.tolist() == ([REPEATED[level]] if level in REPEATED else [])
    assert report.loc[odd.index, "level"].eq("county").all()


@pytest.mark.parametrize("level", PARENT)
def test_every_parent_is_the_one_of_the_table(tables, level):
    table = tables[level]
    table = table[table["code"].ne(REPEATED.get(level, ""))]
    parents = divisions.parent_of(table["code"])
    assert parents.tolist() == table[PARENT[level]].tolist()
    coarser = list(TABLES)[list(TABLES).index(level) - 1]
    assert parents.isin(tables[coarser]["code"]).all()


def test_types_and_their_ranges(tables):
    types = {level: divisions.type_of(table["code"]).value_counts().to_dict() for level, table in tables.items()}
    assert types["prefecture"] == {"prefecture": 338, "direct_counties": 4}
    assert types["county"] == {"county": 2851, "development_zone": 124, "no_counties": 3}
    assert types["township"] == {
        "subdistrict": 9066,
        "town": 21_377,
        "township": 8198,
        "township_like": 2710,
        "county": 1,
    }
    assert types["village"] == {
        "residents_committee": 124_649,
        "village_committee": 487_144,
        "residents_like": 1930,
        "village_like": 5402,
        "virtual": 1447,
        "county": 1,
    }


def test_type_ranges_agree_with_the_names(tables):
    table = tables["township"]
    types = divisions.type_of(table["code"])
    endings = {"subdistrict": "街道", "town": "镇", "township": "乡|苏木"}
    for kind, ending in endings.items():
        share = table["name"][types.eq(kind)].str.contains(f"(?:{ending})$").mean()
        assert share > 0.99, kind
    virtual = tables["village"]["name"][divisions.type_of(tables["village"]["code"]).eq("virtual")]
    assert virtual.str.contains("虚拟").mean() > 0.97


def test_filled_codes_are_the_same_divisions(tables):
    codes = pd.concat([table["code"] for table in tables.values()], ignore_index=True)
    codes = codes[~codes.isin(REPEATED.values())]
    filled = codes.str.ljust(12, "0")
    ambiguous = codes.isin(["4419", "4420", "4604"])  # 441900000000 is the place of a county
    assert divisions.trim(filled)[~ambiguous].tolist() == codes[~ambiguous].tolist()
    assert divisions.level_of(filled)[ambiguous].eq("county").all()


def test_names_of_a_county_find_their_codes(tables):
    county = "330822"
    parts = [tables["county"], tables["township"], tables["village"]]
    names = pd.concat([part[["code", "name"]] for part in parts], ignore_index=True)
    names = names[names["code"].str.startswith(county)]
    names = names.assign(level=divisions.level_of(names["code"]), parent_code=divisions.parent_of(names["code"]))
    villages = names[names["level"].eq("village")]
    assert len(villages) == 198
    towns = villages["parent_code"].map(names.set_index("code")["name"])
    claims = pd.DataFrame({"claimed_township_name": towns, "claimed_village_name": villages["name"]})
    found = placenames.resolve(claims, names)
    assert found["code"].tolist() == villages["code"].tolist()
    assert found["problem"].eq("").all()


def test_names_repeat_in_the_nation_but_not_below_one_division(tables):
    towns = tables["township"]
    assert towns["name"].eq("城关镇").sum() == 88
    assert not towns.duplicated(["areaCode", "name"]).any()
    assert not tables["village"].duplicated(["streetCode", "name"]).any()
