"""Indexes on disk: found again, never trusted blindly, never in the way."""

import json
import os
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geocensus.io import index_files as module
from geocensus.io.index_files import IndexFiles
from geocensus.locating import INDEX_RECORD, Built, Frame, Index, Locator

KEY = "0123abcd" * 8


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOCENSUS_CACHE", str(tmp_path))
    return tmp_path / "indexes"


@pytest.fixture
def built():
    records = np.zeros(5, INDEX_RECORD)
    records["x1"] = range(5)
    arrays = Index(np.arange(6, dtype="i4").reshape(2, 3), np.arange(4, dtype="i4"), records)
    return Built(arrays, Frame(0.1, 0.2, 1.5, 2.5, 0.7, 0.8, 1e-15), np.array([7, 9]))


def same(one, two):
    arrays = zip([*one.arrays, one.left_out], [*two.arrays, two.left_out], strict=True)
    return one.frame == two.frame and all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in arrays)


def test_what_is_saved_is_opened(folder, built):
    files = IndexFiles()
    assert files.open(KEY) is None
    assert not files.holds(KEY)
    files.save(KEY, built)
    opened = files.open(KEY)
    assert files.holds(KEY)
    assert same(opened, built)
    assert not opened.arrays.records.flags.writeable
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.index"]


def spoil(content, what):
    head = json.loads(content[len(module._MAGIC) : module._HEAD].rstrip(b"\0"))
    changes = {"version": {"version": 0}, "key": {"key": "f" * 64}, "machine": {"order": "middle"}}
    if what in changes:
        text = module._MAGIC + json.dumps(head | changes[what]).encode()
        return text.ljust(module._HEAD, b"\0") + content[module._HEAD :]
    return {
        "truncated": content[:-64],
        "only a head": content[:100],
        "empty": b"",
        "foreign": b"PK\x03\x04" + content[4:],
        "no JSON": content[:20] + b"\xff" + content[21:],
    }[what]


@pytest.mark.parametrize(
    "what", ["version", "key", "machine", "truncated", "only a head", "empty", "foreign", "no JSON"]
)
def test_what_is_not_sound_counts_as_none_and_is_built_again(folder, built, caplog, what):
    files = IndexFiles()
    files.save(KEY, built)
    path = folder / f"{KEY}.index"
    path.write_bytes(spoil(path.read_bytes(), what))
    assert files.open(KEY) is None
    assert "will be built again" in caplog.text
    files.save(KEY, built)
    assert same(files.open(KEY), built)


def test_a_cache_that_cannot_be_written_is_read(folder, built, monkeypatch):
    files = IndexFiles()
    files.save(KEY, built)

    def refuse(*_, **__):
        raise PermissionError("read-only file system")

    monkeypatch.setattr("tempfile.TemporaryDirectory", refuse)
    files.save("f" * 64, built)
    assert not files.holds("f" * 64)
    assert same(files.open(KEY), built)


def test_no_cache_folder_at_all(monkeypatch, tmp_path, built):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GEOCENSUS_CACHE", str(tmp_path / "file" / "cache"))
    files = IndexFiles()
    files.save(KEY, built)
    files.note_compiled("kernel")
    assert (files.open(KEY), files.holds(KEY), files.has_compiled("kernel")) == (None, False, False)


def test_kernels_are_remembered(folder):
    files = IndexFiles()
    assert not files.has_compiled("locating-1")
    files.note_compiled("locating-1")
    assert files.has_compiled("locating-1")
    assert not files.has_compiled("locating-2")


def test_the_oldest_go(folder, built, monkeypatch):
    monkeypatch.setattr(module, "_MOST_FILES", 2)
    files = IndexFiles()
    for age, name in enumerate("abc"):
        files.save(name * 64, built)
        path = folder / f"{name * 64}.index"
        os.utime(path, (1e9 + age, 1e9 + age)) if path.exists() else None
    assert not files.holds("a" * 64)
    assert files.holds("b" * 64)
    assert files.holds("c" * 64)


WORLD = """
import geopandas as gpd, numpy as np, shapely, sys
import geocensus as gc
circle = shapely.Point(118, 28).buffer(1, quad_segs=30_000)
areas = gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=[circle, shapely.box(116, 26, 120, 30) - circle], crs="EPSG:4490")
x, y = np.random.default_rng(1).uniform(116, 120, 5000), np.random.default_rng(2).uniform(26, 30, 5000)
row, border = gc.Locator(areas).locate_xy(x, y)
print(row.sum(), border.sum())
"""


def test_two_processes_at_once_share_one_file(folder):
    runs = [
        subprocess.Popen([sys.executable, "-c", WORLD], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [run.communicate(timeout=300) for run in runs]
    assert said[0][0] == said[1][0] != ""
    assert len(list(folder.glob("*.index"))) == 1
    circle = shapely.Point(118, 28).buffer(1, quad_segs=30_000)
    shapes = [circle, shapely.box(116, 26, 120, 30) - circle]
    areas = gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=shapes, crs="EPSG:4490")
    locator = Locator(areas)  # opened here, and the answers are those of the areas
    x, y = np.random.default_rng(1).uniform(116, 120, 5000), np.random.default_rng(2).uniform(26, 30, 5000)
    row, border = locator.locate_xy(x, y)
    assert said[0][0].split() == [str(row.sum()), str(border.sum())]
    assert np.array_equal(row, locator._asked.locate(x, y)[0])
    assert len(list(folder.glob("*.index"))) == 1
