"""With what a result was made."""

import platform
from importlib import metadata

__all__ = ["versions"]

_PACKAGES = ("geocensus", "geopandas", "numpy", "pandas", "pyarrow", "pyogrio", "pyproj", "shapely")


def versions() -> dict[str, str]:
    """Return the versions of Python, geocensus and the libraries that decide results.

    Returns
    -------
    dict
        Package to version; "unknown" where a package runs without being installed.
    """
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found
