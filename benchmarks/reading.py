"""Reading lists: processor seconds and memory per million rows, whole and in parts, against Arrow reading all as text.

python benchmarks/reading.py [ROWS]          # lists made for it
python benchmarks/reading.py FILE [FILE …]   # CSV or Parquet of your own, the CSV first
"""

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import shapely

from geocensus import read_sources
from geocensus.io import plan_list, read_part


def degrees_minutes_seconds(values: np.ndarray) -> list[str]:
    total = np.round(values * 3600, 2)
    degrees, rest = np.divmod(total, 3600)
    minutes, seconds = np.divmod(rest, 60)
    return [f"{d:.0f}°{m:02.0f}′{s:05.2f}″" for d, m, s in zip(degrees, minutes, seconds, strict=True)]


def made(folder: Path, rows: int) -> Iterator[Path]:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"编号": np.arange(rows).astype(str), "单位名称": "某厂", "区划代码": "330822001001"})
    lon, lat = rng.uniform(118.3, 118.7, rows).round(6), rng.uniform(28.8, 29.1, rows).round(6)
    for name, spell in (("decimal", lambda v: v), ("dms", degrees_minutes_seconds)):
        table.assign(经度=spell(lon), 纬度=spell(lat)).to_csv(folder / f"{name}.csv", index=False)
        yield folder / f"{name}.csv"
    points = gpd.GeoDataFrame(table, geometry=shapely.points(lon, lat), crs=4490)
    for encoding in ("WKB", "geoarrow"):
        points.to_parquet(folder / f"{encoding}.parquet", geometry_encoding=encoding, row_group_size=200_000)
        yield folder / f"{encoding}.parquet"


def as_text(path: Path) -> int:
    headers = pd.read_csv(path, nrows=0).columns
    options = pacsv.ConvertOptions(column_types=dict.fromkeys(headers, pa.string()))
    return len(pacsv.read_csv(path, convert_options=options))


def whole(path: Path) -> int:
    return len(read_sources(path))


def in_parts(path: Path) -> int:
    plan = plan_list(path)
    facts = [read_part(plan, part).facts for part in range(plan.parts)]
    plan.completed(facts)
    return int(plan.raw.bounds[-1])


def measured(work: Callable[[Path], int], path: Path) -> tuple[float, float]:
    """Return processor seconds per million rows, and gigabytes more than before at the highest."""
    before, start = memory("VmRSS"), time.process_time()
    rows = work(path)
    spent = time.process_time() - start
    return spent / rows * 1e6, memory("VmHWM") - before


def memory(what: str) -> float:
    """Return gigabytes as Linux counts them for this process alone; getrusage counts those of its parent, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split(f"{what}:")[1].split()[0]) / 1e6


def main() -> None:
    given = sys.argv[1:]
    fresh = multiprocessing.get_context("spawn")  # a process of its own for each, so that none inherits memory
    print(f"{'list':<24}{'way':<8}{'s / 1 M rows':>13}{'ratio':>7}{'GB':>7}")
    text = np.nan
    with tempfile.TemporaryDirectory() as folder:
        own = given and not given[0].isdigit()
        for path in map(Path, given) if own else made(Path(folder), int(given[0]) if given else 1_000_000):
            for work in (as_text, whole, in_parts) if path.suffix == ".csv" else (whole, in_parts):
                with fresh.Pool(1) as pool:
                    spent, gigabytes = pool.apply(measured, (work, path))
                text = spent if work is as_text else text  # of the last CSV
                print(
                    f"{path.name:<24}{work.__name__:<8}{spent:>13.2f}{spent / text:>7.1f}{gigabytes:>7.2f}", flush=True
                )


if __name__ == "__main__":
    main()
