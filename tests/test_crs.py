"""Reference systems of lists, and the one metric system of a run."""

import numpy as np
import pytest
from pyproj import CRS, Transformer

from geocensus.crs import SHIFTED, ListCRS, contradiction, metric_crs, parse_crs, require_metric, to_cgcs2000
from geocensus.errors import CRSMismatchError, NotProjectedError, SchemaError

LON = np.array([118.52, 118.61, 118.4, 118.5])
LAT = np.array([28.9, 28.85, 28.7, 28.95])


def _metres(code, lon=LON, lat=LAT):
    return Transformer.from_crs("EPSG:4490", code, always_xy=True).transform(lon, lat)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("cgcs2000", "cgcs2000"),
        ("CGCS 2000", "cgcs2000"),
        ("EPSG:4490", "cgcs2000"),
        (4490, "cgcs2000"),
        ("国家2000", "cgcs2000"),
        ("2000国家大地坐标系", "cgcs2000"),
        ("WGS84", "wgs84"),
        ("WGS 84", "wgs84"),
        ("wgs-84", "wgs84"),
        ("epsg:4326", "wgs84"),
        ("gcj02", "gcj02"),
        ("GCJ-02", "gcj02"),
        ("高德", "gcj02"),
        ("BD-09", "bd09"),
        ("百度", "bd09"),
        ("EPSG:4549", "EPSG:4549"),
        ("epsg: 4549", "EPSG:4549"),
        ("4549", "EPSG:4549"),
        (4549, "EPSG:4549"),
    ],
)
def test_words_and_codes(text, key):
    stated = parse_crs(text)
    assert stated.key == key
    assert stated.projected is (key == "EPSG:4549")
    assert stated.title.zh
    assert stated.title.en
    assert parse_crs(stated.key) == stated


def test_the_shifted_systems_are_left_to_the_shifts():
    assert [parse_crs(word).key for word in SHIFTED] == list(SHIFTED)
    for word in SHIFTED:
        with pytest.raises(CRSMismatchError, match="shifted system"):
            to_cgcs2000([118.5], [28.9], word)


@pytest.mark.parametrize(
    "text", ["", "mars", "EPSG:", "EPSG:999999", "12", "EPSG:4978", "EPSG:5773", "4549.5", "-4549"]
)
def test_unknown_texts_are_refused_with_what_is_accepted(text):
    with pytest.raises(CRSMismatchError, match="accepted are cgcs2000, wgs84, gcj02, bd09 and EPSG") as caught:
        parse_crs(text)
    assert "坐标系" in caught.value.zh


@pytest.mark.parametrize(
    "text",
    ["EPSG:4214", "EPSG:4610", "北京54", "西安80", "beijing54", 2437, 2401, 21460, 2363, 2384, 2327, 4555, 3821, 4267],
)
def test_other_datums_are_refused_without_parameters(text):
    with pytest.raises(CRSMismatchError, match="seven transformation parameters") as caught:
        parse_crs(text)
    assert "七参数" in caught.value.zh


def test_every_projected_system_on_the_old_datums_is_refused():
    from pyproj.database import query_crs_info

    names = ("Beijing 1954", "Xian 1980", "New Beijing")
    codes = [
        info.code
        for info in query_crs_info("EPSG")
        if info.name.startswith(names) and info.type.name in {"PROJECTED_CRS", "GEOGRAPHIC_2D_CRS"}
    ]
    assert len(codes) > 100
    for code in codes:
        with pytest.raises(CRSMismatchError):
            parse_crs(code)


@pytest.mark.parametrize("code", [4269, 3826, 32650, 3857, 4258])
def test_geocentric_datums_count_as_cgcs2000(code):
    assert parse_crs(code).key == f"EPSG:{code}"


@pytest.mark.parametrize("crs", ["cgcs2000", "wgs84", parse_crs("wgs84")])
def test_degrees_stay_as_they_are(crs):
    lon, lat = to_cgcs2000(LON, LAT, crs)
    np.testing.assert_array_equal((lon, lat), (LON, LAT))


@pytest.mark.parametrize(
    "code", ["EPSG:4548", "EPSG:4549", "EPSG:4527", "EPSG:4498", "EPSG:4509", "EPSG:32650", "EPSG:3857"]
)
def test_metres_of_every_kind_become_degrees(code):
    crs = CRS.from_user_input(code)
    x, y = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True).transform(LON, LAT)
    np.testing.assert_allclose(to_cgcs2000(x, y, code), (LON, LAT), rtol=0, atol=1e-9)


def test_feet_are_converted():
    lon, lat = to_cgcs2000([775_000.0], [2_956_000.0], "EPSG:2249")  # Boston, in US survey feet
    np.testing.assert_allclose((lon, lat), ([-71.06], [42.36]), atol=0.05)


def test_a_known_point_of_a_zone():
    # On the central meridian the northing is the meridian arc from the equator: 30 N on GRS 80 is 3 320 113.398 m.
    lon, lat = to_cgcs2000([500_000.0, 39_500_000.0], [3_320_113.398] * 2, "EPSG:4549")
    assert (lon[0], lat[0]) == (pytest.approx(120.0, abs=1e-9), pytest.approx(30.0, abs=1e-8))
    lon, lat = to_cgcs2000([40_500_000.0], [3_320_113.398], "EPSG:4528")
    assert (lon[0], lat[0]) == (pytest.approx(120.0, abs=1e-9), pytest.approx(30.0, abs=1e-8))


def test_what_cannot_be_transformed_is_nan():
    lon, lat = to_cgcs2000([np.nan, 458_123.0, np.inf, 1e30], [3.2e6, np.nan, 3.2e6, 1e30], "EPSG:4549")
    assert np.isnan(lon).all()
    assert np.isnan(lat).all()
    assert [len(part) for part in to_cgcs2000([], [], "EPSG:4549")] == [0, 0]


def test_parameters_move_points_by_what_they_say():
    zero = parse_crs("EPSG:4214", parameters=(0, 0, 0, 0, 0, 0, 0))
    lon, lat = to_cgcs2000(LON, LAT, zero)
    assert np.abs(lon - LON).max() < 1e-12  # same axis, other ellipsoid: only the latitude moves
    assert 1e-6 < np.abs(lat - LAT).max() < 1e-3
    # On the equator at 90 E: dy is up, dx is west, dz is north; rz turns eastward in the position vector convention.
    shift = parse_crs("EPSG:4258", parameters=(-100.0, 0, 50.0, 0, 0, 0, 0))
    lon, lat = to_cgcs2000([90.0], [0.0], shift)
    assert (lon[0] - 90) * 111_319.49 == pytest.approx(100.0, abs=0.01)
    assert lat[0] * 110_574.3 == pytest.approx(50.0, abs=0.01)
    turn = parse_crs("EPSG:4258", parameters=(0, 0, 0, 0, 0, 1.0, 0))
    assert to_cgcs2000([90.0], [0.0], turn)[0][0] - 90 == pytest.approx(1 / 3600, abs=1e-12)


def test_a_projected_list_on_an_old_datum_with_parameters():
    stated = parse_crs("EPSG:2437", parameters=(12.0, -150.0, -80.0, 0, 0, 0, 0))
    assert stated.projected
    x, y = np.array([453_123.0]), np.array([3_191_234.0])
    degrees = Transformer.from_crs("EPSG:2437", "EPSG:4214", always_xy=True).transform(x, y)
    expected = to_cgcs2000(*degrees, parse_crs("EPSG:4214", parameters=stated.parameters))
    np.testing.assert_allclose(to_cgcs2000(x, y, stated), expected, rtol=0, atol=1e-12)
    moved = np.hypot((expected[0] - degrees[0]) * 97_000, (expected[1] - degrees[1]) * 111_000)
    assert 10 < moved[0] < 300


@pytest.mark.parametrize("parameters", [(1, 2, 3), (1, 2, 3, 4, 5, 6, float("nan"))])
def test_parameters_must_be_seven_numbers(parameters):
    with pytest.raises(CRSMismatchError, match="seven numbers"):
        parse_crs("EPSG:4214", parameters=parameters)


def _says(x, y, text):
    found = contradiction(x, y, parse_crs(text))
    return "" if found is None else found.en


@pytest.mark.parametrize(
    "code", ["EPSG:4548", "EPSG:4549", "EPSG:4528", "EPSG:4527", "EPSG:4498", "EPSG:32650", "EPSG:3857"]
)
def test_a_list_that_keeps_its_word_is_not_accused(code):
    assert _says(*_metres(code), code) == ""
    assert _says(LON, LAT, "cgcs2000") == ""


def test_degrees_and_metres_exchanged():
    assert "hold degrees, but metres are stated" in _says(LON, LAT, "EPSG:4549")
    assert "hold degrees" in _says(LAT, LON, "EPSG:4549")
    for code in ("EPSG:4549", "EPSG:4528", "EPSG:3857"):
        for word in ("cgcs2000", "wgs84", "gcj02", "bd09", "EPSG:4269"):
            assert "hold metres, but degrees are stated" in _says(*_metres(code), word)


def test_axes_exchanged():
    assert _says(LAT, LON, "cgcs2000") == ""  # each row of degrees says so by its own flag
    for code in ("EPSG:4549", "EPSG:4528", "EPSG:32650"):
        x, y = _metres(code)
        assert "axes exchanged" in _says(y, x, code)


def test_zone_prefixes():
    assert "zone prefix" in _says(*_metres("EPSG:4528"), "EPSG:4549")
    assert "zone prefix" in _says(*_metres("EPSG:4549"), "EPSG:4528")
    assert "zone prefix" in _says(*_metres("EPSG:4527"), "EPSG:4528")


def test_most_rows_must_speak():
    lon, lat = np.append(LON, LON), np.append(LAT, LAT)
    x, y = (np.append(axis, axis) for axis in _metres("EPSG:4549"))
    half = np.arange(8) % 2 == 0
    assert _says(np.where(half, x, lon), np.where(half, y, lat), "cgcs2000") == ""
    most = np.arange(8) < 5
    assert "5 of 8 rows" in _says(np.where(most, x, lon), np.where(most, y, lat), "cgcs2000")
    assert _says(x[:2], y[:2], "cgcs2000") == ""
    blank = np.full(20, np.nan)
    assert "3 of 3 rows" in _says(np.append(x[:3], blank), np.append(y[:3], blank), "cgcs2000")
    assert _says(blank, blank, "cgcs2000") == ""
    assert _says([], [], "EPSG:4549") == ""


def test_contradictions_speak_chinese():
    found = contradiction(LON, LAT, parse_crs("EPSG:4549"))
    assert found.zh.startswith("4 行中有 4 行是经纬度")
    assert "EPSG:4549" in found.zh


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        ((118.0, 28.5, 118.9, 29.2), 4548),
        ((119.0, 28.5, 120.9, 29.2), 4549),
        ((120.5, 24.2, 121.3, 24.8), 4549),
        ((73.6, 39.0, 75.0, 40.0), 4534),
        ((134.0, 48.0, 135.1, 48.5), 4554),
        ((118.5, 28.9, 118.5, 28.9), 4549),
    ],
)
def test_the_metric_system_is_the_nearest_zone_in_china(bounds, code):
    assert metric_crs(bounds).to_epsg() == code
    west, _, east, _ = bounds
    meridian = next(
        p.value for p in metric_crs(bounds).coordinate_operation.params if p.name == "Longitude of natural origin"
    )
    assert abs((west + east) / 2 - meridian) <= 1.5


@pytest.mark.parametrize(
    "bounds",
    [
        (73.6, 18.0, 134.8, 53.5),
        (-125.0, 24.0, -66.0, 49.0),
        (2.2, 48.8, 2.5, 48.9),
        (118, -5, 119, 1),
        (179.0, -18.0, -179.0, -16.0),
    ],
)
def test_elsewhere_it_is_a_local_system_with_true_areas(bounds):
    crs = require_metric(metric_crs(bounds))
    assert crs.coordinate_operation.method_name == "Lambert Azimuthal Equal Area"
    west, south, east, north = bounds
    middle = (west + (east + 360 if east < west else east)) / 2
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(middle, (south + north) / 2)
    assert np.hypot(x, y) < 20_000


@pytest.mark.parametrize(
    "bounds", [(np.nan,) * 4, (np.inf, 0, 1, 1), (200, 0, 201, 1), (118, 30, 119, 29), (118, -91, 119, 0)]
)
def test_impossible_bounds_are_refused(bounds):
    with pytest.raises(SchemaError, match="bounds must be"):
        metric_crs(bounds)


def test_metres_are_required():
    assert require_metric(4549) == CRS.from_epsg(4549)
    for bad in (None, "EPSG:4490", "EPSG:2249", "EPSG:4978"):
        with pytest.raises(NotProjectedError, match="metres are needed"):
            require_metric(bad)


def test_a_list_crs_is_plain_and_comparable():
    assert parse_crs("4549") == parse_crs("EPSG:4549")
    assert hash(parse_crs("wgs84")) == hash(parse_crs(4326))
    assert isinstance(parse_crs("bd09"), ListCRS)
