"""The list and its truth."""

import numpy as np
import pandas as pd
import pytest
import shapely

from geocensus import placenames
from geocensus.basemap import Basemap
from geocensus.coordinates import parse_points
from geocensus.demo import KINDS, make_crosswalk, make_sources
from geocensus.divisions import Crosswalk
from geocensus.errors import SchemaError

SET_ASIDE = {"blank_row", "total_row", "summary_table"}


@pytest.mark.parametrize("rows", [1, 2, 7, 29, 30, 100, 401])
def test_any_length(tiny, rows):
    table, truth = make_sources(tiny, rows=rows)
    assert len(table) == len(truth) == rows
    assert truth["row"].tolist() == list(range(2, rows + 2))
    aside = truth["kind"].isin(SET_ASIDE).sum()
    assert aside == (0 if rows < 30 else 2 + max(1, round(rows * 39 / 12_210)))
    assert table.map(lambda cell: isinstance(cell, str)).all().all()


def test_same_seed_same_list(tiny):
    first, second = make_sources(tiny, rows=300), make_sources(tiny, rows=300)
    for one, other in zip(first, second, strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert not make_sources(tiny, rows=300, seed=1)[0].equals(first[0])


def test_refusals(tiny):
    with pytest.raises(SchemaError, match="rows=0"):
        make_sources(tiny, rows=0)
    coarse = Basemap(tiny.info, {level: tiny.areas(level) for level in ("county", "township")})
    with pytest.raises(SchemaError, match="no level village") as caught:
        make_sources(coarse)
    assert "没有" in caught.value.message("zh")


def test_class_shares_are_the_published_ones(tiny_list):
    table, truth = tiny_list
    shares = table.loc[~truth["kind"].isin(SET_ASIDE), "普查对象类别"].value_counts(normalize=True)
    published = {"工业源": 5163, "规模化畜禽养殖场": 1346, "集中式污染治理设施": 3788, "生活源": 1619, "移动源": 255}
    total = sum(published.values())
    assert {name: pytest.approx(count / total, abs=0.03) for name, count in published.items()} == shares.to_dict()
    assert (truth["kind"] == "summary_table").sum() == 8


def test_every_row_says_that_it_is_fictional(tiny_list):
    table, truth = tiny_list
    assert table.loc[truth["kind"].ne("blank_row"), "备注"].eq("虚构演示数据").all()
    assert table.loc[truth["kind"].eq("blank_row")].eq("").all().all()


def test_every_kind_is_planted_in_its_number(shipped_list):
    _, truth = shipped_list
    counts = truth["kind"].value_counts()
    assert set(counts.index) == {"", *KINDS, *SET_ASIDE}
    for name, kind in KINDS.items():
        assert counts[name] == kind.per_1200 if kind.per_1200 else 8 <= counts[name] <= 60
    wrong = ~truth["kind"].isin({"", "shared_site", "border", *SET_ASIDE})
    assert 0.10 < wrong.mean() < 0.15


def test_clean_rows_lie_in_their_village_and_read_back(shipped, shipped_list):
    table, truth = shipped_list
    clean = truth["kind"].eq("")
    table, truth = table[clean], truth[clean]
    villages = shipped.areas("village").set_index("code").geometry
    shapes = villages.reindex(truth["true_code"]).to_numpy()
    assert shapely.contains_xy(shapes, truth["true_lon"], truth["true_lat"]).all()
    assert table["区划代码"].tolist() == truth["true_code"].tolist()
    assert truth["rules"].eq("").all()
    read = parse_points({"lon": table["经度"], "lat": table["纬度"]})
    assert read["coordinate_problem"].eq("").all()
    off = np.hypot(read["lon_parsed"] - truth["true_lon"].to_numpy(), read["lat_parsed"] - truth["true_lat"].to_numpy())
    assert (off.to_numpy() * 111_320 <= 1.5 * read["resolution_m"].to_numpy() + 0.01).all()
    assert read["lon_format"].nunique() >= 2


def test_clean_names_are_those_of_the_code(shipped, shipped_list):
    table, truth = shipped_list
    clean = truth["kind"].eq("").to_numpy()
    for level, header in (("village", "村(社区)"), ("township", "乡镇(街道)")):
        areas = shipped.areas(level).set_index("code")["name"]
        codes = truth.loc[clean, "true_code"]
        if level == "township":
            codes = codes.map(shipped.areas("village").set_index("code")["parent_code"])
        same = placenames.same_place(table.loc[clean, header], codes.map(areas).tolist(), level=level)
        assert same.all(), level
    names = table.loc[clean, "单位详细名称"]
    assert not names.duplicated().any()
    assert table.loc[clean, "普查对象编码"].is_unique


def test_at_most_two_clean_sources_share_a_point(shipped_list):
    table, truth = shipped_list
    clean = table[truth["kind"].eq("")]
    sizes = clean.groupby(["经度", "纬度"]).size()
    assert sizes.max() == 2
    assert 3 <= (sizes == 2).sum() <= 60


TEXT_PROBLEMS = {
    "axes_swapped": {"out_of_range"},
    "missing": {"missing"},
    "placeholder": {"missing"},
    "unparsable": {"unparsable"},
    "minute_over_60": {"minute_second_range"},
    "decimal_as_dms": {"minute_second_range", ""},
    "projected": {"minute_second_range", "out_of_range"},
    "zero": {"zero"},
    "decimal_shift": {"out_of_range", ""},
    "packed_dms": {""},
    "seconds_dropped": {""},
    "imprecise": {""},
    "sign": {""},
}


@pytest.mark.parametrize("kind", TEXT_PROBLEMS)
def test_texts_are_read_as_the_truth_says(tiny_list, kind):
    table, truth = tiny_list
    rows = truth["kind"].eq(kind)
    read = parse_points({"lon": table.loc[rows, "经度"], "lat": table.loc[rows, "纬度"]})
    assert set(read["coordinate_problem"]) <= TEXT_PROBLEMS[kind]
    said = truth.loc[rows, "rules"].str.contains("coordinate.(?:out|min|mis|unp|zero)")
    assert said.tolist() == read["coordinate_problem"].ne("").tolist()


def test_duplicates_come_in_pairs_and_stacks_share_their_text(tiny_list):
    table, truth = tiny_list
    ids = table.loc[truth["kind"].eq("duplicate_id"), "普查对象编码"].value_counts()
    assert ids.tolist() == [2, 2, 2, 2]
    for kind, size in (("stacked", 4), ("shared_site", 5)):
        points = table.loc[truth["kind"].eq(kind), ["经度", "纬度"]].value_counts()
        assert points.tolist() == [size, size]


def test_former_codes_lead_home_through_the_crosswalk(shipped, shipped_list):
    table, truth = shipped_list
    rows = truth["kind"].eq("retired_code")
    crosswalk = Crosswalk(make_crosswalk(shipped), code_system=shipped.info.code_system)
    codes = table.loc[rows, "区划代码"]
    assert crosswalk.retired(codes).all()
    home = truth.loc[rows, "true_code"].map(shipped.areas("village").set_index("code")["parent_code"])
    heirs = [crosswalk.successors([code])["new_code"].tolist() for code in codes]
    assert heirs == [[code] for code in home]
    assert not crosswalk.retired(truth.loc[truth["kind"].eq(""), "true_code"]).any()
