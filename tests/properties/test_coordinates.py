"""Laws of reading coordinates."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus.coordinates import FORMAT_NAMES, PROBLEMS, parse_angles, parse_pairs, parse_parts, parse_points

DECIMALS = st.integers(0, 4)
LON = st.floats(-180, 180, allow_nan=False)
TEXTS = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="0123456789.,:-+ °′″'\"度分秒EWNSewns东西南北经纬dmo/", max_size=24),
    st.from_regex(
        r"[EWNS东北]?[0-9]{1,3}[°度 :.-][0-9]{1,2}[′分 :.-][0-9]{1,2}(\.[0-9]{1,3})?[″秒]?[EWNS]?", fullmatch=True
    ),
)


def _pieces(value, decimals):
    """Whole degrees, minutes, and seconds with some decimals, rounded once."""
    units = round(abs(value) * 3600 * 10**decimals)
    degrees, rest = divmod(units, 3600 * 10**decimals)
    minutes, seconds = divmod(rest, 60 * 10**decimals)
    return degrees, minutes, f"{seconds / 10**decimals:0{3 + decimals if decimals else 2}.{decimals}f}"


SEXAGESIMAL = {
    "degree_minute_second": ["{d}°{m}′{s}″", "{d}°{m}'{s}\"", "{d}度{m}分{s}秒", "{d}° {m}′ {s}″", "{d}d{m}m{s}s"],
    "spaced": ["{d} {m} {s}"],
    "colon": ["{d}:{m}:{s}"],
    "dashed": ["{d}-{m}-{s}"],
    "dotted_dms": ["{d}.{m}.{s}"],
    "packed": ["{d:03d}{m:02d}{s}"],
}


@settings(deadline=None)
@given(
    LON,
    DECIMALS,
    st.sampled_from([(name, form) for name, forms in SEXAGESIMAL.items() for form in forms]),
    st.booleans(),
)
def test_sexagesimal_texts_come_back_within_their_resolution(value, decimals, named, lettered):
    name, form = named
    degrees, minutes, seconds = _pieces(value, decimals)
    body = form.format(d=degrees, m=minutes, s=seconds)
    text = f"{'W' if value < 0 else 'E'}{body}" if lettered else f"{'-' if value < 0 else ''}{body}"
    found = parse_angles([text], axis="lon").iloc[0]
    assert (found["problem"], found["format"]) == ("", name)
    assert abs(found["value"] - value) <= 0.5 / 3600 / 10**decimals + 1e-12
    assert np.isclose(found["resolution_deg"], 0.5 / 3600 / 10**decimals, rtol=1e-12)


@settings(deadline=None)
@given(LON, st.integers(0, 15))
def test_decimal_texts_are_read_exactly(value, decimals):
    text = f"{value:.{decimals}f}"
    found = parse_angles([text, text.replace("-", "W"), f"{abs(value):.{decimals}f}°E"], axis="lon")
    assert found["value"].tolist() == [float(text), float(text), abs(float(text))]
    assert set(found["format"]) == {"decimal"}
    np.testing.assert_allclose(found["resolution_deg"], 0.5 * 10.0**-decimals, rtol=1e-12)


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), LON), min_size=1, max_size=8))
def test_numbers_come_back_unchanged(values):
    found = parse_angles(pd.Series(values, dtype="float64"), axis="lon")
    numbers = pd.Series(values, dtype="float64")
    plain = numbers.abs().ge(1) | (numbers == 0)
    pd.testing.assert_series_equal(found["value"][plain], numbers[plain], check_names=False, check_exact=True)
    small = numbers.abs().between(1e-6, 1)  # more than 18 digits, of which the first 18 are read
    np.testing.assert_allclose(found["value"][small], numbers[small], rtol=0, atol=1e-17)
    assert found["problem"][numbers.isna()].eq("missing").all()


@settings(deadline=None)
@given(LON, DECIMALS)
def test_parts_say_the_same_as_one_text(value, decimals):
    degrees, minutes, seconds = _pieces(value, decimals)
    sign = "-" if value < 0 else ""
    parts = parse_parts([f"{sign}{degrees}"], [str(minutes)], [seconds], axis="lon").iloc[0]
    text = parse_angles([f"{sign}{degrees}°{minutes}′{seconds}″"], axis="lon").iloc[0]
    assert parts["value"] == text["value"]
    assert np.isclose(parts["resolution_deg"], text["resolution_deg"], rtol=1e-12)


@settings(deadline=None)
@given(st.floats(90.5, 180), st.floats(-90, 90), st.booleans(), st.sampled_from([", ", " ", ";", "，"]))
def test_pairs_come_back_in_either_order(lon, lat, lat_first, gap):
    lon, lat = round(lon, 6), round(lat, 6)
    first, second = (lat, lon) if lat_first else (lon, lat)
    found = parse_pairs([f"{first:.6f}{gap}{second:.6f}"])
    assert [frame["value"].item() for frame in found] == [lon, lat]
    assert found[0]["format"].item() == f"{'pair_lat_lon' if lat_first else 'pair_lon_lat'}:decimal"


@settings(max_examples=40, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_words_fix_the_order_of_any_pair(lon, lat):
    lon, lat = round(lon, 6), round(lat, 6)
    east, north = "EW"[lon < 0], "NS"[lat < 0]
    for text in (f"{north}{abs(lat):.6f} {east}{abs(lon):.6f}", f"{abs(lon):.6f}{east},{abs(lat):.6f}{north}"):
        assert [frame["value"].item() for frame in parse_pairs([text])] == [lon, lat]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.none(), TEXTS), max_size=30))
def test_no_text_raises_and_every_answer_is_consistent(texts):
    for axis in ("lon", "lat"):
        found = parse_angles(texts, axis=axis)
        assert len(found) == len(texts)
        assert set(found["problem"]) <= set(PROBLEMS[:4])
        assert set(found["format"]) <= set(FORMAT_NAMES)
        assert found.loc[found["problem"] == "", "value"].notna().all()
        assert found.loc[found["problem"].isin(["missing", "unparsable"]), "value"].isna().all()
        assert (found["format"].ne("") == ~found["problem"].isin(["missing", "unparsable"])).all()
    points = parse_points({"lon": texts, "lat": texts[::-1], "coordinate": texts})
    assert (
        points.loc[points["coordinate_problem"] == "", ["lon_parsed", "lat_parsed", "resolution_m"]]
        .notna()
        .all(axis=None)
    )
    parse_parts(texts, texts, texts, axis="lat")


@settings(max_examples=25, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_a_row_is_read_alone_as_in_any_list(texts, random):
    order = list(range(len(texts)))
    random.shuffle(order)
    columns = {"lon": texts, "lat": texts[::-1], "coordinate": texts}
    whole = parse_points(columns)
    shuffled = parse_points({role: [cells[i] for i in order] for role, cells in columns.items()})
    pd.testing.assert_frame_equal(shuffled, whole.iloc[order].reset_index(drop=True), check_exact=True)
    alone = pd.concat([parse_points({role: [cells[i]] for role, cells in columns.items()}) for i in range(len(texts))])
    pd.testing.assert_frame_equal(alone.reset_index(drop=True), whole, check_exact=True)


@settings(deadline=None)
@given(TEXTS, st.sampled_from(["0123456789", "5555555555", "9876543210"]))
def test_the_format_depends_on_the_shape_only(text, digits):
    other = text.translate(str.maketrans("0123456789", digits))
    found = parse_angles([text, other], axis="lon")
    assert len(set(found["format"])) == 1
    assert len(set(found["resolution_deg"].fillna(-1))) == 1
