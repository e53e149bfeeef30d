"""Hemisphere letters and words, and labels of the axis, before or behind an angle."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray  # noqa: TC002 - a NamedTuple's fields are read at run time

__all__ = ["LAT_WORD", "LON_WORD", "Peeled", "peel"]

_LON_SIDE = "[东東西][经經]?|e(?:ast)?|w(?:est)?"
_LAT_SIDE = "[南北][纬緯]?|n(?:orth)?|s(?:outh)?"
_LON_LABEL = "[经經]度?|lon(?:gitude|g)?|lng"
_LAT_LABEL = "[纬緯]度?|lat(?:itude)?"
LON_WORD = f"(?:{_LON_LABEL}|{_LON_SIDE})"
LAT_WORD = f"(?:{_LAT_LABEL}|{_LAT_SIDE})"

_SIDE = f"(?:{_LON_SIDE}|{_LAT_SIDE})"
_GAP = r"[\s:=]*"
_WORDS = (
    rf"^(?P<label>(?:{_LON_LABEL}|{_LAT_LABEL})?){_GAP}\(?(?P<before>{_SIDE}?)\)?{_GAP}"
    r"(?P<body>[-+]?[0-9](?:[^ewns东東西南北()]*[^ewns东東西南北()\s])?)"
    rf"\s*\(?(?P<after>{_SIDE}?)\)?$"
)
_ANY_WORD = "[ewnsl东東西南北经經纬緯]"
_SCIENTIFIC = r"[0-9.]e[-+]?[0-9]{1,2}$"
_LON, _LAT = 1, 2


class Peeled(NamedTuple):
    """Texts without their words, and what the words said.

    ``side`` is +1 or -1, 0 where no hemisphere is written; ``on_lon`` and ``on_lat`` tell which axes are named;
    ``clash`` marks texts whose hemispheres contradict one another.
    """

    bodies: Any
    side: NDArray[np.int8]
    on_lon: NDArray[np.bool_]
    on_lat: NDArray[np.bool_]
    clash: NDArray[np.bool_]


def _initials(texts: Any, table: dict[str, int]) -> NDArray[np.int8]:
    """Look up what a word starts with; 0 for no word."""
    starts = pc.utf8_slice_codeunits(texts, 0, 1)
    found = pc.index_in(starts, pa.array(list(table), starts.type)).to_numpy(zero_copy_only=False)
    values = np.array([*table.values(), 0], dtype=np.int8)
    return values[np.where(np.isnan(found), len(table), found).astype(np.int64)]


_SIDE_OF = {"e": 1, "东": 1, "東": 1, "w": -1, "西": -1, "n": 1, "北": 1, "s": -1, "南": -1}
_AXIS_OF = {char: _LON if char in "ew东東西经經" else _LAT for char in "ew东東西经經ns南北纬緯"}


def _label_axis(labels: Any) -> NDArray[np.int8]:
    """Tell the axis of a label; the English ones share their initial."""
    english_lat = pc.starts_with(labels, "lat").to_numpy(zero_copy_only=False)
    english = pc.starts_with(labels, "l").to_numpy(zero_copy_only=False)
    return np.where(english_lat, _LAT, np.where(english, _LON, _initials(labels, _AXIS_OF))).astype(np.int8)


def peel(texts: Any) -> Peeled:
    """Take hemispheres and labels off folded texts.

    Parameters
    ----------
    texts : pyarrow LargeStringArray
        Folded; no missing values.

    Returns
    -------
    Peeled
        A text whose words are in no known place keeps them, so that no format will read it.
    """
    size = len(texts)
    side = np.zeros(size, np.int8)
    on_lon, on_lat, clash = (np.zeros(size, bool) for _ in range(3))
    worded = pc.and_not(pc.match_substring_regex(texts, _ANY_WORD), pc.match_substring_regex(texts, _SCIENTIFIC))
    groups = pc.extract_regex(texts.filter(worded), _WORDS)
    found = np.flatnonzero(worded.to_numpy(zero_copy_only=False))[pc.is_valid(groups).to_numpy(zero_copy_only=False)]
    if not len(found):
        return Peeled(texts, side, on_lon, on_lat, clash)
    groups = groups.drop_null()
    label, before, body, after = (pc.struct_field(groups, name) for name in ("label", "before", "body", "after"))
    first, second = _initials(before, _SIDE_OF), _initials(after, _SIDE_OF)
    named = np.stack([_label_axis(label), _initials(before, _AXIS_OF), _initials(after, _AXIS_OF)])
    side[found] = np.where(first != 0, first, second)
    on_lon[found], on_lat[found] = (named == _LON).any(axis=0), (named == _LAT).any(axis=0)
    signed = pc.match_substring_regex(body, "^[-+]").to_numpy(zero_copy_only=False)
    clash[found] = (first * second == -1) | (signed & (side[found] != 0))
    mask = np.zeros(size, bool)
    mask[found] = True
    return Peeled(pc.replace_with_mask(texts, pa.array(mask), body), side, on_lon, on_lat, clash)
