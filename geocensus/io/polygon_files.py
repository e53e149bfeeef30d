"""A basemap out of any polygon file: levels and columns are guessed, and every guess is a note."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from geocensus.basemap import (
    MENDED_TEXTS,
    Basemap,
    LayerColumns,
    derive_parents,
    guess_columns,
    guess_level,
    guess_system,
    mend_layer,
    suspect_shift,
)
from geocensus.divisions import normalise
from geocensus.errors import SchemaError
from geocensus.files import sha256
from geocensus.io.layers import READING_TEXTS, LayerRead, layer_kinds, read_layer, split_layer
from geocensus.model import BasemapInfo, CodeSystem, Text

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["basemap_from_polygons"]

_AREAL = ("Polygon", "MultiPolygon", "Unknown", "GeometryCollection", "3D", "2.5D")
_NOT_LEVELS = frozenset({"barriers", "zones", "field_zones", "topology_issues"})


def basemap_from_polygons(source: str, *, crs: str | None = None) -> Basemap:
    """Open any polygon file as a basemap.

    Parameters
    ----------
    source : str
        FILE or FILE::LAYER; without a layer, every polygon layer of the file becomes a level.
    crs : str, optional
        Reference system to use instead of the file's.

    Returns
    -------
    Basemap
        With notes on what was guessed, mended and suspected; accuracy is unstated, and several levels count as not
        nested (building a basemap examines that).

    Raises
    ------
    SchemaError
        There is no polygon layer, no column looks like a code, or two layers are of one level.
    DataNotFoundError, UnreadableError, CRSMismatchError
        As :func:`geocensus.io.read_layer`.
    """
    path, layer = split_layer(source)
    chosen = [layer] if layer else _polygon_layers(source)
    reads = [read_layer(f"{path}::{name}", crs=crs) for name in chosen]
    notes = [note for read in reads for note in _reading_notes(read)]
    guessed = [_guess(read) for read in reads]
    system = guess_system(pd.concat([normalise(r.table[g[1].code]) for r, g in zip(reads, guessed, strict=True)]))
    layers: dict[str, gpd.GeoDataFrame] = {}
    reports = []
    for read, (level, columns, said) in zip(reads, guessed, strict=True):
        if level in layers:
            raise _twice(level, path.name, chosen)
        mended = mend_layer(read.table, level=level, columns=columns, system=system)
        layers[level] = mended.table
        reports.append(mended.report)
        notes += said
    layers, parent_report = derive_parents(layers, system=system)
    notes += _mended_notes(pd.concat([*reports, parent_report], ignore_index=True))
    suspicion = suspect_shift(next(iter(layers.values())), columns=[c for read in reads for c in read.table.columns])
    if suspicion.system != "unknown":
        notes.append(suspicion.text)
    # whether levels nest is not examined here: it takes long on a large file, and locating level by level is as exact
    return Basemap(_info(source, system, nested=len(layers) == 1, digest=sha256(path)), layers, notes=tuple(notes))


def _polygon_layers(source: str) -> list[str]:
    """Return the layers that may hold polygons."""
    path, _ = split_layer(source)
    kinds = layer_kinds(path)
    areal = [name for name, kind in kinds.items() if kind is not None and any(word in kind for word in _AREAL)]
    areal = [name for name in areal if name not in _NOT_LEVELS and "Line" not in str(kinds[name])]
    areal = [name for name in areal if "Point" not in str(kinds[name])]
    if not areal:
        listed = ", ".join(f"{name} ({kind})" for name, kind in kinds.items()) or "(none)"
        raise SchemaError(
            f"{path.name}: no layer of polygons; it has {listed}", f"{path.name}：没有面图层；现有图层：{listed}"
        )
    return areal


def _guess(read: LayerRead) -> tuple[str, LayerColumns, tuple[Text, ...]]:
    """Guess level and columns; a second look at the columns knows the level."""
    first = guess_columns(read.table, layer=read.layer)
    level, how = guess_level(normalise(read.table[first.code]), names=(read.layer, read.path.stem))
    columns = guess_columns(read.table, layer=read.layer, level=level)
    return level, columns, (how, *columns.notes)


def _reading_notes(read: LayerRead) -> list[Text]:
    """Say what could not be read, by kind."""
    counts = Counter(read.report["what"])
    return [
        Text(
            f"图层 {read.layer}：{READING_TEXTS[what].zh}（{count} 条记录）",
            f"layer {read.layer}: {READING_TEXTS[what].en} ({count} records)",
        )
        for what, count in sorted(counts.items())
    ]


def _mended_notes(report: pd.DataFrame) -> list[Text]:
    """Say what was mended, by layer and kind."""
    counted = report["after"].str.extract(r"^(\d+) areas$", expand=False)  # rows that sum up many areas
    numbers = pd.to_numeric(counted).fillna(1).astype("int64")
    totals = numbers.groupby([report["layer"], report["what"]], sort=True).sum().reset_index(name="n")
    return [
        Text(
            f"图层 {layer}：{MENDED_TEXTS[what].zh}（{number} 个区域）",
            f"layer {layer}: {MENDED_TEXTS[what].en} ({number} areas)",
        )
        for layer, what, number in zip(totals["layer"], totals["what"], totals["n"], strict=True)
    ]


def _twice(level: str, file: str, chosen: list[str]) -> SchemaError:
    listed = ", ".join(chosen)
    return SchemaError(
        f"{file}: two layers are of level {level} (layers: {listed}); name one as {file}::LAYER, "
        "or call the layers by their levels",
        f"{file}：有两个图层同为 {level} 层级（图层：{listed}）；请写成 {file}::图层名，或以层级命名图层",
    )


def _info(source: str, system: CodeSystem, *, nested: bool, digest: str) -> BasemapInfo:
    path, layer = split_layer(source)
    name = path.stem if layer is None else f"{path.stem}::{layer}"
    return BasemapInfo(
        name=name,
        title=Text(name, name),
        code_system=system,
        nested=nested,
        sha256=digest,
        source=Text(path.name, path.name),
    )
