"""Scripts and styles of the page, read from installed packages and inlined: nothing is ever fetched."""

from __future__ import annotations

import base64
import re
from functools import cache
from importlib import metadata, resources
from pathlib import Path

from geocensus.errors import DataNotFoundError

__all__ = ["leaflet", "own_script", "own_style", "static_text"]

_PACKAGE = "XStatic-Leaflet"
_SCRIPTS = (
    "data.js",
    "areas.js",
    "symbols.js",
    "repairs.js",
    "overlay.js",
    "details.js",
    "search.js",
    "lists.js",
    "panel.js",
    "main.js",
)


@cache
def leaflet() -> tuple[str, str]:
    """Return Leaflet's script and style sheet, without any reference to another file.

    Returns
    -------
    tuple of str
        JavaScript and CSS; images of the style sheet are inlined as data addresses.

    Raises
    ------
    DataNotFoundError
        When the package XStatic-Leaflet is not installed or lacks a file.

    Examples
    --------
    >>> script, style = leaflet()
    >>> "sourceMappingURL" in script, "url(images" in style
    (False, False)
    """
    script = re.sub(r"//# sourceMappingURL=\S*", "", _packaged("leaflet.js").read_text(encoding="utf-8"))
    style = _packaged("leaflet.css").read_text(encoding="utf-8")
    style = re.sub(r"behavior:\s*url\([^)]*\);", "", style)  # VML, for browsers that no longer exist
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)  # comments with addresses; the licence is in the script
    return script, re.sub(r"url\((images/[\w.-]+)\)", _inline_image, style)


def own_script() -> str:
    """Return the page's own script, all parts in one scope.

    Returns
    -------
    str
        JavaScript.
    """
    parts = "\n".join(static_text(name) for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();'


def own_style() -> str:
    """Return the page's own style sheet.

    Returns
    -------
    str
        CSS.
    """
    return static_text("page.css")


def static_text(name: str) -> str:
    """Return one of the page's own files.

    Parameters
    ----------
    name : str
        Its name in the folder ``static``.

    Returns
    -------
    str
        Its text.
    """
    return (resources.files(__package__) / "static" / name).read_text(encoding="utf-8")


def _packaged(ending: str) -> Path:
    try:
        files = metadata.files(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:  # a dozen names
        if file.as_posix().endswith(f"leaflet/data/{ending}") and (path := Path(str(file.locate()))).is_file():
            return path
    raise DataNotFoundError(
        f"The map script {ending} of Leaflet is not installed: run `pip install XStatic-Leaflet` and try again.",
        f"未找到地图脚本 Leaflet 的文件 {ending}：请运行 pip install XStatic-Leaflet 后重试。",
    )


def _inline_image(match: re.Match[str]) -> str:
    image = base64.b64encode(_packaged(match[1]).read_bytes()).decode("ascii")
    return f"url(data:image/png;base64,{image})"
