"""One example of each cause in the drawn world: what is said, what is offered."""

import pyproj
import pytest

V1, V2, V3, V4 = "330822001001", "330822001200", "330822100200", "330822100201"
EAST, NORTH = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4527", always_xy=True).transform(118.071234, 28.011237)


@pytest.mark.parametrize(
    ("cause", "texts", "meant"),
    [
        ("axes_swapped", "28.011237,118.071234", (118.071234, 28.011237)),
        ("packed_dms", "118.041236,28.003643", (118 + 4 / 60 + 12.36 / 3600, 28 + 36.43 / 3600)),
        ("decimal_as_dms", "118°07′12.34″,28°01′12.37″", (118.071234, 28.011237)),
        ("minutes_decimal", "118.0475,28.0085", (118 + 4.75 / 60, 28 + 0.85 / 60)),
        ("decimal_shift", "11.8071234,28.0112370", (118.071234, 28.011237)),
        ("sign", "-118.071234,28.011237", (118.071234, 28.011237)),
        ("projected", f"{EAST:.2f},{NORTH:.2f}", (118.071234, 28.011237)),
        ("projected", f"{NORTH:.2f},{EAST:.2f}", (118.071234, 28.011237)),
        ("digit_error", "118.271234,28.011237", (118.071234, 28.011237)),
        ("digit_error", "118.071234,82.011237", (118.071234, 28.011237)),
    ],
)
def test_a_slip_is_named_and_undone(first, cause, texts, meant):
    found, repair = first(f"x,{texts},{V4},,")
    assert (found["rank"], found["cause"]) == (1, cause)
    assert (repair["kind"], repair["cause"], repair["offered"]) == ("point", cause, True)
    assert (repair["lon"], repair["lat"]) == pytest.approx(meant, abs=1e-6)
    assert (repair["proposed_code"], repair["proposed_name"]) == (V4, "丁村")
    assert repair["reason_en"] == repair["reason_zh"] == ""


def test_the_intended_text_is_written_out(first):
    _, swapped = first(f"x,28.011237,118.071234,{V4},,")
    assert (swapped["lon_text"], swapped["lat_text"]) == ("118.071234", "28.011237")
    _, slip = first(f"x,118.271234,28.011237,{V4},,")
    assert (slip["lon_text"], slip["lat_text"]) == ("118.071234", "28.011237")


def test_evidence_of_a_swap_in_words(first):
    found, repair = first(f"x,28.010003,118.070003,{V4},,")
    assert found["evidence_en"] == repair["evidence_en"]
    assert repair["evidence_en"] == (
        "exchanging longitude and latitude puts it in 西镇丁村, 108 m from the nearest of 25 good sources that claim 丁村"
    )
    assert repair["evidence_zh"] == "经纬度对调后落在西镇丁村，距填报“丁村”的 25 个污染源中最近的 108 m"


def test_missing_seconds_are_named_and_not_repaired(first):
    found, repair = first(f"x,118°04′,28°01′,{V4},,")
    assert found["cause"] == "seconds_dropped"
    assert repair is None or not repair["offered"]


def test_a_default_place_is_named_and_not_repaired(first):
    found, repair = first(f"x,118.030000,28.010000,{V2},,")
    assert found["cause"] == "default_place"
    assert repair is None


def test_a_copied_coordinate_is_named_and_not_repaired(first):
    found, repair = first(f"a,118.031237,28.005671,{V2},,", f"x,118.031237,28.005671,{V4},,")
    assert found["cause"] == "other_site"
    assert found["evidence_en"] == "also written for 1 other sources, of which 1 lie where they claim"
    assert repair is None or not repair["offered"]


def test_a_point_without_reason_stays_unknown(first):
    found, repair = first(f"x,151.739154,61.462957,{V4},,")
    assert found["cause"] == "unknown"
    assert repair is None


def test_geometry_alone_does_not_tell_a_wrong_claim_from_a_wrong_point(asked):
    result = asked(f"x,118.050004,28.012341,{V1},,")
    causes = result.causes.set_index("cause")["probability"]
    assert causes["claim_wrong"] / causes["elsewhere"] == pytest.approx(1.25)
    repair = result.repairs.iloc[0]
    assert (repair["kind"], repair["proposed_code"], repair["offered"]) == ("claim", V3, False)
    assert repair["reason_en"] == "geometry alone cannot tell a wrong claim from a wrong point"


def test_an_address_questions_the_claim(first):
    found, repair = first(f"x,118.050004,28.012341,{V1},,甲县西镇丙村12号")
    assert found["cause"] == "claim_wrong"
    assert (repair["kind"], repair["proposed_code"], repair["offered"]) == ("claim", V3, True)
    assert (repair["lon"], repair["lat"]) == (118.050004, 28.012341)  # the point is kept


def test_an_address_speaks_for_the_claim(first):
    found, repair = first(f"x,118.050004,28.012341,{V1},,甲县东街道甲社区12号")
    assert found["cause"] == "elsewhere"
    assert repair is None or not repair["offered"]


def test_a_village_that_all_its_sources_claim_elsewhere_has_moved(asked):
    rows = [f"x{i},118.0{50 + i}237,28.0{11 + i}341,{V2},," for i in range(4)]
    result = asked(*rows, good=(V1, V2, V4))  # nobody lies in V3 and claims it
    causes = result.causes[result.causes["rank"] == 1].set_index("source_id")["cause"]
    assert causes[[f"x{i}" for i in range(4)]].tolist() == ["stale_boundary"] * 4


def test_an_office_that_several_sources_give_is_no_moved_village(asked):
    rows = [f"x{i},118.050237,28.010341,{V2},," for i in range(4)]
    causes = asked(*rows, good=(V1, V2, V4)).causes
    assert "stale_boundary" not in causes.loc[causes["rank"] == 1, "cause"].tolist()
