"""What a bulk step is asked to do, and on which flags."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geocensus_api.errors import ProblemError

__all__ = ["ACTIONS", "OUTCOMES", "VERDICTS", "BulkAsked", "bulk_asked"]

ACTIONS: Final = ("decide", "review", "comment", "lock", "unlock")
OUTCOMES: Final = ("false_alarm", "statement_attached", "cannot_decide")  # the others need values of each source
VERDICTS: Final = ("approved", "rejected", "disputed")
_KNOWN: Final = frozenset(
    {"preview", "action", "filter", "values", "flag_ids", "polygon", "outcome", "verdict", "comment"}
)
_CHOOSING: Final = ("filter", "values", "flag_ids", "polygon")
_LONGEST: Final = 4000  # characters of a comment
_MOST_VERTICES: Final = 20_000


@dataclass(frozen=True)
class BulkAsked:
    """A step and the flags it is for; each way of choosing that is given narrows the set.

    Attributes
    ----------
    action
        One of ACTIONS.
    outcome
        Of a decision.
    verdict
        Of a review.
    comment
        Why; the text itself for the action "comment".
    filter
        CQL2-text over the properties of flags; "" for none.
    values
        Values by property.
    flag_ids
        Ids; None for all.
    polygon
        In degrees, longitude first; a flag on its border is in it.
    """

    action: str
    outcome: str = ""
    verdict: str = ""
    comment: str = ""
    filter: str = ""
    values: Mapping[str, list[str]] = field(default_factory=dict)
    flag_ids: tuple[str, ...] | None = None
    polygon: BaseGeometry | None = None


def bulk_asked(body: Mapping[str, Any]) -> BulkAsked:
    """Read a wish.

    Parameters
    ----------
    body
        A JSON object.

    Returns
    -------
    BulkAsked
        With at least one way of choosing.

    Raises
    ------
    ProblemError
        400.

    Examples
    --------
    >>> bulk_asked({"action": "lock", "values": {"severity": "error"}}).values
    {'severity': ['error']}
    """
    unknown = sorted(set(body) - _KNOWN)
    if unknown:
        raise _wrong(unknown[0][:40], f"is not known; known are {', '.join(sorted(_KNOWN))}", "无法识别")
    if not any(body.get(name) is not None for name in _CHOOSING):
        raise _wrong(
            "flag_ids",
            "say which flags: filter, values, flag_ids or polygon",
            "请用 filter、values、flag_ids 或 polygon 指定疑点",
        )
    action = _one_of(body, "action", ACTIONS)
    comment = _text(body, "comment")
    if action == "comment" and not comment.strip():
        raise _wrong("comment", "it is empty", "内容为空")
    if body.get("verdict") in {"rejected", "disputed"} and action == "review" and not comment.strip():
        raise _wrong("comment", "say why: a rejection or a dispute needs it", "退回或存疑须填写理由")
    return BulkAsked(
        action,
        _one_of(body, "outcome", OUTCOMES) if action == "decide" else "",
        _one_of(body, "verdict", VERDICTS) if action == "review" else "",
        comment,
        _text(body, "filter"),
        _values(body.get("values")),
        _ids(body.get("flag_ids")),
        _polygon(body.get("polygon")),
    )


def _one_of(body: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = body.get(name)
    if value not in known:
        raise _wrong(name, f"one of {', '.join(known)}", f"应为 {'、'.join(known)} 之一")
    return str(value)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise _wrong(name, f"a text of at most {_LONGEST} characters", f"应为不超过 {_LONGEST} 个字符的文本")
    return value


def _values(given: Any) -> dict[str, list[str]]:
    if given is None:
        return {}
    listed = (
        {name: value if isinstance(value, list) else [value] for name, value in given.items()}
        if isinstance(given, dict)
        else None
    )
    if listed is None or not all(isinstance(one, str) for value in listed.values() for one in value):
        raise _wrong("values", 'texts by property, such as {"severity": ["error"]}', "应为按属性给出的文本值")
    return listed


def _ids(given: Any) -> tuple[str, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise _wrong("flag_ids", "a list of texts", "应为文本数组")
    return tuple(dict.fromkeys(given))


def _polygon(given: Any) -> BaseGeometry | None:
    if given is None:
        return None
    try:
        shape = shapely.from_geojson(orjson.dumps(given))
    except (shapely.GEOSException, TypeError, ValueError):
        shape = None
    if shape is None or shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_empty:
        raise _wrong(
            "polygon",
            "a GeoJSON Polygon or MultiPolygon in degrees, longitude first",
            "应为 GeoJSON 多边形（经度在前）",
        )
    if shapely.get_num_coordinates(shape) > _MOST_VERTICES:
        raise _wrong("polygon", f"at most {_MOST_VERTICES} vertices", f"顶点不得超过 {_MOST_VERTICES} 个")
    if not shape.is_valid:
        raise _wrong("polygon", f"it is not valid: {shapely.is_valid_reason(shape)}", "多边形无效（自相交等）")
    return shape


def _wrong(name: str, en: str, zh: str) -> ProblemError:
    return ProblemError(400, f"{name}: {en}", f"{name}：{zh}")
