"""What a map is asked to show, as the query says it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from geocensus.checks import RULES
from geocensus.maps.canvas import DPI, SIZE_INCHES
from geocensus.maps.style import SEVERITIES
from geocensus.model import Text
from geocensus.schemas import CLASSES
from geocensus_api.errors import ProblemError
from geocensus_api.features.parameters import require_known, whole

__all__ = ["FLAG_FILTERS", "Asked", "asked_of", "dots_per_inch"]

FLAG_FILTERS: Final = ("rule", "severity", "flag_state")
_LISTS: Final = ("within", "class", *FLAG_FILTERS)
_KINDS: Final = ("field", "census")
_MOST_VALUES: Final = 200
_LEAST_PX, _MOST_PX = 300, 4000
_LEAST_DPI, _MOST_DPI = 36, 300
_CODE: Final = re.compile(r"^[0-9A-Za-z_.:-]{1,40}$")
_STATES: Final = {
    "open": Text("待处理", "open"),
    "closed": Text("已办结", "closed"),
    "reopened": Text("重新打开", "reopened"),
}
_TITLES: Final = {
    "class": Text("类别", "class"),
    "rule": Text("规则", "rule"),
    "severity": Text("疑点等级", "severity"),
    "flag_state": Text("疑点状态", "state of flags"),
}


@dataclass(frozen=True)
class Asked:
    """A map as asked for; lists are sorted, so that the same wish is the same value."""

    within: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    flags: tuple[tuple[str, tuple[str, ...]], ...] = ()
    plan: str = ""
    field_zone: str = ""
    census: bool = False  # census zones as cut, not field zones

    def said(self) -> tuple[Text, ...]:
        """Tell the limits besides areas.

        Returns
        -------
        tuple of Text
            Empty where there is none.
        """
        named = [("class", self.classes), *self.flags]
        said = [_told(name, values) for name, values in named if values]
        if self.plan:
            said.append(Text(f"方案 {self.plan}", f"plan {self.plan}"))
        if self.field_zone:
            said.append(Text(f"片区 {self.field_zone}", f"field zone {self.field_zone}"))
        return tuple(said)


def _told(name: str, values: tuple[str, ...]) -> Text:
    """Tell a limit in words: codes that have a title by their titles."""
    words = _words(name)
    titles = [words.get(value, Text(value, value)) for value in values]
    return Text(
        f"{_TITLES[name].zh} {'、'.join(title.zh for title in titles)}",
        f"{_TITLES[name].en}: {', '.join(title.en for title in titles)}",
    )


def _words(name: str) -> Mapping[str, Text]:
    if name == "rule":
        return {rule.code: rule.title for rule in RULES}
    return {"class": CLASSES, "severity": {one.slug: one.name for one in SEVERITIES}, "flag_state": _STATES}[name]


def asked_of(request: Request, *, flags: bool) -> Asked:
    """Read what a map is asked to show.

    Parameters
    ----------
    request
        The request.
    flags
        Whether classes, flags and a single field zone may be chosen.

    Returns
    -------
    Asked
        Values given once, separated by commas, or several times.

    Raises
    ------
    ProblemError
        400.
    """
    known = {"within", "plan", "f", "lang", "width", "height", "dpi"}
    require_known(request, known | ({"field_zone", *_LISTS} if flags else {"zones"}), ("html", "png"))
    lists = {name: _values(request, name) for name in _LISTS}
    for code in lists["within"]:
        if not _CODE.match(code):
            raise ProblemError(400, f"within: {code[:40]!r} is no code of an area", f"within：{code[:40]} 不是区划代码")
    plan, field_zone = request.query_params.get("plan", ""), request.query_params.get("field_zone", "")
    if field_zone and not plan:
        raise ProblemError(400, "field_zone: say of which plan", "field_zone：请同时给出 plan")
    kind = request.query_params.get("zones", "field")
    if kind not in _KINDS:
        raise ProblemError(400, f"zones: one of {', '.join(_KINDS)}", f"zones：应为 {'、'.join(_KINDS)} 之一")
    if plan and kind == "census":
        raise ProblemError(400, "plan: census zones belong to no plan", "plan：普查小区不属于任何方案，请去掉 plan")
    chosen = tuple((name, lists[name]) for name in FLAG_FILTERS if lists[name])
    return Asked(lists["within"], lists["class"], chosen, plan, field_zone, kind == "census")


def _values(request: Request, name: str) -> tuple[str, ...]:
    values = {part.strip() for text in request.query_params.getlist(name) for part in text.split(",")} - {""}
    if len(values) > _MOST_VALUES:
        raise ProblemError(400, f"{name}: at most {_MOST_VALUES} values", f"{name}：最多 {_MOST_VALUES} 个值")
    return tuple(sorted(values))


def dots_per_inch(request: Request) -> float:
    """Return how finely a picture is drawn.

    Parameters
    ----------
    request
        Its ``dpi``, or the largest picture that fits into ``width`` and ``height``.

    Returns
    -------
    float
        Of a picture of 12 by 7.6 inches.

    Raises
    ------
    ProblemError
        400 for what is no number or out of bounds.
    """
    query = request.query_params
    if "dpi" in query:
        return float(_bounded(query["dpi"], "dpi", _LEAST_DPI, _MOST_DPI))
    sides = [
        _bounded(query[name], name, _LEAST_PX, _MOST_PX) / inches
        for name, inches in zip(("width", "height"), SIZE_INCHES, strict=True)
        if name in query
    ]
    return max(min(sides, default=float(DPI)), 1.0)


def _bounded(text: str, name: str, least: int, most: int) -> int:
    number = whole(text, name, 0, least=1)
    if not least <= number <= most:
        raise ProblemError(400, f"{name}: {least} to {most}", f"{name}：应在 {least} 至 {most} 之间")
    return number
