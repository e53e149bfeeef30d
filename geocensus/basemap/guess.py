"""Guessing what a foreign layer's columns, level and code system are; every guess is told."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geocensus.divisions import level_of, normalise, validate
from geocensus.errors import SchemaError
from geocensus.model import LEVELS, CodeSystem, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

__all__ = ["LayerColumns", "guess_columns", "guess_level", "guess_system"]

# headers in order of preference, without blanks, underscores and capitals; the finest level first where all are there
_CODE = """
code regioncode areacode divisioncode zonecode 区划代码 行政区划代码 普查小区代码 小区代码 统计用区划代码 代码 编码
adcode zldwdm xzqdm xzdm qhdm xqdm villcode villid towncode townid countycode countyid geoid geoid20 geoid10 geocode
fips pac gb adm4pcode adm3pcode adm2pcode adm1pcode
"""
_NAME = """
name 名称 区划名称 行政区划名称 普查小区名称 小区名称 xzqmc xzmc qhmc xqmc zldwmc villname townname countyname
村名 乡镇名 namelsad fullname title mc adm4zh adm3zh adm2zh adm1zh
"""
_PARENT = "parentcode parent pcode parentid pid 上级代码 上级区划代码 所属代码 所属区划代码 sjdm sjxzqdm"
_ROLES: Mapping[str, tuple[str, str]] = {
    "code": ("代码", _CODE),
    "name": ("名称", _NAME),
    "parent": ("上级", _PARENT),
}
# some makers' layers carry the columns of all levels: the level decides which one counts
_BY_LEVEL = {"county": "county", "township": "town", "village": "vill", "zone": "zone"}
_ABOVE = {"township": "county", "village": "township", "zone": "village"}
_LEVEL_WORDS: Mapping[str, tuple[str, ...]] = {
    "province": ("province", "state", "省"),
    "prefecture": ("prefecture", "city", "地级", "市"),
    "county": ("county", "counties", "district", "县", "区县", "縣"),
    "township": ("township", "town", "street", "乡镇", "街道", "乡", "镇", "鄉", "鎮"),
    "village": ("village", "vill", "村", "社区", "居委"),
    "zone": ("zone", "小区", "普查区"),
}
_LENGTHS = {5: "county", 8: "township", 10: "township", 11: "village"}  # common outside GB/T 2260
_LEAST = 6  # shortest code recognised by its look alone


@dataclass(frozen=True)
class LayerColumns:
    """Which columns of a layer hold code, name and parent.

    Attributes
    ----------
    code, name, parent : str
        Column names; name and parent are "" when there is none.
    notes : tuple of Text
        What was guessed, to be printed.
    """

    code: str
    name: str = ""
    parent: str = ""
    notes: tuple[Text, ...] = ()


def guess_columns(
    table: pd.DataFrame,
    *,
    layer: str,
    level: str | None = None,
    given: Mapping[str, str] | None = None,
) -> LayerColumns:
    """Find the columns of code, name and parent.

    Parameters
    ----------
    table : DataFrame
        A layer as read.
    layer : str
        Its name, for messages.
    level : str, optional
        Its level, where it is known.
    given : Mapping of str to str, optional
        Columns that the user named, by role (code, name, parent); they are taken as they are.

    Returns
    -------
    LayerColumns
        Columns and what was guessed.

    Raises
    ------
    SchemaError
        A column that the user named is missing, or no column looks like a code; the message lists the columns.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = guess_columns(pd.DataFrame({"XZQDM": ["330822"], "XZQMC": ["常山县"]}), layer="xzq")
    >>> columns.code, columns.name, columns.parent, columns.notes[0].en
    ('XZQDM', 'XZQMC', '', 'layer xzq: column XZQDM taken as code')
    """
    headers = [str(column) for column in table.columns if str(column) != "geometry"]
    found: dict[str, str] = {}
    notes: list[Text] = []
    for role, (word, known) in _ROLES.items():
        if wanted := (given or {}).get(role):
            _require(wanted, headers, layer, role)
            found[role] = wanted
        elif column := _by_header(headers, role, known.split(), level):
            found[role] = column
            notes.append(
                Text(f"图层 {layer}：将字段 {column} 作为{word}", f"layer {layer}: column {column} taken as {role}")
            )
    if "code" not in found:
        found["code"] = _by_look(table, headers, layer)
        notes.append(
            Text(
                f"图层 {layer}：将字段 {found['code']} 作为代码（按内容推断）",
                f"layer {layer}: column {found['code']} taken as code (by its values)",
            )
        )
    return LayerColumns(found["code"], found.get("name", ""), found.get("parent", ""), tuple(notes))


def guess_level(codes: pd.Series, *, names: Iterable[str] = ()) -> tuple[str, Text]:
    """Tell the level of a layer: a layer called as a level, else GB/T 2260 code length, else words in the names.

    Parameters
    ----------
    codes : Series of str
        The layer's codes.
    names : Iterable of str
        Names to look at: the layer, the file.

    Returns
    -------
    level : str
        The level.
    how : Text
        How it was found.

    Examples
    --------
    >>> import pandas as pd
    >>> guess_level(pd.Series(["330822001201", "330822001202"]))[0]
    'village'
    """
    listed = [*names, ""]
    for name in listed:
        if (exact := name.casefold().removeprefix("areas_")) in LEVELS:
            return exact, _level_note(listed[0], exact, Text("按图层名", "by its name"))
    lengths = codes.dropna().str.len()
    length = int(lengths.mode().iloc[0]) if len(lengths) else 0
    by_code = level_of(codes).dropna()
    if len(by_code) * 2 > len(codes):
        return str(by_code.mode().iloc[0]), _level_note(
            listed[0],
            str(by_code.mode().iloc[0]),
            Text(f"按代码长度 {length} 位", f"by the length of its codes, {length}"),
        )
    for name in listed:
        if level := _level_word(name):
            return level, _level_note(listed[0], level, Text(f"按名称“{name}”", f"by the name {name!r}"))
    level = _LENGTHS.get(length, "zone")
    return level, _level_note(
        listed[0],
        level,
        Text(f"按代码长度 {length} 位推测，请核对", f"guessed from code length {length}, please check"),
    )


def guess_system(codes: pd.Series) -> CodeSystem:
    """Tell whether codes follow GB/T 2260; any other system is "other".

    Parameters
    ----------
    codes : Series of str
        Codes of any levels.

    Returns
    -------
    CodeSystem
        The system gb2260 when at least nine in ten codes have its form and ranges.

    Examples
    --------
    >>> import pandas as pd
    >>> str(guess_system(pd.Series(["330822", "330822001"]))), str(guess_system(pd.Series(["10005", "10005010"])))
    ('gb2260', 'other')
    """
    present = codes.dropna()
    valid = validate(present)["valid"]
    return CodeSystem.GB2260 if len(present) and float(valid.mean()) >= 0.9 else CodeSystem.OTHER  # noqa: PLR2004


def _level_note(layer: str, level: str, how: Text) -> Text:
    return Text(f"图层 {layer}：作为 {level} 层级（{how.zh}）", f"layer {layer}: taken as level {level} ({how.en})")


def _level_word(name: str) -> str | None:
    """Return the level that a layer's name names; the finest when it names several."""
    text = unicodedata.normalize("NFKC", name).casefold()
    for level in reversed(LEVELS):
        if any(word in text for word in _LEVEL_WORDS[level]):
            return level
    return None


def _by_header(headers: list[str], role: str, known: list[str], level: str | None) -> str | None:
    folded = {_fold(header): header for header in reversed(headers)}
    own: list[str] = []
    if role == "parent":
        own = [f"{_BY_LEVEL[_ABOVE[level]]}code"] if level in _ABOVE else []
    elif level in _BY_LEVEL:
        own = [f"{_BY_LEVEL[level]}{role}"]
    for word in (*own, *known):
        if _fold(word) in folded:
            return folded[_fold(word)]
    return None


def _by_look(table: pd.DataFrame, headers: list[str], layer: str) -> str:
    """Return the only column that looks like codes: unique texts of digits, all of a few lengths."""
    fitting = []
    for header in headers:
        if re.match(r"(?i)(object|shape_|gid$|fid$|ogc_)", header):
            continue
        codes = normalise(table[header])
        if len(codes) and codes.is_unique and codes.str.fullmatch(rf"\d{{{_LEAST},}}").eq(other=True).mean() > 0.95:  # noqa: PLR2004
            fitting.append(header)
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(headers) or "(none)"
    raise SchemaError(
        f"layer {layer}: no column looks like a code; columns are {listed}; "
        "run `geocensus basemap build` with --code FIELD",
        f"图层 {layer} 找不到代码字段；现有字段：{listed}；请用 geocensus basemap build 并以 --code 指定",
    )


def _require(wanted: str, headers: list[str], layer: str, role: str) -> None:
    if wanted not in headers:
        listed = ", ".join(headers) or "(none)"
        raise SchemaError(
            f"layer {layer}: no column {wanted!r} for --{role}; columns are {listed}",
            f"图层 {layer} 没有 --{role} 指定的字段“{wanted}”；现有字段：{listed}",
        )


def _fold(header: str) -> str:
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", header)).casefold()
