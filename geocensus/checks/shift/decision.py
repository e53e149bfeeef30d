"""What was decided on one group."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Decision", "undecided"]


class Decision(NamedTuple):
    """One group, tested in one way.

    ``system`` is a key of SYSTEMS; ``sites`` those that could be compared; ``share`` the estimated share of sources
    that are in ``system``, of those it explains or "none" does; ``leading`` the best system even where nothing is
    decided; ``why`` a key of WHY where nothing is; the displacement is in metres, NaN where there is none to state.
    ``leaning``: nothing is decided, but what can be seen speaks for a shift, so that it must not be ruled out.
    """

    system: str
    sites: int
    method: str = "claims"
    confidence: float = 0.0
    share: float = np.nan
    east_m: float = np.nan
    north_m: float = np.nan
    leading: str = ""
    why: str = ""
    leaning: bool = False


def undecided(sites: int, why: str, method: str = "claims") -> Decision:
    """Decline to decide.

    Parameters
    ----------
    sites : int
        How many could be compared.
    why : str
        A key of WHY.
    method : str
        In which way: "claims" or "pairs".

    Returns
    -------
    Decision
        With the system "inconclusive" and confidence 0.
    """
    return Decision("inconclusive", sites, method, why=why)
