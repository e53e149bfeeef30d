"""On which side of an edge a point lies, exactly (compiled).

A floating-point filter answers nearly always; where it cannot, exact arithmetic does (Shewchuk 1997,
doi:10.1007/PL00009321). Exact for coordinates that are 0 or of a size between 1e-120 and 1e100.
"""

import numpy as np

from geocensus.locating._compiling import inner

__all__ = ["FILTER", "is_right", "side"]

FILTER = (3 + 16 * 2.0**-53) * 2.0**-53  # Shewchuk's bound A: beyond it the rounded determinant has the right sign
_SPLIT = 2.0**27 + 1


@inner
def side(x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> int:
    """Return on which side of the line from (x1, y1) to (x2, y2) a point lies.

    Parameters
    ----------
    x1 : float
        Where the line comes from.
    y1 : float
        Where the line comes from.
    x2 : float
        Where it goes to.
    y2 : float
        Where it goes to.
    x : float
        The point.
    y : float
        The point.

    Returns
    -------
    int
        1 left, -1 right, 0 on the line.
    """
    left, right = (x2 - x1) * (y - y1), (y2 - y1) * (x - x1)
    determinant = left - right
    if abs(determinant) > FILTER * (abs(left) + abs(right)):
        return 1 if determinant > 0.0 else -1
    return _exact_side(x1, y1, x2, y2, x, y)


@inner
def is_right(x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> bool:
    """Return whether a point, moved a hair to the right and a far smaller hair up, lies right of an edge.

    So every point lies on one side of every edge, consistently (simulation of simplicity, Edelsbrunner and
    Mücke 1990, doi:10.1145/77635.77639).

    Parameters
    ----------
    x1 : float
        The lower end, of equally low ones the left.
    y1 : float
        The lower end.
    x2 : float
        The other end.
    y2 : float
        The other end.
    x : float
        The point.
    y : float
        The point.

    Returns
    -------
    bool
        False left of it.
    """
    where = side(x1, y1, x2, y2, x, y)
    return where < 0 or (where == 0 and y2 > y1)


@inner
def _exact_side(x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> int:
    run, up, rise, across = x2 - x1, y - y1, y2 - y1, x - x1
    run_tail, up_tail = _sum_error(x2, -x1, run), _sum_error(y, -y1, up)
    rise_tail, across_tail = _sum_error(y2, -y1, rise), _sum_error(x, -x1, across)
    if run_tail == 0.0 and up_tail == 0.0 and rise_tail == 0.0 and across_tail == 0.0:
        # The differences are exact, as between neighbours they are. Rounding keeps the order of two products;
        # where it makes them equal, their errors decide.
        left, right = run * up, rise * across
        if left != right:
            return 1 if left > right else -1
        left, right = _product_error(run, up, left), _product_error(rise, across, right)
        return 0 if left == right else (1 if left > right else -1)
    return _sign_of_products((run, run_tail), (up, up_tail), (-rise, -rise_tail), (across, across_tail))


@inner
def _sign_of_products(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> int:
    """Return the sign of a b + c d, each the sum of a number and its tail."""
    terms = np.empty(16)
    n = 0
    for p, q in ((a, b), (c, d)):
        for i in range(2):
            for j in range(2):
                product = p[i] * q[j]
                terms[n] = _product_error(p[i], q[j], product)
                terms[n + 1] = product
                n += 2
    for k in range(n):  # an expansion grows term by term: its parts do not overlap, the last is the largest
        carry = terms[k]
        for i in range(k):
            total = terms[i] + carry
            terms[i] = _sum_error(terms[i], carry, total)
            carry = total
        terms[k] = carry
    for k in range(n - 1, -1, -1):
        if terms[k] != 0.0:
            return 1 if terms[k] > 0.0 else -1
    return 0


@inner
def _sum_error(a: float, b: float, total: float) -> float:
    """Return what rounding took from a + b (Knuth)."""
    b_seen = total - a
    return (a - (total - b_seen)) + (b - b_seen)


@inner
def _product_error(a: float, b: float, product: float) -> float:
    """Return what rounding took from a b (Dekker)."""
    t = _SPLIT * a
    a_high = t - (t - a)
    t = _SPLIT * b
    b_high = t - (t - b)
    a_low, b_low = a - a_high, b - b_high
    return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)
