"""Figures of the service benchmark: ratios of samples, and tables in Markdown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from service_load import Sample

COLUMNS = ("asked", "clients", "server", "requests", "p50 ms", "p99 ms", "processor ms", "requests/s", "kB", "ratio")


def ratio(ours: Sample, theirs: Sample, clients: int) -> float:
    """How many times faster we are: by the median for one client, by answers per second for several."""
    if clients == 1:
        return theirs.percentile(50) / ours.percentile(50)
    return ours.rate / theirs.rate if theirs.rate else float("nan")


def speed_rows(name: str, clients: int, samples: dict[str, Sample]) -> list[tuple[str, ...]]:
    """One row per server, ours first; the ratio stands with the peer."""
    first = next(iter(samples.values()))
    rows = []
    for server, sample in samples.items():
        kilobytes = float(np.mean(sample.sizes)) / 1e3 if sample.sizes else float("nan")
        against = "" if sample is first else times(ratio(first, sample, clients))
        count = f"{len(sample.milliseconds):,}" + (f" ({sample.refused} refused)" if sample.refused else "")
        times_ms = (f"{sample.percentile(50):.1f}", f"{sample.percentile(99):.1f}", f"{sample.busy_ms:.1f}")
        rows.append((name, str(clients), server, count, *times_ms, f"{sample.rate:,.0f}", f"{kilobytes:.1f}", against))
    return rows


def times(value: float) -> str:
    return f"{value:.1f}×" if value < 100 else f"{value:,.0f}×"


@dataclass
class Goals:
    """What was wanted, what came out, and if that is enough."""

    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, what: str, goal: str, reached: str, *, met: bool, peer: str = "") -> None:
        self.rows.append((what, goal, reached, peer, "yes" if met else "no"))

    def faster(self, what: str, goal: float, ours: Sample, theirs: Sample) -> None:
        """A goal of so many times faster, for one client; a refusal is no answer."""
        reached = ratio(ours, theirs, 1)
        shown = f"{times(reached)} ({ours.percentile(50):.1f} ms)"
        if ours.busy:
            shown += f"; {times(theirs.busy_ms / ours.busy_ms)} in processor time"
        self.add(
            what,
            f"≥ {goal:g}×",
            shown,
            met=reached >= goal and not ours.refused,
            peer=f"{theirs.percentile(50):.1f} ms",
        )

    def markdown(self) -> str:
        return markdown(("measured", "goal", "reached", "peer", "met"), self.rows)


def markdown(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
