r"""Edits of a plan on a drawn county: a board of squares of 1 km, codes by row and column::

30 31 32 33
20 21 22 23
10 11 12 13
00 01 02 03
"""

import pytest

from geocensus.errors import SchemaError, SplitInfeasibleError
from geocensus.zoning.plan import split
from geocensus.zoning.verify import problems_of

from .conftest import row, zones_of


def test_move_returns_a_new_plan_and_undo_the_old_one(quarters):
    moved = quarters.move("11", "2")
    assert moved.labels["11"] == "2"
    assert quarters.labels["11"] == "1"
    assert moved.undo() is quarters
    assert moved.optimal is False
    assert moved.report["deviation"] == pytest.approx(0.25)
    assert "片区1" in moved.warnings[0].zh
    assert problems_of(moved.request.task, moved.assigned) == []


def test_move_of_several_units_and_by_name(quarters):
    moved = quarters.move(["10", "11"], "片区3")
    assert zones_of(moved)["3"] == ["10", "11", "20", "21", "30", "31"]


def test_nothing_to_undo(quarters):
    with pytest.raises(SchemaError, match="undo"):
        quarters.undo()


@pytest.mark.parametrize("code", ["00", "33"])
def test_move_that_tears_a_field_zone_is_refused(quarters, code):
    target = "4" if code == "00" else "1"
    with pytest.raises(SplitInfeasibleError, match=code) as error:
        quarters.move(code, target)
    assert error.value.reason == "disconnected"
    assert code in error.value.zh


def test_move_of_the_last_unit_is_refused():
    plan = split(row([1, 1]), teams=2)
    with pytest.raises(SplitInfeasibleError, match="no unit left") as error:
        plan.move("00", "2")
    assert error.value.reason == "empty"


def test_move_of_what_does_not_exist(quarters):
    with pytest.raises(SchemaError, match="99"):
        quarters.move("99", "1")
    with pytest.raises(SchemaError, match="'9'"):
        quarters.move("00", "9")


def test_group_moves_as_one():
    plan = split(row([1, 1, 1, 1]), teams=2, groups={"01": "a", "02": "a"})
    zone = plan.labels["01"]
    other = "1" if zone == "2" else "2"
    assert plan.move("01", other).labels["02"] == other


def test_locked_field_zones_and_units_do_not_move(quarters):
    locked = quarters.lock("1", units=["22"])
    for code, zone in [("11", "2"), ("12", "1"), ("22", "2")]:
        with pytest.raises(SplitInfeasibleError, match="locked") as error:
            locked.move(code, zone)
        assert error.value.reason == "lock"
    assert locked.field_zones["locked"].tolist() == [True, False, False, False]
    assert locked.unlock().move("11", "2").labels["11"] == "2"
    assert locked.unlock("1").move("11", "2").labels["11"] == "2"
    assert locked.unlock(units="22").move("22", "2").labels["22"] == "2"
    assert locked.undo() is quarters


def test_compare_tells_what_changes_hands(quarters):
    comparison = quarters.compare(quarters.move("11", "2"))
    assert comparison.moved.to_dict("records") == [{"code": "11", "before": "1", "after": "2", "load": 60.0}]
    assert comparison.flows.to_dict("records") == [{"before": "1", "after": "2", "units": 1, "load": 60.0}]
    assert comparison.moved_share == pytest.approx(1 / 16)
    assert comparison.measures.loc["deviation"].tolist() == pytest.approx([0, 0.25])
    assert comparison.text.en.startswith("1 units change hands, 6.2% of the load")
