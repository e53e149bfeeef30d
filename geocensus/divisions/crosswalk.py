"""What became of division codes from one code year to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geocensus.divisions.codes import Codes, normalise, trim
from geocensus.divisions.hierarchy import code_at
from geocensus.errors import SchemaError
from geocensus.model import LEVELS, CodeSystem, Level

if TYPE_CHECKING:
    from typing import Self

__all__ = ["Crosswalk"]

_REQUIRED = ("old_code", "new_code")
_OPTIONAL = ("year_from", "year_to", "note")
_COLUMNS = (*_REQUIRED, *_OPTIONAL)
_ANCESTORS = tuple(reversed(LEVELS[: LEVELS.index(Level.VILLAGE) + 1]))
_UNDATED, _START, _END = 0.0, -1.0, float("inf")


class Crosswalk:
    """Changes of division codes, one row per pair of an old and a new code.

    A split is several rows with one `old_code`; a merge is several rows with one `new_code`; a part that keeps its
    code in a split is a row that leads to itself; a code abolished without successor has an empty `new_code`.
    Changes are followed through the years: old, new, newer. Rows without ``year_to`` are one change together,
    before all dated ones.

    Parameters
    ----------
    table : DataFrame
        ``old_code`` and ``new_code`` (texts); optional ``year_from`` (last code year that has the old code),
        ``year_to`` (first code year that has the new one) and ``note``. Other columns are ignored.
    code_system : str
        With ``gb2260`` zeros that fill codes are cut, and a changed township or county takes the codes below it along.

    Raises
    ------
    SchemaError
        When a column is missing, a row has no old code, or a year is no number.

    Examples
    --------
    >>> merged = Crosswalk(pd.DataFrame({"old_code": ["330822105"], "new_code": ["330822111"], "year_to": [2019]}))
    >>> merged.retired(["330822105000", "330822105201", "330822111"]).tolist()
    [True, True, False]
    >>> merged.successors(["330822105201"])[["code", "matched_code", "new_code", "year"]].values.tolist()
    [['330822105201', '330822105', '330822111', 2019.0]]
    """

    def __init__(self, table: pd.DataFrame, *, code_system: str = CodeSystem.GB2260) -> None:
        self.code_system = str(code_system)
        self._changes = self._checked(table)

    @classmethod
    def empty(cls, *, code_system: str = CodeSystem.GB2260) -> Self:
        """Return a crosswalk without changes.

        Parameters
        ----------
        code_system : str
            As for the class.

        Returns
        -------
        Crosswalk
            Nothing is retired.
        """
        return cls(pd.DataFrame(columns=list(_REQUIRED), dtype="str"), code_system=code_system)

    @property
    def table(self) -> pd.DataFrame:
        """Return the changes.

        Returns
        -------
        DataFrame
            Columns old_code, new_code ("" when there is none), year_from, year_to (NaN when unstated) and note; sorted.
        """
        return self._changes.copy()

    def retired(self, codes: Codes, *, code_year: int | None = None) -> pd.Series:
        """Tell which codes no longer exist.

        Parameters
        ----------
        codes : Series or sequence
            Codes of any form that :func:`normalise` reads.
        code_year : int or None
            The code year asked about; None is the newest.

        Returns
        -------
        Series
            The index of `codes`, bool. A code below a retired division is retired; one that came back later is not.
        """
        return self._matched(self.tidy(codes), self._gone(_END if code_year is None else code_year)).notna()

    def successors(self, codes: Codes, *, code_year: int | None = None, since: int | None = None) -> pd.DataFrame:
        """Follow codes to the codes that took their place.

        Parameters
        ----------
        codes : Series or sequence
            Codes of any form that :func:`normalise` reads.
        code_year : int or None
            Where to arrive: later changes are not followed. None is the newest code year.
        since : int or None
            Code year of `codes`: dated changes up to that year are behind them, and a code given away and used
            anew later is read in its old meaning. None follows the codes that are retired.

        Returns
        -------
        DataFrame
            One row per changed code and final successor, sorted: ``code``, ``matched_code`` (the code itself or
            the division above it that the table lists), ``new_code`` ("" when there is none), ``year`` of the last
            change (NaN when unstated), ``steps`` and ``note`` of the last change. A code without rows has not changed.
        """
        until = _END if code_year is None else code_year
        changes = self._links(since, until)
        tidy = pd.Series(self.tidy(codes).dropna().unique(), dtype="str")
        listed = set(changes["at"]) if since is not None else self._gone(until)
        start = pd.DataFrame({"code": tidy, "matched_code": self._matched(tidy, listed)}).dropna()
        return _tidied(_followed(start, changes))

    def _checked(self, table: pd.DataFrame) -> pd.DataFrame:
        missing = [column for column in _REQUIRED if column not in table.columns]
        if missing:
            raise SchemaError(
                f"crosswalk: no column {', '.join(missing)}; it needs old_code and new_code,"
                " and may have year_from, year_to and note",
                f"代码对照表缺少列：{'、'.join(missing)}；应有 old_code、new_code，可有 year_from、year_to、note",
            )
        rows = table.reindex(columns=list(_COLUMNS)).reset_index(drop=True)
        old, new = (self.tidy(rows[column]) for column in _REQUIRED)
        _refuse(old.isna(), "old_code is empty", "old_code 为空")
        years = {column: _years(rows[column], column) for column in ("year_from", "year_to")}
        changes = {"old_code": old, "new_code": new.fillna(""), **years, "note": rows["note"].astype("str").fillna("")}
        return pd.DataFrame(changes).drop_duplicates().sort_values(list(_COLUMNS), ignore_index=True)

    def tidy(self, codes: Codes) -> pd.Series:
        """Bring codes to the form that they have in the tables.

        Parameters
        ----------
        codes : Series or sequence
            Codes of any form that :func:`normalise` reads.

        Returns
        -------
        Series
            The index of `codes`, dtype ``str``; NaN where there is no code.
        """
        return trim(codes) if self.code_system == CodeSystem.GB2260 else normalise(codes)

    def _links(self, since: int | None, until: float) -> pd.DataFrame:
        """Select the changes that count, as one step each: at, next, when, said."""
        when = self._changes["year_to"].fillna(_UNDATED)
        counts = (when <= until) & (when.eq(_UNDATED) | (when > (_START if since is None else since)))
        links = self._changes.assign(when=when)[counts]
        return links[["old_code", "new_code", "when", "note"]].set_axis(["at", "next", "when", "said"], axis="columns")

    def _gone(self, until: float) -> set[str]:
        """Codes that went and did not come in the same year or later."""
        links = self._links(None, until)
        went = links.groupby("at")["when"].max()
        came = links.groupby("next")["when"].max().reindex(went.index).fillna(_START)
        return set(went.index[went > came])

    def _matched(self, codes: pd.Series, listed: set[str]) -> pd.Series:
        """Give each code itself or the finest division above it that is listed; NaN when none is."""
        matched = codes.where(codes.isin(listed))
        if self.code_system == CodeSystem.GB2260 and listed:
            for level in _ANCESTORS:
                above = code_at(codes, level)
                matched = matched.fillna(above.where(above.isin(listed)))
        return matched


def _followed(start: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Walk all codes one change further at a time; years only grow, so every walk ends."""
    walk = start.assign(at=start["matched_code"], year=_START, steps=0, note="")
    ended = []
    while len(walk):
        paths = walk.reset_index(drop=True).rename_axis("path").reset_index()
        further = paths.merge(links, on="at")
        further = further[further["when"] > further["year"]]
        further = further[further["when"].eq(further.groupby("path")["when"].transform("min"))]
        ended.append(paths[~paths["path"].isin(further["path"])].drop(columns="path"))
        walk = pd.DataFrame(
            {
                "code": further["code"],
                "matched_code": further["matched_code"],
                "at": further["next"],
                "year": further["when"],
                "steps": further["steps"] + 1,
                "note": further["said"],
            }
        )
    return pd.concat(ended) if ended else walk


def _tidied(found: pd.DataFrame) -> pd.DataFrame:
    """Drop the codes that arrived where they began, and repeated arrivals; sort."""
    alone = ~found["code"].duplicated(keep=False)
    moved = found[(found["steps"] > 0) & ~(alone & found["at"].eq(found["matched_code"]))]
    moved = moved.assign(year=moved["year"].where(moved["year"] > _UNDATED)).rename(columns={"at": "new_code"})
    moved = moved.sort_values(["code", "new_code", "steps"], ignore_index=True).drop_duplicates(["code", "new_code"])
    return moved[["code", "matched_code", "new_code", "year", "steps", "note"]].reset_index(drop=True)


def _years(values: pd.Series, column: str) -> pd.Series:
    """Read years; empty is NaN."""
    texts = values.astype("str").str.strip()
    texts = texts.mask(texts.eq(""))
    years = pd.to_numeric(texts, errors="coerce").astype("float64")
    _refuse(texts.notna() & years.isna(), f"{column} is no year", f"{column} 不是年份")
    return years


def _refuse(bad: pd.Series, en: str, zh: str) -> None:
    """Raise for the first bad rows of the crosswalk."""
    if bad.any():
        rows = [str(position + 1) for position in bad.to_numpy().nonzero()[0][:5]]
        raise SchemaError(
            f"crosswalk: {en} in row {', '.join(rows)}; fill it in or delete the row",
            f"代码对照表第{'、'.join(rows)}行：{zh}；请补充或删除该行",
        )
