"""Which column of a list has which role, guessed from its headers."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

from geocensus.errors import SchemaError
from geocensus.schemas.roles import COORDINATE_ROLES, ROLES

__all__ = ["guess_roles", "has_pair", "normalise_header"]

_IGNORED = re.compile(r"[\s_\-.:/*#()\[\]{}<>'\"、,]")
_PAIRS = (("lon", "lat"), ("lon_deg", "lat_deg"))
_LETTERS = (("x", "y"), ("e", "n"))
_NAME_BYTES = 10  # of a Shapefile's field
_CUT_CHARACTER = {"utf-8": 2}  # most bytes of a broken character at the end; 1 in GBK and Big5
_AXIS = re.compile(r"(?P<before>[^经纬]*)(?P<axis>经度|纬度)(?P<after>[^经纬0-9]*)")
_NO_AXIS = re.compile("精度|误差|格式|来源|说明|备注|方向|半球|类型|是否|有无|方式|状态|时间|日期")
_PARTS = {"度": "_deg", "分": "_min", "秒": "_sec"}
_NUMBERING = re.compile(r"^[0-9]+|[0-9]+$")
_UNIT = re.compile(r"\((?:°|′′|′|度|分|秒|m|米|deg|min|sec|十进制|小数|小数度|wgs84|cgcs2000)\)")
_UNIT_WORD = {
    "°": "度",
    "′": "分",
    "′′": "秒",
    "deg": "度",
    "min": "分",
    "sec": "秒",
    "度": "度",
    "分": "分",
    "秒": "秒",
}


def normalise_header(header: str) -> str:
    """Fold a header for comparison: width, case, blanks, punctuation, numbering; units in brackets become words.

    Parameters
    ----------
    header : str
        As written in the file.

    Returns
    -------
    str
        The folded text.

    Examples
    --------
    >>> normalise_header("３. 经度（度） *")
    '经度度'
    >>> normalise_header("Source_ID")
    'sourceid'
    """
    text = unicodedata.normalize("NFKC", str(header)).casefold()
    text = _UNIT.sub(lambda match: _UNIT_WORD.get(match.group()[1:-1], ""), text)
    return _NUMBERING.sub("", _IGNORED.sub("", text))


def guess_roles(
    headers: Sequence[str], overrides: Mapping[str, str] | None = None, *, cut: str | None = None
) -> dict[str, str]:
    """Find the column of each role.

    A header equal to a role's name always wins, then the user's own word, then the list of known headers in its
    order, then headers of a Shapefile cut at ten bytes that begin words of one role only, last any header that holds
    the word 经度 or 纬度 once (排放口经度). Letters alone (X, E) count in pairs only. A header serves one role at most.

    Parameters
    ----------
    headers : Sequence of str
        Column headers, unique.
    overrides : Mapping, optional
        Role to header, as the user stated them; they go before everything else.
    cut : str, optional
        Encoding in which the headers were cut at ten bytes, for those of a Shapefile.

    Returns
    -------
    dict
        Role to header, for the roles found.

    Raises
    ------
    SchemaError
        An override names a role or a header that does not exist.

    Examples
    --------
    >>> guess_roles(["企业名称", "经度", "纬度", "乡镇"])
    {'name': '企业名称', 'lon': '经度', 'lat': '纬度', 'claimed_township_name': '乡镇'}
    """
    chosen = _checked(overrides or {}, headers)
    exact = {header: header for header in headers}
    folded: dict[str, str] = {}
    for header in headers:
        folded.setdefault(normalise_header(header), header)
    lone = {word for pair in _LETTERS for word in pair if not all(other in folded for other in pair)}
    _choose(chosen, exact, {role: (role,) for role in ROLES})
    _choose(chosen, {word: header for word, header in folded.items() if word not in lone}, _FOLDED)
    if cut is not None:
        _choose(chosen, _cut_headers(headers, cut), {role: (role,) for role in ROLES})
    if not has_pair(chosen):
        found = dict(chosen)
        _choose(found, _axis_headers(folded, set(chosen.values())), {role: (role,) for role in COORDINATE_ROLES})
        chosen = found if has_pair(found) else chosen
    return {role: chosen[role] for role in ROLES if role in chosen}


def has_pair(roles: Collection[str]) -> bool:
    """Tell whether longitude and latitude have columns of their own.

    Parameters
    ----------
    roles : Collection of str
        The roles found.

    Returns
    -------
    bool
        True with lon and lat, or the degrees of both.

    Examples
    --------
    >>> has_pair({"lon": "X", "lat": "Y"}), has_pair({"coordinate": "坐标"})
    (True, False)
    """
    return any(lon in roles and lat in roles for lon, lat in _PAIRS)


def _choose(chosen: dict[str, str], lookup: Mapping[str, str], candidates: Mapping[str, tuple[str, ...]]) -> None:
    """Give each role without a header the first of its words whose header is free."""
    taken = set(chosen.values())
    for role, words in candidates.items():
        hit = next((lookup[word] for word in words if word in lookup and lookup[word] not in taken), None)
        if hit is not None and role not in chosen:
            chosen[role] = hit
            taken.add(hit)


def _cut_headers(headers: Sequence[str], encoding: str) -> dict[str, str]:
    """Return role to header for headers cut at ten bytes that begin known words of one role only."""
    found: dict[str, str] = {}
    for header in headers:
        size = len(header.encode(encoding, "ignore"))
        dropped = 0 if header.isascii() else _CUT_CHARACTER.get(encoding.lower(), 1)
        if _NAME_BYTES - dropped <= size <= _NAME_BYTES:
            start = normalise_header(header)
            roles = {role for role, words in _FOLDED.items() if any(word.startswith(start) for word in words)}
            if len(roles) == 1:
                found.setdefault(roles.pop(), header)
    return found


def _axis_headers(folded: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    """Return role to header for headers that hold 经度 or 纬度 once, both axes with the same words before it."""
    sets: dict[str, dict[str, str]] = {}
    for word, header in folded.items():
        if header not in taken and (match := _AXIS.fullmatch(word)) and not _NO_AXIS.search(word):
            axis = "lon" if match["axis"] == "经度" else "lat"
            part = _PARTS.get(match["after"], "")
            sets.setdefault(match["before"], {}).setdefault(axis + part, header)
    complete = [found for found in sets.values() if len({role[:3] for role in found}) > 1]
    found: dict[str, str] = {}
    for axes in (*complete, *sets.values()):
        found = axes | found
    return found


def _checked(overrides: Mapping[str, str], headers: Sequence[str]) -> dict[str, str]:
    for role, header in overrides.items():
        if role not in ROLES:
            known = ", ".join(ROLES)
            raise SchemaError(
                f"--column {role}={header}: there is no role {role!r}; roles are {known}",
                f"--column {role}={header}：没有名为“{role}”的列角色；可用角色：{known}",
            )
        if header not in headers:
            known = ", ".join(map(str, headers))
            raise SchemaError(
                f"--column {role}={header}: the file has no column {header!r}; its columns are {known}",
                f"--column {role}={header}：文件中没有“{header}”列；现有列：{known}",
            )
    return dict(overrides)


_FOLDED = {role: tuple(dict.fromkeys(map(normalise_header, (role, *words)))) for role, words in ROLES.items()}
