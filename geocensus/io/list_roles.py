"""What the columns of a list are, and the reference system of its coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geocensus import crs as systems
from geocensus import names as n
from geocensus.errors import CRSMismatchError, SchemaError, UnreadableError
from geocensus.io.hints import count_codes
from geocensus.io.points import POINT_LAT, POINT_LON
from geocensus.model import Text
from geocensus.schemas import COORDINATE_ROLES, guess_roles, has_pair, normalise_header

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geocensus.io.rawtable import RawParts, RawTable

__all__ = ["find_roles", "find_system", "refuse_empty"]

_SHOWN = 60  # headers that a message lists
_NAME_OR_CODE = "行政区划"  # a header of codes in some lists, of names in others


def refuse_empty(raw: RawParts, path: Path) -> None:
    """Insist on rows below the header.

    Parameters
    ----------
    raw : RawParts
        The list.
    path : Path
        Its file, for the message.

    Raises
    ------
    UnreadableError
        There is none.
    """
    if raw.bounds[-1]:
        return
    place = _place(raw.head, path)
    raise UnreadableError(
        f"{place.en}: there is a header but no row below it. Export the list again, or choose a --sheet.",
        f"{place.zh}：只有表头，没有数据行。请重新导出名单，或用 --sheet 选择其他工作表。",
    )


def find_roles(raw: RawParts, overrides: Mapping[str, str], path: Path) -> dict[str, str]:
    """Guess what the columns are.

    Parameters
    ----------
    raw : RawParts
        The list; a column is read where its header may stand over codes or names.
    overrides : Mapping
        Role to header, as the user says.
    path : Path
        The file, for the message.

    Returns
    -------
    dict
        Role to header.

    Raises
    ------
    SchemaError
        No coordinate column, or an override that names none.
    """
    head = raw.head
    points = {"lon": POINT_LON, "lat": POINT_LAT} if head.points and COORDINATE_ROLES.isdisjoint(overrides) else {}
    cut = head.encoding if head.cut else None
    roles = guess_roles(list(head.table.columns), {**points, **overrides}, cut=cut)
    code = roles.get(n.CLAIMED_CODE, "")
    if normalise_header(code) == _NAME_OR_CODE and n.CLAIMED_CODE not in overrides and not _has_codes(raw, code):
        del roles[n.CLAIMED_CODE]
    if not ("coordinate" in roles or has_pair(roles)):
        place, row = _place(head, path), raw.first_row - 1  # a layer has no header row
        row_en, row_zh = (f", row {row}", f" 第 {row} 行") if row else ("", "")
        headers = ", ".join(map(str, head.table.columns[:_SHOWN])) + (" …" if head.table.shape[1] > _SHOWN else "")
        raise SchemaError(
            f"{place.en}{row_en}: no coordinate column found among: {headers}. "
            "Name them with --column lon=HEADER --column lat=HEADER, or choose another sheet with --sheet.",
            f"{place.zh}{row_zh}：在下列表头中未找到经纬度列：{headers}。"
            "请用 --column lon=表头 --column lat=表头 指定，或用 --sheet 选择其他工作表。",
        )
    return roles


def _has_codes(raw: RawParts, header: str) -> bool:
    """Tell whether most of the filled cells of a column hold digits as division codes do; names do not."""
    filled = with_code = 0
    for part in range(len(raw.bounds) - 1):
        codes = count_codes(raw.read(part, [header]).table[header])
        filled, with_code = filled + codes.filled, with_code + codes.with_code
    return 2 * with_code >= filled


def find_system(crs: str | int | None, stated: str, path: Path, parameters: Sequence[float] | None) -> systems.ListCRS:
    """Understand the reference system that the user names, else the file, else the assumed one.

    Parameters
    ----------
    crs : str or int, optional
        The user's word.
    stated : str
        The file's, "" where it says nothing.
    path : Path
        The file, for the message.
    parameters : Sequence of float, optional
        See :func:`geocensus.crs.parse_crs`.

    Returns
    -------
    ListCRS
        The system.

    Raises
    ------
    CRSMismatchError
        It is unknown or refused.
    """
    try:
        return systems.parse_crs(crs if crs is not None else stated or "cgcs2000", parameters=parameters)
    except CRSMismatchError as error:
        where = path.name if crs is None else "--crs"
        raise CRSMismatchError(f"{where}: {error.en}", f"{where}：{error.zh}") from error


def _place(raw: RawTable, path: Path) -> Text:
    if not raw.sheet or raw.sheet == path.stem:
        encoding = "" if raw.encoding in {"", "utf-8", "utf-8-sig"} else raw.encoding
        return (
            Text(f"{path.name}（{encoding}）", f"{path.name} ({encoding})") if encoding else Text(path.name, path.name)
        )
    return Text(f"{path.name} 工作表“{raw.sheet}”", f"{path.name}, sheet {raw.sheet!r}")
