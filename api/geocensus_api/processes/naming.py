"""Names of uploaded files: safe on any disk, and as their person wrote them."""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

from geocensus_api.errors import ProblemError
from geocensus_api.processes.contents import ENDINGS

__all__ = ["cleaned"]

_RESERVED: Final = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{i}" for port in ("COM", "LPT") for i in range(10))}
)
_TITLE_MAX: Final = 200
_STEM_MAX: Final = 60


def cleaned(name: str) -> tuple[str, str]:
    r"""Return a name that is safe on any disk, and the title for people.

    Parameters
    ----------
    name
        As the client gave it.

    Returns
    -------
    tuple
        ASCII letters, digits, "-" and "_" with the ending; the last part of the given name without control signs.

    Raises
    ------
    ProblemError
        400 where nothing is left, 415 for an ending that no list has.

    Examples
    --------
    >>> cleaned("../../etc/污染源 名单.XLSX")
    ('list.xlsx', '污染源 名单.XLSX')
    >>> cleaned("C:\\temp\\con.csv")
    ('list-con.csv', 'con.csv')
    """
    normal = unicodedata.normalize("NFC", name)
    last = "".join(sign for sign in re.split(r"[/\\]", normal)[-1] if sign.isprintable()).strip(" .")
    if not last:
        raise ProblemError(
            400, "name: give the name of the file, such as list.xlsx", "name：请给出文件名，如 list.xlsx"
        )
    ending = PurePosixPath(last).suffix.lower()
    if ending not in ENDINGS:
        known = ", ".join(ENDINGS)
        raise ProblemError(415, f"name: the ending must be one of {known}", f"name：文件后缀应为 {known} 之一")
    stem = last[: -len(ending)]
    plain = re.sub(r"[^0-9A-Za-z_-]+", "-", stem).strip("-")[:_STEM_MAX] if stem.isascii() else ""
    plain = f"list-{plain}" if plain.upper() in _RESERVED else plain
    title = last if len(last) <= _TITLE_MAX else last[: _TITLE_MAX - len(ending)] + ending
    return f"{plain or 'list'}{ending}", title
