import numpy as np
import pytest

from geocensus.checks.shift import cells_of
from geocensus.checks.shift.decision import Decision, undecided
from geocensus.checks.shift.groups import groups_of, places_of
from geocensus.checks.shift.hypotheses import READINGS, SYSTEMS, in_metres
from geocensus.checks.shift.texts import WHY, messages
from geocensus.shifts import bd09_to_wgs84, gcj02_to_wgs84


def test_groups_with_the_same_sources_are_tested_once(context, drawn):
    lon, lat, code = drawn(60)
    person = np.where(np.arange(60) < 30, "张三", "李四")
    device = np.where(np.arange(60) < 30, "GPS-1", "GPS-2")
    groups = groups_of(context(lon, lat, code, 普查员=person, 设备=device, 批次="第一批"))
    assert [(group.label, group.by, len(group.rows)) for group in groups] == [
        ("file=list.csv", "file", 60),
        ("device=GPS-1", "device", 30),
        ("device=GPS-2", "device", 30),
    ]


def test_small_groups_are_left_to_their_file(context, drawn):
    lon, lat, code = drawn(25)
    person = ["张三"] * 15 + ["李四"] * 9 + [""]
    groups = groups_of(context(lon, lat, code, 普查员=person))
    assert [group.label for group in groups] == ["file=list.csv", "enumerator=张三"]


def test_outlets_belong_to_their_site(context):
    lon, lat = np.array([118.401, 118.451, 118.461, 118.47]), np.full(4, 28.82)
    site = places_of(context(lon, lat, ids=["A", "B", "C", "D"], parent_id=["", "A", "A", ""])).site
    assert (site[0] == site[1] == site[2]) & (site[3] != site[0])
    alone = places_of(context(lon, lat)).site
    assert len(set(alone.tolist())) == 4


def test_one_firm_is_one_site(context):
    lon, lat = np.array([118.401, 118.451, 118.47]), np.full(3, 28.82)
    site = places_of(context(lon, lat, 统一社会信用代码=["91330822MA28F0000X", "91330822MA28F0000X", ""])).site
    assert (site[0] == site[1]) & (site[2] != site[0])


def test_cells_do_not_depend_on_the_order_of_points():
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(118, 118.1, 500), rng.uniform(28, 28.1, 500)
    order = rng.permutation(500)
    assert (cells_of(lon, lat, 250.0)[order] == cells_of(lon[order], lat[order], 250.0)).all()


def test_points_of_one_cell_are_near():
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(118, 118.02, 800), rng.uniform(28, 28.02, 800)
    cell = cells_of(lon, lat, 250.0)
    one, other = np.nonzero(cell[:, None] == cell[None])
    east, north = in_metres(lon[one], lat[one], lon[other], lat[other])
    assert np.abs(east).max() < 252
    assert np.abs(north).max() < 252


@pytest.mark.parametrize(("system", "exact"), [("gcj02", gcj02_to_wgs84), ("bd09", bd09_to_wgs84)])
def test_readings_undo_a_shift_to_a_metre(system, exact):
    lon, lat = np.meshgrid(np.linspace(75, 134, 60), np.linspace(19, 52, 60))
    east, north = in_metres(*READINGS[system](lon, lat), *exact(lon, lat))
    assert np.hypot(east, north).max() < 1.0


@pytest.mark.parametrize("system", sorted(set(SYSTEMS) - {"inconclusive"}))
@pytest.mark.parametrize("stated", ["cgcs2000", "gcj02"])
def test_every_decision_is_told_in_both_languages(system, stated):
    said = messages(Decision(system, 42, confidence=0.995, east_m=300.0, north_m=400.0, leading=system), stated)
    assert "42 个地点" in said.zh
    assert "42 sites" in said.en
    assert "99.5 %" in said.en
    assert ("500 m" in said.en) == (system != "none")


@pytest.mark.parametrize("why", WHY)
def test_every_reason_is_told(why):
    said = messages(undecided(7, why), "cgcs2000")
    assert said.zh.startswith("无法判断有无偏移：")
    assert WHY[why].en in said.en
