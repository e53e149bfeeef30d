"""Orders to visit stops in: one after the other by nearness, or as day routes by pyvrp."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from geocensus.zoning.task import Floats, Ints

__all__ = ["Trips", "day_routes", "fill_days", "has_routing", "nearest_order", "route_m"]

_DAY_COST = 10_000_000  # metres that a day saved is worth: fewer days first, then fewer kilometres
_AT_ONCE = 250  # stops that pyvrp gets in one piece; longer lists are cut along the order of nearness
_STEPS = 400  # of pyvrp per piece: about a second


class Trips(NamedTuple):
    """Stops of one field zone; metres and minutes.

    Attributes
    ----------
    xy : ndarray of float
        Shape (n, 2), metres.
    start : ndarray of float
        Where every day starts and ends, metres.
    minutes : ndarray of float
        Work at each stop.
    limit : float
        Minutes of a day, ways included.
    speed : float
        Metres per minute along the straight line.
    """

    xy: Floats
    start: Floats
    minutes: Floats
    limit: float
    speed: float


def has_routing() -> bool:
    """Tell whether pyvrp (the extra ``routes``) is installed.

    Returns
    -------
    bool
        True where it is.
    """
    return find_spec("pyvrp") is not None


def nearest_order(xy: Floats, start: Floats, block: Ints | None = None) -> Ints:
    """Order stops so that the next one is the nearest not yet visited, block by block.

    Parameters
    ----------
    xy : ndarray of float
        Shape (n, 2), metres.
    start : ndarray of float
        Where to start, metres.
    block : ndarray of int, optional
        Block (such as unit) of each stop: a block is finished before the next one is begun.

    Returns
    -------
    ndarray of int
        Rows in order; ties go to the lowest row.

    Examples
    --------
    >>> nearest_order(np.array([[5.0, 0], [1, 0], [3, 0]]), np.zeros(2)).tolist()
    [1, 2, 0]
    """
    block = np.zeros(len(xy), dtype=np.int64) if block is None else block
    left = np.ones(len(xy), dtype=bool)
    order = np.empty(len(xy), dtype=np.int64)
    here, current = start, -1
    for place in range(len(xy)):
        choice = left & (block == current)
        rows = np.flatnonzero(choice if choice.any() else left)
        row = rows[np.argmin(((xy[rows] - here) ** 2).sum(axis=1))]
        order[place], left[row] = row, False
        here, current = xy[row], int(block[row])
    return order


def fill_days(trips: Trips, order: Ints) -> list[Ints]:
    """Cut an order into days that each start and end at the start point.

    Parameters
    ----------
    trips : Trips
        The stops.
    order : ndarray of int
        Rows in the order of visits.

    Returns
    -------
    list of ndarray of int
        Rows of each day; a day holds at least one stop.

    Examples
    --------
    >>> trips = Trips(np.zeros((3, 2)), np.zeros(2), np.array([4.0, 3, 3]), limit=7, speed=1)
    >>> [day.tolist() for day in fill_days(trips, np.arange(3))]
    [[0, 1], [2]]
    """
    days: list[list[int]] = []
    used, here = 0.0, trips.start
    for row in order.tolist():
        back = _minutes(trips, trips.xy[row], trips.start)
        after = used + _minutes(trips, here, trips.xy[row]) + float(trips.minutes[row])
        if not days or after + back > trips.limit * (1 + 1e-9):
            days.append([])
            after = back + float(trips.minutes[row])
        days[-1].append(row)
        used, here = after, trips.xy[row]
    return [np.array(day, dtype=np.int64) for day in days]


def day_routes(trips: Trips, order: Ints, *, seed: int = 0, effort: float = 1.0) -> list[Ints]:
    """Find day routes with pyvrp: fewest days, then shortest ways; never worse than the order as it stands.

    Parameters
    ----------
    trips : Trips
        The stops.
    order : ndarray of int
        An order of visits, for the pieces of a long list and to compare with.
    seed : int
        Same seed, same routes.
    effort : float
        Share of the usual search.

    Returns
    -------
    list of ndarray of int
        Rows of each day, in the order of visits.

    References
    ----------
    Wouda, Lan, Kool, PyVRP: a high-performance VRP solver package. https://doi.org/10.1287/ijoc.2023.0055
    """
    pieces = np.array_split(order, max(1, -(-len(order) // _AT_ONCE)))
    days: list[Ints] = []
    for piece in pieces:
        plain = fill_days(trips, piece)
        found = _solve(trips, piece, len(plain), seed, effort)
        cost = [(len(way), sum(route_m(trips, day) for day in way)) for way in (plain, found or plain)]
        days += found if found and cost[1] < cost[0] else plain
    return days


def route_m(trips: Trips, day: Ints) -> float:
    """Measure a day's way from the start point and back.

    Parameters
    ----------
    trips : Trips
        The stops.
    day : ndarray of int
        Rows in the order of visits.

    Returns
    -------
    float
        Metres along straight lines.
    """
    way = np.vstack([trips.start, trips.xy[day], trips.start])
    return float(np.hypot(*np.diff(way, axis=0).T).sum())


def _minutes(trips: Trips, one: Floats, two: Floats) -> float:
    return float(np.hypot(*(one - two))) / trips.speed


def _solve(trips: Trips, rows: Ints, most_days: int, seed: int, effort: float) -> list[Ints] | None:
    """Return pyvrp's routes over some stops; None where it finds none that keep the hours."""
    pyvrp: Any = import_module("pyvrp")
    stop: Any = import_module("pyvrp.stop")
    points = np.vstack([trips.start, trips.xy[rows]])
    metres = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    seconds = np.ceil(metres / trips.speed * 60).astype(np.int64)
    work = np.rint(trips.minutes[rows] * 60).astype(np.int64)
    shift = int(trips.limit * 60)
    data = pyvrp.ProblemData(
        [pyvrp.Location(int(x), int(y)) for x, y in points - points.min(axis=0)],
        [pyvrp.Client(place + 1, service_duration=int(spent)) for place, spent in enumerate(work)],
        [pyvrp.Depot(0)],
        [pyvrp.VehicleType(most_days, shift_duration=shift, fixed_cost=_DAY_COST)],
        [np.rint(metres).astype(np.int64)],
        [seconds],
    )
    limit = stop.MaxIterations(max(1, round(_STEPS * effort)))
    best = pyvrp.solve(data, limit, seed=seed, collect_stats=False, display=False).best
    if not best.is_feasible():
        return None
    days = [rows[[visit.idx for visit in route.schedule() if visit.is_client()]] for route in best.routes()]
    whole = all(
        route_m(trips, day) / trips.speed + trips.minutes[day].sum() <= trips.limit * (1 + 1e-9) for day in days
    )
    return [_forward(day) for day in days] if whole else None


def _forward(day: Ints) -> Ints:
    """Turn a route round so that it begins at the lower of its two ends; both ways are as long."""
    return day if day[0] <= day[-1] else day[::-1]
