"""Results beside the user's own columns, for Excel, as CSV or Parquet."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xlsxwriter

from geocensus import names as n
from geocensus.checks import LEVEL_TITLES, RULES
from geocensus.checks.labels import labels_in_words
from geocensus.errors import SchemaError, WorkspaceError
from geocensus.files import atomic_path
from geocensus.io.result_judgement import (
    JUDGED_TITLES,
    decided_messages,
    judged_columns,
    repairs_in_words,
    shifts_in_words,
)
from geocensus.io.setaside import REASONS
from geocensus.io.workbook import SHEET_COLUMNS, write_workbook
from geocensus.model import Severity, Status, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["RESULT_SUFFIXES", "judged_sheets", "require_writable", "result_table", "write_result", "written_result"]

RESULT_SUFFIXES = (".xlsx", ".csv", ".parquet")
_STATES = {
    "located": Text("已定位", "located"),
    "unlocated": Text("未定位", "unlocated"),
    "excluded": Text("剔除", "excluded"),
}
_SEVERITIES = {
    Severity.ERROR: Text("错误", "error"),
    Severity.WARNING: Text("警告", "warning"),
    Severity.INFO: Text("提示", "note"),
}
_STATUSES = {
    Status.OK: Text("通过", "ok"),
    Status.NEAR_BORDER: Text("边界附近", "near border"),
    Status.FLAGGED: Text("有疑点", "flagged"),
    Status.NOT_TESTED: Text("未检验", "not tested"),
}


def result_table(
    sources: pd.DataFrame,
    flags: pd.DataFrame,
    levels: Sequence[str],
    *,
    causes: pd.DataFrame | None = None,
    repairs: pd.DataFrame | None = None,
    lang: str = "zh",
    words: bool = True,
) -> pd.DataFrame:
    """Put the result beside the user's own columns, one row per row read.

    Parameters
    ----------
    sources : DataFrame
        Judged sources.
    flags : DataFrame
        Their flags; the messages become the reasons.
    levels : Sequence of str
        Levels of the basemap.
    causes, repairs : DataFrame, optional
        Of the check; then the first cause and the offered repair of each row are told, too.
    lang : str
        "zh" or "en", for headers and words.
    words : bool
        False for programs: column names and values are geocensus' own, the same in every language.

    Returns
    -------
    DataFrame
        The user's columns untouched under their own headers, then the result.
    """
    own = sources.filter(regex=f"^{n.RAW_PREFIX}").rename(columns=lambda name: name.removeprefix(n.RAW_PREFIX))
    titles = _titles(levels)
    table = sources[[name for name in titles if name != "reasons"]].copy()
    for name in (n.DISTANCE_M, n.TOLERANCE_M):
        table[name] = table[name].round(1)
    table["reasons"] = _reasons(sources, flags, lang)
    if causes is not None and repairs is not None:
        titles |= JUDGED_TITLES
        table = pd.concat([table, judged_columns(sources, causes, repairs, lang=lang, words=words)], axis=1)
    if words:
        table[n.STATE] = _words(table[n.STATE], _STATES, lang)
        table[n.STATUS] = _words(table[n.STATUS], _STATUSES, lang)
        for name in (n.ON_BORDER, "near_border"):
            table[name] = np.where(table[name], Text("是", "yes").get(lang), "")
    names = [titles[name].get(lang) if words else name for name in table.columns]
    return pd.concat([own, table.set_axis(_free_names(names, set(own.columns)), axis=1)], axis=1)


def _titles(levels: Sequence[str]) -> dict[str, Text]:
    """Columns of the result, in order."""
    located: dict[str, Text] = {}
    for level in levels:
        title = LEVEL_TITLES[level]
        located[f"code_{level}"] = Text(f"定位{title.zh}代码", f"located {title.en} code")
        located[f"name_{level}"] = Text(f"定位{title.zh}", f"located {title.en}")
    return {
        n.SOURCE_ID: Text("对象标识", "source_id"),
        n.STATE: Text("定位状态", "state"),
        **located,
        n.LON: Text("十进制经度", "longitude, degrees"),
        n.LAT: Text("十进制纬度", "latitude, degrees"),
        "claimed_area_code": Text("填报区划代码（核对用）", "claimed code as compared"),
        n.DISTANCE_M: Text(
            "距最细一级填报区划（米，界内为负）", "distance to the finest claimed area, m (negative inside)"
        ),
        n.TOLERANCE_M: Text("容差（米）", "tolerance, m"),
        n.ON_BORDER: Text("在界线上", "on border"),
        "near_border": Text("边界附近", "near border"),
        n.STATUS: Text("核查结果", "status"),
        "reasons": Text("疑点说明", "reasons"),
    }


def _free_names(names: Sequence[str], taken: set[str]) -> list[str]:
    """Mark the names that the user's columns have already, as when a result is checked again."""
    free = []
    for name in names:
        number = 1
        chosen = name
        while chosen in taken:
            chosen = f"{name} (geocensus)" if number == 1 else f"{name} (geocensus {number})"
            number += 1
        free.append(chosen)
    return free


def write_result(
    path: Path,
    table: pd.DataFrame,
    notes: Mapping[str, str],
    flags: pd.DataFrame | None = None,
    *,
    sheets: Mapping[Text, pd.DataFrame] | None = None,
    lang: str = "zh",
) -> None:
    """Write the result; a file that is there is replaced only once the new one is complete.

    Parameters
    ----------
    path : Path
        .xlsx, .csv (UTF-8 with byte order mark, as Excel wants it) or .parquet.
    table : DataFrame
        From :func:`result_table`.
    notes : Mapping
        What a workbook's second sheet says: row sum, basemap, CRS and so on.
    flags : DataFrame, optional
        Flags for a workbook's sheet of flags.
    sheets : Mapping of Text to DataFrame, optional
        Further sheets of a workbook, such as :func:`judged_sheets` makes; the other kinds of file leave them out.
    lang : str
        "zh" or "en", for the names of sheets.

    Raises
    ------
    SchemaError
        Another ending, or more columns than a sheet holds.
    WorkspaceError
        The file is open elsewhere, the folder read-only or the disk full.
    """
    with written_result(path, table, notes, flags, sheets=sheets, lang=lang):
        pass


@contextmanager
def written_result(
    path: Path,
    table: pd.DataFrame,
    notes: Mapping[str, str],
    flags: pd.DataFrame | None = None,
    *,
    sheets: Mapping[Text, pd.DataFrame] | None = None,
    lang: str = "zh",
) -> Iterator[None]:
    """Write the result beside its place, run the block, and only then move it there.

    Parameters
    ----------
    path, table, notes, flags, sheets, lang
        As for :func:`write_result`.

    Yields
    ------
    None
        The result is complete, under another name; it is dropped when the block fails.

    Raises
    ------
    SchemaError, WorkspaceError
        As for :func:`write_result`.
    """
    require_writable(path, table.shape[1])
    try:
        with atomic_path(path) as temporary:
            told = {} if flags is None else {Text("疑点", "flags"): _flags_in_words(flags, lang)}
            _write_file(temporary, table, notes, {**told, **(sheets or {})}, lang)
            yield
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        raise _unwritable(path, error) from error


def require_writable(path: Path, columns: int = 0) -> None:
    """Refuse a result file that cannot be written, before the work is done.

    Parameters
    ----------
    path : Path
        The result file.
    columns : int
        How many columns it shall hold.

    Raises
    ------
    SchemaError
        Another ending than RESULT_SUFFIXES, or more columns than a sheet holds.
    WorkspaceError
        The file is there and held by another program, or read-only, or a folder.
    """
    if path.suffix.lower() not in RESULT_SUFFIXES:
        known = ", ".join(RESULT_SUFFIXES)
        raise SchemaError(
            f"--out {path.name}: the ending must be one of {known}", f"--out {path.name}：文件后缀应为 {known}"
        )
    if columns > SHEET_COLUMNS and path.suffix.lower() == ".xlsx":
        raise SchemaError(
            f"--out {path.name}: {columns} columns, a sheet holds {SHEET_COLUMNS}; give .csv or .parquet",
            f"--out {path.name}：共 {columns} 列，超过工作表上限 {SHEET_COLUMNS} 列；请改用 .csv 或 .parquet",
        )
    if path.exists():
        try:
            with path.open("r+b"):
                pass
        except OSError as error:
            raise _unwritable(path, error) from error


def _unwritable(path: Path, error: Exception) -> WorkspaceError:
    return WorkspaceError(
        f"{path}: cannot be written ({error}). Close it in Excel, and check the folder and the free space.",
        f"{path}：无法写入（{error}）。请先在 Excel 中关闭该文件，并检查文件夹权限和磁盘空间。",
    )


def _write_file(
    path: Path, table: pd.DataFrame, notes: Mapping[str, str], sheets: Mapping[Text, pd.DataFrame], lang: str
) -> None:
    if path.suffix.lower() == ".parquet":
        mixed = [header for header in table.columns if table[header].dtype == object]
        table.astype(dict.fromkeys(mixed, "str")).to_parquet(path, index=False)
    elif path.suffix.lower() == ".csv":
        table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n", errors="replace")
    else:
        write_workbook(path, table, notes, sheets, lang)


def _words(values: pd.Series, words: Mapping[Any, Text], lang: str) -> pd.Series:
    return values.map({str(key): text.get(lang) for key, text in words.items()}).astype("str").fillna("")


def _reasons(sources: pd.DataFrame, flags: pd.DataFrame, lang: str) -> pd.Series:
    said = decided_messages(flags, lang).groupby(flags[n.SOURCE_ID], sort=False)
    reasons = said.agg("；".join if lang == "zh" else "; ".join)
    said = sources[n.SOURCE_ID].map(reasons).astype("str").fillna("")
    return said.where(sources[n.EXCLUDED_REASON].isna(), _words(sources[n.EXCLUDED_REASON], REASONS, lang))


def judged_sheets(
    sources: pd.DataFrame, repairs: pd.DataFrame, shifts: pd.DataFrame, *, lang: str = "zh"
) -> dict[Text, pd.DataFrame]:
    """Return the sheets of repairs and of shifts.

    Parameters
    ----------
    sources, repairs, shifts : DataFrame
        Of a check.
    lang : str
        "zh" or "en".

    Returns
    -------
    dict of Text to DataFrame
        Title to content, for :func:`write_result`.
    """
    return {
        Text("修正建议", "repairs"): repairs_in_words(repairs, sources, lang),
        Text("坐标偏移", "shifts"): shifts_in_words(shifts, lang),
    }


def _flags_in_words(flags: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the flags as a person reads them, one row each."""
    titles = {rule.code: rule.title.get(lang) for rule in RULES}
    columns = {
        Text("对象标识", "source_id"): flags[n.SOURCE_ID],
        Text("批次", "group"): labels_in_words(flags[n.GROUP], lang),
        Text("疑点", "flag"): flags[n.RULE].map(titles).astype("str"),
        Text("等级", "severity"): _words(flags[n.SEVERITY], _SEVERITIES, lang),
        Text("层级", "level"): _words(flags[n.LEVEL], LEVEL_TITLES, lang),
        Text("说明", "message"): decided_messages(flags, lang),
        Text("规则代码", "rule"): flags[n.RULE],
        Text("疑点编号", "flag_id"): flags[n.FLAG_ID],
    }
    return pd.DataFrame({title.get(lang): values for title, values in columns.items()})
