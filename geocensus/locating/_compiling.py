"""Compile a function when it is first called, and keep what was compiled where that is possible.

numba looks at the file of the compiled function alone to see whether what it kept is still good: who edits one of the
files behind it (``_orientation`` behind ``_asking``, say) raises VERSION in ``_index`` and touches the others. What
compiled functions are given must be arrays, numbers and plain tuples: numba looks for the classes of others even when
it is about to throw away what an earlier release left behind.
"""

from collections.abc import Callable
from typing import Any

from numba import njit

__all__ = ["compiled", "inner"]

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
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:  # nowhere to write: neither beside the file nor in the user's cache folder
        return njit(nogil=True)(function)
