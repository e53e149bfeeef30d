"""A font for the picture that has Chinese characters."""

from __future__ import annotations

import re
from collections.abc import Iterable  # noqa: TC003 - read by doctest
from pathlib import Path
from typing import Final

from matplotlib import font_manager

from geocensus.errors import DataNotFoundError

__all__ = ["cjk_family", "families"]

# Clear on screen and print, simplified and traditional; the first one installed is used.
FAMILIES: Final = (
    "Noto Sans CJK SC",
    "Noto Sans CJK TC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "SimHei",
    "SimSun",
    "Arial Unicode MS",
)
_FILES: Final = re.compile(
    r"(notosans.*(cjk|sc)|sourcehansans|wqy-(micro|zen)hei|msyh|simhei|simsun|pingfang|droidsansfallback)",
    re.IGNORECASE,
)
_CJK: Final = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


def families(texts: Iterable[str]) -> list[str]:
    """Return font families for some texts, best first.

    Parameters
    ----------
    texts : iterable of str
        What will be written.

    Returns
    -------
    list of str
        A Chinese family first where any text has Chinese characters; matplotlib's own family always.

    Raises
    ------
    DataNotFoundError
        When a text is Chinese and no Chinese font is installed.

    Examples
    --------
    >>> families(["Legend", "10 km"])
    ['DejaVu Sans']
    """
    return [cjk_family(), "DejaVu Sans"] if any(_CJK.search(text) for text in texts) else ["DejaVu Sans"]


def cjk_family() -> str:
    """Return the name of an installed font family with Chinese characters.

    Returns
    -------
    str
        The family's name for matplotlib.

    Raises
    ------
    DataNotFoundError
        When there is none.
    """
    if found := _installed():
        return found
    for path in sorted(font_manager.findSystemFonts()):  # installed after matplotlib listed the fonts
        if _FILES.search(Path(path).name):
            font_manager.fontManager.addfont(path)
    if found := _installed():
        return found
    raise DataNotFoundError(
        "No font with Chinese characters is installed: run `apt-get install fonts-wqy-microhei` (or install "
        "Noto Sans CJK) and try again.",
        "系统没有中文字体：请运行 apt-get install fonts-wqy-microhei（或安装 Noto Sans CJK / 思源黑体）后重试。",
    )


def _installed() -> str | None:
    known = {font.name for font in font_manager.fontManager.ttflist}
    return next((family for family in FAMILIES if family in known), None)
