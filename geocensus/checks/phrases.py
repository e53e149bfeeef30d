"""Find the phrases of a list in many texts at once: exact, without a loop over texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Letters = NDArray[np.uint32]

__all__ = ["Phrases", "Texts", "find_phrases"]

_LETTERS: Final = 0x110000  # of Unicode
_GAP: Final = "\0"


class Texts:
    """Texts laid end to end as numbers of letters, with one gap after each.

    Parameters
    ----------
    texts : Series of str
        No missing values; a letter 0 in a text counts as a gap.

    Attributes
    ----------
    size, first : ndarray of int
        Letters of each text, and the position of its first in :attr:`letters`.
    letters : ndarray of uint32
        All letters.
    """

    def __init__(self, texts: pd.Series) -> None:
        plain = texts.astype("str").str.replace(_GAP, " ", regex=False)
        self.size = plain.str.len().to_numpy(dtype=np.int64)
        self.first = np.cumsum(self.size + 1) - self.size - 1
        joined = _GAP.join(plain.tolist()) + _GAP
        self.letters: Letters = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)

    def windows(self, at: Ints, width: int) -> NDArray[np.str_]:
        """Cut pieces of one width.

        Parameters
        ----------
        at : ndarray of int, shape (n,)
            Positions of first letters in :attr:`letters`, at most `width` beyond either end.
        width : int
            Letters per piece; 1 or more.

        Returns
        -------
        ndarray of str, shape (n,)
            The pieces; letters beyond either end of all texts are gaps, and gaps at the end of a piece are cut.
        """
        pieces = np.lib.stride_tricks.sliding_window_view(np.pad(self.letters, width), width)[at + width]
        return pieces.view(f"<U{width}").ravel()


class Phrases:
    """Phrases to look for.

    Parameters
    ----------
    phrases : Series of str
        Different from one another, no missing values.

    Attributes
    ----------
    tables : tuple
        Of each number of letters: the phrases in order, and their row numbers.
    """

    def __init__(self, phrases: pd.Series) -> None:
        self.tables = tuple(_by_length(phrases))


def find_phrases(texts: Texts, phrases: Phrases) -> pd.DataFrame:
    """Find every place where a phrase stands in a text.

    Parameters
    ----------
    texts : Texts
        Where to look.
    phrases : Phrases
        What to look for.

    Returns
    -------
    DataFrame
        One row per find, by text and start, the longest first: ``text`` (row number), ``start`` and ``end`` (letters
        from 0, the end not included), ``phrase`` (row number). Finds may overlap.

    Examples
    --------
    >>> find_phrases(Texts(pd.Series(["白石镇新村"])), Phrases(pd.Series(["新村", "石镇", "南乡"]))).values.tolist()
    [[0, 1, 3, 1], [0, 3, 5, 0]]
    """
    owner = np.repeat(np.arange(len(texts.size)), texts.size + 1)
    found = [np.empty((0, 3), dtype=np.int64)]
    for table, numbers in phrases.tables:
        at, which = _finds(texts, owner, table)
        found.append(np.column_stack([at, at + table.itemsize // texts.letters.itemsize, numbers[which]]))
    at, end, phrase = np.concatenate(found).T
    order = np.lexsort((-end, at))
    text = owner[at[order]]
    first = texts.first[text]
    return pd.DataFrame({"text": text, "start": at[order] - first, "end": end[order] - first, "phrase": phrase[order]})


def _by_length(phrases: pd.Series) -> Iterator[tuple[NDArray[np.str_], Ints]]:
    lengths = phrases.str.len().to_numpy(dtype=np.int64)
    for width in np.unique(lengths[lengths > 0]):
        members = np.flatnonzero(lengths == width)
        table = phrases.iloc[members].to_numpy(dtype=f"<U{width}")
        order = np.argsort(table, kind="stable")
        yield table[order], members[order]


def _finds(laid: Texts, owner: Ints, table: NDArray[np.str_]) -> tuple[Ints, Ints]:
    """Return first letters and row numbers of the table; the first and the last letter leave few to compare."""
    width = table.itemsize // laid.letters.itemsize
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
