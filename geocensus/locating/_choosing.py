"""Whether an index pays: it takes time to get ready, and answers sooner once it is.

Seconds are those of one ordinary processor; that another one is twice as fast moves the turning point by little, since
both sides gain. Answers are the same either way.
"""

import importlib.util
import logging
import sys
from functools import cached_property
from importlib.metadata import version

import numpy as np
import shapely

from geocensus.locating._index import VERSION
from geocensus.locating._keeping import index_key, keeper
from geocensus.locating._tables import Objects

__all__ = ["Choice", "kernel_pays", "note_ready"]

_log = logging.getLogger(__name__)

_FEW = 10_000  # points for which no index pays
_ASKED = 0.6e-6  # seconds per point to ask the areas themselves
_PREPARED = 0.1e-6  # and per vertex of the areas that are asked
_INDEXED = 0.05e-6  # per point to ask the index
_BUILT = 0.3e-6  # per vertex to build it
_OPENED = 0.03e-6  # per vertex to make sure that the one kept is the one wanted
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

    @cached_property
    def key(self) -> str:
        """Return the key of the index, made once: that takes a look at every vertex.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        return index_key(self._geometries)

    def wants_index(self, points: int) -> bool:
        """Return whether to get the index ready before answering.

        Parameters
        ----------
        points : int
            How many are asked now.

        Returns
        -------
        bool
            True when the index would have been the better choice for all that was asked so far.
        """
        self._points += points
        if self._points < _FEW:
            return False
        if self._vertices < 0:
            self._vertices = int(shapely.get_num_coordinates(self._geometries).sum())
        met = min(self._vertices, self._points * self._vertices / max(1, len(self._geometries)))
        asked = self._points * _ASKED + met * _PREPARED
        best = self._points * _INDEXED + self._vertices * _OPENED
        wanted, reason = False, f"{asked:.1f} s of work"
        if asked <= best:
            pass  # areas themselves are asked sooner
        elif importlib.util.find_spec("numba") is None:
            reason = "numba is not installed: install it to have large tables located 20 times faster"
        elif asked > best + _kernel_seconds():
            indexed = best + _kernel_seconds() + (0 if self._is_kept() else self._vertices * (_BUILT - _OPENED))
            wanted, reason = asked > indexed, f"{asked:.1f} s without, {indexed:.1f} s with it"
        else:
            reason = f"{asked:.1f} s of work, {_kernel_seconds():.1f} s to get the compiled kernel ready"
        how = "with" if wanted else "without"
        _log.info("%d points, %d areas: %s an index; %s", points, len(self._geometries), how, reason)
        return wanted

    def _is_kept(self) -> bool:
        keep = keeper()
        return keep is not None and keep.holds(self.key)


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
        False where numba is not installed.
    """
    pays = importlib.util.find_spec("numba") is not None and saved > _kernel_seconds(kernel)
    if pays and kernel not in _ready:
        _log.info("%s with compiled code: it saves %.1f s", kernel, saved)
        note_ready(kernel)
    return pays


def note_ready(kernel: str) -> None:
    """Remember that a kernel is compiled, in this process and for those to come.

    Parameters
    ----------
    kernel : str
        What is compiled.
    """
    _ready.add(kernel)
    keep = keeper()
    if keep and not keep.has_compiled(_stamp(kernel)):
        keep.note_compiled(_stamp(kernel))


def _kernel_seconds(kernel: str = "locating") -> float:
    if kernel in _ready:
        return 0.0
    keep = keeper()
    return _LOADED if keep and keep.has_compiled(_stamp(kernel)) else _COMPILED


def _stamp(kernel: str) -> str:
    python = f"{sys.implementation.cache_tag}-numba-{version('numba')}-numpy-{np.__version__}"
    return f"{kernel}-{VERSION}-{python}"
