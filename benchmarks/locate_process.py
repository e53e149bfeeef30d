"""What a new process takes from import to answer, with kernels that were compiled before."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["new_processes"]

CHILD = """
import sys, time
import geopandas as gpd, pandas as pd, numpy as np
import geocensus.io  # keeps indexes
from geocensus.locating import Locator, locate
imported = time.process_time()
areas = gpd.read_parquet(sys.argv[1])
lon, lat = np.random.default_rng(0).uniform(*areas.total_bounds.reshape(2, 2), (int(sys.argv[2]), 2)).T
sources = pd.DataFrame({"lon": lon, "lat": lat})
start = time.process_time()
Locator(areas).locate(sources) if sys.argv[3] == "index" else locate(sources, areas)
print(imported, time.process_time() - start)
"""


def new_processes(areas: gpd.GeoDataFrame) -> None:
    print("\n| a new process | import, s | first answer, s |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "areas.parquet"
        areas.to_parquet(file)
        ways = (
            ("areas themselves", 1_000, "areas"),
            ("index built", 1_000_000, "index"),
            ("index kept", 1_000_000, "index"),
        )
        for what, count, way in ways:
            command = [sys.executable, "-c", CHILD, str(file), str(count), way]
            environment = os.environ | {"GEOCENSUS_CACHE": folder}
            told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
            imported, answered = np.array(told.split(), dtype=float)
            print(f"| {what}, {count:,} points | {imported:.2f} | {answered:.2f} |")
