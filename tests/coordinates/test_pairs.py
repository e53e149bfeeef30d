"""Both axes in one cell; the order is never guessed."""

import pytest

from geocensus.coordinates import parse_pairs, parse_points

LON, LAT = 118.52, 28.9
LL, TT, WKT, ISO = "pair_lon_lat", "pair_lat_lon", "pair_wkt", "pair_iso6709"
DMS = "degree_minute_second"

READ = [
    ("118.52,28.90", f"{LL}:decimal"),
    ("118.52, 28.90", f"{LL}:decimal"),
    ("118.52，28.90", f"{LL}:decimal"),
    ("118.52 28.90", f"{LL}:decimal"),
    ("118.52;28.90", f"{LL}:decimal"),
    ("118.52/28.90", f"{LL}:decimal"),
    ("118.52、28.90", f"{LL}:decimal"),
    ("(118.52, 28.90)", f"{LL}:decimal"),
    ("[118.52,28.90]", f"{LL}:decimal"),
    ("１１８．５２，２８．９０", f"{LL}:decimal"),
    ("28.90,118.52", f"{TT}:decimal"),
    ("28.90 118.52", f"{TT}:decimal"),
    ("118,52 28,90", f"{LL}:decimal_comma"),
    ("118,52; 28,90", f"{LL}:decimal_comma"),
    ("118,52, 28,90", f"{LL}:decimal_comma"),
    ("E118.52 N28.90", f"{LL}:decimal"),
    ("E118.52,N28.90", f"{LL}:decimal"),
    ("118.52E 28.90N", f"{LL}:decimal"),
    ("28.9N 118.52E", f"{TT}:decimal"),
    ("N28.90E118.52", f"{TT}:decimal"),
    ("lon:118.52 lat:28.90", f"{LL}:decimal"),
    ("lat=28.90, lon=118.52", f"{TT}:decimal"),
    ("经度118.52纬度28.90", f"{LL}:decimal"),
    ("纬度：28.90，经度：118.52", f"{TT}:decimal"),
    ("E118.52, 28.90", f"{LL}:decimal"),
    ("E118°31′12″ N28°54′00″", f"{LL}:{DMS}"),
    ("E118°31′12″N28°54′00″", f"{LL}:{DMS}"),
    ("118°31′12″E，28°54′00″N", f"{LL}:{DMS}"),
    ("东经118°31′12″ 北纬28°54′00″", f"{LL}:{DMS}"),
    ("东经:118度31分12秒,北纬:28度54分0秒", f"{LL}:{DMS}"),
    ("北纬28度54分0秒东经118度31分12秒", f"{TT}:{DMS}"),
    ("北緯28°54′00″，東經118°31′12″", f"{TT}:{DMS}"),
    ("118°31′12″ 28°54′00″", f"{LL}:{DMS}"),
    ("118°31'12\" 28°54'00\"", f"{LL}:{DMS}"),
    ("118° 31′ 12″ 28° 54′ 0″", f"{LL}:{DMS}"),
    ("118°31′12″28°54′00″", f"{LL}:{DMS}"),
    ("28°54′00″/118°31′12″", f"{TT}:{DMS}"),
    ("118 31 12, 28 54 00", f"{LL}:spaced"),
    ("118 31 12 28 54 00", f"{LL}:spaced"),
    ("118 31.2 28 54.0", f"{LL}:spaced"),
    ("118:31:12 28:54:00", f"{LL}:colon"),
    ("118-31-12,28-54-00", f"{LL}:dashed"),
    ("1183112,285400", f"{LL}:packed"),
    ("118.31.12 28.54.00", f"{LL}:dotted_dms"),
    ("POINT(118.52 28.90)", f"{WKT}:decimal"),
    ("Point Z (118.52 28.9 12.5)", f"{WKT}:decimal"),
    ("SRID=4490;POINT(118.52 28.90)", f"{WKT}:decimal"),
    ("+28.9000+118.5200/", f"{ISO}:decimal"),
]


def test_pairs_that_can_be_read():
    lon, lat = parse_pairs([text for text, _ in READ])
    got = [(text, form) for (text, _), form in zip(READ, lon["format"], strict=True)]
    assert got == READ
    assert lat["format"].tolist() == [form for _, form in READ]
    assert lon["value"].round(9).tolist() == [LON] * len(READ)
    assert lat["value"].round(9).tolist() == [LAT] * len(READ)
    assert set(lon["problem"]) == set(lat["problem"]) == {""}


@pytest.mark.parametrize(
    ("text", "lon", "lat", "form"),
    [
        ("87.6, 43.8", 87.6, 43.8, LL),  # Urumqi: only this order lies in China
        ("43.8, 87.6", 87.6, 43.8, TT),
        ("-100.5, 40.5", -100.5, 40.5, LL),
        ("40.5 -100.5", -100.5, 40.5, TT),
        ("10E 50N", 10.0, 50.0, LL),
        ("50N 10W", -10.0, 50.0, TT),
        ("0, 0", 0.0, 0.0, LL),
        ("POINT(10 50)", 10.0, 50.0, WKT),
    ],
)
def test_the_order_follows_words_standards_and_ranges(text, lon, lat, form):
    found = parse_pairs([text])
    assert [frame["value"].item() for frame in found] == [lon, lat]
    assert found[0]["format"].item() == f"{form}:decimal"


@pytest.mark.parametrize(
    "text", ["30, 40", "10.5 50.5", "60, 70", "118.5", "常山县", "118.5,28.9,5", "E118.5", "118°31′12″", "1 2 3"]
)
def test_what_has_no_single_meaning_is_unparsable(text):
    points = parse_points({"coordinate": [text]}).iloc[0]
    assert points["coordinate_problem"] == "unparsable"
    assert points[["lon_parsed", "lat_parsed"]].isna().all()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "missing"),
        ("无", "missing"),
        ("118.5, ", "unparsable"),
        ("118.5, 无", "unparsable"),
        ("0, 28.9", "zero"),
        ("118.5, 289.0", "out_of_range"),
        ("118°75′12″ 28°54′00″", "minute_second_range"),
        ("N118.5 E28.9", "out_of_range"),
        ("N118.5, 28.9", "minute_second_range"),
    ],
)
def test_problems_of_pairs(text, problem):
    assert parse_points({"coordinate": [text]})["coordinate_problem"].item() == problem


def test_the_halves_are_the_texts_and_an_uncut_cell_stays_whole():
    points = parse_points({"coordinate": ["北纬28.90 东经118.52", "SRID=4490;POINT(118.52 28.91)", "Changshan", None]})
    assert points["lon_text"].tolist()[:3] == ["东经118.52", "118.52", "Changshan"]
    assert points["lat_text"].tolist()[:2] == ["北纬28.90", "28.91"]
    assert points["lat_text"].isna().tolist() == [False, False, True, True]


def test_metres_in_one_cell_are_easting_and_northing():
    points = parse_points(
        {"coordinate": ["39458123.4, 3191234.5", "458123 3191234", "118°31′12″ 28°54′00″"]}, projected=True
    )
    assert points["lon_parsed"].tolist()[:2] == [39458123.4, 458123.0]
    assert points["lat_parsed"].tolist()[:2] == [3191234.5, 3191234.0]
    assert points["coordinate_problem"].tolist() == ["", "", "unparsable"]
    assert points["lon_format"].tolist() == [f"{LL}:metres", f"{LL}:metres", ""]
