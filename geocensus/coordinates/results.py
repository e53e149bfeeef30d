"""What parsing gives, as columns of numbers; words are made only at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray  # noqa: TC002 - dataclass fields are read at run time

__all__ = [
    "FORMAT_NAMES",
    "MINUTE_SECOND_RANGE",
    "MISSING",
    "OK",
    "OUT_OF_RANGE",
    "PROBLEMS",
    "UNPARSABLE",
    "ZERO",
    "Angles",
    "format_code",
    "pair_code",
    "words",
]

# Half a step in degrees becomes metres by the length of a degree along the equator (GRS 80).
METRES_PER_DEGREE: Final = 111_320.0

PROBLEMS: Final = ("", "missing", "unparsable", "minute_second_range", "zero", "out_of_range")
OK, MISSING, UNPARSABLE, MINUTE_SECOND_RANGE, ZERO, OUT_OF_RANGE = range(6)

_SINGLE = (
    "",
    "decimal",
    "decimal_comma",
    "scientific",
    "degree_minute_second",
    "degree_minute",
    "spaced",
    "colon",
    "dashed",
    "dotted_dms",
    "packed",
    "metres",
    "parts_degree",
    "parts_degree_minute",
    "parts_degree_minute_second",
)
_PAIRS = ("pair_lon_lat", "pair_lat_lon", "pair_wkt", "pair_iso6709")
FORMAT_NAMES: Final = (*_SINGLE, *(f"{pair}:{name}" for pair in _PAIRS for name in _SINGLE[1:]))
_CODES = {name: code for code, name in enumerate(FORMAT_NAMES)}


def format_code(name: str) -> int:
    """Return the number that stands for a format.

    Parameters
    ----------
    name : str
        One of ``FORMAT_NAMES``.

    Returns
    -------
    int
        Its position.
    """
    return _CODES[name]


def pair_code(pairs: NDArray[Any], formats: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return the codes of formats found inside pairs; no format stays none.

    Parameters
    ----------
    pairs : array of int
        Positions among pair_lon_lat, pair_lat_lon, pair_wkt, pair_iso6709.
    formats : array of int
        Codes of single formats.

    Returns
    -------
    array of int
        Codes of ``pair:format`` names.
    """
    shifted = formats + (1 + pairs) * (len(_SINGLE) - 1)
    return np.where(formats > 0, shifted, 0).astype(np.int16)


def words(codes: NDArray[Any], names: tuple[str, ...]) -> Any:
    """Return the names that codes stand for.

    Parameters
    ----------
    codes : array of int
        Positions in the names.
    names : tuple of str
        The words.

    Returns
    -------
    pandas array
        Of dtype ``str``, one per code.
    """
    coded = pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int16)), pa.array(names, pa.large_string()))
    return pd.array(coded.cast(pa.large_string()), dtype="str")


@dataclass
class Angles:
    """One angle per row: value (signed), format and problem (codes), resolution (half a step, in the value's unit)."""

    value: NDArray[np.float64]
    format: NDArray[np.int16]
    resolution: NDArray[np.float64]
    problem: NDArray[np.int16]

    @classmethod
    def blank(cls, size: int, problem: int = UNPARSABLE) -> Angles:
        """Return rows of which nothing is known but one problem.

        Parameters
        ----------
        size : int
            How many rows.
        problem : int
            The problem's code.

        Returns
        -------
        Angles
            NaN everywhere.
        """
        nothing = np.full(size, np.nan)
        return cls(nothing, np.zeros(size, np.int16), nothing.copy(), np.full(size, problem, np.int16))

    def put(self, rows: NDArray[Any], other: Angles) -> None:
        """Write another result into some rows.

        Parameters
        ----------
        rows : array
            Positions or a mask.
        other : Angles
            One per row.
        """
        self.value[rows] = other.value
        self.format[rows] = other.format
        self.resolution[rows] = other.resolution
        self.problem[rows] = other.problem

    def take(self, rows: NDArray[Any]) -> Angles:
        """Return some rows.

        Parameters
        ----------
        rows : array
            Positions or a mask.

        Returns
        -------
        Angles
            Copies.
        """
        return Angles(self.value[rows], self.format[rows], self.resolution[rows], self.problem[rows])

    def frame(self, index: pd.Index | None = None) -> pd.DataFrame:
        """Return the table that the public functions hand out.

        Parameters
        ----------
        index : Index or None
            The rows' labels; 0, 1, 2 ... where None.

        Returns
        -------
        DataFrame
            Columns value, format, resolution_deg and problem.
        """
        columns = {
            "value": self.value,
            "format": words(self.format, FORMAT_NAMES),
            "resolution_deg": self.resolution,
            "problem": words(self.problem, PROBLEMS),
        }
        return pd.DataFrame(columns, index=index)
