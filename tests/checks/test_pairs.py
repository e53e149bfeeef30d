import pytest

from geocensus.checks import Settings
from geocensus.checks.context import make_context
from geocensus.checks.pairs import pairs_of
from geocensus.io.sources import read_sources

HEAD = "编号,单位名称,统一社会信用代码,经度,纬度,区划代码\n"
V1, V3 = "330822001001", "330822100200"
AT = "118.010001,28.005001"


@pytest.fixture
def matched(world, tmp_path):
    def run(here, there):
        lists = []
        for name, rows in (("a.csv", here), ("b.csv", there)):
            (tmp_path / name).write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
            lists.append(read_sources(tmp_path / name))
        ctx = make_context(lists[0], world, Settings(), reference=lists[1])
        return ctx, ctx.matches[["position", "reference", "key"]].to_numpy().tolist()

    return run


CREDIT = "91330800MA28F0001X"


@pytest.mark.parametrize(
    ("here", "there", "key"),
    [
        (f"1,甲厂,{CREDIT},{AT},{V1}", f"9,甲 厂,{CREDIT.lower()},{AT},{V3}", "credit"),
        (f"1,甲厂,{CREDIT},{AT},{V1}", f"9,乙厂,{CREDIT},{AT},{V1}", None),  # two plants of one firm
        (f"330822A00001,甲厂,,{AT},{V1}", f"330822A00001,甲化工厂,,{AT},{V1}", "id"),
        (f"1,甲厂,,{AT},{V1}", f"1,乙厂,,{AT},{V1}", None),  # numbers of rows
        (f"1,甲厂,,{AT},{V1}", f"1,甲厂,,{AT},{V1}", "id"),
        (f"1,甲厂,{CREDIT},{AT},{V1}", f"1,甲食品厂,{CREDIT},{AT},{V1}", "id"),
        (f"1,,,{AT},{V1}", f"1,乙厂,,{AT},{V1}", "id"),
        (f"1,甲厂,,{AT},{V1}", f"2,甲厂,,{AT},330822001200", "name"),  # the same township
        (f"1,甲厂,,{AT},{V1}", f"2,甲厂,,{AT},{V3}", None),
        (f",甲厂,,{AT},{V1}", f",乙厂,,{AT},{V1}", None),  # ids made from the rows
    ],
)
def test_the_same_unit(matched, here, there, key):
    assert matched([here], [there])[1] == ([[0, 0, key]] if key else [])


def test_a_key_that_stands_twice_decides_nothing(matched):
    here = [f"330822A00001,甲厂,{CREDIT},{AT},{V1}", f"330822A00002,甲厂,{CREDIT},{AT},{V1}"]
    there = [f"330822A00002,甲厂,{CREDIT},{AT},{V1}", f"x,甲厂,{CREDIT},{AT},{V1}", f"y,甲厂,,{AT},{V1}"]
    assert matched(here, there)[1] == [[1, 0, "id"]]


def test_pairs_have_points_on_both_sides_and_totals_are_left_out(matched):
    here = [f"a,甲厂,,无,无,{V1}", f"b,乙厂,,{AT},{V1}", f"c,丙厂,,{AT},{V1}"]
    there = ["合计,,,,,", f"a,甲厂,,{AT},{V1}", f"b,乙厂,,无,无,{V1}", f"c,丙厂,,118.020001,28.006001,{V1}"]
    ctx, matches = matched(here, there)
    assert matches == [[0, 0, "id"], [1, 1, "id"], [2, 2, "id"]]
    assert pairs_of(ctx).to_numpy().tolist() == [[2, 2, "id", 118.020001, 28.006001]]


def test_without_a_second_list_there_are_no_pairs(matched):
    ctx, _ = matched([f"a,甲厂,,{AT},{V1}"], [f"a,甲厂,,{AT},{V1}"])
    alone = make_context(ctx.sources, ctx.basemap, ctx.settings)
    assert pairs_of(alone).empty
    assert pairs_of(alone).dtypes.astype(str).tolist() == ["int64", "int64", "str", "float64", "float64"]
