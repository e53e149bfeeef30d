"""Draw a workspace: a map page or a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from geocensus.checks import RULES
from geocensus.errors import SchemaError, WorkspaceError
from geocensus.files import atomic_path
from geocensus.maps import map_page, overview_png, save_picture
from geocensus.model import Text
from geocensus.workspace import Workspace, read_only
from geocensus.workspace.read import read_sources

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    import pandas as pd

    from geocensus.basemap import Basemap

__all__ = ["ReadForMap", "draw_map", "page_of", "read_for_map"]

_AMONG: Final = "source_id IN (SELECT value FROM json_each(?))"


def draw_map(workspace: str | Path, out: str | Path, *, public: bool = False, lang: str = "zh") -> Path:
    """Draw a workspace as an HTML page or a PNG picture.

    Parameters
    ----------
    workspace : str or Path
        A workspace GeoPackage.
    out : str or Path
        .html or .png.
    public : bool
        Counts by village only: no points, names, phones or texts; for a page.
    lang : str
        "zh" or "en".

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    WorkspaceError
        Not a workspace, or the file cannot be written.
    SchemaError
        Another ending, or a public picture.
    """
    out = Path(out)
    if out.suffix.lower() not in {".html", ".htm", ".png"}:
        raise SchemaError(
            f"--out {out.name}: the ending must be .html or .png", f"--out {out.name}：文件后缀应为 .html 或 .png"
        )
    picture = out.suffix.lower() == ".png"
    if picture and public:
        raise SchemaError("--public is for a page: give --out FILE.html", "--public 只用于网页：请给出 --out FILE.html")
    if not picture:
        page = page_of(workspace, public=public, lang=lang)
    try:
        with atomic_path(out) as temporary:
            if picture:
                read = read_for_map(Path(workspace))
                save_picture(overview_png(read.basemap, read.sources, read.flags, lang=lang), temporary)
            else:
                temporary.write_text(page, encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"{out}: cannot be written ({error})", f"{out}：无法写入（{error}）") from error
    return out


def page_of(workspace: str | Path, *, public: bool = False, lang: str = "zh") -> str:
    """Return the map page of a workspace.

    Parameters
    ----------
    workspace : str or Path
        A workspace GeoPackage.
    public : bool
        As for :func:`draw_map`.
    lang : str
        "zh" or "en".

    Returns
    -------
    str
        HTML that needs no other file.

    Raises
    ------
    WorkspaceError
        Not a workspace.
    """
    read = read_for_map(Path(workspace))
    title = f"{read.basemap.info.title.get(lang)} · {Text('污染源定位核查', 'pollution source locations').get(lang)}"
    rules = {rule.code: rule.title for rule in RULES}
    return map_page(
        read.basemap,
        read.sources,
        read.flags,
        title=title,
        summary=read.summary,
        lang=lang,
        public=public,
        causes=read.causes,
        repairs=read.repairs,
        rules=rules,
    )


class ReadForMap(NamedTuple):
    """What a map of sources is drawn from: basemap, all rows, flags, causes, repairs, and the summary with its time."""

    basemap: Basemap
    sources: pd.DataFrame
    flags: pd.DataFrame
    causes: pd.DataFrame
    repairs: pd.DataFrame
    summary: dict[str, Any]


def read_for_map(path: Path, sources: Collection[str] | None = None) -> ReadForMap:
    """Read what a map of sources is drawn from, all of one state.

    Parameters
    ----------
    path : Path
        A workspace GeoPackage.
    sources : Collection of str, optional
        Ids of the rows to read; all by default.

    Returns
    -------
    ReadForMap
        Rows in whatever state; all flags, causes and repairs.

    Raises
    ------
    SchemaError
        No check has been written to the workspace.
    """
    where = ("", ()) if sources is None else (_AMONG, (json.dumps(sorted(sources)),))
    with read_only(path) as connection:
        state = Workspace(path, connection=connection)
        summary = state.summary()
        if not summary:
            raise SchemaError(f"{path.name}: no check has been written to it yet", f"{path.name}：工作区还没有核查结果")
        rows, flags, basemap = read_sources(connection, where), state.read_flags(), state.read_basemap()
        judged, runs = state.read_judgement(), state.runs()
    time = str(runs["finished"].iloc[-1])
    causes, repairs = judged["causes"], judged["repairs"]
    return ReadForMap(basemap, rows, flags, causes, repairs, {**summary, "time": time})
