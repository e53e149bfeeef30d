"""Weights are probabilities: of all texts that one intended text may become, no more than one in total."""

import itertools

import numpy as np
import pyproj
import pytest

from geocensus.checks.causes.cells import log_cell
from geocensus.checks.causes.written import Style

from .asking import proposed
from .writers import move_point, slip


def chance(observed, intended, cause):
    """P(observed | intended, cause), for each pair of texts observed: the weights over the intended text's own."""
    near = (100.0, 10.0, 130.0, 40.0)
    own = next(one for one in proposed({"lon": [intended[0]], "lat": [intended[1]]}, near=near) if one[1] == "correct")
    columns = {"lon": [one[0] for one in observed], "lat": [one[1] for one in observed]}
    found = [one for one in proposed(columns, near=near) if one[1] == cause]
    # all rows share the box, and so the cosine
    fits = [one for one in found if abs(one[2] - own[2]) < 1e-9 and abs(one[3] - own[3]) < 1e-9]
    if cause == "digit_error":
        fits = [one for one in fits if one[-2:] == intended]  # 28.90 lies where 28.9 does
    return {row: sum(np.exp(one[4] - own[4]) for one in fits if one[0] == row) for row in range(len(observed))}


def slips(texts):
    """All pairs of texts one wrong digit away."""
    found = set()
    for axis, kind in itertools.product((0, 1), ("replaced", "exchanged", "missing", "doubled")):
        for which in range(sum(char.isdigit() for char in texts[axis])):
            for digit in range(10):
                if (new := slip(texts[axis], kind, which, digit)) is not None:
                    found.add((new, texts[1]) if axis == 0 else (texts[0], new))
    return sorted(found)


@pytest.mark.parametrize(
    "texts",
    [("118.5577", "28.9903"), ("118°31′12″", "28°54′00″"), ("1183112", "285411"), ("118.52", "28.9")],
)
def test_wrong_digits_add_up_to_less_than_one(texts):
    shares = chance(slips(texts), texts, "digit_error")
    assert 0.6 < sum(shares.values()) <= 1  # the rest moves the point by no more than 11 m, or cannot be read


def test_each_of_two_equal_digits_may_be_the_missing_one():
    observed = [("118.577", "28.9903"), ("118.557", "28.9903"), ("118.55", "28.9903"), ("18.5577", "28.9903")]
    shares = chance(observed, ("118.5577", "28.9903"), "digit_error")
    assert shares[0] == pytest.approx(shares[1])
    assert shares[3] == pytest.approx(shares[0])  # either of the two ones
    agreement = np.exp(log_cell((1e-3, 1e-4), (1, 1), 1) - log_cell((1e-4, 1e-4), (1, 1), 1))
    assert agreement < 0.1  # texts of unlike decimals are rare as intended texts, not as slips
    assert shares[0] == pytest.approx(2 * 0.2 / 13)  # two of thirteen digits


def test_a_moved_point_adds_up_to_one():
    texts = ("118.5577", "28.9903")
    moved = [(move_point(texts[0], by), texts[1]) for by in (-2, -1, 1, 2)]
    moved += [(texts[0], move_point(texts[1], by)) for by in (-2, -1, 1, 2)]
    moved += [tuple(move_point(text, by) for text in texts) for by in (-2, -1, 1, 2)]
    moved += [("1185577", texts[1]), (texts[0], "289903"), ("1185577", "289903")]
    assert sum(chance(moved, texts, "decimal_shift").values()) == pytest.approx(1)


def test_forms_of_packing_add_up_to_one():
    observed = ["118.0520", "118.052", "118.520", "118.52"]
    pairs = list(itertools.product(observed, ["28.5410", "28.541", "28.5410"]))
    shares = chance(sorted(set(pairs)), ("118°05′20″", "28°54′10″"), "packed_dms")
    assert 0.9 < sum(shares.values()) <= 1 + 1e-9


def test_boxes_with_and_without_zeros_add_up_to_one():
    pairs = [(f"118°{a}′{b}″", f"28°90′{c}″") for a in ("05", "5") for b in ("07", "7") for c in ("31",)]
    shares = chance(pairs, ("118.0507", "28.9031"), "decimal_as_dms")
    assert sum(shares.values()) == pytest.approx(1)
    assert shares[0] == shares[3] == pytest.approx(0.5)  # one writer keeps zeros in all boxes, or in none


def test_signs_and_axes_add_up_to_one():
    texts = ("118.5577", "28.9903")
    minus = [("-118.5577", "28.9903"), ("118.5577", "-28.9903"), ("-118.5577", "-28.9903")]
    assert sum(chance(minus, texts, "sign").values()) == pytest.approx(0.9)
    assert chance([texts[::-1]], texts, "axes_swapped")[0] == pytest.approx(1)


@pytest.mark.parametrize("lon", [117.3, 118.5, 119.2])
def test_systems_of_metres_add_up_to_one(lon):
    total, cells = 0.0, log_cell((1.0, 1.0), (Style.METRES, Style.METRES), 1.0)
    for meridian, zone in [(m, z) for m in (114, 117, 120, 123) for z in (None, m // 3, (m + 3) // 6)]:
        if zone is not None and zone < 25 and meridian % 6 != 3:
            continue
        x, y = pyproj.Proj(proj="tmerc", lon_0=meridian, ellps="GRS80", x_0=5e5 + (zone or 0) * 1e6)(lon, 28.9)
        for first, second in ((x, y), (y, x)):
            texts = {"lon": [f"{first:.0f}"], "lat": [f"{second:.0f}"]}
            found = [one for one in proposed(texts, near=(110.0, 20.0, 125.0, 35.0)) if one[1] == "projected"]
            total += sum(np.exp(one[4] - cells) for one in found if abs(one[2] - lon) + abs(one[3] - 28.9) < 1e-4)
    assert 0.8 < total <= 1 + 1e-9


def test_cells_are_areas():
    square = log_cell((1e-4, 1e-4), (Style.DEGREES, Style.DEGREES), 1.0)
    assert np.exp(square) == pytest.approx(11.132**2, rel=0.15)  # less the chance of unequal decimals
    assert log_cell((1e-4, 1e-3), (Style.DEGREES, Style.DEGREES), 0.5) < square  # zeros lost at the end: rarer
    assert log_cell((1e-4, 1 / 3600), (Style.DEGREES, Style.SECONDS), 1.0) < square + 2 * np.log(3)
    assert log_cell((np.nan, 1e-4), (Style.NONE, Style.DEGREES), 1.0) == 0
