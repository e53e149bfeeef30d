"""Indexes on disk: found again, never trusted blindly, never in the way."""

import errno
import json
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geocensus.io import index_files as module
from geocensus.io import index_format
from geocensus.io.index_files import IndexFiles
from geocensus.locating import Locator
from geocensus.locating._border_building import build_borders
from geocensus.locating._index import RECORD, Built, Frame, Index
from geocensus.locating._kinds import BORDERS, EDGES

KEY = "0123abcd" * 8


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOCENSUS_CACHE", str(tmp_path))
    module._warn.cache_clear()
    return tmp_path / "indexes"


@pytest.fixture
def built():
    """Two cells, the right one of four subcells, two of them leaves of one and two edges."""
    records = np.zeros(5, RECORD)
    records["x1"] = [1, 0.5, 2, 0.5, 0.5]
    cells, subcells = np.array([[1, ~1]], dtype="i4"), np.array([0, 2, ~0, ~2], dtype="i4")
    return Built(Index(cells, subcells, records), Frame(0, 0, 2, 1, 1, 1, 1e-15), np.array([7, 9]))


def same(one, two):
    arrays = zip([*one.arrays, one.left_out], [*two.arrays, two.left_out], strict=True)
    return one.frame == two.frame and all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in arrays)


def test_what_is_saved_is_opened(folder, built):
    files = IndexFiles()
    assert files.open(KEY, EDGES) is None
    assert not files.holds(KEY)
    files.save(KEY, EDGES, built)
    opened = files.open(KEY, EDGES)
    assert files.holds(KEY)
    assert same(opened, built)
    assert not opened.arrays.records.flags.writeable
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.index"]


def test_borders_are_kept_like_the_index_of_edges(folder):
    files, circle = IndexFiles(), shapely.Point(118, 28).buffer(1)
    borders = build_borders(np.array([None, circle], dtype=object))
    files.save(KEY, BORDERS, borders)
    for _ in range(2):
        opened = files.open(KEY, BORDERS)
        assert all(
            one.dtype == two.dtype and np.array_equal(one, two) for one, two in zip(opened, borders, strict=True)
        )
        assert not opened.space.flags.writeable
    assert files.open(KEY, EDGES) is None  # of another kind
    files.save(KEY, BORDERS, borders._replace(root=borders.root + 1))
    assert files.open(KEY, BORDERS) is None


def test_what_was_written_must_be_sound_too(folder, built):
    files = IndexFiles()
    files.save(KEY, EDGES, built._replace(frame=built.frame._replace(left=-1)))
    assert files.open(KEY, EDGES) is None


def headed(content, change):
    """Return the file with a changed head, sealed as if it had been written so."""
    start = len(index_format._MAGIC) + 9
    head = json.loads(content[start : index_format._HEAD])
    change(head)
    text = json.dumps(head).encode().ljust(index_format._HEAD - start)
    return index_format._MAGIC + b"%08x\n" % zlib.crc32(text) + text + content[index_format._HEAD :]


def swap_order(head):
    head["arrays"]["cells"][0] = head["arrays"]["cells"][0].translate(str.maketrans("<>", "><"))


SPOILS = {
    "empty": lambda content: b"",
    "only a head": lambda content: content[:100],
    "truncated": lambda content: content[:-64],
    "longer": lambda content: content + bytes(64),
    "of another program": lambda content: b"PK\x03\x04" + content[4:],
    "of the format before": lambda content: content.replace(b"index 3", b"index 2", 1),
    "a changed head": lambda content: content.replace(b'"key"', b'"kez"', 1),
    "a changed array": lambda content: content[:-64] + b"\x01" + content[-63:],
    "a lost page": lambda content: content[: index_format._HEAD].ljust(len(content), b"\0"),
    "of another version": lambda content: headed(content, lambda head: head.update(kind="edges 0")),
    "of other areas": lambda content: headed(content, lambda head: head.update(key="f" * 64)),
    "of another byte order": lambda content: headed(content, swap_order),
    "of another kind": lambda content: headed(content, lambda head: head.update(kind="borders 1")),
}


@pytest.mark.parametrize("what", SPOILS)
def test_what_is_not_sound_is_built_again_and_said_once(folder, built, caplog, what):
    files = IndexFiles()
    files.save(KEY, EDGES, built)
    path = folder / f"{KEY}.index"
    path.write_bytes(SPOILS[what](path.read_bytes()))
    assert files.open(KEY, EDGES) is None
    assert files.open(KEY, EDGES) is None
    assert caplog.text.count("will be built again") == len(caplog.records) == 1
    files.save(KEY, EDGES, built)
    assert same(files.open(KEY, EDGES), built)


def test_a_file_is_verified_whole_until_it_was_found_sound(folder, built, monkeypatch):
    asked = []

    def read(content, key, kind, *, whole):
        asked.append(whole)
        return index_format.read_index(content, key, kind, whole=whole)

    monkeypatch.setattr(module, "read_index", read)
    files, path = IndexFiles(), folder / f"{KEY}.index"
    files.save(KEY, EDGES, built)
    files.open(KEY, EDGES)
    files.open(KEY, EDGES)
    os.utime(path)  # as anything that writes leaves it
    files.open(KEY, EDGES)
    files.open(KEY, EDGES)
    files.save(KEY, EDGES, built)
    files.open(KEY, EDGES)
    assert asked == [True, False, True, False, True]


def test_a_folder_in_the_place_of_a_file(folder, built, caplog):
    (folder / f"{KEY}.index" / "of somebody").mkdir(parents=True)
    files = IndexFiles()
    assert not files.holds(KEY)
    assert files.open(KEY, EDGES) is None
    files.save(KEY, EDGES, built)
    assert (folder / f"{KEY}.index" / "of somebody").is_dir()
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.index"]
    used, kept = caplog.messages
    assert "is not used" in used
    assert "are not kept" in kept


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_cache_that_cannot_be_written_is_read_and_said_once(folder, built, monkeypatch, caplog, code):
    files = IndexFiles()
    files.save(KEY, EDGES, built)

    def refuse(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("os.fsync" if code == errno.ENOSPC else "tempfile.TemporaryDirectory", refuse)
    monkeypatch.setattr("os.utime", refuse)
    for other in "ef":
        files.save(other * 64, EDGES, built)
        assert not files.holds(other * 64)
    assert same(files.open(KEY, EDGES), built)
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.index"]
    (said,) = caplog.records
    assert os.strerror(code) in said.message


def test_who_has_an_index_open_keeps_it_when_it_is_replaced(folder, built):
    files = IndexFiles()
    files.save(KEY, EDGES, built)
    opened = files.open(KEY, EDGES)
    other = built._replace(left_out=np.array([8]))
    files.save(KEY, EDGES, other)
    assert same(opened, built)
    assert same(files.open(KEY, EDGES), other)


def test_where_an_open_file_cannot_be_replaced(folder, built, monkeypatch, caplog):
    files = IndexFiles()
    files.save(KEY, EDGES, built)

    def refuse(*_):
        raise PermissionError(errno.EACCES, "in use by another process")

    monkeypatch.setattr(Path, "replace", refuse)
    files.save(KEY, EDGES, built)
    assert "in use by another process" in caplog.text
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.index"]


def test_no_cache_folder_at_all(folder, built, monkeypatch, tmp_path, caplog):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GEOCENSUS_CACHE", str(tmp_path / "file" / "cache"))
    files = IndexFiles()
    files.save(KEY, EDGES, built)
    assert (files.open(KEY, EDGES), files.holds(KEY)) == (None, False)
    (said,) = caplog.records
    assert str(tmp_path / "file" / "cache") in said.message


def test_a_folder_that_cannot_be_entered_holds_nothing(folder, monkeypatch, caplog):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "no access")

    folder.mkdir()
    monkeypatch.setattr(Path, "is_file", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    assert not IndexFiles().holds(KEY)
    assert IndexFiles().open(KEY, EDGES) is None
    assert "no access" in caplog.text


def test_the_ones_used_longest_ago_go(folder, built, monkeypatch):
    files = IndexFiles()
    for age, name in enumerate("abc"):
        files.save(name * 64, EDGES, built)
        os.utime(folder / f"{name * 64}.index", (1e9 + age, 1e9))
    monkeypatch.setattr(module, "_MOST_BYTES", 3 * (folder / f"{'a' * 64}.index").stat().st_size)
    files.open("a" * 64, EDGES)
    files.save("d" * 64, EDGES, built)
    assert [files.holds(name * 64) for name in "abcd"] == [True, False, True, True]
    monkeypatch.setattr(module, "_MOST_BYTES", 1)
    files.save("e" * 64, EDGES, built)
    assert [path.name[0] for path in folder.iterdir()] == ["e"]


def test_what_killed_writers_left_goes_and_living_ones_stay(folder, built):
    old = time.time() - 2 * module._ABANDONED
    for name in ("killed", "writing"):
        left = folder / f".{KEY}-{name}"
        left.mkdir(parents=True)
        (left / f"{KEY}.index").touch()
        os.utime(left, (old, old))
    os.utime(folder / f".{KEY}-killed" / f"{KEY}.index", (old, old))
    (folder / ".of-somebody").mkdir()
    os.utime(folder / ".of-somebody", (old, old))
    IndexFiles().save("f" * 64, EDGES, built)
    assert sorted(path.name for path in folder.iterdir()) == [f".{KEY}-writing", ".of-somebody", f"{'f' * 64}.index"]


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
    assert [path.suffix for path in folder.iterdir()] == [".index"]
    circle = shapely.Point(118, 28).buffer(1, quad_segs=30_000)
    shapes = [circle, shapely.box(116, 26, 120, 30) - circle]
    areas = gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=shapes, crs="EPSG:4490")
    locator = Locator(areas)  # opened here, and the answers are those of the areas
    x, y = np.random.default_rng(1).uniform(116, 120, 5000), np.random.default_rng(2).uniform(26, 30, 5000)
    row, border = locator.locate_xy(x, y)
    assert said[0][0].split() == [str(row.sum()), str(border.sum())]
    assert np.array_equal(row, locator._asked.locate(x, y)[0])
    assert len(list(folder.glob("*.index"))) == 1
