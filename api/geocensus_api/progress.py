"""Numbers of flags by where they stand."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

__all__ = ["progress_of", "total_of"]

_STATES: Final = ("open", "reopened", "closed")
_REVIEWS: Final = ("decided", "disputed", "approved")

Row = tuple[Any, ...]  # values of a group, then flag_state, review_state, outcome, and how many flags


def progress_of(rows: Iterable[Row], width: int) -> list[tuple[Row, dict[str, Any]]]:
    """Return how the flags of each group stand.

    Parameters
    ----------
    rows
        Values of a group, then flag_state, review_state, outcome and the number of flags.
    width
        Values of a group.

    Returns
    -------
    list
        Values of each group and its numbers; the largest group first, then by value, those without a value first.

    Examples
    --------
    >>> rows = [("a", "open", "open", "", 3), ("a", "closed", "approved", "corrected", 1)]
    >>> progress_of(rows, 1)[0][1]["closed_share"]
    0.25
    """
    groups: dict[Row, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[:width], []).append(row[width:])
    told = [(values, _numbers(parts)) for values, parts in groups.items()]
    return sorted(
        told,
        key=lambda one: (-one[1]["flags"], *((value is not None, 0 if value is None else value) for value in one[0])),
    )


def total_of(rows: Sequence[Row]) -> dict[str, Any]:
    """Return how all flags stand, and how many were closed by which outcome and are in which state of the review.

    Parameters
    ----------
    rows
        As for :func:`progress_of`.

    Returns
    -------
    dict
        The numbers of one group; ``outcomes`` and ``reviews``, the most first.
    """
    outcomes, reviews = Counter[str](), Counter[str]()
    for *_values, _state, review, outcome, number in rows:
        outcomes[outcome or ""] += number
        reviews[review or "open"] += number
    del outcomes[""]
    return {**_numbers([row[-4:] for row in rows]), "outcomes": _sorted(outcomes), "reviews": _sorted(reviews)}


def _sorted(numbers: Counter[str]) -> dict[str, int]:
    return dict(sorted(numbers.items(), key=lambda one: (-one[1], one[0])))


def _numbers(parts: Sequence[Row]) -> dict[str, Any]:
    states, reviews = Counter[str](), Counter[str]()
    for state, review, _outcome, number in parts:
        states[state or "open"] += number
        reviews[review or "open"] += number
    flags = sum(states.values())
    return {
        "flags": flags,
        **{name: states[name] for name in _STATES},
        **{name: reviews[name] for name in _REVIEWS},
        "closed_share": states["closed"] / flags if flags else None,
    }
