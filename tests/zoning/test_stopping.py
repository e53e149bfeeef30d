"""The user stops a search: the best plan so far comes back soon, verified, and is written as any other.

And what works without the compiler: few units, and every unit where it cannot be imported.
"""

import csv
import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geocensus.zoning import exact, solve
from geocensus.zoning.few import FEW_UNITS, solve_few
from geocensus.zoning.score import score
from geocensus.zoning.solve import solve as solved
from geocensus.zoning.task import UnitGraph, equal_task
from geocensus.zoning.verify import problems_of

LONG = "import geocensus.zoning.heuristic as h; h._LEAST_WORK = h._MOST_WORK = 1e13"
KM = 1000.0
HERE = str(Path(__file__).parent)


def complete(n, load):
    """Let every unit border on every other one: the worst case of a proof."""
    one, other = np.divmod(np.arange(n * n), n)
    away = one != other
    return UnitGraph(
        codes=np.array([f"{u:02d}" for u in range(n)], dtype=object),
        load=load,
        x=KM * (np.arange(n) % 5),
        y=KM * (np.arange(n) // 5),
        area_m2=np.full(n, KM**2),
        outer_m=np.full(n, KM),
        indptr=np.arange(n + 1) * (n - 1),
        indices=other[away],
        border_m=np.full(n * (n - 1), KM),
        cut_cost_m=np.full(n * (n - 1), KM),
    )


def row(n):
    """Draw units in a row, one kilometre apart."""
    ends = np.concatenate([[0], np.cumsum(np.r_[1, np.full(n - 2, 2), 1])])
    near = np.array([v for u in range(n) for v in (u - 1, u + 1) if 0 <= v < n])
    unit, length = np.ones(n), np.full(len(near), KM)
    codes = np.array([f"{u:03d}" for u in range(n)], dtype=object)
    return UnitGraph(codes, 60 * unit, KM * np.arange(n), 0 * unit, unit, unit, ends, near, length, length)


@pytest.mark.parametrize("asked", [0, 3, 40])
def test_a_search_without_end_is_stopped_by_the_caller(monkeypatch, asked):
    monkeypatch.setattr("geocensus.zoning.heuristic._LEAST_WORK", 1e13)
    monkeypatch.setattr("geocensus.zoning.heuristic._MOST_WORK", 1e13)
    task = equal_task(row(300), 7)
    answers = iter([*[False] * asked, True])
    found = solved(task, stop=lambda: next(answers, True))
    assert problems_of(task, found.labels) == []
    assert found.optimal is False


def test_a_proof_is_stopped_too():
    task = equal_task(complete(24, np.arange(24) + 20.0), 5)
    found = solved(task, stop=lambda: True)
    assert problems_of(task, found.labels) == []
    assert not any("combinations" in warning.en for warning in found.warnings)


def test_the_first_interrupt_keeps_the_best_plan_so_far(tmp_path):
    code = f"""
{LONG}
from geocensus.zoning.annealing import Clock
tick = Clock.tick
def told(clock, proposals):
    tick(clock, proposals)
    if clock.made > 1e6 and not hasattr(Clock, "said"):
        Clock.said = print("searching", flush=True)
Clock.tick = told
from geocensus.cli import main
main()
"""
    options = ["--basemap", "miaoli", "--within", "10005", "--teams", "14", "--out", "out", "--lang", "en", "--json"]
    command = [sys.executable, "-c", code, "split", *options]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"searching\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    report = json.loads(out.splitlines()[-1])
    assert (report["field_zones"], report["units"], report["connected"]) == (14, 275, True)
    assert b"Traceback" not in err
    with (tmp_path / report["labels_file"]).open(encoding="utf-8-sig") as file:
        labels = list(csv.DictReader(file))
    assert len({line["code"] for line in labels}) == len(labels) == 275
    assert len({line["field_zone"] for line in labels}) == 14


def test_a_proof_that_is_given_up_is_said(monkeypatch):
    monkeypatch.setattr(solve, "WORK_LIMIT", 1e4)
    task = equal_task(complete(24, np.arange(24) + 20.0), 5)
    found = solved(task, effort=0.02)
    assert found.optimal is False
    assert found.warnings[-1].en.startswith("too many combinations for a proof")
    assert found.warnings[-1].zh.startswith("组合过多")
    monkeypatch.setattr(solve, "solve_exact", lambda task, **_: replace(found, optimal="balance", warnings=()))
    assert solved(task).warnings[-1].en.startswith("the balance is proven")


@pytest.mark.quiet
def test_giving_up_takes_seconds_at_most():
    """Work is bounded, not time: 28 units that all touch are the slowest that a proof is tried for."""
    start = time.process_time()
    assert exact.solve_exact(equal_task(complete(28, np.arange(28) % 7 + 20.0), 3, tolerance=0.001)) is None
    assert time.process_time() - start < 10


def test_up_to_twenty_units_never_compile_even_without_a_proof():
    code = """
import sys, numpy as np
sys.path.insert(0, sys.argv[1])
from test_stopping import complete
from geocensus.zoning import solve
from geocensus.zoning.task import equal_task
solve.WORK_LIMIT = 1e4
found = solve.solve(equal_task(complete(20, np.arange(20) + 20.0), 4))
print(found.optimal, "numba" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code, HERE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("k", [2, 5, 20])
def test_few_units_are_balanced_without_a_proof(k):
    task = equal_task(complete(FEW_UNITS, np.full(FEW_UNITS, 60.0)), k)
    labels = solve_few(task)
    assert problems_of(task, labels) == []
    assert score(task, labels).excess == 0
    assert (labels == solve_few(task)).all()


def test_without_numba_the_same_plan():
    code = """
import sys
if "{block}":
    sys.modules["numba"] = None
import numpy as np
sys.path.insert(0, sys.argv[1])
from test_stopping import row
from geocensus.zoning.heuristic import solve_heuristic
from geocensus.zoning.task import equal_task
print(solve_heuristic(equal_task(row(60), 5), effort=0.01).tolist(), sys.modules.get("numba") is not None)
"""
    plain, compiled = (
        subprocess.run(
            [sys.executable, "-c", code.replace("{block}", block), HERE], capture_output=True, text=True, check=True
        ).stdout.rsplit(" ", 1)
        for block in ("yes", "")
    )
    assert plain[0] == compiled[0]
    assert (plain[1].strip(), compiled[1].strip()) == ("False", "True")
