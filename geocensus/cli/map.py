"""The command `geocensus map`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from geocensus.cli.console import out as stdout
from geocensus.cli.language import LangOption, default_language, t

__all__ = ["draw"]


def draw(
    workspace: Annotated[Path, typer.Argument(metavar="WS.gpkg", help=t("工作区文件", "workspace"))],
    out: Annotated[
        Path,
        typer.Option(metavar="FILE.html|FILE.png", help=t("地图文件，.html 或 .png", "page .html or picture .png")),
    ],
    *,
    public: Annotated[
        bool,
        typer.Option(
            "--public",
            help=t("公开版：只按村计数，不含名称、电话和精确坐标", "counts by village: no names, no phones, no points"),
        ),
    ] = False,
    lang: LangOption = None,
) -> None:
    """Draw a workspace as one map page that works without internet, or as a picture."""
    from geocensus.pipeline.draw import draw_map  # noqa: PLC0415 - help needs no pandas

    path = draw_map(workspace, out, public=public, lang=lang or default_language())
    stdout().print(f"{t('地图', 'map')}: {path}", markup=False)
