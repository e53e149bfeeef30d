"""Find the phrases of a list in many texts at once: exact, without a loop over texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Letters = NDArray[np.uint32]

__all__ = ["Texts", "find_phrases"]

_CHUNK: Final = 20_000  # texts at a time, so that memory stays small
_LETTERS: Final = 0x110000  # of Unicode
_GAP: Final = "\0"


class Texts:
    """Texts laid end to end as numbers of letters, with one gap after each.

    Parameters
    ----------
    texts : Series of str
        No missing values; a letter 0 in a text counts as a gap.
    """

    def __init__(self, texts: pd.Series) -> None:
        plain = texts.astype("str").str.replace(_GAP, " ", regex=False)
        self.size = plain.str.len().to_numpy(dtype=np.int64)
        self.first = np.concatenate([[0], np.cumsum(self.size + 1)[:-1]]).astype(np.int64)[: len(plain)]
        joined = _GAP.join(plain.tolist()) + _GAP
        self.letters: Letters = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)

    def windows(self, at: NDArray[np.int64], width: int) -> NDArray[np.str_]:
        """Cut pieces of one width.

        Parameters
        ----------
        at : ndarray of int, shape (n,)
            Positions of first letters in :attr:`letters`.
        width : int
            Letters per piece; 1 or more.

        Returns
        -------
        ndarray of str, shape (n,)
            The pieces; letters beyond either end of all texts are gaps, and gaps at the end of a piece are cut.
        """
        where = at[:, None] + np.arange(width)
        inside = (where >= 0) & (where < len(self.letters))
        pieces = np.where(inside, self.letters[np.clip(where, 0, len(self.letters) - 1)], 0).astype(np.uint32)
        return np.ascontiguousarray(pieces).view(f"<U{width}").ravel()


def find_phrases(texts: pd.Series, phrases: pd.Series) -> pd.DataFrame:
    """Find every place where a phrase stands in a text.

    Parameters
    ----------
    texts : Series of str
        Where to look; missing values allowed.
    phrases : Series of str
        What to look for; different from one another, no missing values.

    Returns
    -------
    DataFrame
        One row per find, sorted: ``text`` (row number in `texts`), ``start`` and ``end`` (letters from 0, the end
        not included), ``phrase`` (row number in `phrases`). Finds may overlap.

    Examples
    --------
    >>> find_phrases(pd.Series(["白石镇新村"]), pd.Series(["新村", "石镇", "南乡"])).values.tolist()
    [[0, 1, 3, 1], [0, 3, 5, 0]]
    """
    rows = np.flatnonzero(texts.notna().to_numpy())
    found = [np.empty((0, 4), dtype=np.int64)]
    tables = list(_by_length(phrases))
    for begin in range(0, len(rows), _CHUNK):
        part = rows[begin : begin + _CHUNK]
        laid = Texts(texts.iloc[part])
        owner = np.repeat(np.arange(len(part)), laid.size + 1)
        for width, table, order in tables:
            at, which = _finds(laid, owner, width, table)
            start = at - laid.first[owner[at]]
            found.append(np.column_stack([part[owner[at]], start, start + width, order[which]]))
    finds = pd.DataFrame(np.concatenate(found), columns=["text", "start", "end", "phrase"])
    return finds.sort_values(["text", "start", "end"], ignore_index=True)


def _by_length(phrases: pd.Series) -> Iterator[tuple[int, NDArray[np.str_], NDArray[np.int64]]]:
    """Group the phrases by their number of letters, each group sorted."""
    lengths = phrases.str.len().to_numpy(dtype=np.int64)
    for width in np.unique(lengths[lengths > 0]):
        members = np.flatnonzero(lengths == width)
        table = phrases.iloc[members].to_numpy(dtype=f"<U{width}")
        order = np.argsort(table, kind="stable")
        yield int(width), table[order], members[order]


def _finds(
    laid: Texts, owner: NDArray[np.int64], width: int, table: NDArray[np.str_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return first letters and row numbers of the table; the first and the last letter leave few to compare."""
    size = len(laid.letters) - width + 1
    if size < 1:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    ends = table.view(np.uint32).reshape(len(table), width)
    opens, closes = (np.zeros(_LETTERS, dtype=bool) for _ in range(2))
    opens[ends[:, 0]], closes[ends[:, -1]] = True, True
    at = np.flatnonzero(opens[laid.letters[:size]] & closes[laid.letters[width - 1 :]])
    at = at[owner[at] == owner[at + width - 1]]
    pieces = laid.windows(at, width)
    which = np.minimum(np.searchsorted(table, pieces), len(table) - 1)
    hit = table[which] == pieces
    return at[hit], which[hit]
