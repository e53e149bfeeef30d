"""Benchmarks are scripts side by side in one folder, which they import from."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))


@pytest.fixture(scope="session")
def country():
    """Two of the provinces of the national basemap, cut into 300 townships."""
    import national_basemap

    return national_basemap.draw(300, states=2)
