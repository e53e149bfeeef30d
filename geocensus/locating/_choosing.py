"""Whether an index pays: it takes time to get ready, and answers sooner once it is.

Seconds are those of one ordinary processor; that another one is twice as fast moves the turning point by little, since
both sides gain. Answers are the same either way.
"""

import importlib.util
import logging
from functools import cache

import shapely

from geocensus.locating._compiled_files import is_compiled
from geocensus.locating._keeping import index_key, keeper
from geocensus.locating._kinds import EDGES
from geocensus.locating._tables import Objects

__all__ = ["Choice", "kernel_pays", "note_ready", "warn_without_numba"]

_log = logging.getLogger(__name__)

_FEW = 10_000  # points for which no index pays
_ASKED = 0.6e-6  # seconds per point to ask the areas themselves
_PREPARED = 0.1e-6  # and per vertex of the areas that are asked
_INDEXED = 0.05e-6  # per point to ask the index
_BUILT = 0.3e-6  # per vertex to build it
_OPENED = 0.07e-6  # per vertex to make sure that the one kept is the one wanted
_LOADED = 0.7  # to load numba and the kernel compiled before
_COMPILED = 25.0  # to compile it

_ready: set[str] = set()  # kernels that are compiled and loaded in this process


class Choice:
    """The choice between areas and index, for one table; questions asked before count as well.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons; None and empty included.
    """

    def __init__(self, geometries: Objects) -> None:
        self._geometries = geometries
        self._vertices = -1  # counted when there are points enough to ask
        self._points = 0
        self._wanted = False

    def wants_index(self, points: int) -> bool:
        """Return whether to get the index ready before answering.

        Parameters
        ----------
        points : int
            How many are asked now.

        Returns
        -------
        bool
            True when the index would have been the better choice for all that was asked so far; once, since who
            asks again could not have one.
        """
        self._points += points
        if self._points < _FEW or self._wanted:
            return False
        if self._vertices < 0:
            self._vertices = int(shapely.get_num_coordinates(self._geometries).sum())
        met = min(self._vertices, self._points * self._vertices / max(1, len(self._geometries)))
        asked = self._points * _ASKED + met * _PREPARED
        best = self._points * _INDEXED + self._vertices * _OPENED
        reason = f"{asked:.1f} s of work"
        if asked <= best:
            pass  # areas themselves are asked sooner
        elif not _has_numba(asked - best):
            reason = "numba is not installed"
        elif asked > best + _kernel_seconds():
            indexed = best + _kernel_seconds() + (0 if self._is_kept() else self._vertices * (_BUILT - _OPENED))
            self._wanted, reason = asked > indexed, f"{asked:.1f} s without, {indexed:.1f} s with it"
        else:
            reason = f"{asked:.1f} s of work, {_kernel_seconds():.1f} s to get the compiled kernel ready"
        how = "with" if self._wanted else "without"
        _log.info("%d points, %d areas: %s an index; %s", points, len(self._geometries), how, reason)
        return self._wanted

    def _is_kept(self) -> bool:
        keep = keeper()
        return keep is not None and keep.holds(index_key(EDGES, self._geometries))


def kernel_pays(kernel: str, saved: float) -> bool:
    """Return whether compiled code saves more time than it takes to get ready; if so, take it as ready from now on.

    Parameters
    ----------
    kernel : str
        What is compiled.
    saved : float
        Seconds.

    Returns
    -------
    bool
        False where numba cannot be loaded.
    """
    pays = _has_numba(saved) and saved > _kernel_seconds(kernel) and _numba_loads()
    if pays and kernel not in _ready:
        _log.info("%s with compiled code: it saves %.1f s", kernel, saved)
        note_ready(kernel)
    return pays


def note_ready(kernel: str) -> None:
    """Remember that a kernel is compiled and loaded in this process.

    Parameters
    ----------
    kernel : str
        What is compiled.
    """
    _ready.add(kernel)


@cache
def warn_without_numba(reason: str) -> None:
    """Say that locating goes on without compiled code; once for each reason.

    Parameters
    ----------
    reason : str
        Why numba is not there.
    """
    message = (
        "locating without compiled code, same results but up to 20 times slower: %s 未能加载 numba，结果相同但较慢"
    )
    _log.warning(message, reason)


def _has_numba(saved: float) -> bool:
    """Return whether numba is installed; if not, say so where it would save time worth a word."""
    found = importlib.util.find_spec("numba") is not None
    if not found and saved > _LOADED:
        _numba_loads()
    return found


def _numba_loads() -> bool:
    try:
        importlib.import_module("geocensus.locating._compiling")
    except ImportError as error:
        warn_without_numba(str(error))
        return False
    return True


def _kernel_seconds(kernel: str = "locating") -> float:
    if kernel in _ready:
        return 0.0
    return _LOADED if is_compiled(kernel) else _COMPILED
