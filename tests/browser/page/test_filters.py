"""Filters, their numbers, search and lists, as people use them."""

import re

from .conftest import idle, number_in


def sums(tab, name):
    """Return the numbers of a sum of the status bar, once nothing is being asked for: all, on screen, outside, …"""
    tab.wait_for_selector(f"#sum-{name}[data-settled=yes]")
    return [int(text.replace(",", "")) for text in re.findall(r"[\d,]+", tab.inner_text(f"#sum-{name}"))]


def pick(tab, text):
    """Choose a value of a filter, and wait until its numbers are there."""
    tab.locator(".left .pick", has_text=text).first.locator("input").click()
    tab.wait_for_selector(f".chip >> text={text}")


def test_sums_add_up_at_every_zoom_and_under_filters(office, open_page):
    rows = office.ask("/counts", "王工")["rowSum"]
    tab = open_page("王工")
    for zoom in (0, 4, 8, 10.3, 12.6, 15.2):
        tab.goto(f"{office.address}/app/?at=118.51,28.9,{zoom}")
        idle(tab)
        sources, seen, outside = sums(tab, "sources")
        assert sources == seen + outside == rows["located"]
        flags, on_screen, off_screen, nowhere = sums(tab, "flags")
        assert flags == on_screen + off_screen + nowhere == len(office.flags())
        assert (outside == 0 == off_screen) == (zoom == 0)  # some lie far away by their errors
        numbers = [int(text.replace(",", "")) for text in re.findall(r"[\d,]+", tab.inner_text("#rows"))]
        assert numbers[0] == sum(numbers[1:]) == rows["rows"]
    pick(tab, "规模化畜禽养殖场")
    idle(tab)
    sources, seen, outside = sums(tab, "sources")
    told = office.ask("/counts?collection=sources&class=farm", "王工")["matched"]
    assert sources == seen + outside == told


def test_a_link_shows_the_same_view(office, open_page, shot):
    tab = open_page("王工", "?at=118.51,28.9,9.5")
    pick(tab, "警告")
    pick(tab, "远离同村其他污染源")
    pick(tab, "工业源")
    tab.locator("fieldset", has=tab.locator("legend", has_text="区划")).locator("input[type=checkbox]").first.click()
    idle(tab)
    before = sums(tab, "sources"), sums(tab, "flags"), tab.locator(".chip").all_inner_texts()
    assert len(before[2]) == 4
    again = open_page("王工", "?" + tab.url.partition("?")[2])
    idle(again)
    again.wait_for_selector(".chip >> nth=3")
    assert (sums(again, "sources"), sums(again, "flags"), again.locator(".chip").all_inner_texts()) == before
    shot(again, "filters")
    again.click("text=清除筛选")
    again.wait_for_selector("text=未筛选")
    assert "class=" not in again.url


def test_an_area_of_many_is_found_by_its_name(office, open_page):
    tab = open_page("王工")
    facet = tab.locator("fieldset", has=tab.locator("legend", has_text="区划"))
    facet.get_by_role("combobox").select_option("village")
    facet.get_by_role("searchbox").fill("赵家坪")
    name = facet.locator(".pick .name").first
    name.wait_for()
    assert "赵家坪" in name.inner_text()
    facet.locator("input[type=checkbox]").first.click()
    tab.wait_for_selector(".chip >> text=赵家坪")
    code = re.search(r"area=village:(\d+)", tab.url)[1]
    assert sums(tab, "sources")[0] == office.ask(f"/counts?collection=sources&code_village={code}")["matched"]
    other = open_page("王工", f"?area=village:{code}")  # a link knows the code only
    other.wait_for_selector(".chip >> text=赵家坪")


def test_only_what_changed_is_asked_for(open_page):
    tab = open_page("王工")
    idle(tab)
    tab.wait_for_selector("#sum-flags[data-settled=yes]")
    tab.asked.clear()
    pick(tab, "待处理")
    idle(tab)
    tab.wait_for_selector("#sum-flags[data-settled=yes]")
    assert any("/flags/tiles/" in url for url in tab.asked)
    assert not any("/sources/tiles/" in url or "collection=sources" in url for url in tab.asked)


def test_what_has_no_place_is_listed(office, open_page, shot):
    tab = open_page("王工")
    tab.click("text=无坐标")
    tab.wait_for_selector(".list h2")
    nowhere = office.ask("/counts?collection=flags&filter=lon%20IS%20NULL")["matched"]
    assert number_in(tab.inner_text(".list h2")) == nowhere == tab.locator(".list li").count()
    shot(tab, "unplaced")
    tab.click(".status >> text=未定位")
    tab.wait_for_selector(".list h2 >> text=未定位的污染源")
    assert tab.locator(".list li").count() == office.ask("/counts")["rowSum"]["unlocated"]
    tab.click(".list li >> nth=0")
    tab.wait_for_url("**source=*")


def test_search_marks_a_coordinate_and_opens_what_it_finds(office, open_page, shot):
    tab = open_page("王工")
    idle(tab)
    tab.keyboard.press("/")
    tab.keyboard.type("118°30′00″E 28°54′00″N")
    tab.wait_for_selector("#found >> text=金川街道")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**at=118.50000,28.90000,15*")
    idle(tab)
    shot(tab, "coordinate")
    source = office.ask("/collections/sources/items?limit=1")["features"][0]["properties"]
    tab.fill("#search", source["source_id"])
    tab.wait_for_selector(f"#found code >> text={source['source_id']}")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**source={source['source_id']}*")
    tab.fill("#search", "村")
    tab.wait_for_selector("#found >> text=还有更多")


def test_a_viewer_is_offered_what_a_viewer_has(open_page):
    tab = open_page("周工")
    idle(tab)
    tab.wait_for_selector("#sum-sources[data-settled=yes]")
    text = tab.inner_text(".left")
    assert "类别" in text
    assert "规则" not in text
    assert tab.locator(".bulk").count() == 0
    sources, seen, outside = sums(tab, "sources")
    assert sources == seen + outside
