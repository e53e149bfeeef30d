"""The page of a plan in a real browser, from a file, with the network watched."""

import dataclasses

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geocensus.maps import plan_map
from geocensus.maps.testing_plan import small_plan


@pytest.fixture
def tab(show):
    return show(plan_map(small_plan()))


def cells(tab, row):
    return [text.split("\n") for text in tab.locator(f"#zone-{row} td").all_inner_texts()]


def test_title_outcome_notice_and_table(tab):
    assert tab.inner_text("h1") == "小县片区方案"
    assert tab.inner_text("#outcome").split("\n") == ["最大偏差 0.0%，在允许的 5.0% 之内", "已证明最优"]
    assert tab.inner_text("#notice") == "示意边界，仅供演示"
    assert [part[0] for part in cells(tab, 0)] == ["北片", "3", "11", "8.0 小时", "0.0%"]
    assert cells(tab, 1)[0] == ["南片", "李四"]
    assert tab.inner_text("tr.total").split() == ["合计", "2", "4", "16.5", "12.0", "小时"]


def test_fits_its_window(tab):
    assert tab.evaluate("document.documentElement.scrollWidth <= 1280 && document.documentElement.scrollHeight <= 720")
    assert tab.evaluate("document.querySelector('table.zones').getBoundingClientRect().right <= 344")


def test_names_stand_on_the_map(tab):
    assert tab.locator(".zone-name").all_inner_texts() == ["北片\n8.0 小时", "南片\n4.0 小时"]
    tab.uncheck("input[name=labels]")
    assert tab.locator(".zone-name").count() == 0


def test_choosing_a_field_zone_shows_its_units(tab):
    tab.click("#zone-0 button")
    text = tab.inner_text(".leaflet-popup")
    for expected in ("北片", "张三", "8.0 小时", "甲村", "乙村", "丁村"):
        assert expected in text
    assert "丙村" not in text
    assert "chosen" in tab.get_attribute("#zone-0", "class")
    tab.click("#map-fit")
    tab.wait_for_selector(".leaflet-popup", state="detached")
    assert "chosen" not in (tab.get_attribute("#zone-0", "class") or "")


def test_search_by_keyboard_finds_a_unit_and_its_field_zone(tab):
    tab.fill("#search", "丙村")
    tab.press("#search", "Enter")
    text = tab.inner_text(".leaflet-popup")
    assert "丙村" in text
    assert "南片" in text
    assert "4.0 小时" in text
    assert "chosen" in tab.get_attribute("#zone-1", "class")


def test_a_click_on_the_map_opens_the_unit(tab):
    tab.click("#geocensus, .folium-map", position={"x": 300, "y": 250})
    assert tab.locator(".leaflet-popup").count() == 1


def test_quality_and_warnings(tab):
    tab.click("#tab-quality")
    text = tab.inner_text("#panel-quality")
    assert "19.9 千米" in text
    assert "丁村没有污染源" in text
    tab.click("#tab-about")
    assert "小县" in tab.inner_text("#panel-about")


def test_layers_can_be_switched(tab):
    def picture():
        return tab.evaluate("[...document.querySelectorAll('canvas')].map(c => c.toDataURL()).join()")

    for name in ("unit", "field_zone", "barriers"):
        tab.wait_for_timeout(100)
        before = picture()
        tab.uncheck(f"input[name={name}]")
        tab.wait_for_timeout(100)
        assert picture() != before, name


def test_parks_are_drawn_and_can_be_switched_off(show):
    parks = gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.box(118.01, 28.01, 118.05, 28.05)], crs=4490)
    tab = show(plan_map(dataclasses.replace(small_plan(), parks=parks)))
    picture = "[...document.querySelectorAll('canvas')].map(c => c.toDataURL()).join()"
    tab.wait_for_timeout(100)
    before = tab.evaluate(picture)
    tab.uncheck("input[name=parks]")
    tab.wait_for_timeout(100)
    assert tab.evaluate(picture) != before
    assert show(plan_map(small_plan())).locator("input[name=parks]").count() == 0


def test_a_deviation_beyond_the_tolerance_is_marked(show):
    plan = small_plan()
    plan.field_zones["target"] = [400.0, 320.0]
    tab = show(plan_map(plan, lang="en"))
    assert "beyond" in tab.get_attribute("#outcome", "class")
    assert tab.locator(".off.beyond").count() == 2
    assert [part[0] for part in cells(tab, 0)][-1] == "+20.0%"
    assert [part[0] for part in cells(tab, 1)][-1] == "−25.0%"


def test_hostile_names_do_nothing(show):
    plan = small_plan()
    hostile = '</script><img src=x onerror="window.hacked=1">{{7*7}}'
    plan.field_zones["name"] = hostile
    plan.units["name"] = hostile
    tab = show(plan_map(plan))
    tab.click("#zone-0 button")
    assert hostile in tab.inner_text(".leaflet-popup")
    assert tab.evaluate("window.hacked") is None


def test_the_panel_can_be_put_away_and_starts_so_on_a_narrow_screen(show):
    tab = show(plan_map(small_plan()))
    tab.click("#toggle")
    assert not tab.is_visible("#panel")
    narrow = show(plan_map(small_plan()), width=600)
    assert not narrow.is_visible("#panel")
    assert narrow.get_attribute("#toggle", "aria-expanded") == "false"
    narrow.click("#toggle")
    assert narrow.is_visible("#panel")
    assert narrow.get_attribute("#toggle", "title") == "收起面板"


def test_mix_supervisors_and_days_of_a_field_zone(show):
    """Eleven sectors: the eight largest, and the rest in one line."""
    plan = small_plan()
    names = [f"{code} 行业" for code in range(20, 31)]
    mix = pd.DataFrame(
        {"field_zone": "1", "kind": "sector", "name_zh": names, "name_en": names, "sources": range(11, 0, -1)}
    )
    zones = plan.field_zones.assign(supervisor_area=["1", "2"], visit_days=[12, 3], visit_km=[140.2, 9.0])
    tab = show(plan_map(dataclasses.replace(plan, field_zones=zones, mix=mix)))
    assert cells(tab, 0)[0] == ["北片", "张三 · 2 人 · 1 区"]
    tab.click("#zone-0 button")
    rows = [row.split() for row in tab.locator(".leaflet-popup .mix tr").all_inner_texts()]
    assert rows[0] == ["20", "行业", "11"]
    assert rows[8] == ["其余", "3", "类", "6"]
    assert len(rows) == 9
    for expected in ("外业天数\n12", "走访里程（直线）\n140 千米", "指导区\n1"):
        assert expected in tab.inner_text(".leaflet-popup")
    tab.click("#zone-1 button")
    assert tab.locator(".leaflet-popup .mix").count() == 0
    before = tab.evaluate("[...document.querySelectorAll('canvas')].map(c => c.toDataURL()).join()")
    tab.uncheck("input[name=supervisor_area]")
    tab.wait_for_timeout(100)
    assert tab.evaluate("[...document.querySelectorAll('canvas')].map(c => c.toDataURL()).join()") != before
