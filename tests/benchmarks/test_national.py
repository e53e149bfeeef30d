"""A measured check of a small list of national kind: steps, flags against the truth, and the model."""

import json
import os

import national
import national_data
import pytest

from geocensus.io import write_basemap


@pytest.fixture(scope="module")
def run(country, tmp_path_factory):
    folder = tmp_path_factory.mktemp("national")
    write_basemap(country, folder / "basemap.gpkg")
    national_data.main([str(folder), "--rows", "1000", "--formats", "parquet"])
    return national.measured(folder, "list.parquet", "local", len(os.sched_getaffinity(0)))


def test_steps_add_up_to_the_whole(run):
    assert list(run["steps"]) == [
        *("starting", "reading the basemap", "looking through the list", "reading the list", "locating and checking"),
        *("comparing sources with one another", "writing the result", "writing the workspace"),
    ]
    assert sum(run["steps"].values()) == pytest.approx(run["seconds"])
    assert set(run["parallel"]) == {"reading the list", "locating and checking", "writing the result"}
    assert run["all_mb"] >= run["driver_mb"] > 0
    assert set(run["between_mb"]) == {"shared", "whole", "read", "judged", "told", "written"}


def test_every_row_is_counted_and_wrong_claims_are_flagged(run):
    found = run["found"]
    assert sum(size for size, _ in found.values()) == run["rows"] == 1000
    size, flagged = found["claim_wrong"]
    assert flagged == size > 0


def test_the_model_divides_what_is_done_in_parts(capsys, monkeypatch):
    monkeypatch.setattr(national, "starting", lambda: 1.0)
    parts = {"locating and checking": [10.0, 10.0, 10.0, 20.0, 5.0]}
    known = {
        "rows": 5,
        "engine": "local",
        "began": "",
        "list": "list.csv",
        "workers": 1,
        "seconds": 155.0,
        "list_mb": 1.0,
    }
    sizes = {"between_mb": dict.fromkeys(("shared", "read", "judged", "told"), 1.0)}
    national.model(
        [
            json.loads(
                json.dumps({**known, **sizes, "parallel": {"locating and checking": 55.0}, "between_parts": parts})
            )
        ]
    )
    rows = {
        line.split("|")[1].strip(): line.split("|")[2:5] for line in capsys.readouterr().out.splitlines() if "|" in line
    }
    assert [cell.strip() for cell in rows["1"]] == ["155", "155", "65%"]
    assert [cell.strip() for cell in rows["2"]] == [
        "133",
        "141",
        "71%",
    ]  # 5 parts in 3 turns; the slowest takes 1.5 times the mean
    assert [cell.strip() for cell in rows["100"]] == ["116", "101", "99%"]
