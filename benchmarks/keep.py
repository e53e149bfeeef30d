"""What keeping an index costs beside building it: writing it, opening it for the first time and again.

Run: python benchmarks/keep.py [--set villages|counties|towns]; prints, never fails.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from typing import TYPE_CHECKING, Any

import shapely
from locate_worlds import table

from geocensus.io import IndexFiles
from geocensus.locating import Locator, keep_with
from geocensus.locating._keeping import index_key

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", default="towns")
    areas = table(parser.parse_args().set)
    keep_with(None)
    Locator(areas.iloc[:4]).locate_xy([0.0], [0.0])  # compiles
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GEOCENSUS_CACHE"] = folder
        measure(areas)


def measure(areas: gpd.GeoDataFrame) -> None:
    shapes = areas.geometry.to_numpy()
    print(f"{len(areas):,} areas, {shapely.get_num_coordinates(shapes).sum():,} vertices; seconds of processor time")
    files = IndexFiles()
    built = timed("build", lambda: Locator(areas))._indexed._built  # noqa: SLF001
    print(f"{sum(array.nbytes for array in built.arrays) / 1e6:.0f} MB")
    key = timed("key: make sure that it is the one wanted", lambda: index_key(shapes))
    timed("write", lambda: files.save(key, built))
    timed("open for the first time: verify it whole", lambda: files.open(key))
    timed("open again", lambda: files.open(key))


def timed(what: str, action: Callable[[], Any]) -> Any:
    start = time.process_time()
    result = action()
    print(f"{what:42} {time.process_time() - start:8.4f}")
    return result


if __name__ == "__main__":
    main()
