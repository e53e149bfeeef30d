"""The packed R-tree, judged by SQLite itself."""

import sqlite3

import numpy as np
import pytest

from geocensus.workspace.rtree import fill_rtree
from geocensus.workspace.schema import rtree


@pytest.fixture
def connection():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(f"CREATE VIRTUAL TABLE {rtree('t')} USING rtree(id, minx, maxx, miny, maxy)")
    yield connection
    connection.close()


def boxes(n, seed=0):
    rng = np.random.default_rng(seed)
    low, size = rng.uniform(-170, 170, (n, 2)), rng.exponential(0.5, (n, 2))
    return np.column_stack([low[:, 0], low[:, 0] + size[:, 0], low[:, 1] / 2, low[:, 1] / 2 + size[:, 1]])


@pytest.mark.parametrize("n", [0, 1, 43, 44, 45, 88, 44 * 44, 44 * 44 + 1, 5000])
def test_sqlite_finds_nothing_wrong_and_finds_every_box(connection, n):
    ids, bounds = np.arange(n) * 3 + 7, boxes(n)
    fill_rtree(connection, "t", ids, bounds)
    assert connection.execute(f"SELECT rtreecheck('{rtree('t')}')").fetchone() == ("ok",)
    assert {row[0] for row in connection.execute(f"SELECT id FROM {rtree('t')}")} == set(ids.tolist())


def test_a_search_gives_what_a_plain_comparison_gives(connection):
    ids, bounds = np.arange(4000), boxes(4000, seed=1)
    fill_rtree(connection, "t", ids, bounds)
    query = "SELECT id FROM rtree_t_geom WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?"
    found = {row[0] for row in connection.execute(query, (10, 20, 10, 20))}
    wanted = (bounds[:, 1] >= 10) & (bounds[:, 0] <= 20) & (bounds[:, 3] >= 10) & (bounds[:, 2] <= 20)
    assert set(ids[wanted].tolist()) <= found
    assert len(found) <= wanted.sum() + 1  # float32, rounded outward: never too few


def test_it_goes_on_as_an_ordinary_rtree(connection):
    fill_rtree(connection, "t", np.arange(3000), boxes(3000))
    connection.execute("DELETE FROM rtree_t_geom WHERE id < 2500")
    rows = zip(range(5000, 7000), *boxes(2000, seed=2).T.tolist(), strict=True)
    connection.executemany("INSERT INTO rtree_t_geom VALUES (?, ?, ?, ?, ?)", rows)
    assert connection.execute("SELECT rtreecheck('rtree_t_geom')").fetchone() == ("ok",)
    assert connection.execute("SELECT count(*) FROM rtree_t_geom").fetchone() == (2500,)


def test_filling_again_replaces(connection):
    fill_rtree(connection, "t", np.arange(100), boxes(100))
    fill_rtree(connection, "t", np.array([5]), np.array([[1.0, 2.0, 3.0, 4.0]]))
    assert connection.execute("SELECT * FROM rtree_t_geom").fetchall() == [(5, 1.0, 2.0, 3.0, 4.0)]
