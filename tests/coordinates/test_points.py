"""Points from the columns of a list."""

import numpy as np
import pandas as pd
import pytest

from geocensus.coordinates import ROLES, numbers_as_written, parse_points
from geocensus.errors import SchemaError

COLUMNS = [
    "lon_text",
    "lat_text",
    "lon_parsed",
    "lat_parsed",
    "lon_format",
    "lat_format",
    "resolution_m",
    "coordinate_problem",
    "float_damage",
]


def test_one_row_per_row_with_every_problem():
    rows = [
        ("118.523", "28.9000", ""),
        ("118.523", "", "missing"),
        (None, "28.9", "missing"),
        ("无", "abc", "missing"),
        ("abc", "28.9", "unparsable"),
        ("abc", "28°75′", "unparsable"),
        ("118°75′", "28°54′", "minute_second_range"),
        ("N118.5", "E28.9", "minute_second_range"),
        ("0", "0", "zero"),
        ("118.5", "0.000", "zero"),
        ("0", "118.5", "zero"),
        ("28.9", "118.523", "out_of_range"),
        ("181", "28.9", "out_of_range"),
        ("-180", "-90", ""),
        ("180.0001", "28.9", "out_of_range"),
        ("11852.3", "28.9", "out_of_range"),
    ]
    points = parse_points({"lon": [row[0] for row in rows], "lat": [row[1] for row in rows]})
    assert points.columns.tolist() == COLUMNS
    assert points["coordinate_problem"].tolist() == [row[2] for row in rows]
    swapped = points.iloc[11]
    assert (swapped["lon_parsed"], swapped["lat_parsed"]) == (28.9, 118.523)
    assert points["lon_text"].tolist()[:2] == ["118.523", "118.523"]
    assert not points["float_damage"].any()


def test_the_resolution_is_half_a_step_of_the_coarser_axis_in_metres():
    points = parse_points(
        {
            "lon": ["118.523", "118.5230", "118°31′", "118°31′12.50″", "abc"],
            "lat": ["28.9000", "28.9", "28.9", "28°54′00.00″", "1"],
        }
    )
    expected = [55.66, 5566.0, 5566.0, 0.005 / 3600 * 111_320, np.nan]
    np.testing.assert_allclose(points["resolution_m"], expected, rtol=1e-12)


def test_text_dtypes_are_those_of_the_shared_table():
    points = parse_points({"lon": ["118.5"], "lat": ["28.9"]})
    assert {name: str(kind) for name, kind in points.dtypes.items()} == {
        **dict.fromkeys(COLUMNS, "str"),
        **dict.fromkeys(["lon_parsed", "lat_parsed", "resolution_m"], "float64"),
        "float_damage": "bool",
    }


def test_float_damage_is_seen_and_the_digits_are_counted_as_written():
    damaged = ["118.52300000000001", "118.52299999999999", "28.900000000000002"]
    whole = ["118.51666666666667", "118.523000000001", "118.523", "118.523456789012"]
    points = parse_points({"lon": damaged + whole, "lat": ["28.9"] * 7})
    assert points["float_damage"].tolist() == [True] * 3 + [False] * 4
    assert parse_points({"lon": [118.52300000000001], "lat": [28.9]})["float_damage"].item()
    assert parse_points({"lon": ["118.52300000000001"], "lat": ["28.90000000000001"]})["resolution_m"].item() < 1e-8


def test_full_doubles_are_no_float_damage():
    rng = np.random.default_rng(7)
    lon, lat = 118 + rng.random(1_000_000), 28 + rng.random(1_000_000)
    assert not parse_points({"lon": lon, "lat": lat})["float_damage"].any()
    near = parse_points({"lon": ["118.52300000000001", *map(repr, lon[:50].tolist())], "lat": ["28.9"] * 51})
    assert not near["float_damage"].any()  # one among full doubles may be chance
    assert not parse_points({"lon": ["118.5"], "lat": ["28.909494665000025"]})["float_damage"].any()


def test_one_damaged_number_is_found_among_short_texts():
    points = parse_points({"lon": ["118.52300000000001", *["118.523"] * 99], "lat": ["28.899999999999999"] * 100})
    assert points["float_damage"].all()
    alone = parse_points({"lon": ["118.52300000000001", *["118.523"] * 99], "lat": ["28.9"] * 100})
    assert np.flatnonzero(alone["float_damage"]).tolist() == [0]


def test_zeros_that_fill_a_fixed_width_are_no_damage():
    points = parse_points({"lon": ["118.523000000000", "118.52300000000000E"], "lat": ["28.9", "28.9"]})
    assert not points["float_damage"].any()


def test_few_digits_in_scientific_notation_are_read_and_coarse():
    points = parse_points({"lon": ["1e2"], "lat": ["28.9"]})
    assert points[["lon_parsed", "resolution_m"]].to_numpy().tolist() == [[100.0, 50 * 111_320.0]]
    assert points["coordinate_problem"].item() == ""


def test_each_row_takes_the_first_set_that_is_there():
    columns = {
        "lon": ["118.1", "", "", "118.4", ""],
        "lat": ["28.1", "", "", "", ""],
        "lon_deg": ["119", "118", "", "118", ""],
        "lon_min": ["0", "12", "", "24", ""],
        "lon_sec": ["0", "0", "", "0", ""],
        "lat_deg": ["29", "28", "", "28", ""],
        "lat_min": ["0", "12", "", "24", ""],
        "lat_sec": ["0", "0", "", "0", ""],
        "coordinate": ["120,30", "120,30", "118.3,28.3", "120,30", ""],
    }
    points = parse_points(columns)
    assert points["lon_parsed"].round(9).tolist()[:4] == [118.1, 118.2, 118.3, 118.4]
    assert points["lat_parsed"].round(9).tolist()[:4] == [28.1, 28.2, 28.3, 28.4]
    assert points["lon_format"].tolist() == [
        "decimal",
        "parts_degree_minute_second",
        "pair_lon_lat:decimal",
        "parts_degree_minute_second",
        "",
    ]
    assert points["lon_text"].tolist()[:4] == ["118.1", "118 12 0", "118.3", "118 24 0"]
    assert points["coordinate_problem"].tolist() == ["", "", "", "", "missing"]


def test_an_unparsable_pair_of_columns_is_not_replaced_by_a_later_set():
    points = parse_points({"lon": ["abc"], "lat": ["28.1"], "coordinate": ["118.3,28.3"]})
    assert points["coordinate_problem"].item() == "unparsable"


def test_a_half_filled_set_is_shown_where_no_other_is_fuller():
    points = parse_points({"lon": ["118.5", ""], "lat": ["", ""], "coordinate": ["", "abc"]})
    assert points["lon_text"].tolist() == ["118.5", "abc"]
    assert points["coordinate_problem"].tolist() == ["missing", "unparsable"]


def test_metres_are_plain_decimals():
    x = ["458123.45", "39458123.4", "458123", "458,123", "E458123", "1e5", "118°31′12″", "", "0", "-1.5"]
    points = parse_points({"lon": x, "lat": ["3191234.5"] * len(x)}, projected=True)
    assert points["coordinate_problem"].tolist() == ["", "", "", *["unparsable"] * 4, "missing", "", ""]
    assert points["lon_parsed"].tolist()[:3] == [458123.45, 39458123.4, 458123.0]
    assert points["resolution_m"].tolist()[:3] == [0.05, 0.05, 0.5]
    assert points["lon_format"].tolist()[0] == "metres"


def test_parts_of_a_list_in_metres_are_unparsable():
    parts = {"lon_deg": ["118"], "lon_min": ["31"], "lat_deg": ["28"], "lat_min": ["54"]}
    assert parse_points(parts, projected=True)["coordinate_problem"].item() == "unparsable"


def test_numbers_as_written_finds_metres_in_a_list_of_degrees():
    points = parse_points(
        {
            "lon": ["458123.5", "39458123.5", "458123", "118.5", "1183112", "285400", "118°31′12″", "abc", ""],
            "lat": ["3191234.5", "3191234.5", "3199999", "28.9", "285400", "1183112", "28°54′00″", "1", "1"],
        }
    )
    x, y = numbers_as_written(points, projected=False)
    assert x.round(6).tolist()[:7] == [458123.5, 39458123.5, 458123.0, 118.5, 118.52, 28.9, 118.52]
    assert y.round(6).tolist()[:7] == [3191234.5, 3191234.5, 3199999.0, 28.9, 28.9, 118.52, 28.9]
    assert np.isnan(x[7:]).all()


def test_numbers_as_written_finds_degrees_in_a_list_of_metres():
    points = parse_points(
        {"lon": ["118.5", "118°31′12″", "458123.5", "abc"], "lat": ["28.9", "28°54′00″", "3191234.5", "1"]},
        projected=True,
    )
    x, y = numbers_as_written(points, projected=True)
    assert x.round(6).tolist()[:3] == [118.5, 118.52, 458123.5]
    assert y.round(6).tolist()[:3] == [28.9, 28.9, 3191234.5]
    assert np.isnan(x[3])


def test_the_index_is_kept_and_empty_lists_are_tables():
    cells = pd.Series(["118.5", "118.6"], index=[7, 3])
    assert parse_points({"lon": cells, "lat": ["28", "29"]}).index.tolist() == [7, 3]
    empty = parse_points({"lon": [], "lat": []})
    assert (empty.columns.tolist(), len(empty)) == (COLUMNS, 0)
    assert len(parse_points({"coordinate": pd.Series([], dtype="str")})) == 0
    assert len(parse_points({"lon_deg": [], "lat_deg": []})) == 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({}, "no coordinate columns"),
        ({"lon": ["1"]}, "none for lat"),
        ({"lat_deg": ["1"], "lon": ["1"], "lat": ["1"]}, "none for lon_deg"),
        ({"lon_min": ["1"], "lat_min": ["1"]}, "no coordinate columns"),
        ({"lon": ["1"], "lat": ["1"], "x": ["1"]}, "unknown coordinate roles: x"),
        ({"lon": ["1", "2"], "lat": ["1"]}, "differ in length"),
    ],
)
def test_broken_contracts(columns, message):
    with pytest.raises(SchemaError, match=message) as caught:
        parse_points(columns)
    assert caught.value.zh != caught.value.en


def test_roles_are_the_published_ones():
    assert ROLES == ("lon", "lat", "lon_deg", "lon_min", "lon_sec", "lat_deg", "lat_min", "lat_sec", "coordinate")


def test_the_public_face_is_complete():
    import geocensus.coordinates as package

    assert all(hasattr(package, name) for name in package.__all__)
    assert sorted(package.__all__) == package.__all__
