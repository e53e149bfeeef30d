"""Compile a function when it is first called, and keep what was compiled where that is possible.

Who edits compiled code raises VERSION in ``_index``, so that indexes of before are not asked.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from numba import config, njit

from geocensus.locating._compiled_files import compiled_folder

__all__ = ["compiled", "inner"]

_log = logging.getLogger(__name__)

_COMPILING = "first use: compiling the code that locates, up to 30 s 首次使用，正在编译定位程序，最多约 30 秒"
_config: Any = config  # fills itself when it is loaded
if _config.DISABLE_JIT:
    raise ImportError("NUMBA_DISABLE_JIT switches numba off")  # as good as not installed

inner = njit(nogil=True)  # called by compiled functions alone, and kept inside them


def compiled(function: Callable[..., Any]) -> Any:
    """Return the compiled function.

    Parameters
    ----------
    function : callable
        In the part of Python that numba knows.

    Returns
    -------
    callable
        Lets other threads run meanwhile.
    """
    folder = compiled_folder()
    fast = _kept(function, folder) if folder else njit(nogil=True)(function)

    @wraps(function)
    def call(*arguments: Any) -> Any:
        if not (fast.signatures or _files(folder, function)):
            _warn(_COMPILING)
        try:
            return fast(*arguments)
        except (OSError, EOFError, UnpicklingError) as error:
            # Only numba's own files fail like this: what was kept is broken, or what is compiled finds no room.
            _warn(f"compiled code in {folder} is not used or not kept: {error} 编译缓存不可用")
            for path in _files(folder, function):
                with suppress(OSError):
                    path.unlink()
            return fast(*arguments)

    return call


def _kept(function: Callable[..., Any], folder: Path) -> Any:
    before, _config.CACHE_DIR = _config.CACHE_DIR, str(folder)  # numba asks for it here and never again
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no source to be seen, as in a program packed into one file
        return njit(nogil=True)(function)
    finally:
        _config.CACHE_DIR = before


def _files(folder: Path | None, function: Callable[..., Any]) -> list[Path]:
    module = function.__module__.rpartition(".")[2]
    return list(folder.glob(f"*/{module}.{function.__qualname__}-*")) if folder else []


@cache
def _warn(message: str) -> None:
    _log.warning(message)  # once: the same words come back as nothing
