"""Test inputs against the JSON Schema that is published for them: the few keywords that our own schemas use."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from geocensus.model import Text
from geocensus_api.errors import ProblemError

__all__ = ["mismatch", "require"]

_KINDS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}
_SHOWN: Final = 60


def require(value: Any, schema: Mapping[str, Any], where: str) -> None:
    """Refuse a value that does not fit its schema.

    Parameters
    ----------
    value
        As it came, from JSON.
    schema
        As published.
    where
        Name of the input, for the message.

    Raises
    ------
    ProblemError
        400, naming the place and what was expected there.
    """
    wrong = mismatch(value, schema, where)
    if wrong is not None:
        raise ProblemError(400, wrong.en, wrong.zh)


def mismatch(value: Any, schema: Mapping[str, Any], where: str) -> Text | None:
    """Return what does not fit.

    Parameters
    ----------
    value
        From JSON.
    schema
        With type, enum, minimum, maximum, exclusiveMinimum, minLength, maxLength, minItems, maxItems, items,
        properties, required, additionalProperties, oneOf.
    where
        Path to the value.

    Returns
    -------
    Text or None
        The first thing that is wrong; None where all fits.

    Examples
    --------
    >>> mismatch(0, {"type": "integer", "minimum": 1}, "teams").en
    'teams: at least 1'
    >>> mismatch([1], {"type": "array", "items": {"type": "string"}}, "within").en
    'within[0]: string expected, not 1'
    """
    if "oneOf" in schema:
        if any(mismatch(value, each, where) is None for each in schema["oneOf"]):
            return None
        return _closest(value, schema["oneOf"], [mismatch(value, each, where) for each in schema["oneOf"]])
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    if kinds and not any(_KINDS[kind](value) for kind in kinds):
        return _expected(where, kinds, value)
    if "enum" in schema and value not in schema["enum"]:
        known = [str(each) for each in schema["enum"]]
        return Text(f"{where}：应为 {'、'.join(known)} 之一", f"{where}: one of {', '.join(known)}")
    return _size(value, schema, where) or _parts(value, schema, where)


def _closest(value: Any, schemas: list[Mapping[str, Any]], wrongs: list[Text | None]) -> Text | None:
    """Return the complaint of the form that the value is nearest to: the one of its own type, else all forms' first."""
    for schema, wrong in zip(schemas, wrongs, strict=True):
        kind = schema.get("type", "")
        if isinstance(kind, str) and kind in _KINDS and _KINDS[kind](value):
            return wrong
    return wrongs[0]


def _expected(where: str, kinds: tuple[str, ...], value: Any) -> Text:
    shown = repr(value)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]} …"
    return Text(
        f"{where}：应为 {' 或 '.join(kinds)} 类型，而不是 {shown}",
        f"{where}: {' or '.join(kinds)} expected, not {shown}",
    )


def _size(value: Any, schema: Mapping[str, Any], where: str) -> Text | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "minimum" in schema and value < schema["minimum"]:
            return Text(f"{where}：不得小于 {schema['minimum']}", f"{where}: at least {schema['minimum']}")
        if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
            return Text(
                f"{where}：应大于 {schema['exclusiveMinimum']}", f"{where}: more than {schema['exclusiveMinimum']}"
            )
        if "maximum" in schema and value > schema["maximum"]:
            return Text(f"{where}：不得大于 {schema['maximum']}", f"{where}: at most {schema['maximum']}")
    if isinstance(value, str | list):
        low, high = ("minLength", "maxLength") if isinstance(value, str) else ("minItems", "maxItems")
        if len(value) < schema.get(low, 0):
            return Text(f"{where}：过短，至少 {schema[low]}", f"{where}: too short, at least {schema[low]}")
        if high in schema and len(value) > schema[high]:
            return Text(f"{where}：过长，最多 {schema[high]}", f"{where}: too long, at most {schema[high]}")
    return None


def _parts(value: Any, schema: Mapping[str, Any], where: str) -> Text | None:
    if isinstance(value, list) and "items" in schema:
        # places are named only where something is wrong: lists are long
        misfits = (number for number, each in enumerate(value) if mismatch(each, schema["items"], "") is not None)
        first = next(misfits, None)
        return None if first is None else mismatch(value[first], schema["items"], f"{where}[{first}]")
    if not isinstance(value, dict):
        return None
    lost = [name for name in schema.get("required", ()) if name not in value]
    if lost:
        return Text(f"{where}：缺少 {'、'.join(lost)}", f"{where}: {', '.join(lost)} missing")
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name, each in value.items():
        if name not in known and others is False:
            there = ", ".join(known)
            return Text(f"{where}：没有名为 {name} 的项，可用：{there}", f"{where}: no {name!r} here; known: {there}")
        rule = known.get(name, others if isinstance(others, dict) else {})
        wrong = mismatch(each, rule, f"{where}.{name}")
        if wrong is not None:
            return wrong
    return None
