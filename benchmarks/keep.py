"""What keeping the indexes costs beside building them: writing them, opening them for the first time and again.

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
from geocensus.locating._border_building import build_borders
from geocensus.locating._building import build_index
from geocensus.locating._keeping import Kind, _hash, index_key
from geocensus.locating._kinds import BORDERS, EDGES

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
    timed("hash: make sure that they are the areas wanted", lambda: _hash(shapes))
    keep(EDGES, build_index, shapes)
    keep(BORDERS, build_borders, shapes)


def keep(kind: Kind[Any], build: Callable[[Any], Any], shapes: Any) -> None:
    files, key = IndexFiles(), index_key(kind, shapes)
    built = timed(f"{kind.name}: build", lambda: build(shapes))
    print(f"{sum(array.nbytes for array in kind.apart(built).values()) / 1e6:.0f} MB")
    timed("write", lambda: files.save(key, kind, built))
    timed("open for the first time: verify it whole", lambda: files.open(key, kind))
    timed("open again", lambda: files.open(key, kind))


def timed(what: str, action: Callable[[], Any]) -> Any:
    start = time.process_time()
    result = action()
    print(f"{what:46} {time.process_time() - start:8.4f}")
    return result


if __name__ == "__main__":
    main()
