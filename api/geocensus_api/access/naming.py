"""Names of people: any script, and no two that look the same."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from geocensus.errors import SchemaError
from geocensus_api.access.principal import ROLES

__all__ = ["ADMIN", "check_person", "name_key", "same_form"]

ADMIN: Final = "admin"  # the administrator of everything
_NAME: Final = 60
_DAYS: Final = 3_660


def same_form(name: str) -> str:
    """Return a name in the form in which it is kept.

    Parameters
    ----------
    name
        As it came.

    Returns
    -------
    str
        Composed (NFC), without blanks around it.

    Examples
    --------
    >>> same_form(" 王工 ")
    '王工'
    """
    return unicodedata.normalize("NFC", name).strip()


def name_key(name: str) -> str:
    """Return what names that look alike have in common.

    Parameters
    ----------
    name
        As it came.

    Returns
    -------
    str
        Without widths and cases (NFKC, case folded).

    Examples
    --------
    >>> name_key("Ａdmin")
    'admin'
    """
    return unicodedata.normalize("NFKC", same_form(name)).casefold()


def check_person(name: str, role: str, scope: Sequence[str] | None, days: int | None) -> None:
    """Refuse what no person can have.

    Parameters
    ----------
    name
        In the form in which it is kept.
    role
        One of ROLES.
    scope
        Codes of areas; None for everything.
    days
        After how many a token ends; None for never.

    Raises
    ------
    SchemaError
        With what would be right.
    """
    if not 0 < len(name) <= _NAME or not name.isprintable() or "/" in name or name in {".", ".."}:
        raise SchemaError(
            f"a name has 1 to {_NAME} characters, without / and line breaks: {name[:_NAME]!r}",
            f"用户名应为 1 至 {_NAME} 个字符，不含斜杠和换行：{name[:_NAME]!r}",
        )
    if role not in ROLES:
        known = ", ".join(ROLES)
        raise SchemaError(f"no role {role!r}; there are: {known}", f"没有角色 {role}，可选：{known}")
    if name_key(name) == ADMIN and (role != ADMIN or scope is not None):
        raise SchemaError(
            "the name admin belongs to the administrator of everything: choose another name",
            "admin 专用于管理全部区划的管理员，请换一个用户名",
        )
    if scope is not None and not scope:
        raise SchemaError("the scope is empty: give codes of areas, or all", "范围为空：请给出区划代码，或 all")
    if days is not None and not 1 <= days <= _DAYS:
        raise SchemaError(f"days: 1 to {_DAYS}, not {days}", f"有效天数应为 1 至 {_DAYS}，而非 {days}")
