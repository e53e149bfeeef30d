"""CQL2-text (OGC 21-065r2) to conditions of SQL: the library reads the text, types and geometry are judged here."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import cql2
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import Collection, Property
from geocensus_api.features.conditions import RELATIONS, Condition, related

__all__ = ["filter_condition"]

_LONGEST: Final = 10_000
_DEEPEST: Final = 8  # the library's time doubles with each parenthesis of a text that is wrong at its end
_OPERATORS: Final = 200  # and its stack, which is the server's, grows with each operator
_WILDCARDS: Final = 8  # SQLite's time grows with a power of their number
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_OPERATOR: Final = re.compile(r"[-+*/^%]|[<>=]+|\b(?:and|or|not|div)\b", re.IGNORECASE)
_COMPARED: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})
_KINDS: Final = {"number": "number", "integer": "number", "boolean": "boolean", "string": "text"}
_REVERSED: Final = {"within": "contains", "contains": "within"}


class _Part(NamedTuple):
    """A piece of SQL, its values, and what it is: "number", "text", "boolean"."""

    sql: str
    values: tuple[Any, ...]
    kind: str


def filter_condition(text: str, source: Collection, fields: Mapping[str, Property]) -> Condition:
    """Return the condition that a filter states.

    Parameters
    ----------
    text
        CQL2-text.
    source
        The collection.
    fields
        Its properties by name.

    Returns
    -------
    Condition
        True for the features wanted; where a value is missing it is not true.

    Raises
    ------
    ProblemError
        400: not CQL2, an unknown property or function, values of the wrong type, too long or too nested.

    Examples
    --------
    >>> from geocensus.model import Text
    >>> flags = Collection("flags", "flags", Text("疑点", "flags"), "", None)
    >>> filter_condition("rule = 'place.stacked'", flags, {"rule": Property("rule", "rule", "string")})
    Condition(sql='("rule" = ?)', values=('place.stacked',))
    """
    _require_small(text)
    try:
        tree = orjson.loads(orjson.dumps(cql2.parse_text(text).to_json()))
    except (cql2.ParseError, cql2.ValidationError, ValueError, TypeError) as error:
        place = re.search(r"--> \d+:(\d+)", str(error))
        at = f" (at character {place[1]})" if place else ""
        raise _wrong(
            f"not CQL2-text{at}", f"不是有效的 CQL2-text{f'（第 {place[1]} 个字符处）' if place else ''}"
        ) from error
    part = _Translator(source, fields).boolean(tree)
    return Condition(part.sql, part.values)


def _wrong(en: str, zh: str) -> ProblemError:
    return ProblemError(400, f"filter: {en}", f"filter：{zh}")


def _require_small(text: str) -> None:
    bare = _QUOTED.sub("q", text)
    depth = deepest = 0
    for sign in bare:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    if len(text) > _LONGEST or deepest > _DEEPEST or len(_OPERATOR.findall(bare)) > _OPERATORS:
        raise _wrong(
            f"at most {_LONGEST} characters, {_OPERATORS} operators and {_DEEPEST} parentheses within each other",
            f"最多 {_LONGEST} 个字符、{_OPERATORS} 个运算符、{_DEEPEST} 层括号",
        )


class _Translator:
    """Walks over CQL2 as JSON; every name is looked up, every value becomes a parameter."""

    def __init__(self, source: Collection, fields: Mapping[str, Property]) -> None:
        self._source = source
        self._fields = fields
        self._operators: dict[str, Callable[[str, list[Any]], _Part]] = {
            **dict.fromkeys(("and", "or"), self._joined),
            "not": lambda _op, args: self._negated(args),
            **dict.fromkeys(_COMPARED, self._compared),
            "like": lambda _op, args: self._like(args),
            "between": lambda _op, args: self._between(args),
            "in": lambda _op, args: self._in(args),
            "isNull": lambda _op, args: self._is_null(args),
            "casei": lambda _op, args: self._casei(args),
            **dict.fromkeys("+-*/", self._arithmetic),
            **dict.fromkeys((f"s_{relation}" for relation in RELATIONS), self._spatial),
        }

    def boolean(self, node: Any) -> _Part:
        """Return a part that is true or false."""
        return self._of_kind(self._part(node), "boolean")

    def _part(self, node: Any) -> _Part:
        if isinstance(node, bool):
            return _Part("1" if node else "0", (), "boolean")
        if isinstance(node, int | float) and math.isfinite(node):
            return _Part("?", (float(node),), "number")
        if isinstance(node, str):
            return _Part("?", (node,), "text")
        if isinstance(node, dict):
            return self._of_dict(node)
        raise _wrong("a value is missing or infinite", "有数值缺失或为无穷大")

    def _of_dict(self, node: dict[str, Any]) -> _Part:
        if "property" in node:
            return self._property(str(node["property"]))
        for name in ("date", "timestamp"):
            if name in node:
                return _Part("?", (str(node[name]),), "text")  # times are ISO 8601 texts in a GeoPackage
        operator, args = str(node.get("op", "")), node.get("args", [])
        if operator not in self._operators:
            raise _wrong(f"{operator or 'a geometry'} is not known here", f"此处不支持 {operator or '几何'}")
        return self._operators[operator](operator, args)

    def _property(self, name: str) -> _Part:
        if name not in self._fields:
            raise _wrong(
                f"{self._source.id} has no property {name!r}; see /collections/{self._source.id}/queryables",
                f"{self._source.id} 没有属性 {name}，见 /collections/{self._source.id}/queryables",
            )
        field = self._fields[name]
        return _Part(field.sql, (), _KINDS[field.kind])

    def _of_kind(self, part: _Part, kind: str) -> _Part:
        if part.kind != kind:
            raise _wrong(
                f"a {kind} is needed where a {part.kind} stands; texts go in 'single quotes'",
                f"类型不符：此处需要 {kind}，给出的是 {part.kind}；文本请加单引号",
            )
        return part

    def _alike(self, args: list[Any]) -> list[_Part]:
        parts = [self._part(arg) for arg in args]
        return [parts[0], *(self._of_kind(part, parts[0].kind) for part in parts[1:])]

    def _joined(self, operator: str, args: list[Any]) -> _Part:
        parts = [self.boolean(arg) for arg in args]
        return _together(f" {operator.upper()} ", parts, "boolean")

    def _negated(self, args: list[Any]) -> _Part:
        part = self.boolean(args[0])
        return _Part(f"(NOT {part.sql})", part.values, "boolean")

    def _compared(self, operator: str, args: list[Any]) -> _Part:
        return _together(f" {operator} ", self._alike(args), "boolean")

    def _arithmetic(self, operator: str, args: list[Any]) -> _Part:
        parts = [self._of_kind(self._part(arg), "number") for arg in args]
        first = parts[0]._replace(sql=f"(1.0 * {parts[0].sql})")  # whole numbers would be divided as such
        return _together(f" {operator} ", [first, *parts[1:]], "number")

    def _like(self, args: list[Any]) -> _Part:
        """Return a test by GLOB: SQLite's own LIKE takes no heed of case."""
        value = self._of_kind(self._part(args[0]), "text")
        casei = isinstance(args[1], dict) and args[1].get("op") == "casei"
        pattern = args[1]["args"][0] if casei else args[1]
        if not isinstance(pattern, str):
            raise _wrong("LIKE needs a text to the right of it", "LIKE 右侧须为文本")
        return _Part(
            f"({value.sql} GLOB ?)", (*value.values, _glob(pattern.casefold() if casei else pattern)), "boolean"
        )

    def _between(self, args: list[Any]) -> _Part:
        value, low, high = self._alike(args)
        values = (*value.values, *low.values, *high.values)
        return _Part(f"({value.sql} BETWEEN {low.sql} AND {high.sql})", values, "boolean")

    def _in(self, args: list[Any]) -> _Part:
        value, *listed = self._alike([args[0], *args[1]])
        values = (*value.values, *(found for part in listed for found in part.values))
        return _Part(f"({value.sql} IN ({', '.join(part.sql for part in listed)}))", values, "boolean")

    def _is_null(self, args: list[Any]) -> _Part:
        shape = isinstance(args[0], dict) and args[0].get("property") == "geometry" and self._source.geometry
        if shape and self._source.coarse is not None:
            anywhere = self._source.coarse.anywhere()
            return _Part(f"(coalesce({anywhere.sql}, 0) = 0)", anywhere.values, "boolean")
        part = _Part("geom", (), "geometry") if shape else self._part(args[0])
        return _Part(f"({part.sql} IS NULL)", part.values, "boolean")

    def _casei(self, args: list[Any]) -> _Part:
        part = self._of_kind(self._part(args[0]), "text")
        return _Part(f"gc_casefold({part.sql})", part.values, "text")

    def _spatial(self, operator: str, args: list[Any]) -> _Part:
        relation = operator.removeprefix("s_")
        named = [isinstance(arg, dict) and arg.get("property") == "geometry" for arg in args]
        if not self._source.geometry or sum(named) != 1:
            raise _wrong(
                f"{operator.upper()} compares the property geometry of a spatial collection with a given shape",
                f"{operator.upper()} 须比较空间数据集的 geometry 属性与给定的几何",
            )
        shape = _shape(args[0] if named[1] else args[1])
        condition = related(self._source, _REVERSED.get(relation, relation) if named[1] else relation, shape)
        return _Part(condition.sql, condition.values, "boolean")


def _together(operator: str, parts: list[_Part], kind: str) -> _Part:
    values = tuple(value for part in parts for value in part.values)
    return _Part(f"({operator.join(part.sql for part in parts)})", values, kind)


def _glob(pattern: str) -> str:
    """Return a CQL2 pattern (% any text, _ any character, backslash before what is meant as such) for GLOB."""
    pattern = re.sub("%+", "%", pattern)
    pieces = [
        f"[{sign[-1]}]" if sign[-1] in "*?[" else {"%": "*", "_": "?"}.get(sign, sign[-1])
        for sign in re.findall(r"\\.|.", pattern, re.DOTALL)
    ]
    if pieces.count("*") > _WILDCARDS:
        raise _wrong(f"at most {_WILDCARDS} of % in a pattern", f"一个模式中最多 {_WILDCARDS} 个 %")
    return "".join(pieces)


def _shape(node: Any) -> BaseGeometry:
    """Return the given geometry, refused where it is broken: predicates on such are chance."""
    try:
        shape = _box(node["bbox"]) if "bbox" in node else shapely.force_2d(shapely.from_geojson(orjson.dumps(node)))
    except (shapely.GEOSException, TypeError, ValueError, IndexError):
        shape = None
    if shape is None or shape.is_empty or not all(map(math.isfinite, shape.bounds)) or not shape.is_valid:
        raise _wrong(
            "the geometry is broken (rings closed? minimum before maximum?)", "几何无效（环是否闭合、最小值是否在前）"
        )
    return shape


def _box(sides: list[float]) -> BaseGeometry | None:
    half = len(sides) // 2
    minx, miny, maxx, maxy = sides[0], sides[1], sides[half], sides[half + 1]
    return shapely.box(minx, miny, maxx, maxy) if minx <= maxx and miny <= maxy else None
