"""The geospatial side of a pollution source census.

Sources and a basemap go in; every source gets a census zone and a list of flags, and all of it lives in one GeoPackage.

Names load on first use, so that ``import geocensus`` costs next to nothing.

Examples
--------
>>> import geocensus as gc
>>> gc.open_basemap("changshan").levels
('county', 'township', 'village')
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geocensus.basemap import Basemap
    from geocensus.checks import Settings
    from geocensus.errors import GeocensusError
    from geocensus.io import list_basemaps, open_basemap, read_settings, read_sources
    from geocensus.locating import Locator, locate
    from geocensus.pipeline import CheckResult, check
    from geocensus.workspace import Workspace
    from geocensus.zoning import SplitPlan, split

__all__ = [
    "Basemap",
    "CheckResult",
    "GeocensusError",
    "Locator",
    "Settings",
    "SplitPlan",
    "Workspace",
    "check",
    "list_basemaps",
    "locate",
    "open_basemap",
    "read_settings",
    "read_sources",
    "split",
]

_HOME = {
    "Basemap": "basemap",
    "CheckResult": "pipeline",
    "GeocensusError": "errors",
    "Locator": "locating",
    "Settings": "checks",
    "SplitPlan": "zoning",
    "Workspace": "workspace",
    "check": "pipeline",
    "list_basemaps": "io",
    "locate": "locating",
    "open_basemap": "io",
    "read_settings": "io",
    "read_sources": "io",
    "split": "zoning",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its package on first use."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    if _HOME[name] == "locating":
        import_module(f"{__name__}.io")  # keeps its indexes
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
