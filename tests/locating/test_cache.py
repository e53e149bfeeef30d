import gc
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from geocensus.locating import Locator, locate
from geocensus.locating._cache import TableCache
from geocensus.locating.locator import cached_locator

TWO = "AB\nAB"


def test_copies_of_a_table_share_one_locator(draw):
    areas = draw(TWO)
    locator = cached_locator(areas)
    assert cached_locator(areas) is locator
    assert cached_locator(areas.copy()) is locator
    assert cached_locator(areas[["code", "geometry"]].set_axis([5, 6])) is locator


def test_other_codes_or_another_order_are_another_table(draw, points):
    areas = draw(TWO)
    before = locate(points((0.5, 1)), areas)["code"].tolist()
    renamed = locate(points((0.5, 1)), areas.assign(code=["Z", "Y"]))["code"].tolist()
    turned = locate(points((0.5, 1)), areas.iloc[::-1])["code"].tolist()
    assert (before, renamed, turned) == (["A"], ["Z"], ["A"])
    assert cached_locator(areas).locate_xy([0.5], [1])[0].tolist() == [0]
    assert cached_locator(areas.iloc[::-1]).locate_xy([0.5], [1])[0].tolist() == [1]


def test_the_index_goes_with_its_table(draw):
    cache = TableCache(Locator)
    areas = draw(TWO)
    cache.get(areas)
    view = areas.copy(deep=False)
    del areas
    gc.collect()
    assert len(cache) == 1
    del view
    gc.collect()
    assert len(cache) == 0


def test_the_cache_is_bounded(draw):
    built = []
    cache = TableCache(lambda areas: built.append(areas) or Locator(areas), size=2)
    tables = [draw(TWO) for _ in range(3)]
    first = cache.get(tables[0])
    cache.get(tables[1])
    assert cache.get(tables[0]) is first  # used last: the second table goes first
    cache.get(tables[2])
    assert len(cache) == 2
    assert cache.get(tables[0]) is first
    assert len(built) == 3


def test_threads_get_the_same_answers(draw):
    areas = draw("AABB\nAABB\nCCDD\nCCDD")
    x, y = np.random.default_rng(2).integers(-1, 10, (2, 5000)) / 2
    expected = Locator(areas.copy()).locate_xy(x, y)[0]
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: cached_locator(areas).locate_xy(x, y)[0], range(16)))
    assert all(np.array_equal(row, expected) for row in rows)
