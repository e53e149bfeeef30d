"""How to read each shape: its format, sign, hemisphere, and how many digits belong to which number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray  # noqa: TC002 - dataclass fields are read at run time

from geocensus.coordinates.formats import FORMATS, Format
from geocensus.coordinates.hemispheres import peel
from geocensus.coordinates.results import OK, UNPARSABLE, format_code

__all__ = ["GROUPS", "Plans", "plans_of"]

GROUPS = ("deg", "min", "sec", "exponent")


@dataclass
class Plans:
    """One plan per shape; arrays of one length.

    ``whole`` and ``fraction`` count the digits before and behind the point of each of the GROUPS (rows); ``last`` is
    the group that the resolution comes from; ``sign`` is -1 for a minus or for west and south; ``power_sign`` belongs
    to the exponent.
    """

    format: NDArray[np.int16]
    problem: NDArray[np.int16]
    sign: NDArray[np.int8]
    power_sign: NDArray[np.int8]
    on_lon: NDArray[np.bool_]
    on_lat: NDArray[np.bool_]
    whole: NDArray[np.int64]
    fraction: NDArray[np.int64]
    last: NDArray[np.int8]


def plans_of(shapes: Any, formats: tuple[Format, ...]) -> Plans:
    """Find the plan of each folded shape.

    Parameters
    ----------
    shapes : pyarrow LargeStringArray
        Folded; missing values are unparsable.
    formats : tuple of Format
        In the order to try. Hemispheres and labels are understood only with ``FORMATS``, the formats of whole angles.

    Returns
    -------
    Plans
        As long as the input.
    """
    size = len(shapes)
    plans = Plans(
        format=np.zeros(size, np.int16),
        problem=np.full(size, UNPARSABLE, np.int16),
        sign=np.ones(size, np.int8),
        power_sign=np.ones(size, np.int8),
        on_lon=np.zeros(size, bool),
        on_lat=np.zeros(size, bool),
        whole=np.zeros((len(GROUPS), size), np.int64),
        fraction=np.zeros((len(GROUPS), size), np.int64),
        last=np.zeros(size, np.int8),
    )
    present = np.flatnonzero(pc.is_valid(shapes).to_numpy(zero_copy_only=False))
    if formats is not FORMATS:
        _match(plans, present, shapes.drop_null(), formats)
        return plans
    words = peel(shapes.drop_null())
    usable = ~words.clash
    rows = present[usable]
    plans.on_lon[rows], plans.on_lat[rows] = words.on_lon[usable], words.on_lat[usable]
    _match(plans, rows, words.bodies.filter(pa.array(usable)), formats)
    plans.sign[rows] = np.where(words.side[usable] < 0, -1, plans.sign[rows])
    return plans


def _match(plans: Plans, rows: NDArray[np.int64], bodies: Any, formats: tuple[Format, ...]) -> None:
    """Try formats one after the other on the shapes that none has matched so far."""
    for form in formats:
        groups = pc.extract_regex(bodies, form.pattern)
        hit = pc.is_valid(groups)
        hits = hit.to_numpy(zero_copy_only=False)
        if hits.any():
            _note(plans, rows[hits], form, groups.drop_null())
            rows, bodies = rows[~hits], bodies.filter(pc.invert(hit))


def _note(plans: Plans, rows: NDArray[np.int64], form: Format, groups: Any) -> None:
    """Write down what a format's groups say."""
    plans.format[rows], plans.problem[rows] = format_code(form.name), OK
    present = [field.name for field in groups.type]
    if "sign" in present:
        plans.sign[rows] = _sign(pc.struct_field(groups, "sign"))
    for number, name in enumerate(GROUPS):
        if name not in present:
            continue
        text = pc.struct_field(groups, name)
        if name == "exponent":
            plans.power_sign[rows] = _sign(text)
            text = pc.utf8_ltrim(text, "+-")
        else:
            plans.last[rows] = number
        pieces = pc.extract_regex(text, "^(?P<whole>[0-9]*)[.,]?(?P<fraction>[0-9]*)$")
        plans.whole[number, rows] = pc.binary_length(pc.struct_field(pieces, "whole"))
        plans.fraction[number, rows] = pc.binary_length(pc.struct_field(pieces, "fraction"))


def _sign(texts: Any) -> NDArray[np.int8]:
    return np.where(pc.starts_with(texts, "-").to_numpy(zero_copy_only=False), -1, 1).astype(np.int8)
