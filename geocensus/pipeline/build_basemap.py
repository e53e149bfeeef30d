"""Building a basemap from a user's layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from geocensus.basemap import (
    Basemap,
    LayerColumns,
    ShiftSuspicion,
    derive_parents,
    empty_barriers,
    guess_columns,
    guess_system,
    is_nested,
    mend_barriers,
    mend_layer,
    suspect_shift,
    topology_issues,
)
from geocensus.divisions import normalise
from geocensus.errors import SchemaError
from geocensus.io.basemaps import write_basemap
from geocensus.io.layers import LayerRead, read_layer, split_layer
from geocensus.model import LEVELS, BasemapInfo, CodeSystem, Text
from geocensus.names import CODE

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["BuildReport", "build_basemap"]

Fields = str | Mapping[str, str] | None


@dataclass(frozen=True, eq=False)
class BuildReport:
    """What was built and what a person should look at.

    Attributes
    ----------
    path : Path
        The GeoPackage written; it holds the two reports too, as topology_issues and mended.
    basemap : Basemap
        The basemap.
    mended : DataFrame
        Columns layer, code, what, before, after: all that was changed or derived.
    issues : GeoDataFrame
        The topology report, as topology_issues returns it.
    reading : DataFrame
        Records that could not be read well: columns level, layer, record, what, detail.
    shift : ShiftSuspicion
        Whether the finest layer seems to be in GCJ-02 or BD-09.
    notes : tuple of Text
        Which columns were guessed.
    """

    path: Path
    basemap: Basemap
    mended: pd.DataFrame
    issues: gpd.GeoDataFrame
    reading: pd.DataFrame
    shift: ShiftSuspicion
    notes: tuple[Text, ...]


def build_basemap(  # noqa: PLR0913 - one keyword per option of the command
    out: str | Path,
    levels: Mapping[str, str | Path],
    *,
    barrier: str | Path | Sequence[str | Path] | None = None,
    code: Fields = None,
    name: Fields = None,
    parent: Fields = None,
    crs: str | None = None,
    code_year: int | None = None,
    accuracy_m: float | Mapping[str, float] | None = None,
    reference: str | Path | None = None,
    encoding: str | None = None,
) -> BuildReport:
    """Make a basemap GeoPackage from a user's layers.

    Parameters
    ----------
    out : str or Path
        The GeoPackage to write, by temporary file and rename.
    levels : Mapping of str to str
        FILE or FILE::LAYER by level.
    barrier : str, Path or Sequence, optional
        Line layers: rivers, railways, roads.
    code, name, parent : str or Mapping of str to str, optional
        Column for all levels, or by level (the key "" stands for all others); guessed where it is not given.
    crs : str, optional
        Reference system to use instead of the files': an EPSG code or wgs84, cgcs2000, gcj02, bd09.
    code_year : int, optional
        Year of the division codes.
    accuracy_m : float or Mapping of str to float, optional
        Accuracy of the borders in metres, for all levels or by level; unstated levels are assumed later, and said so.
    reference : str or Path, optional
        A polygon or line layer known to be in CGCS2000, to find a shift of the layers; of a file with a layer per
        level, the one of the finest level built.
    encoding : str, optional
        Encoding of Shapefiles' attributes; found by itself when left out.

    Returns
    -------
    BuildReport
        The basemap, what was mended, and what does not fit together.

    Raises
    ------
    SchemaError
        No level, an unknown level, a column that is not there, or a layer without polygons.
    DataNotFoundError, UnreadableError, CRSMismatchError
        A layer cannot be read or placed.
    WorkspaceError
        The file cannot be written.
    """
    _require_levels(levels)
    reads = {
        level: read_layer(levels[level], prefer=_preferred(level), crs=crs, encoding=encoding)
        for level in LEVELS
        if level in levels
    }
    fields = {"code": code, "name": name, "parent": parent}
    columns = {level: _columns(read, level, fields) for level, read in reads.items()}
    layers, mended, system = _areas(reads, columns)
    lines, line_reports = _barriers(barrier, crs, encoding)
    shift = suspect_shift(
        layers[next(reversed(layers))],
        columns=[column for read in reads.values() for column in read.table.columns],
        reference=None if reference is None else _reference(reference, next(reversed(layers)), encoding),
    )
    issues = topology_issues(layers, system=system)
    info = _info(Path(out), levels, layers, system, code_year, accuracy_m, nested=is_nested(issues, tuple(layers)))
    basemap = Basemap(info, layers, lines)
    path = write_basemap(basemap, out, extra={"topology_issues": issues, "mended": mended})
    reading = _reading({**reads, **line_reports})
    notes = tuple(note for found in columns.values() for note in found.notes)
    return BuildReport(path, basemap, mended, issues, reading, shift, notes)


def _require_levels(levels: Mapping[str, str | Path]) -> None:
    unknown = sorted(set(levels) - set(LEVELS))
    if unknown or not levels:
        said = ", ".join(unknown) or "none"
        raise SchemaError(
            f"levels given: {said}; use --level LEVEL=FILE with {', '.join(LEVELS)}",
            f"层级“{said}”无效；请用 --level 层级=文件，层级可为 {'、'.join(LEVELS)}",
        )


def _preferred(level: str) -> tuple[str, ...]:
    return (level, f"areas_{level}")


def _columns(read: LayerRead, level: str, fields: Mapping[str, Fields]) -> LayerColumns:
    """Take the columns named for a level; a column named for all levels counts where the layer has it."""
    given: dict[str, str] = {}
    for role, wanted in fields.items():
        column = wanted.get(level, wanted.get("")) if isinstance(wanted, Mapping) else wanted
        if column:
            given[role] = column
    return guess_columns(read.table, layer=f"{read.path.name}::{read.layer}", level=level, given=given)


def _areas(
    reads: Mapping[str, LayerRead], columns: Mapping[str, LayerColumns]
) -> tuple[dict[str, gpd.GeoDataFrame], pd.DataFrame, CodeSystem]:
    """Mend all layers and tie them together."""
    system = guess_system(pd.concat([normalise(read.table[columns[level].code]) for level, read in reads.items()]))
    mended = {
        level: mend_layer(read.table, level=level, columns=columns[level], system=system)
        for level, read in reads.items()
    }
    layers, parents = derive_parents({level: part.table for level, part in mended.items()}, system=system)
    report = pd.concat([*(part.report for part in mended.values()), parents], ignore_index=True)
    return layers, report, system


def _barriers(
    barrier: str | Path | Sequence[str | Path] | None, crs: str | None, encoding: str | None
) -> tuple[gpd.GeoDataFrame, dict[str, LayerRead]]:
    """Read and join line layers."""
    sources = [] if barrier is None else [barrier] if isinstance(barrier, str | Path) else list(barrier)
    reads = {
        f"barriers {number}": read_layer(source, kind="line", prefer=("barriers",), crs=crs, encoding=encoding)
        for number, source in enumerate(sources, start=1)
    }
    tables = [mend_barriers(read.table) for read in reads.values()]
    return (pd.concat(tables, ignore_index=True) if tables else empty_barriers()), reads


def _reference(reference: str | Path, level: str, encoding: str | None) -> gpd.GeoDataFrame:
    """Read the reference: polygons, else lines; of a basemap or a workspace the level compared, else its finest."""
    prefer = [name for wanted in (level, *reversed(LEVELS)) for name in _preferred(wanted)]
    try:
        return read_layer(reference, prefer=prefer, encoding=encoding).table
    except SchemaError:
        return read_layer(reference, kind="line", encoding=encoding).table


def _info(
    out: Path,
    levels: Mapping[str, str | Path],
    layers: Mapping[str, gpd.GeoDataFrame],
    system: CodeSystem,
    code_year: int | None,
    accuracy_m: float | Mapping[str, float] | None,
    *,
    nested: bool,
) -> BasemapInfo:
    """Say what is known about the new basemap."""
    top = next(iter(layers.values()))[CODE]
    files = ", ".join(dict.fromkeys(split_layer(source)[0].name for source in levels.values()))
    accuracy = dict.fromkeys(layers, accuracy_m) if isinstance(accuracy_m, int | float) else dict(accuracy_m or {})
    if "" in accuracy:
        rest = accuracy.pop("")
        accuracy = {**dict.fromkeys(layers, rest), **accuracy}
    return BasemapInfo(
        name=out.stem,
        title=Text(out.stem, out.stem),
        root=str(top.iloc[0]) if len(top) == 1 else "",
        source=Text(files, files),
        code_system=system,
        code_year=code_year,
        accuracy_m={level: float(value) for level, value in accuracy.items() if value is not None},
        nested=nested,
    )


def _reading(reads: Mapping[str, LayerRead]) -> pd.DataFrame:
    """Join what was wrong with records of all layers."""
    parts = [read.report.assign(level=level) for level, read in reads.items()]
    joined = pd.concat(parts, ignore_index=True)
    return joined[["level", "layer", "record", "what", "detail"]]
