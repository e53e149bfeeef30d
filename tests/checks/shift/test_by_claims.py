import numpy as np
import pandas as pd
import pytest

from geocensus import shifts
from geocensus.checks import shift
from geocensus.checks.shift.by_claims import _FARTHEST_M
from geocensus.checks.shift.hypotheses import READINGS, in_metres
from geocensus.locating import nearest_border

METRES = 111_195.0


def by(east, north):
    return lambda lon, lat: (lon + east / METRES / np.cos(np.radians(lat)), lat + north / METRES)


TRUTHS = {
    "none": by(0, 0),
    "gcj02": shifts.wgs84_to_gcj02,
    "bd09": shifts.wgs84_to_bd09,
    "basemap_gcj02": shifts.gcj02_to_wgs84,
    "basemap_bd09": shifts.bd09_to_wgs84,
}


@pytest.mark.parametrize("system", TRUTHS)
@pytest.mark.parametrize("level", ["village", "township"])
def test_every_system_is_found_from_claims(context, drawn, system, level):
    lon, lat, code = drawn(600)
    if level == "township":
        code = [text[:9] for text in code]
    found = context(*TRUTHS[system](lon, lat), code).shifts
    group = found.groups.iloc[0]
    assert (group["group"], group["system"], group["method"]) == ("file=list.csv", system, "claims")
    assert group["confidence"] >= 0.99
    assert (found.of_source["system"] == system).all()
    assert found.flagged.notna().all() == (system != "none")


def test_the_displacement_and_the_message_say_what_to_do(context, drawn):
    lon, lat, code = drawn(600)
    group = context(*shifts.wgs84_to_gcj02(lon, lat), code).shifts.groups.iloc[0]
    assert (group["d_east_m"], group["d_north_m"]) == (pytest.approx(490, abs=40), pytest.approx(-332, abs=40))
    assert group["share"] > 0.9
    assert group["message_en"].startswith("the coordinates seem to be GCJ-02, shifted by about ")
    for words in ("nothing was converted", "--crs gcj02", "--crs-reason", "may be restricted by law"):
        assert words in group["message_en"]
    assert "--crs gcj02" in group["message_zh"]
    assert "可能受法规限制" in group["message_zh"]


def test_nothing_is_changed_in_the_sources(context, drawn):
    lon, lat, code = drawn(200)
    ctx = context(*shifts.wgs84_to_gcj02(lon, lat), code)
    before = ctx.sources.copy()
    shift.test_shifts(ctx)
    pd.testing.assert_frame_equal(ctx.sources, before)


def test_the_order_of_rows_does_not_matter(context, drawn):
    lon, lat, code = drawn(500)
    lon, lat = shifts.wgs84_to_gcj02(lon, lat)
    person = np.array(["张三", "李四", "王五"])[np.arange(500) % 3]
    order = np.random.default_rng(5).permutation(500)
    one = context(lon, lat, code, 普查员=person).shifts.groups.sort_values("group", ignore_index=True)
    other = context(lon[order], lat[order], code[order], 普查员=person[order]).shifts.groups
    pd.testing.assert_frame_equal(one, other.sort_values("group", ignore_index=True), rtol=1e-6)


def test_a_constant_of_unknown_origin_is_no_known_system(context, drawn):
    lon, lat, code = drawn(1000)
    group = context(*by(300, 150)(lon, lat), code).shifts.groups.iloc[0]
    assert group["system"] == "constant"
    assert np.hypot(group["d_east_m"] - 300, group["d_north_m"] - 150) < 150


def test_half_the_rows_shifted_is_inconclusive_until_enumerators_tell_them_apart(context, drawn):
    lon, lat, code = drawn(1000)
    moved = np.arange(1000) % 2 == 1
    there = shifts.wgs84_to_gcj02(lon, lat)
    lon, lat = np.where(moved, there[0], lon), np.where(moved, there[1], lat)
    groups = context(lon, lat, code).shifts.groups
    assert groups["system"].tolist() == ["inconclusive"]
    assert groups["share"].iloc[0] == pytest.approx(0.5, abs=0.12)
    assert groups["confidence"].iloc[0] == 0
    assert "some of the sources are shifted" in groups["message_en"].iloc[0]
    found = context(lon, lat, code, 普查员=np.where(moved, "张三", "李四")).shifts
    assert dict(zip(found.groups["group"], found.groups["system"], strict=True)) == {
        "file=list.csv": "inconclusive",
        "enumerator=张三": "gcj02",
        "enumerator=李四": "none",
    }
    assert (found.of_source["system"] == np.where(moved, "gcj02", "none")).all()
    assert (found.of_source["group"] == np.where(moved, "enumerator=张三", "enumerator=李四")).all()
    assert found.flagged.fillna("").tolist() == np.where(moved, "enumerator=张三", "").tolist()


@pytest.mark.parametrize("move", [shifts.wgs84_to_gcj02, by(0, 0)])
def test_one_park_of_500_sources_tells_nothing(context, drawn, move):
    lon, lat, code = drawn(500, box=(3.6, 2.1, 3.95, 2.4))  # 400 m across, beside a border
    group = context(*move(lon, lat), code).shifts.groups.iloc[0]
    assert group["system"] == "inconclusive"
    assert group["n"] < 16


def test_rows_all_wrong_the_same_way_are_not_called_right(context, drawn):
    lon, lat, code = drawn(500)
    group = context(lon + 0.35, lat - 0.2, code).shifts.groups.iloc[0]
    assert group["system"] == "inconclusive"
    group = context(*by(3000, 0)(lon, lat), code).shifts.groups.iloc[0]
    assert group["system"] == "inconclusive"


def test_claims_that_no_shift_can_leave_tell_nothing(context, drawn):
    lon, lat, _ = drawn(100, box=(3.0, 2.0, 5.0, 4.0))
    group = context(lon, lat, ["330822"] * 100).shifts.groups.iloc[0]
    assert group["system"] == "inconclusive"


def test_no_claims_and_groups_of_one(context, drawn):
    lon, lat, code = drawn(50)
    group = context(lon, lat).shifts.groups.iloc[0]
    assert (group["system"], group["n"]) == ("inconclusive", 0)
    assert "no claimed areas" in group["message_en"]
    found = context(lon[:1], lat[:1], code[:1]).shifts
    assert found.groups[["system", "n"]].to_numpy().tolist() == [["inconclusive", 1]]
    assert found.of_source["system"].tolist() == ["inconclusive"]


def test_no_source_with_a_point(context):
    found = context([0.0, np.nan], [0.0, np.nan]).shifts
    assert found.of_source["system"].tolist() == ["inconclusive"] * 2
    assert found.of_source["group"].isna().tolist()[1]


def test_a_list_converted_without_need_is_told(context, drawn):
    lon, lat, code = drawn(600)
    ctx = context(lon, lat, code, crs="gcj02")
    group = ctx.shifts.groups.iloc[0]
    assert group["system"] == "basemap_gcj02"
    assert group["message_en"].startswith("the list was converted from GCJ-02, but fits better as it was")
    right = context(*shifts.wgs84_to_gcj02(lon, lat), code, crs="gcj02").shifts.groups.iloc[0]
    assert right["system"] == "none"


def test_a_shifted_group_is_flagged_once(context, drawn):
    from geocensus.checks.rules_shift import shift as rule

    lon, lat, code = drawn(900)
    person = np.array(["张三", "李四", "王五"])[np.arange(900) % 3]
    outcome = rule(context(*shifts.wgs84_to_gcj02(lon, lat), code, 普查员=person))
    assert outcome.groups.index.tolist() == ["file=list.csv"]
    assert outcome.groups["basis"].tolist() == ["gcj02"]
    assert (outcome.status == "flagged").all()
    unknown = rule(context(lon[:5], lat[:5], code[:5]))
    assert (unknown.status == "not_tested").all()
    assert (unknown.reason == "shift_unknown").all()
    assert (rule(context(lon, lat, code)).status == "ok").all()


def test_a_device_that_looks_shifted_is_not_cleared_by_the_list(context, drawn):
    near, all_ = drawn(16, box=(3.4, 2.4, 4.6, 3.6)), drawn(600)  # the device worked around one corner of villages
    lon, lat, code = (np.concatenate(parts) for parts in zip(near, all_, strict=True))
    mine = np.arange(616) < 16
    there = shifts.wgs84_to_bd09(lon, lat)
    lon, lat = np.where(mine, there[0], lon), np.where(mine, there[1], lat)
    found = context(lon, lat, code, 设备=np.where(mine, "GPS-1", "GPS-2")).shifts
    systems = dict(zip(found.groups["group"], found.groups["system"], strict=True))
    assert systems == {"file=list.csv": "none", "device=GPS-1": "inconclusive", "device=GPS-2": "none"}
    assert found.groups.attrs["leaning"] == ["device=GPS-1"]
    assert found.of_source["system"].tolist() == np.where(mine, "inconclusive", "none").tolist()
    assert found.of_source["group"].iloc[0] == "device=GPS-1"
    told = found.groups.set_index("group")["message_zh"]
    assert told.str.contains("更像 BD-09").to_dict() == {name: name == "device=GPS-1" for name in systems}
    assert found.flagged.isna().all()


def test_a_list_with_nobody_outside_is_not_called_shifted(context, county):
    corners = county.areas("village").geometry.bounds[["minx", "miny"]].to_numpy()  # all on borders, at one corner
    found = context(corners[:, 0], corners[:, 1], county.areas("village")["code"].to_numpy()).shifts
    assert found.groups["system"].isin(["none", "inconclusive"]).all()
    assert found.flagged.isna().all()
    assert found.groups.attrs["leaning"] == []


@pytest.mark.parametrize("reading", READINGS)
def test_no_reading_moves_a_point_further_than_it_is_looked_for(reading):
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.linspace(72.1, 137.8, 400), np.linspace(0.9, 55.8, 400)))
    moved = np.hypot(*in_metres(lon, lat, *READINGS[reading](lon, lat))).max()
    assert moved < _FARTHEST_M - 50


def test_sources_deep_inside_are_left_out_and_the_others_measured_under_every_reading(drawn, county):
    areas = county.areas("township")
    lon, lat, code = drawn(400)
    lon[:3], lat[:3] = np.mean(lon), np.mean(lat)
    code = pd.Series([text[:9] for text in code]).mask(np.arange(400) % 7 == 0, "999999999")
    lon[10], lat[10] = 130.0, 40.0  # far from its claim under every reading
    borders = shift.borders_under(lon, lat, code, areas)
    assert borders.compared.tolist() == (code != "999999999").tolist()
    full = np.column_stack([nearest_border(*read(lon, lat), code, areas).distance_m for read in READINGS.values()])
    full[full < -480] = -np.inf
    says = borders.compared & (full > -np.inf).any(axis=1) & (full < 5000).any(axis=1)
    assert (borders.row >= 0).tolist() == says.tolist()
    assert 0 < says.sum() < borders.compared.sum()
    np.testing.assert_array_equal(borders.metres[borders.row[says]], full[says])
