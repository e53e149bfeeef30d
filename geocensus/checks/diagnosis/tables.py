"""The two tables a diagnosis gives: causes and repairs."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from geocensus import names as n
from geocensus.checks.causes import CAUSES, intended_texts, number_of
from geocensus.checks.diagnosis.evidence import REASONS, Speaker
from geocensus.checks.diagnosis.keeping import KEEPING
from geocensus.checks.diagnosis.lengths import distance_m
from geocensus.checks.diagnosis.texts import column, taken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.causes import Written
    from geocensus.checks.diagnosis.choices import Choices
    from geocensus.checks.diagnosis.parameters import Parameters
    from geocensus.checks.diagnosis.posterior import Posterior
    from geocensus.checks.diagnosis.proposals import Proposals

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Texts = NDArray[np.object_]

__all__ = ["CAUSE_COLUMNS", "REPAIR_COLUMNS", "Evidence", "cause_table", "repair_table", "shown_causes"]

CAUSE_COLUMNS: Final = {
    n.SOURCE_ID: "str",
    "rank": "int64",
    "cause": "str",
    "probability": "float64",
    "evidence_zh": "str",
    "evidence_en": "str",
    "record": "str",
}
REPAIR_COLUMNS: Final = {
    "repair_id": "str",
    n.SOURCE_ID: "str",
    n.FLAG_ID: "str",
    "rank": "int64",
    "kind": "str",
    "cause": "str",
    "probability": "float64",
    "margin": "float64",
    "offered": "bool",
    "reason_zh": "str",
    "reason_en": "str",
    n.LON: "float64",
    n.LAT: "float64",
    "stated_lon": "float64",
    "stated_lat": "float64",
    n.LON_TEXT: "str",
    n.LAT_TEXT: "str",
    "proposed_code": "str",
    "proposed_name": "str",
    "moved_m": "float64",
    "evidence_zh": "str",
    "evidence_en": "str",
}


def shown_causes(posterior: Posterior, with_: Parameters) -> Bools:
    """Tell which causes are listed.

    Parameters
    ----------
    posterior : Posterior
        Probabilities.
    with_ : Parameters
        The least probability shown.

    Returns
    -------
    array of bool, shape (rows, causes)
        At least the likeliest of every row.
    """
    shown = posterior.probability >= with_.shown
    shown[np.arange(len(shown)), posterior.probability.argmax(axis=1)] = True
    return shown


def cause_table(
    ids: pd.Series, posterior: Posterior, shown: Bools, evidence: Evidence, record: pa.Array
) -> pd.DataFrame:
    """List the causes of every row, likeliest first.

    Parameters
    ----------
    ids : Series of str
        Ids of the flagged rows.
    posterior : Posterior
        Probabilities.
    shown : array of bool, shape (rows, causes)
        Causes that are listed.
    evidence : Evidence
        The words.
    record : pyarrow.Array
        One JSON text per row.

    Returns
    -------
    DataFrame
        ``CAUSE_COLUMNS``; every row has a rank 1.
    """
    order = np.argsort(-posterior.probability, axis=1, kind="stable")
    row, rank = np.nonzero(np.take_along_axis(shown, order, axis=1))
    cause = order[row, rank]
    zh, en = evidence.say(row, cause)
    table = pd.DataFrame(
        {
            n.SOURCE_ID: column(taken(_texts(ids), row)),
            "rank": rank + 1,
            "cause": column(taken(list(CAUSES), cause)),
            "probability": posterior.probability[row, cause],
            "evidence_zh": column(zh),
            "evidence_en": column(en),
            "record": column(taken(record, np.where(rank == 0, row, -1))),
        }
    )
    return table.astype(CAUSE_COLUMNS)


@dataclass(frozen=True, eq=False)
class Evidence:
    """Sentences: of every candidate that is listed, found once, and of causes that keep the point.

    ``candidates`` are positions among the proposals, ascending; ``fine`` the finest area of each, -1 for none.
    """

    speaker: Speaker
    candidates: Ints
    fine: Ints
    moved: tuple[pa.Array, pa.Array]
    best: Ints

    @classmethod
    def of(cls, proposals: Proposals, table: Floats, shown: Bools, choices: Choices, speaker: Speaker) -> Evidence:
        """Speak for the best candidates of all causes shown, and for those chosen as repairs.

        Parameters
        ----------
        proposals : Proposals
            Candidates.
        table : array of float, shape (rows, causes)
            Log-likelihoods.
        shown : array of bool, shape (rows, causes)
            Causes that are listed.
        choices : Choices
            Ranked repairs.
        speaker : Speaker
            Finds the words.

        Returns
        -------
        Evidence
            For the tables.
        """
        best = _best_candidates(proposals, table.shape)
        wanted = np.concatenate([best[shown], choices.candidate])
        candidates = np.unique(wanted[wanted >= 0])
        fine = speaker.land.locate(proposals.lon[candidates], proposals.lat[candidates])
        moved = speaker.moved(proposals, candidates, fine)
        return cls(speaker, candidates, fine, moved, best)

    def say(self, row: Ints, cause: Ints, candidate: Ints | None = None) -> list[pa.Array]:
        """Speak for pairs of row and cause.

        Parameters
        ----------
        row, cause : array of int
            Which.
        candidate : array of int, optional
            The very candidate, -1 for none; by default the best of the cause.

        Returns
        -------
        list of pyarrow.Array
            Chinese and English.
        """
        asked = self.best[row, cause] if candidate is None else candidate
        at = np.where(asked >= 0, np.searchsorted(self.candidates, asked), -1)
        pools, size = [self.moved], len(self.candidates)
        for name in KEEPING:
            here = np.flatnonzero((cause == number_of(name)) & (asked < 0))
            if len(here):
                at[here] = size + np.arange(len(here))
                pools.append(self.speaker.kept(name, row[here]))
                size += len(here)
        return [taken(pa.concat_arrays(texts), at) for texts in zip(*pools, strict=True)]


def _texts(values: pd.Series | NDArray[np.object_]) -> pa.Array:
    return pa.array(values, pa.large_string(), from_pandas=True)


def _best_candidates(proposals: Proposals, shape: tuple[int, int]) -> Ints:
    """Position of the likeliest candidate of every row and cause (the first of equal ones), -1 where there is none."""
    at = proposals.row * shape[1] + proposals.cause
    top = np.full(shape[0] * shape[1], -np.inf)
    np.maximum.at(top, at, proposals.log_likelihood)
    order = np.flatnonzero(proposals.log_likelihood == top[at])[::-1]
    best = np.full(len(top), -1, dtype=np.int64)
    best[at[order]] = order
    return best.reshape(shape)


def repair_table(
    written: Written,
    ids: pd.Series,
    flag_ids: NDArray[np.object_],
    proposals: Proposals,
    choices: Choices,
    evidence: Evidence,
) -> pd.DataFrame:
    """List the repairs of every row, likeliest first.

    Parameters
    ----------
    written : Written
        The flagged rows as written.
    ids : Series of str
        Ids of the flagged rows.
    flag_ids : array of str
        The flag each of them answers.
    proposals : Proposals
        Candidates.
    choices : Choices
        Ranked repairs.
    evidence : Evidence
        The words.

    Returns
    -------
    DataFrame
        ``REPAIR_COLUMNS``.
    """
    asked, land = evidence.speaker.question, evidence.speaker.land
    row, point = choices.row, choices.candidate >= 0
    at = np.where(point, choices.candidate, 0)
    stated = asked.lon[row], asked.lat[row]
    lon, lat, fine = stated[0].copy(), stated[1].copy(), asked.fine[row]
    lon_text, lat_text = (np.full(len(row), "", dtype=object) for _ in range(2))
    if point.any():
        picked = proposals.take(at[point])
        lon[point], lat[point] = picked.lon, picked.lat
        fine[point] = evidence.fine[np.searchsorted(evidence.candidates, at[point])]
        lon_text[point], lat_text[point] = intended_texts(
            written, picked.row, picked.cause, picked.lon_edit, picked.lat_edit
        )
    proposed = _proposed(fine, asked.own[row], asked.claim[:, row], land.chain, point=point)
    zh, en = evidence.say(row, choices.cause, choices.candidate)
    source, codes = taken(_texts(ids), row), taken(land.codes.to_numpy(), proposed)
    kind = taken(["claim", "point"], point.astype(np.int64))
    why = pd.Index(list(REASONS)).get_indexer(pd.Index(choices.reason))
    table = pd.DataFrame(
        {
            "repair_id": column(_identity(source, kind, lon, lat, codes)),
            n.SOURCE_ID: column(source),
            n.FLAG_ID: column(taken(_texts(flag_ids), row)),
            "rank": choices.rank,
            "kind": column(kind),
            "cause": column(taken(list(CAUSES), choices.cause)),
            "probability": choices.probability,
            "margin": choices.margin,
            "offered": choices.reason == "",
            "reason_zh": column(taken([text.zh for text in REASONS.values()], why)),
            "reason_en": column(taken([text.en for text in REASONS.values()], why)),
            n.LON: lon,
            n.LAT: lat,
            "stated_lon": stated[0],
            "stated_lat": stated[1],
            n.LON_TEXT: column(_texts(lon_text)),
            n.LAT_TEXT: column(_texts(lat_text)),
            "proposed_code": column(codes),
            "proposed_name": column(taken(land.names, proposed)),
            "moved_m": distance_m(*stated, lon, lat),
            "evidence_zh": column(zh),
            "evidence_en": column(en),
        }
    )
    return table.astype(REPAIR_COLUMNS)


def _proposed(fine: Ints, own: Ints, claim: Ints, chain: Ints, *, point: NDArray[np.bool_]) -> Ints:
    """Return the finest area of a proposed point; for a proposed claim, the area at the level claimed."""
    above = np.where(fine >= 0, chain[:, fine], -1)
    at_level = above[-1].copy()
    for level in range(len(chain)):
        mine = ~point & (claim[level] == own) & (own >= 0)
        at_level = np.where(mine, above[level], at_level)
    return at_level


def _identity(source: pa.Array, kind: pa.Array, lon: Floats, lat: Floats, codes: pa.Array) -> pa.Array:
    """Name a repair by what it proposes for whom, so that it keeps its name when others come or go."""
    spots = (f"{x:.6f},{y:.6f}" for x, y in zip(lon.tolist(), lat.tolist(), strict=True))
    rows = zip(source.to_pylist(), kind.to_pylist(), spots, codes.to_pylist(), strict=True)
    return _texts([blake2b("\x1f".join(cells).encode(), digest_size=16).hexdigest() for cells in rows])
