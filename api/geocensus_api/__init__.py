"""A small read-only HTTP service over a workspace, in the manner of OGC API - Features.

Nothing is read or imported before it is asked for: the command line lists this package's command without FastAPI.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geocensus_api.app import create_app
    from geocensus_api.settings import Settings

__all__ = ["Settings", "create_app"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        from geocensus_api.app import create_app  # noqa: PLC0415 - FastAPI is loaded when it is needed

        return create_app
    if name == "Settings":
        from geocensus_api.settings import Settings  # noqa: PLC0415 - as above

        return Settings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
