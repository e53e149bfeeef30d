"""Each injected error is the one it is called, and nothing else."""

import judgement_errors as errors
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judgement_writing import DECIMAL, SEXAGESIMAL, Habit, draw_habit, write

from geocensus.coordinates import parse_points

LON, LAT = 118.872583, 28.505861  # 118°52′21.30″, 28°30′21.10″
MARKS = Habit("marks", 1)
PLAIN = Habit(DECIMAL, 6)


def meant(habit=PLAIN, lon=LON, lat=LAT):
    return errors.Meant(lon, lat, habit, write(lon, lat, habit), (30.0, -40.0))


def all_of(error, habit=PLAIN, tries=200):
    """Every outcome that turns up, by variant."""
    rng = np.random.default_rng(1)
    found = {}
    for _ in range(tries):
        texts, variant = errors.OF_TEXT[error](meant(habit), rng)
        found.setdefault(variant, set()).add(texts)
    return found


@pytest.mark.parametrize(
    ("habit", "texts"),
    [
        (PLAIN, ("118.872583", "28.505861")),
        (Habit(DECIMAL, 4), ("118.8726", "28.5059")),
        (MARKS, ("118°52′21.3″", "28°30′21.1″")),
        (Habit("chinese", 0), ("118度52分21秒", "28度30分21秒")),
        (Habit("spaces", 2), ("118 52 21.30", "28 30 21.10")),
        (Habit("quotes", 0), ("118°52'21\"", "28°30'21\"")),
    ],
)
def test_habits(habit, texts):
    assert write(LON, LAT, habit) == texts


def test_a_stripped_decimal_and_a_carry():
    assert write(118.5, 28.0, Habit(DECIMAL, 4, strip=True)) == ("118.5", "28")
    assert write(118.99999, -28.99999, MARKS) == ("119°0′0.0″", "-29°0′0.0″")


@pytest.mark.parametrize(
    ("error", "habit", "found"),
    [
        ("axes_swapped", MARKS, {"": {("28°30′21.1″", "118°52′21.3″")}}),
        ("decimal_as_dms", PLAIN, {"": {("118°87′25.83″", "28°50′58.61″")}}),
        (
            "seconds_dropped",
            MARKS,
            {"none": {("118°52′", "28°30′")}, "zero": {("118°52′0″", "28°30′0″")}},
        ),
        (
            "sign",
            PLAIN,
            {
                "minus": {
                    ("-118.872583", "28.505861"),
                    ("118.872583", "-28.505861"),
                    ("-118.872583", "-28.505861"),
                },
                "letter": {
                    ("118.872583W", "28.505861"),
                    ("118.872583", "28.505861S"),
                    ("118.872583W", "28.505861S"),
                },
            },
        ),
        (
            "decimal_shift",
            PLAIN,
            {
                "left": {("11.8872583", "28.505861"), ("118.872583", "2.8505861"), ("11.8872583", "2.8505861")},
                "right": {("1188.72583", "28.505861"), ("118.872583", "285.05861"), ("1188.72583", "285.05861")},
            },
        ),
        ("packed_dms", MARKS, {"padded": {("118.52213", "28.30211")}, "unpadded": {("118.52213", "28.30211")}}),
    ],
)
def test_what_is_written(error, habit, found):
    assert all_of(error, habit) == found


def test_minutes_with_decimals_are_packed_or_split():
    found = all_of("minutes_decimal", MARKS)
    assert found["fraction as seconds"] == {("118°52′35″", "28°30′35″")}
    assert found["D.MMmm"] == {("118.5235", "28.3035"), ("118.52355", "28.30352"), ("118.523550", "28.303517")}


def test_a_single_digit_is_padded_or_not():
    value = 118 + 5 / 60 + 7 / 3600
    rng = np.random.default_rng(0)
    drawn = [errors.packed_dms(meant(Habit("marks", 0), value, 28.0), rng) for _ in range(60)]
    assert {(texts[0], variant) for texts, variant in drawn} == {("118.0507", "padded"), ("118.57", "unpadded")}


def test_metres_lie_in_their_zone_and_either_order():
    found = all_of("projected")
    assert set(found) == {"3 degree", "3 degree, numbered", "6 degree", "6 degree, numbered"}
    for variant, pairs in found.items():
        for pair in pairs:
            east, north = sorted(
                map(float, pair), key=lambda value: value in {float(t) for t in pair if t[:3] == "315"}
            )
            assert 3_154_000 < north < 3_156_000
            zone, rest = divmod(east, 1_000_000)
            assert zone == {"3 degree, numbered": 40, "6 degree, numbered": 20}.get(variant, 0)
            assert 300_000 < rest < 700_000
    assert {texts[0][:3] == "315" for texts in found["3 degree"]} == {True, False}


@pytest.mark.parametrize(
    ("error", "least", "most"),
    [("gcj02", 400, 750), ("bd09", 900, 1500), ("datum_54", 40, 80), ("datum_80", 49, 51), ("jitter", 499, 20_100)],
)
def test_shifts_move_by_their_usual_length(error, least, most):
    for pairs in all_of(error, tries=20).values():
        for lon, lat in pairs:
            east = (float(lon) - LON) * 111_320 * np.cos(np.radians(LAT))
            assert least <= np.hypot(east, (float(lat) - LAT) * 110_900) <= most


@given(st.integers(0, 2**32), st.sampled_from([PLAIN, MARKS, *(Habit(style, 2) for style in SEXAGESIMAL)]))
def test_a_slip_changes_one_text_by_one_digit(seed, habit):
    before = meant(habit)
    (lon, lat), kind = errors.digit_error(before, np.random.default_rng(seed))
    assert (lon == before.texts[0]) != (lat == before.texts[1])
    old, new = (before.texts[0], lon) if lat == before.texts[1] else (before.texts[1], lat)
    change = {"substituted": 0, "transposed": 0, "missing": -1, "doubled": 1}[kind]
    assert len(new) - len(old) == change
    if kind == "transposed":
        assert sorted(new) == sorted(old)
    if kind == "substituted":
        assert sum(one != other for one, other in zip(old, new, strict=True)) == 1


@given(st.integers(0, 2**32), st.floats(73, 135), st.floats(18, 53))
def test_what_is_meant_reads_back_in_every_habit(seed, lon, lat):
    habit = draw_habit(np.random.default_rng(seed))
    lon_text, lat_text = write(lon, lat, habit)
    read = parse_points({"lon": [lon_text], "lat": [lat_text]})
    step = 10.0**-habit.decimals / (3600 if habit.sexagesimal else 1)
    assert abs(float(read["lon_parsed"].iloc[0]) - lon) <= step * 0.51
    assert abs(float(read["lat_parsed"].iloc[0]) - lat) <= step * 0.51
