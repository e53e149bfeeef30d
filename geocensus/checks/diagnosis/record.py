"""The record of a diagnosis: one JSON text per source, made from whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geocensus import names as n
from geocensus.checks.causes import CAUSES
from geocensus.checks.diagnosis.texts import chosen, grouped, joined, taken
from geocensus.checks.tolerance import boundary_m, point_m

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geocensus.checks.context import Context
    from geocensus.checks.diagnosis.choices import Choices
    from geocensus.checks.diagnosis.landscape import Landscape
    from geocensus.checks.diagnosis.neighbours import Neighbours
    from geocensus.checks.diagnosis.parameters import Parameters
    from geocensus.checks.diagnosis.posterior import Posterior
    from geocensus.checks.diagnosis.question import Question

__all__ = ["VERSION", "json_objects", "json_text", "records"]

VERSION: Final = 1  # of the diagnosis: raised when it weighs differently
_COLUMNS: Final = ("lon_format", "lat_format", "file", "sheet", "row", "import_group", "enumerator", "device", "time")
_ESCAPED: Final = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
_SPECIAL: Final = '[\\x00-\\x1f"\\\\]'
_DECIMALS: Final = r"[.,．](?P<decimals>[0-9]+)[^0-9]*$"


def json_text(values: pa.Array | pd.Series) -> pa.Array:
    r"""Quote texts for JSON.

    Parameters
    ----------
    values : pyarrow.Array or Series
        Texts; missing ones become null.

    Returns
    -------
    pyarrow.Array
        JSON values.

    Examples
    --------
    >>> import pandas as pd
    >>> json_text(pd.Series(['28°30′5"', None], dtype="str")).to_pylist()
    ['"28°30′5\\""', 'null']
    """
    texts = (
        values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values.astype("str"), pa.large_string())
    )
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    distinct = texts.dictionary_encode()  # most columns say the same again and again
    return pc.fill_null(_quoted(distinct.dictionary).take(distinct.indices), "null")


def _quoted(texts: pa.Array) -> pa.Array:
    if pc.any(pc.match_substring_regex(texts, _SPECIAL)).as_py():
        for plain, escaped in _ESCAPED:
            texts = pc.replace_substring(texts, plain, escaped)
        texts = pc.replace_substring_regex(texts, "[\\x00-\\x1f]", " ")
    return joined('"', texts, '"')


def json_number(values: NDArray[Any], digits: int) -> pa.Array:
    """Write numbers for JSON, NaN and infinite ones as null.

    Parameters
    ----------
    values : array
        Numbers or truth values.
    digits : int
        Decimals kept.

    Returns
    -------
    pyarrow.Array
        JSON values.
    """
    if values.dtype == bool:
        return chosen(values, "true", "false")
    if values.dtype.kind in "iu":
        return pa.array(values).cast(pa.large_string())
    known = np.isfinite(values)
    rounded = np.where(known, np.round(values, digits), 0.0)
    return chosen(known, pa.array(rounded).cast(pa.large_string()), "null")


def json_objects(members: dict[str, pa.Array]) -> pa.Array:
    """Build one JSON object per row.

    Parameters
    ----------
    members : dict of str to pyarrow.Array
        Names to JSON values.

    Returns
    -------
    pyarrow.Array
        JSON texts.

    Examples
    --------
    >>> json_objects({"a": pa.array(["1", "null"], pa.large_string())}).to_pylist()
    ['{"a": 1}', '{"a": null}']
    """
    parts: list[str | pa.Array] = []
    for place, (name, values) in enumerate(members.items()):
        parts += [f'{", " if place else "{"}"{name}": ', values]
    return joined(*parts, "}")


def records(
    ctx: Context,
    question: Question,
    land: Landscape,
    near: Neighbours,
    posterior: Posterior,
    choices: Choices,
    shift: pd.DataFrame | None,
    with_: Parameters,
) -> pa.Array:
    """Write down what each diagnosis rests on.

    Parameters
    ----------
    ctx : Context
        All sources under test.
    question : Question
        The flagged rows.
    land : Landscape
        Areas.
    near : Neighbours
        Good sources.
    posterior : Posterior
        Probabilities, priors, likelihoods.
    choices : Choices
        Ranked repairs.
    shift : DataFrame or None
        Decision on the shift that applies to each source.
    with_ : Parameters
        Thresholds.

    Returns
    -------
    pyarrow.Array
        One JSON object per row of the question.
    """
    best = np.zeros((2, len(question)))
    for rank in (1, 2):
        here = choices.rank == rank
        best[rank - 1, choices.row[here]] = choices.probability[here]
    unknown = posterior.probability[:, list(CAUSES).index("unknown")]
    members = {
        **_written(ctx, question),
        **_claimed(ctx, question, land),
        "same_text": json_number(question.same, 0),
        "same_text_fitting": json_number(question.fitting, 0),
        "same_text_claims": json_number(question.claims, 0),
        "default_place": json_number(question.default, 0),
        "good_sources_there": json_number(near.lying_at(question.fine), 0),
        "shift": _shift(shift, question),
        "causes": _causes(posterior, with_),
        "best_repair": json_number(best[0], 4),
        "second_repair": json_number(best[1], 4),
        "unknown": json_number(unknown, 4),
        "version": pa.array([str(VERSION)] * len(question), pa.large_string()),
    }
    return json_objects(members)


def _written(ctx: Context, question: Question) -> dict[str, pa.Array]:
    at = question.position
    texts = {name: pa.array(ctx.text(name).iloc[at], pa.large_string()) for name in (n.LON_TEXT, n.LAT_TEXT)}
    members = {name: json_text(column) for name, column in texts.items()}
    for axis, column in zip(("lon", "lat"), texts.values(), strict=True):
        found = pc.struct_field(pc.extract_regex(column, _DECIMALS), 0)
        members[f"{axis}_decimals"] = pc.fill_null(pc.utf8_length(found), 0).cast(pa.large_string())
    rows = ctx.sources
    members |= {name: json_text(rows[name].iloc[at].astype("str")) for name in _COLUMNS if name in rows}
    return members


def _claimed(ctx: Context, question: Question, land: Landscape) -> dict[str, pa.Array]:
    info, at = ctx.basemap.info, question.position
    located = {level: json_text(ctx.located[f"code_{level}"].iloc[at]) for level in land.levels}
    border = np.zeros(len(at))
    for numbers, level in zip(question.claim, land.levels, strict=True):
        border = np.where(numbers >= 0, boundary_m(info, level, ctx.settings)[0], border)
    year = "null" if info.code_year is None else str(info.code_year)
    return {
        "claimed_code": json_text(taken(land.codes.to_numpy(), question.own)),
        "claimed_level": json_text(ctx.claims[n.CLAIMED_LEVEL].iloc[at]),
        "code_year": pa.array([year] * len(at), pa.large_string()),
        "located": json_objects(located),
        "outside_m": json_number(question.outside_m, 1),
        "outside_failed_m": json_number(question.failed_m, 1),
        "tolerance_m": json_number(question.tolerance, 1),
        "point_m": json_number(point_m(ctx.sources)[at], 1),
        "border_m": json_number(border, 1),
    }


def _shift(shift: pd.DataFrame | None, question: Question) -> pa.Array:
    if shift is None or not len(shift):
        return pa.array(["null"] * len(question), pa.large_string())
    mine = shift.iloc[question.position]
    return json_objects(
        {
            "group": json_text(mine["group"]),
            "system": json_text(mine["system"]),
            "confidence": json_number(mine["confidence"].to_numpy(dtype=float), 3),
        }
    )


def _causes(posterior: Posterior, with_: Parameters) -> pa.Array:
    """List prior, log-likelihood and posterior of the causes that are not out of the question."""
    row, number = np.nonzero(posterior.probability >= with_.shown / 10)
    prior, likelihood, probability = (
        json_number(values[row, number], digits)
        for values, digits in ((posterior.prior, 5), (posterior.log_average, 2), (posterior.probability, 4))
    )
    names = taken([f', "{cause}": [' for cause in CAUSES], number)
    members = joined(names, prior, ", ", likelihood, ", ", probability, "]")
    listed = grouped(members, np.searchsorted(row, np.arange(len(posterior.probability) + 1)))
    return joined("{", pc.utf8_slice_codeunits(listed, 2), "}")
