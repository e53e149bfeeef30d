"""The page of a plan in a real browser, from a file, with the network watched."""

import shutil

import pytest

from geocensus.maps import plan_map
from geocensus.maps.testing_plan import small_plan

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic", "--no-first-run"]


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="install the extra [test]")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is not installed: run `make test`, or `apt-get install chromium`")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def show(browser, tmp_path):
    """Open a page from a file; on leaving, nothing else was asked for and nothing went wrong."""
    asked, wrong, opened = [], [], []

    def start(html, *, width=1280):
        path = tmp_path / "plan.html"
        path.write_text(html, encoding="utf-8")
        tab = browser.new_page(viewport={"width": width, "height": 720})
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: wrong.append(message.text))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        opened.append(path.as_uri())
        tab.goto(path.as_uri())
        tab.wait_for_selector("body[data-ready]")
        return tab

    yield start
    assert asked == opened
    assert wrong == []
    for context in browser.contexts:
        context.close()


@pytest.fixture
def tab(show):
    return show(plan_map(small_plan()))


def cells(tab, row):
    return [text.split("\n") for text in tab.locator(f"#zone-{row} td").all_inner_texts()]


def test_title_outcome_notice_and_table(tab):
    assert tab.inner_text("h1") == "小县片区方案"
    assert tab.inner_text("#outcome").split("\n") == ["最大偏差 0.0%，在允许的 5.0% 之内", "已证明最优"]
    assert tab.inner_text("#notice") == "示意边界，仅供演示"
    assert [part[0] for part in cells(tab, 0)] == ["北片", "3", "11", "8 小时", "0.0%"]
    assert cells(tab, 1)[0] == ["南片", "李四"]
    assert tab.inner_text("tr.total").split() == ["合计", "2", "4", "16.5", "12", "小时"]


def test_fits_its_window(tab):
    assert tab.evaluate("document.documentElement.scrollWidth <= 1280 && document.documentElement.scrollHeight <= 720")
    assert tab.evaluate("document.querySelector('table.zones').getBoundingClientRect().right <= 344")


def test_names_stand_on_the_map(tab):
    assert tab.locator(".zone-name").all_inner_texts() == ["北片\n8 小时", "南片\n4 小时"]
    tab.uncheck("input[name=labels]")
    assert tab.locator(".zone-name").count() == 0


def test_choosing_a_field_zone_shows_its_units(tab):
    tab.click("#zone-0 button")
    text = tab.inner_text(".leaflet-popup")
    for expected in ("北片", "张三", "8 小时", "甲村", "乙村", "丁村"):
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
    assert "4 小时" in text
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


def test_on_a_narrow_screen_the_panel_can_be_put_away(show):
    tab = show(plan_map(small_plan()), width=600)
    tab.click("#toggle")
    assert not tab.is_visible("#panel")
    assert tab.get_attribute("#toggle", "aria-expanded") == "false"
