"""The mix of sources in each field zone: how many of which class and of which sector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geocensus.model import Text
from geocensus.schemas import CLASSES
from geocensus.zoning.industry import mix_of, sectors_of
from geocensus.zoning.loads import work_classes
from geocensus.zoning.sectors import sector_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geocensus.zoning.loads import LoadSettings

__all__ = ["MIX_COLUMNS", "class_title", "mix_table"]

MIX_COLUMNS = ("field_zone", "kind", "code", "name_zh", "name_en", "sources")


def mix_table(
    labels: pd.Series,
    units: pd.Series,
    sources: pd.DataFrame,
    settings: LoadSettings | None = None,
    *,
    order: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Count the sources of each class and of each sector in each field zone.

    Parameters
    ----------
    labels : Series of str
        Field zone of each unit, index code.
    units : Series of str
        Code of the unit each source counts in, index of `sources`; NaN for none.
    sources : DataFrame
        Sources after :func:`geocensus.check`; columns class and, where known, industry.
    settings : LoadSettings, optional
        What counts as key industrial.
    order : sequence of str, optional
        Field zones in the order wished; by default that of `labels`' first rows.

    Returns
    -------
    DataFrame
        Columns MIX_COLUMNS; kind is class or sector, and the sources of each kind add up to those that count. By field
        zone, class before sector, most sources first.

    Examples
    --------
    >>> sources = pd.DataFrame({"class": ["工业源", "工业源"], "industry": ["2614 化学原料", None]})
    >>> table = mix_table(pd.Series({"a": "1"}), pd.Series(["a", "a"]), sources)
    >>> table[["kind", "code", "sources"]].values.tolist()
    [['class', 'industrial', 2], ['sector', '', 1], ['sector', '26', 1]]
    """
    kinds = {"class": work_classes(sources, settings), "sector": sectors_of(sources)}
    tables = []
    for kind, words in kinds.items():
        counts = mix_of(labels, units, words).reset_index().melt("field_zone", var_name="code", value_name="sources")
        titles = [(class_title if kind == "class" else sector_title)(str(code)) for code in counts["code"]]
        names = {"name_zh": [title.zh for title in titles], "name_en": [title.en for title in titles]}
        tables.append(counts.assign(kind=kind, **names))
    table = pd.concat(tables, ignore_index=True)
    zones = pd.Index(labels.unique() if order is None else order)
    table = table[table["sources"] > 0]
    table = table.assign(place=zones.get_indexer(table["field_zone"]), less=-table["sources"])
    table = table.sort_values(["place", "kind", "less", "code"], ignore_index=True)
    return table[list(MIX_COLUMNS)].astype(dict.fromkeys(MIX_COLUMNS[:-1], "str") | {"sources": "int64"})


def class_title(slug: str) -> Text:
    """Return the name of a class as the minutes of work know it.

    Parameters
    ----------
    slug : str
        A class, or key_industrial.

    Returns
    -------
    Text
        Its name.

    Examples
    --------
    >>> class_title("key_industrial").zh, class_title("farm").en
    ('重点工业源', 'Livestock farm')
    """
    return Text("重点工业源", "Key industrial") if slug == "key_industrial" else CLASSES[slug]
