"""Sources and flags as compact columns for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geocensus.checks import RULES
from geocensus.checks.labels import labels_in_words
from geocensus.io.result_judgement import decided_messages
from geocensus.io.setaside import REASONS
from geocensus.maps.rows import (
    STATES,
    claimed_areas,
    class_positions,
    drawable,
    located_areas,
    severity_positions,
    worst_severity,
)
from geocensus.maps.style import OTHER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.maps.areas import AreaTable
    from geocensus.model import Text

__all__ = ["flag_columns", "source_columns"]

STATUSES: Final = ("ok", "near_border", "flagged", "not_tested")
_FAMILY: Final = "coordinate."  # a source's coordinate_problem is the rule's code without it


def source_columns(sources: pd.DataFrame, flags: pd.DataFrame, areas: AreaTable, *, lang: str) -> dict[str, Any]:
    """Return the sources as columns for the page, in the table's order.

    Parameters
    ----------
    sources : pandas.DataFrame
        One row per row read; source_id, state, lon, lat (degrees, NaN = unlocated) are needed, the rest is optional.
    flags : pandas.DataFrame
        The flags, for the worst severity of each source.
    areas : AreaTable
        Areas of all levels.
    lang : str
        "zh" or "en".

    Returns
    -------
    dict
        Column name to list; missing values are None, unknown areas and severities -1.
    """
    shown = drawable(sources)
    claimed = claimed_areas(sources, areas)
    classes = class_positions(sources)
    return {
        "id": _values(sources, "source_id"),
        "name": _values(sources, "name"),
        "row": _values(sources, "row"),
        "class": classes.tolist(),
        "class_text": _where(sources, "class", classes == OTHER),
        "state": pd.Index(STATES).get_indexer(pd.Index(sources["state"])).tolist(),
        "x": _rounded(sources, "lon", 7, shown),
        "y": _rounded(sources, "lat", 7, shown),
        "located": located_areas(sources, areas).tolist(),
        "claimed": claimed.tolist(),
        "claim_text": _where(sources, "claimed_code", claimed < 0),
        "distance": _rounded(sources, "distance_m", 1),
        "tolerance": _rounded(sources, "tolerance_m", 1),
        "status": _statuses(sources).tolist(),
        "near": _near(sources),
        "on_border": _truth(sources, "on_border"),
        "lon_text": _values(sources, "lon_text"),
        "lat_text": _values(sources, "lat_text"),
        "problem": _named(sources, "coordinate_problem", {k[len(_FAMILY) :]: v for k, v in _rule_titles(lang).items()}),
        "reason": _named(sources, "excluded_reason", {k: v.get(lang) for k, v in REASONS.items()}),
        "severity": worst_severity(sources, flags).tolist(),
    }


def flag_columns(
    sources: pd.DataFrame, flags: pd.DataFrame, *, lang: str, rules: Mapping[str, Text] | None = None
) -> dict[str, Any]:
    """Return the flags as columns for the page.

    Parameters
    ----------
    sources : pandas.DataFrame
        The sources the flags speak of.
    flags : pandas.DataFrame
        Columns source_id (empty for a group), rule, severity, message_zh, message_en; group is optional.
    lang : str
        "zh" or "en".
    rules : Mapping of str to Text, optional
        Titles of rules by code; by default those of :data:`geocensus.checks.RULES`.

    Returns
    -------
    dict
        Lists source (row of the source, -1 = a group's flag), rule (position in rules), severity, text, group; and
        rules, a list of code and title.
    """
    first = sources["source_id"].drop_duplicates()
    rows = pd.Series(first.index, index=first.to_numpy(dtype=object)).reindex(flags["source_id"].to_numpy(dtype=object))
    rule, codes = pd.factorize(flags["rule"], sort=True)
    titles = _rule_titles(lang, rules)
    return {
        "source": rows.fillna(-1).astype("int64").tolist(),
        "rule": rule.tolist(),
        "severity": severity_positions(flags).tolist(),
        "text": _values(flags.assign(said=decided_messages(flags, lang)), "said"),
        "group": _values(_with_group_words(flags, lang), "group"),
        "rules": [[code, titles.get(code, code)] for code in codes.tolist()],
    }


def _with_group_words(flags: pd.DataFrame, lang: str) -> pd.DataFrame:
    return flags.assign(group=labels_in_words(flags["group"].astype("str"), lang)) if "group" in flags else flags


def _values(table: pd.DataFrame, column: str) -> list[Any]:
    """Return a column as plain values, None where missing or where the column is not there."""
    if column not in table:
        return [None] * len(table)
    plain = table[column].astype(object)
    return plain.where(plain.notna(), None).tolist()


def _rule_titles(lang: str, rules: Mapping[str, Text] | None = None) -> dict[str, str]:
    known = rules if rules is not None else {rule.code: rule.title for rule in RULES}
    titles = {code: title.get(lang) for code, title in known.items()}
    return {code: title[:1].upper() + title[1:] for code, title in titles.items()}


def _named(table: pd.DataFrame, column: str, names: dict[str, str]) -> list[Any]:
    """Return a column of slugs as people read them; an unknown slug stays as it is."""
    if column not in table:
        return [None] * len(table)
    texts = table[column].astype(object)
    return _values(pd.DataFrame({column: texts.map(names).where(texts.isin(list(names)), texts)}), column)


def _where(table: pd.DataFrame, column: str, rows: np.ndarray) -> list[Any]:
    plain = np.array([*_values(table, column), None], dtype=object)[:-1]
    return np.where(rows, plain, np.array(None, dtype=object)).tolist()


def _floats(table: pd.DataFrame, column: str) -> np.ndarray:
    return table[column].to_numpy(dtype=float) if column in table else np.full(len(table), np.nan)


def _rounded(table: pd.DataFrame, column: str, digits: int, rows: np.ndarray | None = None) -> list[float | None]:
    numbers = _floats(table, column)
    keep = np.isfinite(numbers) if rows is None else np.isfinite(numbers) & rows
    rounded = np.round(np.where(keep, numbers, 0.0), digits).astype(object)
    rounded[~keep] = None
    return rounded.tolist()


def _truth(table: pd.DataFrame, column: str) -> list[int]:
    if column not in table:
        return [0] * len(table)
    return table[column].fillna(value=False).astype(bool).astype(int).tolist()


def _near(sources: pd.DataFrame) -> list[int]:
    """Return 1 for sources outside their claimed area by no more than the tolerance, whatever else is said of them."""
    if "near_border" in sources:
        return _truth(sources, "near_border")
    return (_statuses(sources) == STATUSES.index("near_border")).astype(int).tolist()


def _statuses(sources: pd.DataFrame) -> np.ndarray:
    if "status" not in sources:
        return np.full(len(sources), STATUSES.index("not_tested"), dtype=np.int64)
    found = pd.Index(STATUSES).get_indexer(pd.Index(sources["status"]))
    return np.where(found < 0, STATUSES.index("not_tested"), found)
