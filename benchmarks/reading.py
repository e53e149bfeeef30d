"""Reading lists: a million rows of CSV into located sources, against pandas reading the same file as text.

python benchmarks/reading.py [ROWS]
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from geocensus import read_sources


def degrees_minutes_seconds(values: np.ndarray) -> list[str]:
    total = np.round(values * 3600, 2)
    degrees, rest = np.divmod(total, 3600)
    minutes, seconds = np.divmod(rest, 60)
    return [f"{d:.0f}°{m:02.0f}′{s:05.2f}″" for d, m, s in zip(degrees, minutes, seconds, strict=True)]


def write(path: Path, rows: int, spell: object) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"编号": np.arange(rows), "单位名称": "某厂", "区划代码": "330822001001"})
    table["经度"] = spell(rng.uniform(118.3, 118.7, rows))  # type: ignore[operator]
    table["纬度"] = spell(rng.uniform(28.8, 29.1, rows))  # type: ignore[operator]
    table.to_csv(path, index=False)


def seconds(work: object) -> float:
    best = np.inf
    for _ in range(3):
        start = time.perf_counter()
        work()  # type: ignore[operator]
        best = min(best, time.perf_counter() - start)
    return float(best)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{'list':<24}{'geocensus s':>12}{'pandas s':>10}{'ratio':>7}   per {rows:,} rows, best of 3")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        for name, spell in (
            ("decimal degrees", lambda v: v.round(6)),
            ("degrees minutes seconds", degrees_minutes_seconds),
        ):
            write(path, rows, spell)
            ours, theirs = seconds(lambda: read_sources(path)), seconds(lambda: pd.read_csv(path, dtype=str))
            print(f"{name:<24}{ours:>12.2f}{theirs:>10.2f}{ours / theirs:>7.1f}")


if __name__ == "__main__":
    main()
