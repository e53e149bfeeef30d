"""One file per step: check a list, make the demo, draw the map, build and verify a basemap."""

from geocensus.pipeline.checking import CheckResult, check

__all__ = ["CheckResult", "check"]
