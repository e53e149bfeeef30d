"""Put together what was found part by part, as if it had been found at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks import Context, Own, in_order_of_rules
from geocensus.checks.containment import Containment
from geocensus.checks.outcome import STATUS_TYPE
from geocensus.engine.borders import gather_borders
from geocensus.io import read_facts, read_tables
from geocensus.model import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geocensus.engine.shared import Shared

__all__ = ["gather"]


def gather(
    parts: Sequence[Path], shared: Shared, attrs: Mapping[str, Any], reference: pd.DataFrame | None = None
) -> Own:
    """Return what is known of all rows by themselves.

    Parameters
    ----------
    parts : Sequence of Path
        Judged parts, in order.
    shared : Shared
        What they share.
    attrs : Mapping
        What the list as a whole is: file, reference system and so on.
    reference : DataFrame, optional
        A second list of the same units, without its excluded rows.

    Returns
    -------
    Own
        For :func:`~geocensus.checks.judge_list`; its tables are mapped from the files of the parts.
    """
    facts = [read_facts(part) for part in parts]
    sources = read_tables(parts, "sources")
    sources.attrs = dict(attrs)
    tested = (sources[n.STATE] != State.EXCLUDED).to_numpy()
    listed = sources.iloc[:, : facts[0]["columns"]]
    index = sources.index[tested]
    claims, located, keys = (read_tables(parts, name).set_axis(index) for name in ("claims", "located", "keys"))
    test = read_tables(parts, "containment").set_axis(index)
    ctx = Context(
        sources=listed if tested.all() else listed[tested],
        basemap=shared.basemap,
        settings=shared.settings,
        crosswalk=shared.crosswalk,
        claims=claims,
        located=located,
        containment=Containment(**{name: test[name] for name in test}, certainty=_added(facts, "certainty")),
        reference=reference,
    )
    ctx.sources.attrs = dict(attrs)
    ctx.know(named=_named(parts), keys=keys, borders=gather_borders(parts))
    statuses = read_tables(parts, "statuses").set_axis(index).astype(STATUS_TYPE)
    flags = in_order_of_rules(read_tables(parts, "flags"))
    return Own(sources, ctx, {name: statuses[name] for name in statuses}, _added(facts, "not_tested"), flags)


def _named(parts: Sequence[Path]) -> pd.DataFrame:
    """Put ``named`` together, its rows numbered through all parts."""
    named = [read_tables([part], "named") for part in parts]
    sizes = [len(read_tables([part], "containment", ["status"])) for part in parts]
    starts = np.repeat(np.cumsum([0, *sizes[:-1]]), [len(table) for table in named])
    table = pd.concat(named, ignore_index=True)
    return table.assign(row=table["row"] + starts)


def _added(facts: Sequence[Mapping[str, Any]], name: str) -> dict[str, dict[str, int]]:
    """Add counts of counts, in the order in which the parts name them."""
    total: dict[str, dict[str, int]] = {}
    for fact in facts:
        for key, counts in fact[name].items():
            sums = total.setdefault(key, {})
            for count, number in counts.items():
                sums[count] = sums.get(count, 0) + number
    return total
