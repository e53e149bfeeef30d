"""Plans out of a workspace made whole and edited, on the drawn county of conftest: v1 v2 v3 below v4 v5 v6, a river
between, and a stream through v2 and v5.

::

    v4 v5 v6     work (minutes) is that of the eight rows checked; v1 has most of it
    ~~~~~~~~
    v1 v2 v3
"""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from geocensus.errors import SchemaError, SplitInfeasibleError
from geocensus.pipeline import plan_editing as editing
from geocensus.pipeline.plan_moves import may_leave, possible_moves
from geocensus.pipeline.plan_rebuilding import basis_of
from geocensus.pipeline.plan_state import applied, differences, state_of
from geocensus.pipeline.plan_writing import to_write
from geocensus.pipeline.run import run_check
from geocensus.pipeline.split import run_split
from geocensus.workspace import Workspace
from geocensus.zoning.score import zone_parts

COUNTY = "330822"
V1, V2, V3, V4, V5, V6 = (f"{town}20{i}" for town in ("330822001", "330822100") for i in (1, 2, 3))
WEST, EAST = [V1, V4], [V2, V3, V5, V6]


@pytest.fixture(scope="module")
def split_once(checked_once, tmp_path_factory):
    """Return a workspace with a plan of two field zones: 1 has v1 and v4, 2 the rest."""
    folder = tmp_path_factory.mktemp("plan")
    path = shutil.copy(checked_once, folder / "ws.gpkg")
    locks = folder / "lock.csv"
    locks.write_text("\n".join(["code,field_zone", *(f"{c},1" for c in WEST), *(f"{c},2" for c in EAST)]) + "\n")
    run_split([COUNTY], workspace=path, teams=2, name="甲", lock=locks, out=folder / "a.csv")
    return path


@pytest.fixture
def path(split_once, tmp_path):
    return shutil.copy(split_once, tmp_path / "ws.gpkg")


def whole(path, name="甲"):
    stored = Workspace(path).read_plan(name)
    return editing.editable(stored, basis_of(path, stored))


@pytest.fixture
def free(path):
    """Return the plan without its locks."""
    return editing.unlocked(whole(path))


def zones(plan):
    return plan.plan.labels.to_dict()


def stored_again(path, plan):
    Workspace(path).write_plan(to_write(plan))
    return whole(path, plan.stored.name)


def test_a_plan_made_whole_measures_what_it_did(path):
    plan = whole(path)
    assert plan.change is None
    assert zones(plan) == dict.fromkeys(WEST, "1") | dict.fromkeys(EAST, "2")
    report = json.loads(json.dumps(to_write(plan).record["report"]))
    assert report == plan.stored.record["report"]
    assert set(plan.state["unit_locks"]) == {*WEST, *EAST}


def test_what_is_written_unchanged_is_what_was_there(path):
    before = {table: Workspace(path).read_table(table) for table in ("plans", "plan_members", "plan_mix")}
    layer = Workspace(path).read_plan("甲").field_zones
    stored_again(path, whole(path))
    for table, rows in before.items():
        pd.testing.assert_frame_equal(
            Workspace(path).read_table(table).reset_index(drop=True), rows.reset_index(drop=True)
        )
    pd.testing.assert_frame_equal(Workspace(path).read_plan("甲").field_zones, layer)


def test_a_move_is_told_from_the_state_and_taken_back(free, path):
    moved = editing.moved(free, [V5], "1")
    was, now = differences(free.state, moved.state)
    assert (was["units"], now["units"]) == ({V5: "2"}, {V5: "1"})
    again = stored_again(path, moved)
    assert again.state == moved.state
    back = editing.turned(again, applied(again.state, was))
    assert back.state == free.state
    assert applied(back.state, now) == moved.state


def test_moving_a_unit_to_where_it_is_changes_nothing(free):
    assert editing.moved(free, [V1], "1") is free


def test_a_move_tells_of_overload_and_of_the_river(free):
    told = [text.en for text in editing.moved(free, [V2], "1").plan.warnings]
    assert any("outside the tolerance" in text for text in told)
    plan = editing.moved(editing.moved(free, [V5], "1"), [V2], "1")
    assert [text.en for text in plan.plan.warnings if "barriers" in text.en] == [
        next(text.en for text in plan.plan.warnings if f"{V2}–{V5}" in text.en)
    ]


@pytest.mark.parametrize(
    ("units", "zone", "reason"),
    [([V6], "1", "disconnected"), (WEST, "2", "empty"), ([V2, V5], "1", "")],
)
def test_moves_that_break_a_field_zone_are_refused(free, units, zone, reason):
    if not reason:
        assert zones(editing.moved(free, units, zone))[V5] == "1"
        return
    with pytest.raises(SplitInfeasibleError) as caught:
        editing.moved(free, units, zone)
    assert caught.value.reason == reason


def test_locks_hold_units_and_field_zones(free, path):
    locked = stored_again(path, editing.locked(free, ["片区1"], [V3]))
    assert (locked.state["zone_locks"], locked.state["unit_locks"]) == ({"1": True}, {V3: "2"})
    assert Workspace(path).read_plan("甲").field_zones["locked"].tolist() == [True, False]
    for units, zone in (([V5], "1"), ([V4], "2"), ([V3], "1")):
        with pytest.raises(SplitInfeasibleError, match="locked"):
            editing.moved(locked, units, zone)
    assert editing.unlocked(locked, ["1"], [V3]).state == free.state
    assert editing.unlocked(locked).state == free.state


def test_what_is_not_known_is_refused(free):
    with pytest.raises(SchemaError, match="no unit has the code 9"):
        editing.moved(free, ["9"], "1")
    with pytest.raises(SchemaError, match="no field zone '3'"):
        editing.moved(free, [V5], "3")
    with pytest.raises(SchemaError, match="no field zone '3'"):
        editing.staffed(free, "3", {"owner": "李工"})


def test_people_change_the_target(free, path):
    staffed = stored_again(path, editing.staffed(free, "2", {"name": "东片区", "owner": "李工", "people": 3}))
    table = staffed.stored.field_zones.set_index("field_zone")
    assert table.loc["2", ["name", "owner"]].tolist() == ["东片区", "李工"]
    assert table["target"].tolist() == pytest.approx((table["load"].sum() * np.array([0.25, 0.75])).tolist())
    assert staffed.state["zones"]["1"] == free.state["zones"]["1"]


@pytest.mark.parametrize("team", [{"name": " "}, {"people": 0}, {"people": True}, {"name": "片区1"}, {"name": "1"}])
def test_teams_that_are_none_are_refused(free, team):
    with pytest.raises(SchemaError):
        editing.staffed(free, "2", team)


def test_rebalancing_keeps_what_is_locked(free):
    balanced, ended = editing.rebalanced(editing.locked(free, units=[V2]))
    assert ended
    assert zones(balanced)[V2] == "2"
    assert balanced.plan.report["deviation"] <= free.plan.report["deviation"]
    assert balanced.plan.report["connected"]


def test_a_rebalance_that_has_no_time_says_so(free):
    _plan, ended = editing.rebalanced(free, seconds=1e-9)
    assert ended is False or zones(_plan) == zones(free)


def test_every_move_that_is_offered_can_be_made_and_no_other(free):
    offered = possible_moves(free.plan)
    for code in zones(free):
        for zone in ("1", "2"):
            if zones(free)[code] == zone:
                continue
            try:
                editing.moved(free, [code], zone)
            except SplitInfeasibleError:
                assert zone not in offered[code]
            else:
                assert zone in offered[code]
    assert possible_moves(editing.locked(free, ["1"]).plan) == {code: [] for code in zones(free)}


def test_cut_points_may_not_leave(path):
    graph = whole(path).plan.request.task.graph
    labels = np.array([0, 0, 0, 1, 1, 1])  # two rows: the middle ones hold them together
    assert may_leave(graph, labels).tolist() == [True, False, True] * 2
    for row in range(6):
        rest = np.where(np.arange(6) == row, 2, labels)
        assert may_leave(graph, labels)[row] == (zone_parts(graph, rest, 3) == 1).all()


def test_a_plan_of_other_loads_says_so_and_takes_them_over(path, here):
    plan = whole(path)
    rows = ["编号,名称,类别,经度,纬度,区划代码", *(f"A{i},厂{i},工业源,118.05,28.03,{V6}" for i in range(5))]
    (here / "list.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    run_check(here / "list.csv", workspace=path)
    changed = whole(path)
    assert changed.change is not None
    assert changed.change.same_units
    assert changed.change.changed == 2  # v1 lost its sources, v6 has others
    assert "工作量有变化" in changed.change.text.zh
    fresh = stored_again(path, editing.refreshed(changed))
    assert fresh.change is None
    assert zones(fresh) == zones(plan)
    assert fresh.stored.record["sources"] == 5
    assert editing.refreshed(fresh) is fresh


def test_a_plan_of_other_units_cannot_take_the_loads_over(path):
    stored = Workspace(path).read_plan("甲")
    basis = basis_of(path, stored)
    less = type(stored)(stored.name, stored.field_zones, stored.members.iloc[1:], stored.record)
    with pytest.raises(SchemaError, match="split anew"):
        editing.editable(less, basis)


def test_an_older_plan_is_refused_with_what_to_do(path):
    stored = Workspace(path).read_plan("甲")
    record = {**stored.record, "provenance": {}}
    Workspace(path).write_plan(type(stored)("旧", stored.field_zones, stored.members, record))
    with pytest.raises(SchemaError, match="--current"):
        state_of(Workspace(path).read_plan("旧"))


def test_day_plans_of_changed_field_zones_are_dropped_and_come_back(path, here):
    run_split(
        [COUNTY], workspace=path, teams=3, name="乙", visits=True, supervisors=True, barriers="off", out=here / "b.csv"
    )
    plan = whole(path, "乙")
    code, (zone, *_) = next((code, zones) for code, zones in possible_moves(plan.plan).items() if zones)
    moved = stored_again(path, editing.moved(plan, [code], zone))
    touched = {zone, zones(plan)[code]}
    days = Workspace(path).read_plan("乙").field_zones.set_index("field_zone")["visit_days"]
    assert {key for key in days.index if pd.isna(days[key])} == touched
    assert "visits" not in moved.stored.record["report"]
    assert moved.stored.record["report"]["supervisor_areas"] == plan.stored.record["report"]["supervisor_areas"]
    back = stored_again(path, editing.turned(moved, plan.state))
    assert back.stored.record["report"] == plan.stored.record["report"]
