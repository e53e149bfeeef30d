"""One example of each cause, with the place and the text that were meant."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from geocensus.checks.causes import CAUSES, propose, propose_chunks, written_of

from .asking import BOX, proposed, read

# cause, texts in the list, texts intended ("" where nobody can tell), place intended
EXAMPLES = [
    ("axes_swapped", ("28.9012", "118.5230"), ("118.5230", "28.9012"), (118.523, 28.9012)),
    ("axes_swapped", ("28°54′00″", "118°31′12″"), ("118°31′12″", "28°54′00″"), (118.52, 28.9)),
    ("packed_dms", ("118.3112", "28.5400"), ("118°31′12″", "28°54′00″"), (118.52, 28.9)),
    ("packed_dms", ("118.31125", "28.54003"), ("118°31′12.5″", "28°54′00.3″"), (118.520139, 28.900083)),
    ("packed_dms", ("118.312", "28.54"), ("118°31′20″", "28°54′00″"), (118.522222, 28.9)),
    ("packed_dms", ("118.3112", "28.549"), ("118°31′12″", "28°54′9″"), (118.52, 28.9025)),
    ("decimal_as_dms", ("118°52′30″", "28°90′12″"), ("118.5230", "28.9012"), (118.523, 28.9012)),
    ("decimal_as_dms", ("118 52 3.4", "28 90 12.5"), ("118.52034", "28.90125"), (118.52034, 28.90125)),
    ("decimal_as_dms", ("118°52′", "28°90′"), ("118.52", "28.90"), (118.52, 28.9)),
    ("minutes_decimal", ("118.312", "28.5412"), ("118°31.2′", "28°54.12′"), (118.52, 28.902)),
    ("minutes_decimal", ("118°31′20″", "28°54′75″"), ("118°31.20′", "28°54.75′"), (118.52, 28.9125)),
    ("seconds_dropped", ("118°31′", "28°54′"), ("", ""), (118 + 31.5 / 60, 28 + 54.5 / 60)),
    ("digit_error", ("181.5230", "28.9012"), ("118.5230", "28.9012"), (118.523, 28.9012)),
    ("digit_error", ("118°31′12″", "27°54′00″"), ("118°31′12″", "28°54′00″"), (118.52, 28.9)),
    ("digit_error", ("118°31′12″", "28°4′00″"), ("118°31′12″", "28°54′00″"), (118.52, 28.9)),
    ("digit_error", ("118°331′12″", "28°54′00″"), ("118°31′12″", "28°54′00″"), (118.52, 28.9)),
    ("digit_error", ("1118°31′12″", "28°54′00″"), ("118°31′12″", "28°54′00″"), (118.52, 28.9)),
    ("digit_error", ("E 1118.52", "N 28.9"), ("E 118.52", "N 28.9"), (118.52, 28.9)),
    ("digit_error", ("183112", "285400"), ("1183112", "285400"), (118.52, 28.9)),
    ("decimal_shift", ("11.85230", "28.9012"), ("118.5230", "28.9012"), (118.523, 28.9012)),
    ("decimal_shift", ("118523", "28901"), ("118.523", "28.901"), (118.523, 28.901)),
    ("sign", ("-118.523", "28.9012"), ("118.523", "28.9012"), (118.523, 28.9012)),
    ("sign", ("W118°31′12″", "28°54′00″N"), ("E118°31′12″", "28°54′00″N"), (118.52, 28.9)),
    ("sign", ("西经118.52", "南纬28.9"), ("东经118.52", "北纬28.9"), (118.52, 28.9)),
    ("sign", ("N118.52", "28.9"), ("E118.52", "28.9"), (118.52, 28.9)),
    ("projected", ("39648258.8", "3199136.4"), ("", ""), (118.52, 28.9)),
    ("projected", ("3199136.4", "648258.8"), ("", ""), (118.52, 28.9)),
]


@pytest.mark.parametrize(("cause", "written", "intended", "place"), EXAMPLES)
def test_the_place_meant_is_proposed(cause, written, intended, place):
    found = [one for one in proposed({"lon": [written[0]], "lat": [written[1]]}) if one[1] == cause]
    places = np.array([one[2:4] for one in found])
    near = np.flatnonzero(np.abs(places - place).max(axis=1, initial=0) < 2e-6 if found else [])
    assert intended in [found[at][-2:] for at in near]


def test_points_that_stay_have_one_candidate_per_cause():
    found = proposed({"lon": ["118.523"], "lat": ["28.9012"]}, near=(0.0, 0.0, 1.0, 1.0))
    assert [one[1] for one in found] == [
        *("correct", "claim_wrong", "other_site", "elsewhere", "default_place", "stale_boundary", "unknown")
    ]
    assert {one[2:4] for one in found} == {(118.523, 28.9012)}
    assert len({one[4] for one in found}) == 1


def test_text_without_numbers_is_unknown_alone():
    for text in ("无", "村口大樟树旁", None, "118.52.", "=A1", "9" * 30):
        found = proposed({"lon": [text], "lat": ["28.9"]})
        assert [one[1] for one in found] == ["unknown"]
        assert np.isnan(found[0][2])


def test_a_rows_own_box_limits_its_candidates():
    columns = {"lon": ["28.9", "28.9"], "lat": ["118.5", "118.5"]}
    boxes = [BOX, (118.6, 28.6, 118.8, 29.1)]
    found = proposed(columns, near=boxes)
    assert [one[0] for one in found if one[1] == "axes_swapped"] == [0]


def test_degrees_west_are_turned_where_the_basemap_lies_there():
    found = proposed({"lon": ["80.25"], "lat": ["35.5"]}, near=(-80.5, 35.0, -80.0, 36.0))
    assert [one[2:4] for one in found if one[1] == "sign"] == [(-80.25, 35.5)]
    assert [one[-2] for one in found if one[1] == "sign"] == ["-80.25"]


def test_digits_are_mended_west_and_south_of_zero():
    found = proposed({"lon": ["-90.25"], "lat": ["-35.5"]}, near=(-80.5, -36.0, -80.0, -35.0))
    assert (-80.25, -35.5, "-80.25", "-35.5") in [(*one[2:4], *one[-2:]) for one in found if one[1] == "digit_error"]


def test_parts_in_columns_and_pairs_in_one_cell_are_mended():
    parts = {"lon_deg": ["118.0"], "lon_min": ["52.0"], "lon_sec": ["30"], "lat_deg": ["28"], "lat_min": ["90"]}
    found = proposed({**parts, "lat_sec": ["12"]})
    assert (118.523, 28.9012) in [(round(one[2], 9), round(one[3], 9)) for one in found if one[1] == "decimal_as_dms"]
    found = proposed({"coordinate": ["28.9012, 181.5230"]})
    assert ("118.5230", "28.9012") in [one[-2:] for one in found if one[1] == "digit_error"]


def test_float_damage_is_read_to_the_last_useful_digit():
    found = proposed({"lon": ["181.52300000000001"], "lat": ["28.901200000000003"]})
    places = np.array([one[2:4] for one in found if one[1] == "digit_error"])
    assert np.abs(places - (118.523, 28.9012)).max(axis=1).min() < 1e-9


def test_metres_of_another_zone_than_stated_are_placed():
    found = proposed({"lon": ["648258.8"], "lat": ["3199136.4"]}, crs="EPSG:4549")
    places = [(round(one[2], 5), round(one[3], 5)) for one in found if one[1] == "projected"]
    assert (118.52, 28.9) in places
    stated = next(one[2:4] for one in found if one[1] == "correct")
    assert all(abs(lon - stated[0]) > 1e-3 for lon, _ in places)


def test_datums_move_points_by_what_is_published():
    found = proposed({"lon": ["118.52", "104.1"], "lat": ["28.9", "30.6"]}, near=(100.0, 20.0, 125.0, 35.0))
    for row, _, lon, lat, *_ in [one for one in found if one[1] in {"datum_54", "datum_80"}]:
        east = (lon - (118.52, 104.1)[row]) * 111_320 * np.cos(np.radians(lat))
        north = (lat - (28.9, 30.6)[row]) * 111_320
        assert 20 < np.hypot(east, north) < 125
    beijing = next(one for one in found if one[1] == "datum_54")
    metres = np.hypot((beijing[2] - 118.52) * 97_500, (beijing[3] - 28.9) * 111_320)
    assert 47 < metres < 71


def test_parameters_given_replace_the_usual_displacement():
    zero = (0.0,) * 7
    usual = proposed({"lon": ["118.52"], "lat": ["28.9"]})
    given = proposed({"lon": ["118.52"], "lat": ["28.9"]}, parameters=zero)
    place = {name: next(one[2:4] for one in given if one[1] == name) for name in ("datum_54", "datum_80")}
    assert_allclose(place["datum_54"], (118.52, 28.9), atol=1e-4)  # the ellipsoid alone
    assert place["datum_54"] != place["datum_80"]
    assert place["datum_54"] != next(one[2:4] for one in usual if one[1] == "datum_54")


def test_a_declared_shift_is_weighed_the_other_way_round():
    found = proposed({"lon": ["118.52"], "lat": ["28.9"]}, crs="gcj02")
    assert [one[2:4] for one in found if one[1] == "gcj02"] == [(118.52, 28.9)]  # was never shifted
    stated = next(one[2:4] for one in found if one[1] == "correct")
    assert stated != (118.52, 28.9)


def test_no_rows_give_no_candidates():
    found = propose(written_of(read({"lon": [], "lat": []})), BOX)
    assert len(found) == 0
    assert found.lon.dtype == np.float64


def test_many_rows_on_one_coordinate_come_in_chunks():
    written = written_of(read({"lon": ["118.9230"] * 20_000, "lat": ["28.9012"] * 20_000}))
    rows, size = 0, set()
    for found in propose_chunks(written, (118.4, 28.8, 118.6, 29.0), chunk=5_000):
        size.add(len(found))
        rows += int((found.cause == list(CAUSES).index("unknown")).sum())
        assert found.row.min() == rows - 5_000
        assert found.row.max() == rows - 1
    assert rows == 20_000
    assert len(size) == 1


def test_every_candidate_that_moves_the_point_lies_in_its_box():
    columns = {
        "lon": ["118.5212", "118°31′12″", "28.9", "1183112", "11852.3", "118.52", "-118.7", "458123.5", "118°75′12″"],
        "lat": ["28.9023", "28°54′00″", "118.5", "285400", "28.913", "28.9", "28.8", "3191234.5", "28°54′00″"],
    }
    staying = {"correct", "claim_wrong", "other_site", "elsewhere", "default_place", "stale_boundary", "unknown"}
    for _, cause, lon, lat, weight, *_ in proposed(columns):
        if cause not in staying:
            assert BOX[0] <= lon <= BOX[2]
            assert BOX[1] <= lat <= BOX[3]
        assert np.isfinite(weight)
