"""How much work must cross which border: the least flow that balances field zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_array, coo_array

if TYPE_CHECKING:
    from geocensus.zoning.task import Floats, Ints

__all__ = ["flows"]

_SHORT = 1e3  # what a minute outside its band costs, in minutes of flow


def flows(loads: Floats, low: Floats, high: Floats, pairs: Ints) -> Floats:
    """Find the least work to pass between neighbours so that every load comes into its band.

    Parameters
    ----------
    loads, low, high : ndarray of k float
        Load and band of each field zone.
    pairs : ndarray of int
        Shape (m, 2): from, to; both directions of a border are two pairs.

    Returns
    -------
    ndarray of m float
        Work to pass; what no border can balance stays where it is.

    Examples
    --------
    >>> pairs = np.array([[0, 1], [1, 0], [1, 2], [2, 1]])
    >>> flows(np.array([9.0, 5, 1]), np.full(3, 4.0), np.full(3, 6.0), pairs).tolist()
    [3.0, 0.0, 3.0, 0.0]
    """
    k, m = len(loads), len(pairs)
    columns = np.arange(m)
    rows = np.concatenate([pairs[:, 1], pairs[:, 0]])
    signs = np.concatenate([np.ones(m), -np.ones(m)])
    net = coo_array((signs, (rows, np.tile(columns, 2))), shape=(k, m)).tocsr()
    slack = coo_array((np.ones(k), (np.arange(k), np.arange(k))), shape=(k, k)).tocsr()
    nothing = coo_array((k, k)).tocsr()
    upper = block_array([[net, -slack, nothing], [-net, nothing, -slack]])
    cost = np.concatenate([np.ones(m), np.full(2 * k, _SHORT)])
    solved = linprog(cost, A_ub=upper, b_ub=np.concatenate([high - loads, loads - low]), method="highs-ds")
    return solved.x[:m] if solved.x is not None else np.zeros(m)
