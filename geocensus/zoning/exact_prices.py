"""Prices of units that bound the cost of every plan from below: the linear relaxation of choosing sets.

With the dual prices π of the units and σ of the kinds of field zones, a set of cost c has the surplus
c − Σπ − σ ≥ 0, and a plan costs the bound plus the surpluses of its sets. A plan that costs at most the bound plus Δ is
therefore made of sets with surpluses up to Δ: usually a few hundred of millions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array

if TYPE_CHECKING:
    from geocensus.zoning.exact_cover import Choices, Problem
    from geocensus.zoning.task import Floats, Ints

__all__ = ["surpluses"]

_ROUNDS = 60  # times that prices are improved; any prices give a valid bound, better ones a tighter one
_FIRST = 400
_ADDED = 300  # sets added in each round
_GOOD_ENOUGH = 1e-6


def surpluses(problem: Problem, choices: Choices) -> Floats:
    """Return what each choice costs beyond the prices of its units and kind.

    Parameters
    ----------
    problem : Problem
        Its sets, kinds and budget.
    choices : Choices
        Every choice that a plan may be made of.

    Returns
    -------
    ndarray of float
        0 or more; a plan's cost is a constant plus the sum over its choices.
    """
    n = len(problem.sets.order)
    known = _cheapest(choices, choices.cost, _FIRST)
    large = 10 * float(choices.cost.max()) + 1.0
    over = choices.cost
    for _ in range(_ROUNDS):
        problem.budget.spend(40.0 * len(choices.sets) + 1e6)
        prices = _prices(problem, choices, known, large)
        over = choices.cost - problem.sets.sums(prices[:n])(choices.sets) - prices[n:][choices.kind]
        if over.min() > -_GOOD_ENOUGH * large:
            break
        known = np.union1d(known, _cheapest(choices, over, _ADDED))
    # what rounding or an early end left negative is put on the price of the kinds: each plan has as many of each
    return over - np.minimum(0.0, over.min())


def _cheapest(choices: Choices, value: Floats, count: int) -> Ints:
    """Return the choices of least value: some overall, and some for each lowest unit and kind."""
    overall = np.argpartition(value, min(count, len(value)) - 1)[:count]
    each = max(1, count // len(choices.start))
    spans = zip(choices.start[:-1].tolist(), choices.start[1:].tolist(), strict=True)
    lowest = [a + np.argpartition(value[a:b], min(each, b - a) - 1)[:each] for a, b in spans if b > a]
    return np.unique(np.concatenate([overall, *lowest]))


def _prices(problem: Problem, choices: Choices, known: Ints, large: float) -> Floats:
    """Solve the relaxation over known choices; units may stay open at a large cost, so that there is a solution."""
    n, kinds = len(problem.sets.order), len(problem.kinds)
    member = choices.sets[known] >> np.arange(n)[:, None] & 1
    of_kind = choices.kind[known] == np.arange(kinds)[:, None]
    rows = np.vstack([member, of_kind])
    matrix = csc_array(np.hstack([rows, np.eye(n + kinds)]).astype(np.float64))
    needed = np.concatenate([np.ones(n), [len(kind.zones) for kind in problem.kinds]])
    cost = np.concatenate([choices.cost[known], np.full(n + kinds, large)])
    solved = linprog(cost, A_eq=matrix, b_eq=needed, method="highs-ds")
    prices: Floats = solved.eqlin.marginals
    return prices
