"""Few claims have the borders of their own areas made ready, many those of the table, which are kept."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geocensus.locating import Locator, keep_with, nearest_border
from geocensus.locating import _claimed_borders as claimed
from geocensus.locating import _keeping as keeping
from geocensus.locating._claimed_borders import ClaimedBorders
from geocensus.locating._keeping import keeper


class Memory:
    """Keeps indexes as long as the test runs."""

    def __init__(self):
        self.kept, self.opened = {}, []

    def holds(self, key):
        return key in self.kept

    def open(self, key, kind):
        self.opened += [kind.name] if key in self.kept else []
        return self.kept.get(key)

    def save(self, key, kind, index):
        self.kept[key] = index


@pytest.fixture
def memory():
    before = keeper()
    kept = Memory()
    keep_with(kept)
    yield kept
    keep_with(before)


@pytest.fixture
def built(monkeypatch):
    """Return the numbers of areas that borders were built of."""
    counts = []

    def build(geometries):
        counts.append(len(geometries))
        return real(geometries)

    real = claimed.build_borders
    monkeypatch.setattr(claimed, "build_borders", build)
    return counts


def circles(corners, count=8):
    """Return circles in a row, the last one missing."""
    shapes = shapely.buffer(shapely.points(np.arange(count) + 110.0, 30.0), 0.4, quad_segs=corners // 4)
    table = gpd.GeoDataFrame({"code": list("ABCDEFGH"[:count])}, geometry=shapes, crs="EPSG:4490")
    table.loc[count - 1, "geometry"] = None
    return table


def test_few_claims_leave_the_table_alone(memory, built):
    borders = ClaimedBorders(circles(20_000).geometry.to_numpy())
    few = borders.of(np.array([3, -1, 3]))
    assert built == [1]
    assert np.flatnonzero(few.root >= 0).tolist() == [3]
    assert borders.of(np.array([-1])).root.tolist() == [-1] * 8
    whole = borders.of(np.array([5, 0]))  # three of seven so far
    assert borders.of(np.array([1])) is whole
    assert built == [1, 0, 8]
    assert np.flatnonzero(whole.root < 0).tolist() == [7]
    assert len(memory.kept) == 1


def test_small_tables_are_built_whole_and_not_kept(memory, built):
    ClaimedBorders(circles(400).geometry.to_numpy()).of(np.array([0]))
    assert built == [8]
    assert memory.kept == {}


def test_answers_are_the_same_built_in_part_whole_or_kept(memory, built):
    rng = np.random.default_rng(1)
    areas = circles(20_000)
    x, y, rows = rng.uniform(109, 118, 400), rng.uniform(29, 31, 400), rng.integers(-1, 8, 400)
    whole = nearest_border(x, y, rows, areas)
    kept = nearest_border(
        x, y, rows, areas.set_geometry(shapely.from_wkb(shapely.to_wkb(areas.geometry)), crs="EPSG:4490")
    )
    one = rows == 2
    part = nearest_border(x[one], y[one], rows[one], circles(20_000))
    assert (built, memory.opened) == ([8, 1], ["borders"])
    for name in whole._fields:
        assert np.array_equal(getattr(whole, name), getattr(kept, name), equal_nan=True)
        assert np.array_equal(getattr(whole, name)[one], getattr(part, name))
    assert 0 < np.isnan(whole.distance_m).sum() < 200


def test_areas_are_hashed_once_for_both_indexes(memory, monkeypatch):
    hashed = []
    real = keeping._hash
    monkeypatch.setattr(keeping, "_hash", lambda geometries: hashed.append(1) or real(geometries))
    areas = circles(20_000)
    locator = Locator(areas)
    nearest_border(np.full(8, 110.0), np.full(8, 30.0), np.arange(8), areas)
    assert (hashed, len(memory.kept)) == ([1], 2)
    del locator
    Locator(circles(20_000))
    assert (len(hashed), len(memory.kept)) == (2, 2)
