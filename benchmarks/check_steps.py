"""Where the time of a check goes: processor seconds by step, one process, the whole list in memory.

    python benchmarks/check_steps.py LIST --basemap NAME|FILE

Results are found as `geocensus.check` finds them; what a step is the first to need counts as that step's.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import geocensus as gc
from geocensus.checks import Settings
from geocensus.checks.context import make_context
from geocensus.checks.diagnosis import diagnose
from geocensus.checks.flags import make_flags
from geocensus.checks.groupings import neighbours_of
from geocensus.checks.registry import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

MENTIONED = 0.5  # seconds: rules that take less are one line together


def timed(seconds: dict[str, float], step: str, work: Callable[[], Any]) -> Any:
    start = time.process_time()
    result = work()
    seconds[step] = time.process_time() - start
    return result


def run(path: Path, basemap: str) -> tuple[dict[str, float], int]:
    seconds: dict[str, float] = {}
    areas = timed(seconds, "open the basemap", lambda: gc.open_basemap(basemap))
    sources = timed(seconds, "read the list", lambda: gc.read_sources(path))
    ctx = timed(seconds, "claims, areas, distances", lambda: make_context(sources, areas, Settings()))
    outcomes = {rule: timed(seconds, rule.code, lambda rule=rule: rule.test(ctx)) for rule in RULES}
    flags = timed(seconds, "list of flags", lambda: make_flags(ctx, outcomes))
    timed(seconds, "causes and repairs", lambda: diagnose(ctx, flags, shift=ctx.shifts.of_source))
    timed(seconds, "groups to keep", lambda: neighbours_of(ctx))
    result = gc.check(sources.iloc[:1000], areas)
    with TemporaryDirectory() as folder:
        empty = gc.Workspace(Path(folder) / "w.gpkg")
        timed(seconds, "a workspace of 1,000 rows, mostly the basemap", lambda: empty.write(result))
    return seconds, len(sources)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", type=Path)
    parser.add_argument("--basemap", default="changshan")
    asked = parser.parse_args()
    seconds, rows = run(asked.list, asked.basemap)
    codes = {rule.code for rule in RULES}
    small = {step for step in seconds if step in codes and seconds[step] < MENTIONED}
    print(f"| step, {rows:,} rows | processor seconds |\n|---|---|")
    for step, spent in seconds.items():
        if step not in small:
            print(f"| {step} | {spent:.1f} |")
    print(f"| {len(small)} other rules | {sum(seconds[step] for step in small):.1f} |")
    print(f"| **sum** | **{sum(seconds.values()):.1f}** |")
    print(f"\nMemory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")


if __name__ == "__main__":
    main()
