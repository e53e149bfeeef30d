"""What addresses say about the intended place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geocensus import names as n

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.context import Context
    from geocensus.checks.diagnosis.landscape import Landscape
    from geocensus.checks.diagnosis.parameters import Parameters
    from geocensus.checks.diagnosis.question import Question

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

__all__ = ["of_claim", "of_place", "said_areas", "weight"]


def said_areas(ctx: Context, land: Landscape, position: Ints) -> Ints:
    """Return the one finest area that the address of each row surely names.

    Parameters
    ----------
    ctx : Context
        All sources under test.
    land : Landscape
        Areas.
    position : array of int
        Flagged rows.

    Returns
    -------
    array of int, shape (levels, rows)
        The area and those above it; -1 where the address names none, or several.
    """
    named = ctx.named
    named = named[named["sure"] & (named["candidates"] == 1) & named["row"].isin(position)]
    finest = named[n.LEVEL].map({level: number for number, level in enumerate(land.levels)})
    named = named[finest == finest.groupby(named["row"]).transform("max")]
    named = named.drop_duplicates(["row", n.CODE])
    named = named[~named["row"].duplicated(keep=False)]
    said = np.full((len(land.levels), len(position)), -1, dtype=np.int64)
    at = np.searchsorted(position, named["row"].to_numpy())
    for row, level in enumerate(land.levels):
        said[row, at] = land.number(named[f"code_{level}"], level)
    return said


def of_place(question: Question, land: Landscape, row: Ints, fine: Ints) -> Bools:
    """Tell whether places lie in the areas that addresses name.

    Parameters
    ----------
    question : Question
        The flagged rows.
    land : Landscape
        Areas.
    row : array of int
        The row of each place.
    fine : array of int
        The finest area of each place, -1 for none.

    Returns
    -------
    array of bool
        True also where no finer area is named than the place lies in.
    """
    said = question.said[:, row]
    above = np.where(fine >= 0, land.chain[:, fine], -1)
    return ((said < 0) | (said == above)).all(axis=0)


def of_claim(question: Question) -> Bools:
    """Tell whether claims agree with the areas that addresses name, at all levels of both.

    Parameters
    ----------
    question : Question
        The flagged rows.

    Returns
    -------
    array of bool
        One per row.
    """
    return ((question.said < 0) | (question.claim < 0) | (question.said == question.claim)).all(axis=0)


def weight(agrees: Bools, named: Bools, with_: Parameters) -> Floats:
    """Weigh what addresses say.

    Parameters
    ----------
    agrees : array of bool
        The intended place lies where the address says.
    named : array of bool
        The address names an area at all.
    with_ : Parameters
        How often addresses are right.

    Returns
    -------
    array of float
        Logarithms; 0 where nothing is named.
    """
    spoken = np.where(agrees, np.log(with_.said_right), np.log(with_.said_wrong))
    return np.where(named, spoken, 0.0)
