import pytest

from geocensus.checks import Place, Settings, Stack

HEAD = "编号,经度,纬度,区划代码\n"
V1, V2, V3 = "330822001001", "330822001200", "330822100200"


@pytest.mark.parametrize(
    ("point", "claim", "status", "level"),
    [
        ("118.010001,28.005001", V1, "ok", None),
        ("118.010001,28.005001", V2, "flagged", "village"),  # 980 m outside
        ("118.010001,28.005001", V3, "flagged", "township"),
        ("118.010001,28.005001", "330822100", "flagged", "township"),
        ("118.010001,28.005001", "330822", "ok", None),
        ("118.020100,28.005001", V1, "near_border", None),  # 10 m outside, tolerance 30 m
        ("118.020500,28.005001", V1, "flagged", "village"),  # 49 m outside
        ("118.020000,28.005000", V2, "ok", None),  # on the border: distance 0
        ("118.040100,28.005001", V1, "flagged", "village"),  # township within tolerance, village not
        ("119.500001,28.005001", V1, "flagged", "county"),
        ("118.010001,28.005001", "330822001999", "ok", None),  # unknown village: compared with its township
    ],
)
def test_outside_claimed_at_the_coarsest_level_that_fails(judged, point, claim, status, level):
    result = judged(f"{HEAD}a,{point},{claim}")
    assert result.statuses.loc[0, "place.outside_claimed"] == status
    flags = result.flags[result.flags["rule"] == "place.outside_claimed"]
    assert flags["level"].tolist() == ([level] if level else [])


def test_the_resolution_of_the_text_widens_the_tolerance(judged):
    result = judged(f"{HEAD}a,118.0205,28.005,{V1}\nb,118.021,28.005,{V1}")
    tolerance = result.sources["tolerance_m"].round(1).tolist()
    assert tolerance == [63.2, 63.2]  # the latitude's three decimals: hypot(55.7, 30)
    assert result.statuses["place.outside_claimed"].tolist() == ["near_border", "flagged"]


def test_reported_accuracy_widens_the_tolerance(judged):
    result = judged(f"编号,经度,纬度,区划代码,定位精度\na,118.020500,28.005001,{V1},40\nb,118.020500,28.005001,{V1},x")
    assert result.sources["tolerance_m"].round().tolist() == [50, 30]
    assert result.statuses["place.outside_claimed"].tolist() == ["near_border", "flagged"]


def test_distance_is_signed_and_measured_where_it_matters(judged):
    result = judged(
        f"{HEAD}in,118.010001,28.010001,{V1}\nout,118.030001,28.010001,{V1}\nedge,118.019900,28.010001,{V1}"
    )
    distance = result.sources["distance_m"]
    assert distance.isna().tolist() == [True, False, False]
    assert distance[1] == pytest.approx(983, abs=2)
    assert distance[2] == pytest.approx(-9.8, abs=0.2)
    exact = judged(f"{HEAD}in,118.010001,28.010001,{V1}", settings=Settings(exact_inside=True)).sources["distance_m"]
    assert exact[0] == pytest.approx(-983, abs=2)


def test_message_says_where_it_lies_and_how_far(judged):
    flag = judged(f"{HEAD}a,118.050001,28.010001,{V1}").flags.iloc[0]
    assert flag["message_zh"] == "填报乡镇为东街道，坐标落在西镇，在该乡镇界外 984 m"
    assert flag["message_en"] == "claims the township 东街道, lies in 西镇, 984 m outside that township"


def test_outside_the_basemap(judged):
    result = judged(f"{HEAD}far,119.500001,28.010001,\nnear,118.080100,28.010001,\nin,118.010001,28.010001,")
    assert result.statuses["place.outside_basemap"].tolist() == ["flagged", "near_border", "ok"]
    assert result.statuses["place.outside_claimed"].tolist() == ["not_tested"] * 3
    claimed = judged(f"{HEAD}near,118.080100,28.010001,330822\nin,118.013001,28.003001,330822")
    assert claimed.sources["status"].tolist() == ["near_border", "ok"]


def test_default_places(flagged):
    text = HEAD + "centroid,118.010000,28.010000,\noffice,118.001000,28.001000,\nplain,118.005000,28.005000,"
    assert flagged("place.default", text) == ["centroid"]
    office = Settings(offices=(Place("县生态环境局", 118.0012, 28.001),))
    assert flagged("place.default", text, settings=office) == ["centroid", "office"]


def test_stacks_of_different_sources(flagged):
    rows = [f"s{i},118.003001,28.003001," for i in range(3)] + [f"t{i},118.004001,28.003001," for i in range(2)]
    text = HEAD + "\n".join(rows)
    assert flagged("place.stacked", text) == ["s0", "s1", "s2"]
    assert flagged("place.stacked", text, settings=Settings(stack_size=2)) == ["s0", "s1", "s2", "t0", "t1"]
    market = Settings(allowed_stacks=(Stack("菜市场", 118.003, 28.003),))
    assert flagged("place.stacked", text, settings=market) == []


def test_outlets_of_one_site_are_no_stack(flagged):
    rows = [f"o{i},118.003001,28.003001,,S1" for i in range(3)]
    assert flagged("place.stacked", "编号,经度,纬度,区划代码,parent_id\n" + "\n".join(rows)) == []


def test_certainty_counts_by_level(judged):
    result = judged(f"{HEAD}in,118.010001,28.010001,\nedge,118.020100,28.010001,\nout,119.500001,28.010001,\nno,无,无,")
    assert result.certainty["village"] == {"certain": 1, "ambiguous": 1, "outside": 1}
    assert result.certainty["township"] == {"certain": 2, "ambiguous": 0, "outside": 1}


def test_a_source_that_stands_three_times_is_no_stack(flagged):
    assert flagged("place.stacked", HEAD + "a,118.003001,28.003001,\n" * 3) == []


def test_coarse_text_does_not_excuse_a_point_far_away(judged):
    result = judged(f"{HEAD}a,1e2,28.010001,{V1}\nb,118.1,28.0,{V1}")
    assert result.statuses["place.outside_claimed"].tolist() == ["flagged", "flagged"]
    assert result.statuses["place.outside_basemap"].tolist() == ["flagged", "flagged"]
    assert result.sources["tolerance_m"].round().tolist() == [1000, 1000]


def test_near_border_is_kept_beside_other_flags(judged):
    result = judged(f"{HEAD}a,118.020100,28.005001,{V1}\na,118.020100,28.005001,{V1}")
    assert result.sources["near_border"].tolist() == [True, True]
    assert result.sources["status"].tolist() == ["flagged", "flagged"]  # the ids are doubled
