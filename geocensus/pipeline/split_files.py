"""Where the files of a split go, and writing them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geocensus.errors import SchemaError, WorkspaceError
from geocensus.files import atomic_path
from geocensus.io import write_field_zones, write_labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import pandas as pd

    from geocensus.maps import PlanDrawing

__all__ = ["Targets", "plan_name", "targets_of", "write_files"]

_SUFFIXES: Final = (".csv", ".gpkg", ".html", ".png")
_NOT_IN_NAMES: Final = frozenset('\\/:*?"<>|')
_LONGEST: Final = 80


@dataclass(frozen=True)
class Targets:
    """Files of a plan; only the labels are always written."""

    labels: Path
    layers: Path | None = None
    page: Path | None = None
    picture: Path | None = None

    @property
    def written(self) -> tuple[Path, ...]:
        """All files, labels first.

        Returns
        -------
        tuple of Path
            Those that are asked for.
        """
        return tuple(path for path in (self.labels, self.page, self.picture, self.layers) if path is not None)


def plan_name(given: str | None, within: Iterable[str], zones: int) -> str:
    """Return the name of a plan: the one given, else area and number of field zones.

    Parameters
    ----------
    given : str or None
        As the user wrote it.
    within : Iterable of str
        Codes of the areas that are split.
    zones : int
        Number of field zones.

    Returns
    -------
    str
        Fit to be part of a file name.

    Raises
    ------
    SchemaError
        The name given is empty, too long, or not fit for files.

    Examples
    --------
    >>> plan_name(None, ["330822"], 7), plan_name(" 秋季方案 ", [], 7)
    ('330822-7', '秋季方案')
    """
    if given is None:
        codes = list(within)
        more = f"+{len(codes) - 1}" if len(codes) > 1 else ""
        return "".join("_" if letter in _NOT_IN_NAMES else letter for letter in f"{codes[0]}{more}-{zones}")
    name = given.strip()
    unfit = not name or name.startswith(".") or len(name) > _LONGEST
    if unfit or any(letter in _NOT_IN_NAMES or not letter.isprintable() for letter in name):
        raise SchemaError(
            f"--name {given!r}: a plan's name is part of file names: up to {_LONGEST} characters, none of "
            f"{' '.join(sorted(_NOT_IN_NAMES))}, no dot in front",
            f"--name {given!r}：方案名会用于文件名："
            f"不超过 {_LONGEST} 个字符，不得含 {' '.join(sorted(_NOT_IN_NAMES))}，不得以点开头",
        )
    return name


def targets_of(out: str | Path | None, name: str, *, inputs: Iterable[Path] = ()) -> Targets:
    """Decide where a plan's files go.

    Parameters
    ----------
    out : str or Path or None
        A file ending in .csv, .gpkg, .html or .png; or a folder, which gets all of them; None for the labels alone, in
        the current folder.
    name : str
        Name of the plan.
    inputs : Iterable of Path
        Files that were read: never overwritten.

    Returns
    -------
    Targets
        The files.

    Raises
    ------
    SchemaError
        Another ending, or a file that was read.

    Examples
    --------
    >>> targets_of("plans/a.csv", "a").written
    (PosixPath('plans/a.csv'),)
    >>> [path.name for path in targets_of("plans", "a").written]
    ['a-labels.csv', 'a.html', 'a.png', 'a.gpkg']
    """
    targets = _targets(out, name)
    for path in targets.written:
        if any(given.exists() and path.exists() and path.samefile(given) for given in inputs):
            raise SchemaError(
                f"{path} was read for this split and is not overwritten; name another with --out",
                f"{path} 是本次划分读入的文件，不会覆盖；请用 --out 另指定文件",
            )
    return targets


def _targets(out: str | Path | None, name: str) -> Targets:
    labels = f"{name}-labels.csv"
    if out is None:
        return Targets(Path(labels))
    out = Path(out)
    if out.is_dir() or not out.suffix:
        return Targets(out / labels, *(out / f"{name}{suffix}" for suffix in (".gpkg", ".html", ".png")))
    suffix = out.suffix.lower()
    if suffix not in _SUFFIXES:
        raise SchemaError(
            f"--out {out.name}: a folder, or a file ending in {', '.join(_SUFFIXES)}",
            f"--out {out.name}：应为文件夹，或以 {'、'.join(_SUFFIXES)} 结尾的文件",
        )
    if suffix == ".csv":
        return Targets(out)
    role = {".gpkg": "layers", ".html": "page", ".png": "picture"}[suffix]
    return Targets(out.with_name(labels), **{role: out})


def write_files(
    targets: Targets, labels: pd.Series, drawing: PlanDrawing, *, lang: str, layers: tuple[gpd.GeoDataFrame, ...]
) -> None:
    """Write the files of a plan, each whole or not at all.

    Parameters
    ----------
    targets : Targets
        Where.
    labels : Series
        Field zone of each unit, index code.
    drawing : PlanDrawing
        For page and picture.
    lang : str
        "zh" or "en".
    layers : tuple of GeoDataFrame
        Field zones and units, for the GeoPackage.

    Raises
    ------
    WorkspaceError
        A file cannot be written.
    """
    write_labels(targets.labels, labels)
    if targets.layers is not None:
        write_field_zones(targets.layers, *layers)
    if targets.page is not None or targets.picture is not None:
        _draw(targets, drawing, lang)


def _draw(targets: Targets, drawing: PlanDrawing, lang: str) -> None:
    from geocensus.maps import plan_map, plan_png, save_picture  # noqa: PLC0415 - labels alone need no drawing

    try:
        if targets.page is not None:
            with atomic_path(targets.page) as temporary:
                temporary.write_text(plan_map(drawing, lang=lang), encoding="utf-8")
        if targets.picture is not None:
            save_picture(plan_png(drawing, lang=lang), targets.picture)
    except OSError as error:
        raise WorkspaceError(
            f"{error.filename or targets.labels.parent}: cannot be written ({error.strerror})",
            f"{error.filename or targets.labels.parent}：无法写入（{error.strerror}）",
        ) from error
