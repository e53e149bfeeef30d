"""Where compiled code is kept, and whether it is there already. Needs no numba.

numba looks at the file of a compiled function alone to see whether what it kept is still good. Here everything stands
in a folder named by the sources of all of locating, Python, numba and NumPy: what others left is never looked at.
"""

import hashlib
import logging
import os
import sys
import tempfile
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from geocensus.files import cache_folder

__all__ = ["compiled_folder", "is_compiled"]

_log = logging.getLogger(__name__)

_LAST = {"locating": "_asking.ask", "distances": "_nearing._search"}  # what is compiled last for each purpose


@cache
def compiled_folder() -> Path | None:
    """Return the folder for compiled code of this release: below NUMBA_CACHE_DIR, else in the user's cache folder.

    Returns
    -------
    Path or None
        None where nothing can be kept, which is said once.
    """
    try:
        folder = Path(os.environ.get("NUMBA_CACHE_DIR") or cache_folder() / "compiled") / _stamp()
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()  # numba keeps nothing where it cannot write
    except (OSError, PackageNotFoundError) as error:
        _log.warning(
            "compiled code is not kept, each run compiles anew: %s 编译结果无法保存，每次运行都会重新编译", error
        )
        return None
    return folder


def is_compiled(kernel: str) -> bool:
    """Return whether a kernel was compiled and kept here before.

    Parameters
    ----------
    kernel : str
        ``locating`` or ``distances``.

    Returns
    -------
    bool
        False too where nothing can be kept.
    """
    folder = compiled_folder()
    try:
        return folder is not None and any(folder.glob(f"*/{_LAST[kernel]}-*.nbi"))
    except OSError:  # a folder of somebody else, that may not be looked into
        return False


def _stamp() -> str:
    digest = hashlib.sha256(f"{sys.implementation.cache_tag} {version('numba')} {np.__version__}".encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
