"""Hemispheres and signs in texts, turned round or moved to the other axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["other_axis", "turned"]

_OPPOSITE: Final = (
    *(("east", "west"), ("East", "West"), ("EAST", "WEST"), ("north", "south"), ("North", "South"), ("NORTH", "SOUTH")),
    *(("东", "西"), ("東", "西"), ("北", "南"), ("E", "W"), ("e", "w"), ("N", "S"), ("n", "s")),
)
_ALIKE: Final = (  # of longitude, of latitude
    *(("east", "north"), ("East", "North"), ("EAST", "NORTH"), ("west", "south"), ("West", "South"), ("WEST", "SOUTH")),
    *(
        ("东", "北"),
        ("東", "北"),
        ("西", "南"),
        ("E", "N"),
        ("W", "S"),
        ("e", "n"),
        ("w", "s"),
        ("经", "纬"),
        ("經", "緯"),
    ),
    *(("longitude", "latitude"), ("Longitude", "Latitude"), ("lon", "lat"), ("Lon", "Lat"), ("LON", "LAT")),
    ("lng", "lat"),
)
_TURNED: Final = {b: a for a, b in _OPPOSITE[::-1]} | dict(_OPPOSITE)
_TO_LAT: Final = dict(_ALIKE)
_TO_LON: Final = {lat: lon for lon, lat in _ALIKE[::-1]}  # the common word where two say the same
_MINUS = "^[-−－–]\\s*"
_SECONDS = "[0-9]\\s*[mM]"  # 118d31m12s: no south


def turned(texts: NDArray[np.object_]) -> NDArray[np.object_]:
    """Name the opposite hemisphere; where none is named, take the minus off or put one before.

    Parameters
    ----------
    texts : array of str
        Angles.

    Returns
    -------
    array of str
        As long as the input.
    """
    given = pa.array(texts, pa.large_string())
    named, changed = _replaced(given, _TURNED)
    bare = pc.replace_substring_regex(given, _MINUS, "")
    signed = pc.if_else(pc.equal(bare, given), pc.replace_substring_regex(given, "^", "-"), bare)
    return _objects(pc.if_else(changed, named, signed))


def other_axis(texts: NDArray[np.object_], *, on_lon: bool) -> NDArray[np.object_]:
    """Name the axis that a text belongs to in place of the other one.

    Parameters
    ----------
    texts : array of str
        Angles whose words name the other axis.
    on_lon : bool
        They are longitudes.

    Returns
    -------
    array of str
        As long as the input.
    """
    named, _ = _replaced(pa.array(texts, pa.large_string()), _TO_LON if on_lon else _TO_LAT, everywhere=True)
    return _objects(named)


def _replaced(texts: Any, table: dict[str, str], *, everywhere: bool = False) -> tuple[Any, Any]:
    """Replace the first word of the table that stands before or behind the digits, once or for each word."""
    changed = pa.array(np.zeros(len(texts), bool))
    for word, new in table.items():
        for pattern, put in _patterns(word, new):
            hit = pc.match_substring_regex(texts, pattern)
            hit = hit if everywhere else pc.and_not(hit, changed)
            if word in {"s", "S"}:
                hit = pc.and_not(hit, pc.match_substring_regex(texts, _SECONDS))
            if pc.any(hit).as_py():
                texts = pc.replace_with_mask(texts, hit, pc.replace_substring_regex(texts.filter(hit), pattern, put))
                changed = pc.or_(changed, hit)
    return texts, changed


def _patterns(word: str, new: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return how to find a word before and behind the digits, not within another word, and what to put there."""
    if word.isascii():
        before = rf"^([^0-9A-Za-z]*|[^0-9]*[^0-9A-Za-z]){word}([^A-Za-z].*)$"
        return (before, rf"\1{new}\2"), (rf"^(.*[^A-Za-z]){word}$", rf"\1{new}")
    return (rf"^([^0-9]*?){word}(.*)$", rf"\1{new}\2"), (rf"^(.*){word}$", rf"\1{new}")


def _objects(texts: Any) -> NDArray[np.object_]:
    return texts.to_numpy(zero_copy_only=False).astype(object)
