"""Maps: of a check and of a plan, each as one self-contained page and one picture.

Names load on first use: a split that writes labels alone must not load what draws.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geocensus.maps.page import map_page
    from geocensus.maps.picture import overview_png, save_picture
    from geocensus.maps.plan_data import PlanDrawing, hours, outcome, percent
    from geocensus.maps.plan_page import plan_map
    from geocensus.maps.plan_picture import plan_png

__all__ = [
    "PlanDrawing",
    "hours",
    "map_page",
    "outcome",
    "overview_png",
    "percent",
    "plan_map",
    "plan_png",
    "save_picture",
]

_HOME = {
    "PlanDrawing": "plan_data",
    "hours": "plan_data",
    "map_page": "page",
    "outcome": "plan_data",
    "overview_png": "picture",
    "percent": "plan_data",
    "plan_map": "plan_page",
    "plan_png": "plan_picture",
    "save_picture": "picture",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
