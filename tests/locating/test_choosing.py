"""The choice between areas and index changes seconds, never answers."""

import logging
import os
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geocensus.locating import Locator, keep_with, locate
from geocensus.locating import _choosing as choosing
from geocensus.locating import _keeping as keeping
from geocensus.locating._keeping import keeper
from geocensus.locating.locator import cached_locator


class Memory:
    """Keeps indexes as long as the test runs."""

    def __init__(self):
        self.kept, self.opened = {}, 0

    def holds(self, key):
        return key in self.kept

    def open(self, key, kind):
        self.opened += key in self.kept
        return self.kept.get(key)

    def save(self, key, kind, index):
        self.kept[key] = index


@pytest.fixture
def memory(monkeypatch):
    before = keeper()
    monkeypatch.setattr(choosing, "_ready", set())
    monkeypatch.setattr(choosing, "is_compiled", lambda kernel: True)
    choosing.warn_without_numba.cache_clear()
    kept = Memory()
    keep_with(kept)
    yield kept
    keep_with(before)


def fan(corners):
    """Return two areas with many vertices."""
    circle = shapely.Point(0.5, 0.5).buffer(0.4, quad_segs=corners // 4)
    shapes = [circle, shapely.box(0, 0, 1, 1) - circle]
    return gpd.GeoDataFrame({"code": ["B", "A"]}, geometry=shapes, crs="EPSG:4490")


def ask(areas, count):
    x, y = np.random.default_rng(1).uniform(-0.1, 1.1, (2, count))
    return cached_locator(areas), (x, y), cached_locator(areas).locate_xy(x, y)


def test_few_points_never_load_the_kernel(memory, caplog, monkeypatch):
    monkeypatch.setitem(sys.modules, "geocensus.locating._indexed_areas", None)  # importing it would fail
    with caplog.at_level(logging.INFO, "geocensus.locating"):
        few, many = ask(fan(1000), 1000)[0], ask(fan(1000), 20_000)[0]
    assert few._indexed is None
    assert many._indexed is None
    assert "20000 points, 2 areas: without an index; 0.0 s of work, 0.7 s" in caplog.text


def test_many_points_get_the_index_and_the_same_answers(memory, caplog):
    areas = fan(1000)
    with caplog.at_level(logging.INFO, "geocensus.locating"):
        locator, points, (row, border) = ask(areas, 2_000_000)
    assert locator._indexed is not None
    assert "2000000 points, 2 areas: with an index; 1.2 s without, 0.8 s with it" in caplog.text
    asked = locator._asked.locate(points[0][:50_000], points[1][:50_000])
    assert np.array_equal(locator._rows[asked[0]], row[:50_000])
    assert np.array_equal(asked[1], border[:50_000])


def test_a_kernel_that_is_not_compiled_needs_far_more_work(memory, caplog, monkeypatch):
    monkeypatch.setattr(choosing, "is_compiled", lambda kernel: False)
    with caplog.at_level(logging.INFO, "geocensus.locating"):
        locator, _, _ = ask(fan(1000), 2_000_000)
    assert locator._indexed is None
    assert "1.2 s of work, 25.0 s to get the compiled kernel ready" in caplog.text
    Locator(fan(1000))  # an explicit wish
    assert choosing._kernel_seconds() == 0


def test_small_questions_add_up(memory):
    choosing.note_ready("locating")
    areas = fan(8)
    wanted = [choosing.Choice(areas.geometry.to_numpy()).wants_index(10_000) for _ in range(3)]
    choice = choosing.Choice(fan(40_000).geometry.to_numpy())
    turns = [choice.wants_index(2_000) for _ in range(40)]
    assert wanted == [True] * 3  # built in no time once the kernel is there
    assert turns[0] is False
    assert turns.count(True) == 1  # who asks again could not have one


def test_an_index_that_is_kept_is_worth_opening(memory):
    choosing.note_ready("locating")
    big = fan(200_000)
    shapes = big.geometry.to_numpy()[[1, 0]]  # in order of code
    assert not choosing.Choice(shapes).wants_index(20_000)
    Locator(big)
    assert choosing.Choice(shapes).wants_index(20_000)
    Locator(big.copy())
    assert (len(memory.kept), memory.opened) == (1, 1)
    Locator(big.assign(code=["A", "B"]))  # other codes: another order
    assert len(memory.kept) == 2


def test_a_table_is_hashed_once(memory, monkeypatch):
    choosing.note_ready("locating")
    hashed = []
    monkeypatch.setattr(keeping, "_hash", lambda geometries: hashed.append(1) or "key")
    areas = fan(200_000)
    for _ in range(5):
        ask(areas, 20_000)
    ask(areas, 1_000_000)
    assert (len(hashed), len(memory.kept)) == (1, 1)


def test_small_tables_are_not_kept(memory):
    Locator(fan(1000))
    assert memory.kept == {}


def test_what_cannot_be_indexed_is_tried_once(memory, monkeypatch):
    choosing.note_ready("locating")
    tried = []
    monkeypatch.setattr("geocensus.locating._indexed_areas.open_index", lambda *_: tried.append(1))
    areas = fan(1000)
    for _ in range(3):
        assert ask(areas, 50_000)[2][0].max() == 1
    assert tried == [1]


def test_areas_are_hashed_once_however_often_they_are_asked(memory, monkeypatch):
    choosing.note_ready("locating")
    hashed = []
    monkeypatch.setattr(keeping, "_hash", lambda geometries: str(hashed.append(1)))
    choice = choosing.Choice(fan(400_000).geometry.to_numpy())
    assert not any(choice.wants_index(10_000) for _ in range(4))
    assert len(hashed) == 1


@pytest.mark.parametrize("broken", [False, True])
def test_without_numba_it_works_and_says_so_once(memory, caplog, monkeypatch, broken):
    for name in ("_indexed_areas", "_asking", "_filling", "_building", "_compiling", "_edges", "_orientation"):
        monkeypatch.delitem(sys.modules, f"geocensus.locating.{name}", raising=False)
        monkeypatch.delattr(f"geocensus.locating.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    found = Locator(fan(1000)).locate_xy([0.5, 0.05, 2.0], [0.5, 0.05, 2.0])
    assert found[0].tolist() == [0, 1, -1]
    Locator(fan(1000))
    assert caplog.text.count("locating without compiled code, same results") == 1
    if broken:  # installed, and does not load
        monkeypatch.setattr(choosing.importlib.util, "find_spec", lambda name: object())
        choosing.warn_without_numba.cache_clear()
        caplog.clear()
    areas = fan(1000)
    for _ in range(2):
        assert ask(areas, 1_600_000)[0]._indexed is None
        assert not choosing.kernel_pays("distances", 100.0)
    (said,) = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert "locating without compiled code, same results" in said


SCRIPT = """
import sys
if sys.argv[1] == "without":
    sys.modules["numba"] = None
import geopandas as gpd, numpy as np, pandas as pd
import geocensus as gc
from geocensus.cli.main import main
villages = gc.open_basemap("miaoli").areas("village")
corners = pd.DataFrame(villages.get_coordinates().to_numpy()[::50], columns=["lon", "lat"])
inside = pd.DataFrame(np.random.default_rng(1).uniform((120.6, 24.3), (121.2, 24.7), (5000, 2)), columns=["lon", "lat"])
sources = pd.concat([corners, inside], ignore_index=True)
located = [gc.Locator(areas).locate(sources) for areas in (villages, villages.iloc[::-1])]
print(pd.util.hash_pandas_object(pd.concat(located)).sum(), located[0]["code"].count(), located[0]["on_border"].sum())
sys.argv = ["geocensus", "check", "list.csv", "--basemap", "miaoli", "--out", "result.csv", "--lang", "en"]
pd.DataFrame({"lon": inside["lon"], "lat": inside["lat"], "claimed_code": "10005010001"})[:300].to_csv("list.csv")
main()
"""


def test_a_process_without_numba_answers_the_same(tmp_path):
    runs = {}
    for way in ("with", "without"):
        (tmp_path / way).mkdir()
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, sys.path)),
            "GEOCENSUS_CACHE": str(tmp_path),
        }
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
        runs[way] = subprocess.Popen([sys.executable, "-c", SCRIPT, way], cwd=tmp_path / way, env=environment, **pipes)
    said = {way: run.communicate(timeout=300) for way, run in runs.items()}
    assert [run.returncode for run in runs.values()] == [0, 0], said
    first = {way: out.splitlines()[0] for way, (out, _) in said.items()}
    assert first["with"] == first["without"]
    assert min(map(int, first["with"].split()[1:])) > 100
    results = {way: (tmp_path / way / "result.csv").read_bytes() for way in runs}
    assert results["with"] == results["without"]
    assert {way: err.count("without compiled code") for way, (_, err) in said.items()} == {"with": 0, "without": 1}


def test_locate_is_the_same_on_both_ways(draw, points):
    areas = draw("AAB\nAAB\nCCD")
    sources = points((0.5, 2.5), (2, 2), (2.5, 0.5), (9, 9), (np.nan, 1))
    assert locate(sources, areas).equals(Locator(areas).locate(sources))
