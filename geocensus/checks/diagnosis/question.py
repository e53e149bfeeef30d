"""The flagged rows and what is known of each: claim, stated place, tolerance, rows with the same text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.diagnosis.said import said_areas
from geocensus.checks.numbering import rows_in
from geocensus.checks.tolerance import tolerance_m
from geocensus.model import State, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.context import Context
    from geocensus.checks.diagnosis.landscape import Landscape

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

__all__ = ["Question", "make_question", "same_text"]


@dataclass(frozen=True, eq=False)
class Question:
    """Columns of one length, one entry per flagged row; areas are numbers of the landscape, -1 for none.

    ``position`` is the place in ``ctx.sources``; ``claim`` the claimed area of every level (levels, rows) and
    ``own`` the finest of them; ``lon`` and ``lat`` the stated place (NaN where none is on the map); ``fine`` its
    finest area (a column of the landscape's chain); ``outside_m`` how far outside ``own`` it lies; ``failed`` the
    coarsest claimed area that does not hold it, and ``failed_m`` how far away that is; ``tolerance`` in metres;
    ``same`` counts other sources with this text, ``fitting`` those of them that lie where they claim, ``adjacent``
    whether one of these is the row above or below, ``claims`` the different claims among all of them, ``alike`` how
    many sources make the same claim at all; ``said`` the area that the address names, with those above it (levels,
    rows); ``default`` whether the
    place is a default one; ``near_border`` whether it is within tolerance of the border it should be inside.
    """

    position: Ints
    claim: Ints
    own: Ints
    lon: Floats
    lat: Floats
    fine: Ints
    outside_m: Floats
    failed: Ints
    failed_m: Floats
    tolerance: Floats
    same: Ints
    fitting: Ints
    adjacent: Bools
    claims: Ints
    alike: Ints
    said: Ints
    default: Bools
    near_border: Bools

    def __len__(self) -> int:
        return len(self.position)

    @property
    def named(self) -> Bools:
        """Rows whose address names an area.

        Returns
        -------
        array of bool
            One per row.
        """
        return np.asarray((self.said >= 0).any(axis=0), dtype=bool)


def make_question(ctx: Context, land: Landscape, position: Ints, default: Bools) -> Question:
    """Gather what is known of the flagged rows.

    Parameters
    ----------
    ctx : Context
        All sources under test.
    land : Landscape
        Areas.
    position : array of int
        Flagged rows, in order.
    default : array of bool
        Rows at a default place.

    Returns
    -------
    Question
        One entry per flagged row.
    """
    rows, test = ctx.sources.iloc[position], ctx.containment
    claim = np.array([land.number(ctx.claims[f"code_{level}"].iloc[position], level) for level in land.levels])
    point = ctx.has_point.to_numpy()[position]
    lon, lat = (np.where(point, rows[axis].to_numpy(dtype=float), np.nan) for axis in (n.LON, n.LAT))
    failed, failed_m = _failed(ctx, land, claim, position)
    shared = same_text(ctx, position)
    return Question(
        position=position,
        claim=claim,
        own=_finest(claim),
        lon=lon,
        lat=lat,
        fine=land.locate(lon, lat),
        outside_m=np.where(point, np.maximum(test.distance_m.fillna(0).to_numpy()[position], 0), np.nan),
        failed=failed,
        failed_m=failed_m,
        tolerance=_tolerance(ctx, rows, claim, land.levels),
        same=shared["same"].to_numpy(),
        fitting=shared["fitting"].to_numpy(),
        adjacent=shared["adjacent"].to_numpy(),
        claims=shared["claims"].to_numpy(),
        alike=_alike(ctx)[position],
        said=said_areas(ctx, land, position),
        default=default,
        near_border=(test.status == Status.NEAR_BORDER).to_numpy()[position],
    )


def _finest(claim: Ints) -> Ints:
    own = claim[0]
    for numbers in claim[1:]:
        own = np.where(numbers >= 0, numbers, own)
    return own


def _failed(ctx: Context, land: Landscape, claim: Ints, position: Ints) -> tuple[Ints, Floats]:
    level = ctx.containment.level.iloc[position].to_numpy(dtype=object)
    failed = np.full(len(position), -1, dtype=np.int64)
    for row, name in enumerate(land.levels):
        failed = np.where(level == name, claim[row], failed)
    metres = ctx.containment.failed_m.to_numpy()[position]
    return failed, np.where(failed >= 0, np.nan_to_num(metres), 0.0)


def _tolerance(ctx: Context, rows: pd.DataFrame, claim: Ints, levels: tuple[str, ...]) -> Floats:
    """Tolerance at the level claimed; rows without a claim count as claiming the coarsest level."""
    result = tolerance_m(rows, ctx.basemap.info, levels[0], ctx.settings)
    for numbers, level in zip(claim, levels, strict=True):
        result = np.where(numbers >= 0, tolerance_m(rows, ctx.basemap.info, level, ctx.settings), result)
    return result


def _alike(ctx: Context) -> Ints:
    """Count the sources with the same claim, per source; all of them where it has none."""
    claim, _ = pd.factorize(ctx.claims["area_code"])
    sizes = np.append(np.bincount(claim[claim >= 0]), len(claim))  # the last one for -1
    return sizes[claim]


def same_text(ctx: Context, position: Ints) -> pd.DataFrame:
    """Compare flagged rows with all rows that write the same coordinate.

    Parameters
    ----------
    ctx : Context
        All sources under test.
    position : array of int
        Flagged rows, in order.

    Returns
    -------
    DataFrame
        A row per flagged row: same (other sites with this text), fitting (those that lie in their own claim),
        adjacent (the row above or below is one of them), claims (different claims among them and the row itself).
    """
    texts = ctx.text(n.LON_TEXT).fillna("") + "\x1f" + ctx.text(n.LAT_TEXT).fillna("")
    used = (ctx.sources[n.STATE] == State.LOCATED).to_numpy()
    text = rows_in(texts.iloc[position].drop_duplicates(), texts)
    text = np.where(used, text, -1)  # without a place: alone
    fits = ctx.containment.status.isin((Status.OK, Status.NEAR_BORDER)).to_numpy() & used
    met = np.flatnonzero(text >= 0)  # most rows write what no flagged row does
    site = ctx.text("parent_id").iloc[met].fillna(ctx.text(n.SOURCE_ID).iloc[met])
    area = ctx.claims["area_code"].iloc[met]
    rows = pd.DataFrame({"text": text[met], "site": site.array, "fits": fits[met].astype("int64"), "area": area.array})
    grouped = rows.groupby("text")
    same = grouped["site"].transform("nunique") - 1
    table = pd.DataFrame(
        {
            "same": same,
            "fitting": (grouped["fits"].transform("sum") - rows["fits"]).where(same > 0, 0),
            "adjacent": _beside(text, fits)[met] & (same > 0),
            "claims": np.maximum(grouped["area"].transform("nunique"), 1),
        }
    )
    alone = {"same": 0, "fitting": 0, "adjacent": False, "claims": 1}
    found = np.where(text >= 0, np.cumsum(text >= 0) - 1, -1)[position]
    return pd.DataFrame({name: np.append(table[name], alone[name])[found] for name in table})


def _beside(text: Ints, fits: Bools) -> Bools:
    """Tell which rows stand next to one with the same text that lies where it claims."""
    equal = (text[1:] == text[:-1]) & (text[1:] >= 0)
    beside = np.zeros(len(text), dtype=bool)
    beside[1:] |= equal & fits[:-1]
    beside[:-1] |= equal & fits[1:]
    return beside
