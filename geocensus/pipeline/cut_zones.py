"""Cut villages into coded census zones, and keep the history of their codes."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geocensus.errors import SchemaError
from geocensus.io import write_labels
from geocensus.model import Text
from geocensus.pipeline.provenance import versions
from geocensus.pipeline.split_files import require_writable
from geocensus.pipeline.split_inputs import split_inputs
from geocensus.workspace import StoredZones, Workspace
from geocensus.zoning import CensusZones, census_zones, units_of_sources

if TYPE_CHECKING:
    from geocensus.pipeline.split_inputs import SplitInputs

__all__ = ["ZonesReport", "cut_zones"]

_EVENTS: Final = ("created", "kept", "changed", "retired")


@dataclass(frozen=True)
class ZonesReport:
    """Finished census zones: what `split --as zones --json` prints, files, notes for people."""

    zones: CensusZones
    summary: dict[str, Any]
    labels: Path
    workspace: Path
    notes: tuple[Text, ...]


def cut_zones(
    within: Sequence[str],
    *,
    workspace: str | Path | None,
    out: str | Path | None = None,
    most: int = 150,
    seed: int = 0,
    lang: str = "zh",
    progress: Callable[[Text], Any] = lambda _step: None,
    keep: Callable[[StoredZones], Any] | None = None,
) -> ZonesReport:
    """Cut the villages of some areas into census zones and write them into the workspace.

    Zones cut before keep their codes where they stay the same for more than half; no code is ever used again.

    Parameters
    ----------
    within : sequence of str
        Codes of the areas.
    workspace : str or Path
        A workspace with checked sources.
    out : str or Path, optional
        CSV (code, field_zone: the source's id and its zone); by default zones-labels.csv in the current folder.
    most : int
        Largest number of sources in a zone.
    seed : int
        Same seed, same zones.
    lang : str
        "zh" or "en", for the warnings of the summary.
    progress : Callable
        Called with each step that begins.
    keep : Callable, optional
        Takes the zones in place of the workspace, into which nothing is written then.

    Returns
    -------
    ZonesReport
        Nothing was written when this raises.

    Raises
    ------
    SchemaError
        No workspace, no checked sources, or no villages.
    WorkspaceError
        A file cannot be written.
    """
    clock = time.perf_counter()
    path = _require_workspace(workspace)
    labels = _labels_path(out)
    progress(Text("读取底图与污染源", "reading basemap and sources"))
    given = split_inputs(within, basemap=None, workspace=path, level="village")
    villages = given.units[["code", "name", "geometry"]]
    progress(Text("编制普查小区", "cutting census zones"))
    before = Workspace(path).read_census_zones()
    date = dt.datetime.now(dt.UTC).date().isoformat()
    cut = census_zones(
        villages,
        _listed(given),
        date=date,
        most=most,
        before=None if before is None else CensusZones(before.zones, before.members, before.history),
        seed=seed,
    )
    progress(Text("写入普查小区", "writing the zones"))
    record = {"date": date, "within": given.within, "most": most, "seed": seed, "versions": versions()}
    (keep or Workspace(path).write_census_zones)(StoredZones(cut.zones, _all_members(cut, before), cut.history, record))
    write_labels(labels, cut.members.set_index("source_id")["code"])
    notes = (*given.notes, *cut.notes)
    new = cut.history.iloc[0 if before is None else len(before.history) :]
    zones = cut.zones[cut.zones["parent_code"].isin(villages["code"])]  # the workspace may have others
    summary = {
        "zones": len(zones),
        "villages": len(villages),
        "sources": len(cut.members),
        "most": int(zones["sources"].max()),
        **{event: int((new["event"] == event).sum()) for event in _EVENTS},
        "labels_file": str(labels),
        "warnings": [note.get(lang) for note in cut.notes],
        "seconds": round(time.perf_counter() - clock, 3),
    }
    return ZonesReport(cut, summary, labels, path, notes)


def _require_workspace(workspace: str | Path | None) -> Path:
    path = None if workspace is None else Path(workspace)
    if path is None or not path.exists() or not Workspace(path).summary():
        raise SchemaError(
            "--as zones needs --workspace WS.gpkg with checked sources: run `geocensus check` first",
            "--as zones 需要含有核查结果的工作区（--workspace WS.gpkg）：请先运行 geocensus check",
        )
    return path


def _labels_path(out: str | Path | None) -> Path:
    path = Path("zones-labels.csv") if out is None else Path(out)
    if path.suffix and path.suffix.lower() != ".csv":
        raise SchemaError(
            f"--out {path.name}: with --as zones a .csv or a folder; the zones are in the workspace",
            f"--out {path.name}：与 --as zones 同用时应为 .csv 文件或文件夹；普查小区图层写在工作区中",
        )
    path = path if path.suffix else path / "zones-labels.csv"
    require_writable(path)
    return path


def _listed(given: SplitInputs) -> pd.DataFrame:
    """Return sources with the village each counts in, as the loads of a split count them."""
    table = given.sources if given.sources is not None else pd.DataFrame()
    code = units_of_sources(given.units, table)["code"]
    return table.assign(code=code)[code.notna()][["source_id", "code", "lon", "lat"]]


def _all_members(cut: CensusZones, before: StoredZones | None) -> pd.DataFrame:
    """Add the sources of zones that this cut did not touch."""
    if before is None:
        return cut.members
    rest = before.members[
        ~before.members["source_id"].isin(cut.members["source_id"]) & before.members["code"].isin(cut.zones["code"])
    ]
    return pd.concat([cut.members, rest], ignore_index=True)
