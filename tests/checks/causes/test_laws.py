"""Laws: whatever goes wrong, the place meant is among the candidates, within a cell of the format."""

import numpy as np
import pyproj
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from geocensus import shifts
from geocensus.checks.causes import Candidates, propose, written_of

from .asking import BOX, proposed, read
from .writers import (
    MARKS,
    decimal,
    degrees,
    dm,
    dms,
    move_point,
    packed_form,
    parts,
    slip,
)

WEST, SOUTH, EAST, NORTH = BOX


@st.composite
def places(draw, unit):
    """Whole units of longitude and latitude inside the box: `unit` of them make a degree."""
    margin = 0.002
    lon = draw(st.integers(int((WEST + margin) * unit), int((EAST - margin) * unit)))
    lat = draw(st.integers(int((SOUTH + margin) * unit), int((NORTH - margin) * unit)))
    return lon, lat


@st.composite
def pairs_of_texts(draw):
    """Texts of both axes in one format, the values they have, and the step of the last digit in degrees."""
    form = draw(st.sampled_from(["decimal", "comma", "dm", "packed", *MARKS]))
    if form in {"decimal", "comma"}:
        k = draw(st.integers(3, 7))
        units = draw(places(10**k))
        return [decimal(u, k, comma=form == "comma") for u in units], [degrees(u, k) for u in units], 10.0**-k
    if form == "dm":
        k = draw(st.integers(1, 4))
        units = draw(places(60 * 10**k))
        return [dm(u, k) for u in units], [degrees(u, k, 60) for u in units], 10.0**-k / 60
    k = draw(st.integers(0, 2))
    units = draw(places(3600 * 10**k))
    write = packed_form if form == "packed" else lambda u, k: dms(u, k, form, pad=draw(st.booleans()))
    return [write(u, k) for u in units], [degrees(u, k, 3600) for u in units], 10.0**-k / 3600


def found(lon, lat, cause, crs="cgcs2000", near=BOX):
    return [one[2:] for one in proposed({"lon": [lon], "lat": [lat]}, crs, near) if one[1] == cause]


def reached(candidates, values, within):
    return any(abs(lon - values[0]) <= within and abs(lat - values[1]) <= within for lon, lat, *_ in candidates)


LAW = settings(max_examples=25, deadline=None)


@LAW
@given(pairs_of_texts())
def test_swapped_axes_are_swapped_back(pair):
    texts, values, _ = pair
    back = found(texts[1], texts[0], "axes_swapped")
    assert len(back) == 1
    assert reached(back, values, 1e-9)
    assert list(back[0][-2:]) == texts


@LAW
@given(pairs_of_texts(), st.sampled_from([(1, 0), (0, 1), (1, 1)]))
def test_a_minus_is_taken_off(pair, signs):
    texts, values, _ = pair
    back = found(*("-" * minus + text for minus, text in zip(signs, texts, strict=True)), "sign")
    assert reached(back, values, 1e-9)
    assert [*back[0][-2:]] == texts


@settings(max_examples=80, deadline=None)
@given(
    pairs_of_texts(),
    st.booleans(),
    st.sampled_from(["replaced", "exchanged", "missing", "doubled"]),
    st.integers(0, 12),
    st.integers(0, 9),
)
@example((["1183112", "285400"], [118.52, 28.9], 1 / 3600), False, "missing", 1, 0)
@example((["1183112", "285400"], [118.52, 28.9], 1 / 3600), True, "doubled", 1, 0)
@example((["118°31′12″", "28°54′00″"], [118.52, 28.9], 1 / 3600), False, "doubled", 0, 0)
@example((["118,523", "28,901"], [118.523, 28.901], 1e-3), False, "doubled", 2, 0)
def test_a_wrong_digit_is_found(pair, second, kind, which, digit):
    texts, values, _ = pair
    assume(which < sum(char.isdigit() for char in texts[second]))
    wrong = slip(texts[second], kind, which, digit)
    assume(wrong is not None)
    observed = [wrong if number == second else text for number, text in enumerate(texts)]
    sources = read({"lon": [observed[0]], "lat": [observed[1]]})
    value = sources[("lon_parsed", "lat_parsed")[second]].iloc[0]
    assume(not abs(value - values[second]) < 1.01e-4)  # too small to matter; NaN is far
    back = found(*observed, "digit_error")
    assert reached(back, values, 1e-9)
    assert texts in [list(one[-2:]) for one in back]


@LAW
@given(st.integers(0, 2), st.booleans(), st.booleans(), st.data())
def test_packed_degrees_minutes_seconds_are_unpacked(k, pad, strip, data):
    units = data.draw(places(3600 * 10**k))
    texts = []
    for unit in units:
        degree, minute, second, rest = parts(unit, k)
        width = "02d" if pad else "d"
        text = f"{degree}.{minute:{width}}{second:{width}}" + (f"{rest:0{k}d}" if k else "")
        texts.append(text.rstrip("0") if strip and pad else text)
    assume(all(len(text.split(".")[1]) >= 2 for text in texts))
    assert reached(found(*texts, "packed_dms"), [degrees(u, k, 3600) for u in units], 1e-9)


@LAW
@given(st.integers(4, 6), st.booleans(), st.sampled_from(sorted(MARKS)), st.data())
def test_decimals_in_boxes_are_joined(k, pad, style, data):
    units, mark = data.draw(places(10**k)), MARKS[style]
    texts = []
    for unit in units:
        whole, rest = divmod(unit, 10**k)
        digits = f"{rest:0{k}d}"
        boxes = [digits[:2], digits[2:4]] if pad else [str(int(digits[:2])), str(int(digits[2:4]))]
        more = f".{digits[4:]}" if k > 4 else ""
        texts.append(f"{whole}{mark[0]}{boxes[0]}{mark[1]}{boxes[1]}{more}{mark[2]}")
    assert reached(found(*texts, "decimal_as_dms"), [degrees(u, k) for u in units], 1e-9)


@LAW
@given(st.integers(1, 4), st.data())
def test_decimal_minutes_are_read_from_decimals(k, data):
    units = data.draw(places(60 * 10**k))
    texts = []
    for unit in units:
        minutes, rest = divmod(unit, 10**k)
        texts.append(f"{minutes // 60}.{minutes % 60:02d}{rest:0{k}d}")
    back = found(*texts, "minutes_decimal")
    assert reached(back, [degrees(u, k, 60) for u in units], 1e-9)


@LAW
@given(st.integers(1, 2), st.data())
def test_decimal_minutes_are_read_from_seconds(k, data):
    units = data.draw(places(60 * 10**k))
    texts = []
    for unit in units:
        minutes, rest = divmod(unit, 10**k)
        texts.append(f"{minutes // 60}°{minutes % 60}′{rest:0{k}d}″")
    assert reached(found(*texts, "minutes_decimal"), [degrees(u, k, 60) for u in units], 1e-9)


@LAW
@given(st.sampled_from(["118°31′", "118 31 00", "118:31:0", "1183100"]), st.integers(0, 59), st.integers(0, 59))
def test_dropped_seconds_are_spread_over_the_minute(text, lon_second, lat_second):
    lat = {"118°31′": "28°54′", "118 31 00": "28 54 00", "118:31:0": "28:54:0", "1183100": "285400"}[text]
    back = found(text, lat, "seconds_dropped")
    assert len(back) == 9
    values = [118 + 31 / 60 + lon_second / 3600, 28.9 + lat_second / 3600]
    assert reached(back, values, 1 / 360 + 1e-9)


@LAW
@given(
    st.integers(4, 7),
    st.sampled_from([-2, -1, 1, 2, None]),
    st.sampled_from([(1, 0), (0, 1), (1, 1)]),
    st.data(),
)
def test_a_moved_or_lost_point_is_put_back(k, by, which, data):
    units = data.draw(places(10**k))
    texts = [decimal(u, k) for u in units]
    wrong = [text.replace(".", "") if by is None else move_point(text, by) for text in texts]
    observed = [bad if moved else good for bad, good, moved in zip(wrong, texts, which, strict=True)]
    back = found(*observed, "decimal_shift")
    assert reached(back, [degrees(u, k) for u in units], 1e-9)


@LAW
@given(st.integers(0, 2), st.booleans(), st.booleans(), st.booleans(), places(10**6))
def test_projected_metres_are_placed(k, six, prefix, exchanged, units):
    lon, lat = units[0] / 1e6, units[1] / 1e6
    meridian = 117 if six else 120 if lon > 118.5 else 117
    zone = 20 if six else meridian // 3
    forward = pyproj.Proj(proj="tmerc", lon_0=meridian, ellps="GRS80", x_0=500_000 + prefix * zone * 1_000_000)
    texts = [f"{value:.{k}f}" for value in forward(lon, lat)]
    back = found(*(texts[::-1] if exchanged else texts), "projected")
    assert reached(back, (lon, lat), 1e-5 * 10.0**-k)
    assert all(one[-2:] == ("", "") for one in back)


@LAW
@given(places(10**6))
def test_shifted_points_are_shifted_back(units):
    lon, lat = units[0] / 1e6, units[1] / 1e6
    for cause, shift in (("gcj02", shifts.wgs84_to_gcj02), ("bd09", shifts.wgs84_to_bd09)):
        x, y = shift([lon], [lat])
        back = found(f"{x[0]:.6f}", f"{y[0]:.6f}", cause)
        assert reached(back, (lon, lat), 1e-6)


@LAW
@given(places(10**6))
def test_a_list_in_a_shifted_system_is_mended_in_it(units):
    lon, lat = units[0] / 1e6, units[1] / 1e6
    x, y = shifts.wgs84_to_gcj02([lon], [lat])
    texts = f"{x[0]:.6f}", f"{y[0]:.6f}"
    assert reached(found(texts[1], texts[0], "axes_swapped", "gcj02"), (lon, lat), 1e-6)
    wrong = slip(texts[0], "exchanged", 4, 0)
    if wrong is not None and abs(float(wrong) - float(texts[0])) > 1.1e-4:
        assert reached(found(wrong, texts[1], "digit_error", "gcj02"), (lon, lat), 1e-6)


@LAW
@given(places(10**6), st.integers(0, 8), st.sampled_from(["replaced", "exchanged", "missing"]), st.booleans())
def test_a_list_in_metres_is_mended_in_metres(units, which, kind, second):
    lon, lat = units[0] / 1e6, units[1] / 1e6
    forward = pyproj.Proj(proj="tmerc", lon_0=120, ellps="GRS80", x_0=500_000)
    texts = [f"{value:.2f}" for value in forward(lon, lat)]
    assert reached(found(texts[1], texts[0], "axes_swapped", "EPSG:4549"), (lon, lat), 1e-6)
    assume(which < sum(char.isdigit() for char in texts[second]))
    wrong = slip(texts[second], kind, which, 4)
    assume(wrong is not None and abs(float(wrong) - float(texts[second])) > 12)
    observed = [wrong if number == second else text for number, text in enumerate(texts)]
    back = found(*observed, "digit_error", "EPSG:4549")
    assert texts in [list(one[-2:]) for one in back]
    assert reached(back, (lon, lat), 1e-6)


ROWS = {
    "lon": ["118.5212", "118°31′12″", "28.9", "1183112", "11852.3", "无", "118.52", "-118.7", "458123.5", "118°75′12″"],
    "lat": ["28.9023", "28°54′00″", "118.5", "285400", "28.913", "28.9", "28.9", "28.8", "3191234.5", "28°54′00″"],
}


def told(found: Candidates):
    columns = (found.row, found.cause, found.lon, found.lat, found.log_weight, found.lon_edit, found.lat_edit)
    return sorted(zip(*(np.nan_to_num(column, nan=-999.0).tolist() for column in columns), strict=True))


@LAW
@given(st.permutations(range(10)), st.integers(1, 11))
def test_order_of_rows_and_size_of_chunks_do_not_matter(order, chunk):
    whole = told(propose(written_of(read(ROWS)), BOX))
    moved = {role: [texts[at] for at in order] for role, texts in ROWS.items()}
    boxes = np.tile(BOX, (10, 1))
    again = told(propose(written_of(read(moved)), boxes, chunk=chunk))
    assert sorted((order[row], *rest) for row, *rest in again) == whole
