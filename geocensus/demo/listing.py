"""The list of sources and its truth, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus.demo.claims import former_codes
from geocensus.demo.clean import clean_draft
from geocensus.demo.columns import HEADERS
from geocensus.demo.planting import BATCH_KINDS, plant
from geocensus.demo.setaside import with_rows_set_aside
from geocensus.demo.world import World
from geocensus.errors import SchemaError

if TYPE_CHECKING:
    from geocensus.basemap import Basemap

__all__ = ["SEED", "make_crosswalk", "make_sources"]

SEED = 20171231  # reference date of the second census
_TRUTH = ("row", "source_id", "true_lon", "true_lat", "true_code", "kind", "rules")
_CLEARLY_M = 150.0  # further outside than this counts as outside whatever the border's accuracy


def make_sources(basemap: Basemap, *, rows: int = 1200, seed: int = SEED) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make a fictional list of sources, and the truth about it.

    Parameters
    ----------
    basemap : Basemap
        With levels township and village.
    rows : int
        Rows of the list; from 30 on, a few of them are summary tables, a blank row and a total.
    seed : int
        Same seed, same basemap: same list.

    Returns
    -------
    list : DataFrame
        Texts only, under the headers of a census office; "" is an empty cell.
    truth : DataFrame
        One row per row of the list: ``row`` (as a spreadsheet counts), ``source_id`` (as written), ``true_lon``
        and ``true_lat`` (degrees CGCS2000; NaN for rows that are no source), ``true_code`` (the village), ``kind``
        ("" = clean; a key of ``KINDS``, or blank_row, total_row, summary_table) and ``rules`` (what must be
        flagged, separated by semicolons, alternatives by a bar; the place rules only where the point read lies
        over 150 m plus its resolution outside).

    Raises
    ------
    SchemaError
        When `rows` is less than 1, or the basemap has no townships and villages.
    """
    if rows < 1:
        raise SchemaError(f"demo: rows={rows}; must be 1 or more", f"演示：rows={rows}，应不小于 1")
    world = World(basemap)
    rng = np.random.default_rng(seed)
    draft = _with_batches(clean_draft(world, rows, rng))
    draft = _with_place_rules(plant(draft, rng, world), world)
    whole = with_rows_set_aside(draft, rows, world, rng)
    whole = whole.assign(row=np.arange(len(whole)) + 2, source_id=whole["id"], true_code=_true_codes(whole, world))
    table = whole[list(HEADERS)].rename(columns=HEADERS)
    return table, whole[list(_TRUTH)].copy()


def make_crosswalk(basemap: Basemap) -> pd.DataFrame:
    """Return the invented changes of division codes that the list's former codes come from.

    Parameters
    ----------
    basemap : Basemap
        With levels township and village.

    Returns
    -------
    DataFrame
        Columns old_code, new_code, year_to and note, as :class:`geocensus.divisions.Crosswalk` takes them.
    """
    former = former_codes(World(basemap))
    year = (basemap.info.code_year or 2020) - 1
    changes = {
        "old_code": former.to_numpy(),
        "new_code": former.index.to_numpy(),
        "year_to": year,
        "note": "虚构的撤并",
    }
    return pd.DataFrame(changes)


def _with_batches(draft: pd.DataFrame) -> pd.DataFrame:
    """Choose the enumerators whose whole batch is shifted: one of middling size for GCJ-02, a small one for BD-09."""
    sizes = draft["enumerator"].value_counts().rename_axis("who").reset_index(name="size").sort_values(["size", "who"])
    enough = sizes[sizes["size"] >= 8]  # noqa: PLR2004 - fewer points show no common shift
    if len(enough) < 6:  # noqa: PLR2004 - on a short list two batches would be most of it
        return draft
    chosen = dict(zip(BATCH_KINDS, (enough["who"].iloc[len(enough) // 2], enough["who"].iloc[0]), strict=True))
    kind = draft["kind"]
    for name, who in chosen.items():
        kind = kind.mask(draft["enumerator"].eq(who), name)
    return draft.assign(kind=kind)


def _with_place_rules(draft: pd.DataFrame, world: World) -> pd.DataFrame:
    """Add the rules that follow from where the point read lies, where that is beyond doubt."""
    lon, lat = (draft[f"read_{axis}"].to_numpy(dtype=float) for axis in ("lon", "lat"))
    metres = world.outside_m(draft["claim"].to_numpy(dtype="int64"), lon, lat)
    doubt = 2 * draft["resolution_m"].to_numpy(dtype=float)
    sure = metres > _CLEARLY_M + doubt
    lost = world.beyond_m(lon, lat) > _CLEARLY_M + doubt
    rules = draft["rules"].where(~sure, draft["rules"] + ";place.outside_claimed")
    rules = rules.where(~lost, rules + ";place.outside_basemap")
    return draft.assign(
        rules=rules.str.split(";").map(lambda parts: ";".join(sorted(filter(None, parts)))).astype("str")
    )


def _true_codes(whole: pd.DataFrame, world: World) -> pd.Series:
    """Return the village each source truly lies in; "" for rows that are no source."""
    positions = whole["village"].to_numpy(dtype="int64")
    codes = world.villages["code"].to_numpy()[positions]
    return pd.Series(np.where(positions >= 0, codes, ""), index=whole.index, dtype="str")
