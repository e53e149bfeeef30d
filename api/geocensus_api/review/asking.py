"""What a request of the review asks for."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request

from geocensus.workspace import Decision
from geocensus_api.errors import ProblemError

__all__ = ["body_of", "decision_asked", "seen_version", "text_of"]

LONGEST: Final = 4_000  # characters of a comment
_VALUES: Final = ("lon", "lat", "claimed_code")


def seen_version(request: Request) -> str:
    """Return the version of a flag that the person has seen.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    str
        The value of If-Match.

    Raises
    ------
    ProblemError
        428 where it is missing.
    """
    seen = request.headers.get("if-match", "").strip()
    if not seen:
        raise ProblemError(
            428,
            "send If-Match with the ETag of the flag as you saw it, so that nobody's work is overwritten unseen",
            "请在 If-Match 中带上所看到的疑点版本（ETag），以免覆盖他人的处理",
        )
    return seen


def body_of(body: Mapping[str, Any], known: tuple[str, ...]) -> Mapping[str, Any]:
    """Refuse members that mean nothing.

    Parameters
    ----------
    body
        A JSON object.
    known
        What it may hold.

    Returns
    -------
    Mapping
        The same.

    Raises
    ------
    ProblemError
        400.
    """
    if unknown := sorted(set(body) - set(known)):
        raise ProblemError(
            400,
            f"{', '.join(unknown)}: not known here; give {', '.join(known)}",
            f"{'、'.join(unknown)}：未知的成员；可用 {'、'.join(known)}",
        )
    return body


def text_of(body: Mapping[str, Any], name: str) -> str:
    """Return a text of a body; empty where it is not given.

    Parameters
    ----------
    body
        A JSON object.
    name
        The member.

    Returns
    -------
    str
        Without blanks around it.

    Raises
    ------
    ProblemError
        400 where it is no text, or too long.
    """
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST or "\x00" in value:
        raise ProblemError(
            400, f"{name}: give a text of {LONGEST} characters at most", f"{name}：应为不超过 {LONGEST} 字的文本"
        )
    return value.strip()


def decision_asked(body: Mapping[str, Any], flag_id: str, author: str) -> Decision:
    """Return the decision that a body asks for.

    Parameters
    ----------
    body
        Its outcome, and comment, repair_id, lon, lat, claimed_code where they are needed.
    flag_id
        The flag.
    author
        Who decides.

    Returns
    -------
    Decision
        Not yet checked against the workspace.

    Raises
    ------
    ProblemError
        400.
    """
    body_of(body, ("outcome", "comment", "repair_id", *_VALUES))
    outcome, comment, repair = (text_of(body, name) for name in ("outcome", "comment", "repair_id"))
    values = {name: body[name] for name in _VALUES if body.get(name) is not None}
    if outcome == "corrected" and not repair and not {"lon", "lat"} <= set(values):
        raise ProblemError(
            400,
            "corrected: give the right place as lon and lat, or take a repair as repair_id",
            "corrected：请给出正确位置的经度 lon 和纬度 lat，或用 repair_id 采纳修正建议",
        )
    if outcome == "claim_corrected" and not repair and not values.get("claimed_code"):
        raise ProblemError(
            400,
            "claim_corrected: give the code of the right area as claimed_code, or take a repair as repair_id",
            "claim_corrected：请用 claimed_code 给出正确的区划代码，或用 repair_id 采纳修正建议",
        )
    return Decision(flag_id, outcome, author, comment, repair, values)
