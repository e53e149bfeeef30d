"""Causes, repairs, shifts and decisions as `geocensus check` tells them."""

import openpyxl
import pytest

from geocensus.workspace import Decision, Workspace

SWAPPED = "A2,乙厂,28.0105,118.0305,330822001200\n"


@pytest.fixture
def rows(header):
    """Return eight right sources of one village."""
    return header + "".join(f"R{k},厂{k},{118.003 + k / 500:.6f},28.0101{k},330822001001\n" for k in range(8))


def decide(here, *outcomes):
    workspace = Workspace(here / "list.gpkg")
    flags = workspace.read_flags()
    workspace.decide(*(Decision(flag, outcome, author="王工") for flag in flags["flag_id"] for outcome in outcomes))
    return flags


def test_a_swapped_source_gets_cause_and_offer(check, rows, here):
    done = check(rows + SWAPPED, "--out", "r.xlsx")
    summary = done.json
    assert summary["causes"] == {"axes_swapped": 1}
    assert summary["repairs"] == {"offered": 1, "declined": 0}
    assert {entry["system"] for entry in summary["shifts"]} <= {"none", "inconclusive"}
    assert all(set(entry) == {"group", "system", "n", "confidence"} for entry in summary["shifts"])
    assert "first causes: longitude and latitude swapped 1" in done.err
    assert "repairs: offered for 1 sources (1 at 90 % or more), declined for 0; nothing was changed" in done.err
    assert "shift test:" in done.err
    book = openpyxl.load_workbook(here / "r.xlsx")
    assert book.sheetnames == ["result", "flags", "repairs", "shifts", "about"]
    header = [cell.value for cell in book["result"][1]]
    last = dict(zip(header, [cell.value for cell in list(book["result"])[-1]], strict=True))
    assert last["first cause"] == "longitude and latitude swapped"
    assert float(last["proposed longitude"]) == pytest.approx(118.0305)
    assert book["repairs"].max_row >= 2


def test_a_repair_changes_nothing(check, rows, here):
    check(rows + SWAPPED)
    source = Workspace(here / "list.gpkg").read_sources().iloc[-1]
    assert (source["lon_text"], source["lat_text"], source["state"]) == ("28.0105", "118.0305", "unlocated")


def test_a_false_alarm_stays_closed_and_is_reopened_by_another_coordinate(check, usual, here):
    check(usual)
    decide(here, "false_alarm")
    again = check(usual, "--out", "r.csv")
    assert "flags: 0 new, 0 gone, 0 kept, 2 kept closed, 0 re-opened\n" in again.err
    assert "(closed: false alarm)" in (here / "r.csv").read_text(encoding="utf-8-sig")
    moved = usual.replace("118.0505", "118.0605")
    done = check(moved)
    assert "0 kept, 1 kept closed, 1 re-opened (coordinate, claim, basemap or rule" in done.err
    assert Workspace(here / "list.gpkg").read_flags()["flag_state"].value_counts().to_dict() == {
        "closed": 1,
        "reopened": 1,
    }
    assert "1 kept, 1 kept closed, 0 re-opened\n" in check(moved).err
    assert len(Workspace(here / "list.gpkg").read_decisions()) == 2


def test_another_row_does_not_reopen(check, usual, here, header):
    check(usual)
    decide(here, "false_alarm")
    more = usual.replace(header, header + "N1,新厂,118.0506,28.0105,330822001200\n")
    assert "2 kept closed, 0 re-opened\n" in check(more).err


def test_strict_asks_for_open_flags_only(check, usual, here):
    assert check(usual, "--strict").code == 1
    decide(here, "false_alarm")
    assert check(usual, "--strict").code == 0
    decide(here, "withdrawn")
    assert check(usual, "--strict").code == 1
