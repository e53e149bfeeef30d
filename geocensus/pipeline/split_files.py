"""Where the files of a split go, and writing them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geocensus.errors import SchemaError, WorkspaceError
from geocensus.files import atomic_path
from geocensus.io import write_field_zones, write_labels, write_plan_book
from geocensus.model import Text
from geocensus.workspace import is_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from geocensus.io import Sheet
    from geocensus.maps import PlanDrawing

__all__ = ["Targets", "Written", "plan_name", "require_writable", "targets_of", "write_files"]

_SUFFIXES: Final = (".csv", ".xlsx", ".gpkg", ".html", ".png")
_NOT_IN_NAMES: Final = frozenset('\\/:*?"<>|')
_RESERVED: Final = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{i}" for port in ("COM", "LPT") for i in range(1, 10))}
)
_LONGEST: Final = 60  # 180 bytes where Chinese, so that file systems take the longest file name made of it


@dataclass(frozen=True)
class Targets:
    """Files of a plan; only the labels are always written."""

    labels: Path
    book: Path | None = None
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
        files = (self.labels, self.book, self.page, self.picture, self.layers)
        return tuple(path for path in files if path is not None)


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
    unfit = not name or name[0] == "." or name[-1] == "." or len(name) > _LONGEST or name.upper() in _RESERVED
    if unfit or any(letter in _NOT_IN_NAMES or not letter.isprintable() for letter in name):
        raise SchemaError(
            f"--name {given!r}: a plan's name is part of file names: up to {_LONGEST} characters, none of "
            f"{' '.join(sorted(_NOT_IN_NAMES))}, no dot at either end, and no device of Windows such as CON",
            f"--name {given!r}：方案名会用于文件名："
            f"不超过 {_LONGEST} 个字符，不得含 {' '.join(sorted(_NOT_IN_NAMES))}，首尾不得为点，"
            "也不得为 CON 等系统保留名",
        )
    return name


def targets_of(out: str | Path | None, name: str, *, inputs: Iterable[Path] = (), book: bool = False) -> Targets:
    """Decide where a plan's files go.

    Parameters
    ----------
    out : str or Path or None
        A file ending in .csv, .xlsx, .gpkg, .html or .png; or a folder, which gets all of them; None for the labels
        alone, in the current folder.
    name : str
        Name of the plan.
    inputs : Iterable of Path
        Files in use: never overwritten.
    book : bool
        Whether a workbook is written in any case, beside the labels where no other place is named.

    Returns
    -------
    Targets
        The files.

    Raises
    ------
    SchemaError
        Another ending, a file that is in use, or a workspace.
    WorkspaceError
        A place where no file can be made.

    Examples
    --------
    >>> targets_of("plans/a.csv", "a").written
    (PosixPath('plans/a.csv'),)
    >>> [path.name for path in targets_of("plans", "a").written]
    ['a-labels.csv', 'a.xlsx', 'a.html', 'a.png', 'a.gpkg']
    """
    targets = _targets(out, name)
    if book and targets.book is None:
        targets = replace(targets, book=targets.labels.with_name(f"{name}.xlsx"))
    for path in targets.written:
        if any(given.exists() and path.exists() and path.samefile(given) for given in inputs):
            raise SchemaError(
                f"{path} is in use by this split and is not overwritten; name another with --out",
                f"{path} 是本次划分使用的文件，不会覆盖；请用 --out 另指定文件",
            )
        require_writable(path)
    if targets.layers is not None and targets.layers.exists() and is_workspace(targets.layers):
        raise SchemaError(
            f"{targets.layers} is a workspace and is not overwritten by a plan: name another file with --out, or write "
            "the plan into it with --workspace",
            f"{targets.layers} 是工作区，不会被方案覆盖；请用 --out 另指定文件，或用 --workspace 把方案写入其中",
        )
    return targets


def require_writable(path: Path) -> None:
    """Refuse a place where no file can be made, before the workspace is changed.

    Parameters
    ----------
    path : Path
        The file to be written; folders on the way to it may be missing.

    Raises
    ------
    WorkspaceError
        It is a folder, or lies in no folder, or in one that is read-only.
    """
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if path.is_dir():
        why = Text("该名称是文件夹", "that is a folder")
    elif not folder.is_dir():
        why = Text(f"{folder} 不是文件夹", f"{folder} is no folder")
    elif not os.access(folder, os.W_OK | os.X_OK):
        why = Text(f"{folder} 为只读", f"{folder} is read-only")
    else:
        return
    raise WorkspaceError(
        f"{path}: cannot be written, {why.en}; name another place with --out",
        f"{path}：无法写入，{why.zh}；请用 --out 另指定位置",
    )


def _targets(out: str | Path | None, name: str) -> Targets:
    labels = f"{name}-labels.csv"
    if out is None:
        return Targets(Path(labels))
    out = Path(out)
    if out.is_dir() or not out.suffix:
        return Targets(out / labels, *(out / f"{name}{suffix}" for suffix in _SUFFIXES[1:]))
    suffix = out.suffix.lower()
    if suffix not in _SUFFIXES:
        raise SchemaError(
            f"--out {out.name}: a folder, or a file ending in {', '.join(_SUFFIXES)}",
            f"--out {out.name}：应为文件夹，或以 {'、'.join(_SUFFIXES)} 结尾的文件",
        )
    if suffix == ".csv":
        return Targets(out)
    role = {".xlsx": "book", ".gpkg": "layers", ".html": "page", ".png": "picture"}[suffix]
    return Targets(out.with_name(labels), **{role: out})


@dataclass(frozen=True, eq=False)
class Written:
    """What the files of a plan hold.

    Attributes
    ----------
    labels : Series
        Field zone of each unit, index code.
    drawing : PlanDrawing
        For page, picture and the GeoPackage's layers of field zones and units.
    sheets : sequence of Sheet
        For the workbook.
    more : Mapping of str to DataFrame
        Further layers and tables of the GeoPackage.
    """

    labels: pd.Series
    drawing: PlanDrawing
    sheets: Sequence[Sheet] = ()
    more: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def write_files(targets: Targets, written: Written, *, lang: str) -> None:
    """Write the files of a plan, each whole or not at all.

    Parameters
    ----------
    targets : Targets
        Where.
    written : Written
        What.
    lang : str
        "zh" or "en".

    Raises
    ------
    WorkspaceError
        A file cannot be written.
    """
    write_labels(targets.labels, written.labels)
    if targets.book is not None:
        write_plan_book(targets.book, written.sheets)
    if targets.layers is not None:
        write_field_zones(targets.layers, written.drawing.field_zones, written.drawing.units, more=written.more)
    if targets.page is not None or targets.picture is not None:
        _draw(targets, written.drawing, lang)


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
