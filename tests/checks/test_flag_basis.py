"""What a flag rests on: a decision is asked again when that changes, and only then."""

import pytest

from geocensus.checks import Settings, judge
from geocensus.io import read_sources

HEAD = "编号,经度,纬度,乡镇,村\n"
AWAY = "b,118.050001,28.005001,东街道,甲社区"


@pytest.fixture
def basis_of(world, tmp_path):
    """Return the basis of b's flag on its place, the list read in some reference system."""

    def run(*rows, crs="cgcs2000"):
        path = tmp_path / "list.csv"
        path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
        flags = judge(read_sources(path, crs=crs), world, Settings()).flags
        found = flags[(flags["source_id"] == "b") & (flags["rule"] == "place.outside_claimed")]
        return found["basis"].item()

    return run


@pytest.mark.parametrize(
    "row",
    [
        "b,118.050002,28.005001,东街道,甲社区",  # another coordinate
        "b,118.050001,28.005001,东街道,乙村",  # another claim, by name alone
    ],
)
def test_another_coordinate_or_claim_is_another_basis(basis_of, row):
    assert basis_of(AWAY) != basis_of(row)


def test_the_reference_system_counts_and_wgs84_is_cgcs2000(basis_of):
    assert basis_of(AWAY, crs="wgs84") == basis_of(AWAY)
    assert basis_of(AWAY, crs="gcj02") != basis_of(AWAY)


def test_other_rows_do_not_count(basis_of):
    assert basis_of(AWAY, "n,118.050001,28.005001,东街道,甲社区", "m,118.01,28.01,东街道,甲社区") == basis_of(AWAY)


@pytest.fixture
def moved_basis(world, tmp_path):
    """Return the basis of the flag on a unit that a second list puts at some longitude."""

    def run(there):
        paths = tmp_path / "here.csv", tmp_path / "there.csv"
        for path, lon in zip(paths, ("118.010001", there), strict=True):
            path.write_text(f"编号,名称,经度,纬度,乡镇,村\na,甲厂,{lon},28.010001,东街道,甲社区\n", encoding="utf-8")
        flags = judge(read_sources(paths[0]), world, Settings(), reference=read_sources(paths[1])).flags
        return flags.loc[flags["rule"] == "list.moved", "basis"].item()

    return run


def test_the_place_in_the_other_list_counts(moved_basis):
    assert moved_basis("118.030001") == moved_basis("118.0300010")
    assert moved_basis("118.030001") != moved_basis("118.040001")


@pytest.fixture
def group_flag(world, tmp_path):
    """Return the flag on the formats of a whole list, of some name."""

    def run(name):
        path = tmp_path / name
        rows = [f"d{i},118.01{i:02d}01,28.010001,东街道,甲社区" for i in range(6)]
        rows += [f"m{i},118°00′{i + 10}.1″,28°00′36.1″,东街道,甲社区" for i in range(6)]
        path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
        flags = judge(read_sources(path), world, Settings()).flags
        return flags[flags["rule"] == "group.mixed_formats"].squeeze()

    return run


def test_a_list_under_another_name_keeps_its_group_flags(group_flag):
    one, other = group_flag("一.csv"), group_flag("二.csv")
    assert (one["group"], other["group"]) == ("file=一.csv", "file=二.csv")
    assert (one["flag_id"], one["basis"]) == (other["flag_id"], other["basis"])
