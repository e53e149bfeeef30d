"""The choice between areas and index changes seconds, never answers."""

import logging
import sys

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geocensus.locating import Locator, keep_with, locate
from geocensus.locating import _choosing as choosing
from geocensus.locating._keeping import keeper
from geocensus.locating.locator import cached_locator


class Memory:
    """Keeps indexes as long as the test runs."""

    def __init__(self):
        self.kept, self.opened, self.compiled = {}, 0, True

    def holds(self, key):
        return key in self.kept

    def open(self, key):
        self.opened += key in self.kept
        return self.kept.get(key)

    def save(self, key, built):
        self.kept[key] = built

    def has_compiled(self, kernel):
        return self.compiled

    def note_compiled(self, kernel):
        self.compiled = True


@pytest.fixture
def memory(monkeypatch):
    before = keeper()
    monkeypatch.setattr(choosing, "_ready", set())
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


def test_a_kernel_that_is_not_compiled_needs_far_more_work(memory, caplog):
    memory.compiled = False
    with caplog.at_level(logging.INFO, "geocensus.locating"):
        locator, _, _ = ask(fan(1000), 2_000_000)
    assert locator._indexed is None
    assert "1.2 s of work, 25.0 s to get the compiled kernel ready" in caplog.text
    Locator(fan(1000))  # an explicit wish
    assert memory.compiled
    assert choosing._kernel_seconds() == 0


def test_small_questions_add_up(memory):
    choosing.note_ready("locating")
    areas = fan(8)
    wanted = [choosing.Choice(areas.geometry.to_numpy()).wants_index(10_000) for _ in range(3)]
    choice = choosing.Choice(fan(40_000).geometry.to_numpy())
    turns = [choice.wants_index(2_000) for _ in range(40)]
    assert wanted == [True] * 3  # built in no time once the kernel is there
    assert turns == sorted(turns)
    assert set(turns) == {False, True}


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
    monkeypatch.setattr(choosing, "index_key", lambda geometries: hashed.append(1) or "key")
    areas = fan(200_000)
    for _ in range(5):
        ask(areas, 20_000)
    ask(areas, 1_000_000)
    assert (len(hashed), list(memory.kept)) == (1, ["key"])


def test_small_tables_are_not_kept(memory):
    Locator(fan(1000))
    assert memory.kept == {}


def test_without_numba_it_works_and_says_so(memory, caplog, monkeypatch):
    for name in ("_indexed_areas", "_asking", "_filling", "_building", "_compiling", "_edges", "_orientation"):
        monkeypatch.delitem(sys.modules, f"geocensus.locating.{name}", raising=False)
        monkeypatch.delattr(f"geocensus.locating.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    with caplog.at_level(logging.INFO, "geocensus.locating"):
        found = Locator(fan(1000)).locate_xy([0.5, 0.05, 2.0], [0.5, 0.05, 2.0])
    assert found[0].tolist() == [0, 1, -1]
    assert "locating without an index, about 20 times slower" in caplog.text
    monkeypatch.setattr(choosing.importlib.util, "find_spec", lambda name: None)
    with caplog.at_level(logging.INFO, "geocensus.locating"):
        ask(fan(1000), 100_000)
    assert "numba is not installed" in caplog.text


def test_locate_is_the_same_on_both_ways(draw, points):
    areas = draw("AAB\nAAB\nCCD")
    sources = points((0.5, 2.5), (2, 2), (2.5, 0.5), (9, 9), (np.nan, 1))
    assert locate(sources, areas).equals(Locator(areas).locate(sources))
