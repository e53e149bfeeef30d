"""Compiled code is kept where that is possible, and never in the way where it is not."""

import errno
import importlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from geocensus.locating import Locator
from geocensus.locating import _compiled_files as files
from geocensus.locating import _compiling as compiling
from geocensus.locating._border import nearest_pieces
from geocensus.locating._border_building import build_borders
from geocensus.locating._nearing import search_by_point


def total(values):
    """Return a sum; each test compiles it anew."""
    result = 0.0
    for value in values:
        result += value
    return result


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    files.compiled_folder.cache_clear()
    compiling._warn.cache_clear()
    yield tmp_path
    files.compiled_folder.cache_clear()


def kept(folder, suffix="*.nb?"):
    assert files.compiled_folder().parent == folder
    return sorted(files.compiled_folder().rglob(f"test_compiling.total-{suffix}"))


def test_compiling_is_said_before_and_once(folder, caplog):
    assert compiling.compiled(total)(np.ones(3)) == 3
    assert [path.suffix for path in kept(folder)] == [".nbc", ".nbi"]
    assert [record.message[:9] for record in caplog.records] == ["first use"]
    caplog.clear()
    compiling._warn.cache_clear()
    assert compiling.compiled(total)(np.ones(4)) == 4  # as another process would
    assert not caplog.records
    assert str(files.compiled_folder()) != compiling.config.CACHE_DIR  # other people's code stays where it was


@pytest.mark.parametrize("content", [b"", b"\0" * 500, None])
def test_what_is_broken_is_compiled_again(folder, caplog, content):
    compiling.compiled(total)(np.ones(3))
    for path in kept(folder):
        path.write_bytes(path.read_bytes()[:-20] if content is None else content)
    caplog.clear()
    assert compiling.compiled(total)(np.ones(3)) == 3
    assert "is not used or not kept" in caplog.text
    caplog.clear()
    assert compiling.compiled(total)(np.ones(3)) == 3
    assert not caplog.records


def test_a_full_disk_keeps_nothing(folder, monkeypatch, caplog):
    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr("os.replace", refuse)
        fast = compiling.compiled(total)
        assert fast(np.ones(3)) == 3
        assert "No space left" in caplog.text
    assert fast(np.ones(2)) == 2
    assert not kept(folder, "*")


def test_nowhere_to_write(folder, monkeypatch, caplog):
    (folder / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder / "file" / "cache"))
    assert compiling.compiled(total)(np.ones(3)) == 3
    compiling.compiled(total)
    assert not files.is_compiled("locating")
    assert caplog.text.count("each run compiles anew") == 1


def test_numba_switched_off_is_as_good_as_not_installed(monkeypatch):
    monkeypatch.setattr(compiling._config, "DISABLE_JIT", 1)
    monkeypatch.delitem(sys.modules, compiling.__name__)
    with pytest.raises(ImportError, match="switches numba off"):
        importlib.import_module(compiling.__name__)


def test_the_cache_of_geocensus_is_the_place(folder, monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("GEOCENSUS_CACHE", str(folder))
    assert files.compiled_folder().parent == folder / "compiled"


def test_other_sources_have_another_folder(tmp_path, monkeypatch):
    before = files._stamp()
    for source in Path(files.__file__).parent.glob("*.py"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    monkeypatch.setattr(files, "__file__", str(tmp_path / "_compiled_files.py"))
    assert files._stamp() == before
    with (tmp_path / "_orientation.py").open("a") as source:
        source.write("\n")
    assert files._stamp() != before


def test_what_was_compiled_is_known(draw):
    areas = draw("AB\nAB")
    Locator(areas).locate_xy([0.5], [0.5])
    borders = build_borders(areas.geometry.to_numpy())
    nearest_pieces(borders, *np.zeros((2, 1)), np.array([0]), np.array([1.0]), search_by_point)
    assert files.is_compiled("locating")
    assert files.is_compiled("distances")
