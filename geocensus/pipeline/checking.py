"""The main job: sources and a basemap in; zones, flags and a summary out."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from geocensus import names as n
from geocensus.checks import Settings, judge
from geocensus.model import RowSum, State, Status
from geocensus.pipeline.provenance import versions
from geocensus.pipeline.reference import about_reference
from geocensus.schemas import SOURCES, validate

if TYPE_CHECKING:
    import pandas as pd

    from geocensus.basemap import Basemap
    from geocensus.checks import Judgement
    from geocensus.divisions import Crosswalk

__all__ = ["CheckResult", "Started", "check", "concluded"]


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Attributes
    ----------
    basemap : Basemap
        The areas used.
    sources : DataFrame
        One row per row read, with located areas, distance and status.
    flags : DataFrame
        One row per rule that a source failed.
    causes : DataFrame
        Ranked causes of each diagnosed source, with probability and evidence.
    repairs : DataFrame
        Proposed repairs, ranked; ``offered`` tells which ones a person should decide on.
        Nothing is applied.
    shifts : DataFrame
        Tested import groups: which system their coordinates really are in, with what confidence.
    statuses : DataFrame
        Status of every rule on every source.
    not_tested : dict
        Rule to reason to number of sources.
    summary : dict
        What `geocensus check --json` prints.
    provenance : dict
        Inputs, versions, settings and times of the run.
    """

    basemap: Basemap
    sources: pd.DataFrame
    flags: pd.DataFrame
    causes: pd.DataFrame
    repairs: pd.DataFrame
    shifts: pd.DataFrame
    statuses: pd.DataFrame
    not_tested: dict[str, dict[str, int]]
    summary: dict[str, Any]
    provenance: dict[str, Any] = field(default_factory=dict)
    neighbours: pd.DataFrame | None = None


def check(
    sources: pd.DataFrame,
    basemap: Basemap,
    *,
    settings: Settings | None = None,
    crosswalk: Crosswalk | None = None,
    reference: pd.DataFrame | None = None,
) -> CheckResult:
    r"""Assign each source to its census zone and flag implausible locations.

    Parameters
    ----------
    sources : DataFrame
        From :func:`geocensus.read_sources`; ``lon`` and ``lat`` are CGCS2000 degrees, missing where unlocated.
    basemap : Basemap
        From :func:`geocensus.open_basemap`.
    settings : Settings, optional
        Tolerances and thresholds; defaults otherwise.
    crosswalk : Crosswalk, optional
        Old to new division codes.
    reference : DataFrame, optional
        A second list of the same units, from :func:`geocensus.read_sources`: units that it puts elsewhere are flagged.

    Returns
    -------
    CheckResult
        Tables and a summary; every row of `sources` is in ``result.sources``.

    Raises
    ------
    SchemaError
        `sources` or `reference` is not a table of sources.

    Examples
    --------
    >>> import geocensus as gc
    >>> basemap = gc.open_basemap("changshan")
    >>> inside = basemap.zones().geometry.iloc[0].representative_point()
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "list.csv"
    >>> _ = file.write_text(f"编号,经度,纬度\nA1,{inside.x:.6f},{inside.y:.6f}\n", encoding="utf-8")
    >>> result = gc.check(gc.read_sources(file), basemap)
    >>> result.sources["located_code"].tolist() == [basemap.zones()["code"].iloc[0]]
    True
    """
    started = Started()
    settings = settings or Settings()
    other = None if reference is None else validate(reference, SOURCES)
    judged = judge(validate(sources, SOURCES), basemap, settings, crosswalk, reference=other)
    return concluded(judged, basemap, settings, started, reference=other)


@dataclass(frozen=True)
class Started:
    """When a check began."""

    at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    clock: float = field(default_factory=time.perf_counter)


def concluded(
    judged: Judgement, basemap: Basemap, settings: Settings, started: Started, *, reference: pd.DataFrame | None = None
) -> CheckResult:
    """Sum up what was judged, and record how.

    Parameters
    ----------
    judged : Judgement
        Of all rows; the attributes of its sources tell of the list.
    basemap : Basemap
        The areas used.
    settings : Settings
        Tolerances and thresholds.
    started : Started
        When the check began.
    reference : DataFrame, optional
        The second list.

    Returns
    -------
    CheckResult
        Tables, summary and record of the run.
    """
    seconds = round(time.perf_counter() - started.clock, 3)
    attrs = judged.sources.attrs
    return CheckResult(
        basemap=basemap,
        sources=judged.sources,
        flags=judged.flags,
        causes=judged.causes,
        repairs=judged.repairs,
        shifts=judged.shifts,
        neighbours=judged.neighbours,
        statuses=judged.statuses,
        not_tested=judged.not_tested,
        summary=_summary(judged, basemap, seconds),
        provenance={
            "started": started.at.isoformat(timespec="seconds"),
            "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "input": {key: attrs.get(key) for key in ("file", "sheet", "sha256", "encoding")},
            "reference": None
            if reference is None
            else about_reference(reference, judged.not_tested, len(judged.statuses.dropna(how="all"))),
            "settings": asdict(settings),
            "versions": versions(),
            "basemap": {"name": basemap.info.name, "sha256": basemap.info.sha256, "code_year": basemap.info.code_year},
            "crs": attrs.get("crs", "cgcs2000"),
            "crs_assumed": bool(attrs.get("crs_assumed", False)),
            "crs_reason": str(attrs.get("crs_reason", "")),
        },
    )


def _summary(judged: Judgement, basemap: Basemap, seconds: float) -> dict[str, Any]:
    sources, flags = judged.sources, judged.flags
    states = sources[n.STATE].value_counts()
    counts = {str(state): int(states.get(str(state), 0)) for state in State}
    rows = RowSum(rows=len(sources), **counts)
    outside = flags[flags[n.RULE] == "place.outside_claimed"]
    levels = outside[n.LEVEL].value_counts()
    info = basemap.info
    return {
        **asdict(rows),
        "on_border": int(sources[n.ON_BORDER].sum()),
        "near_border": int((judged.statuses["place.outside_claimed"] == Status.NEAR_BORDER).sum()),
        "outside_claimed": len(outside),
        "outside_by_level": {level: int(levels[level]) for level in basemap.levels if level in levels.index},
        "flags": {str(rule): int(count) for rule, count in flags[n.RULE].value_counts(sort=False).items()},
        "causes": _causes(judged.causes),
        "repairs": _repairs(judged),
        "shifts": _shifts(judged.shifts),
        "crs": sources.attrs.get("crs", "cgcs2000"),
        "crs_assumed": bool(sources.attrs.get("crs_assumed", False)),
        "basemap": {"name": info.name, "sha256": info.sha256, "code_year": info.code_year},
        "certainty": judged.certainty,
        "seconds": seconds,
    }


def _causes(causes: pd.DataFrame) -> dict[str, int]:
    """Count sources by their first cause, the most frequent first; ties by name."""
    first = causes.loc[causes["rank"] == 1, "cause"]
    counts = first.value_counts().rename_axis("cause").reset_index(name="n")
    counts = counts.sort_values(["n", "cause"], ascending=[False, True])
    return {str(cause): int(number) for cause, number in zip(counts["cause"], counts["n"], strict=True)}


def _repairs(judged: Judgement) -> dict[str, int]:
    """Count diagnosed sources with an offer, and those without."""
    repairs = judged.repairs
    offered = repairs.loc[repairs["offered"], n.SOURCE_ID].nunique()
    return {"offered": offered, "declined": judged.causes[n.SOURCE_ID].nunique() - offered}


def _shifts(shifts: pd.DataFrame) -> list[dict[str, Any]]:
    """List the tested groups; where the list compared with is the shifted one, the group itself is not."""
    system = shifts["system"].where(~shifts["system"].str.startswith("reference_"), "none")
    return [
        {"group": str(group), "system": str(kind), "n": int(number), "confidence": round(float(confidence), 4)}
        for group, kind, number, confidence in zip(
            shifts["group"], system, shifts["n"], shifts["confidence"], strict=True
        )
    ]
