"""The map: what a click opens, keys, layers, the optional tiles of others."""

import json

from .conftest import idle, number_in, pixel


def stacked(office):
    """Return a place where several sources lie, and how many."""
    places = {}
    for one in office.ask("/collections/sources/items?limit=2000")["features"]:
        at = tuple(one["geometry"]["coordinates"])
        places[at] = places.get(at, 0) + 1
    return max(places.items(), key=lambda one: one[1])


def test_several_at_one_place_open_as_a_list(office, open_page, shot):
    (lon, lat), number = stacked(office)
    tab = open_page("王工", f"?at={lon:.5f},{lat:.5f},17")
    idle(tab)
    tab.mouse.click(*pixel(tab, lon, lat))
    tab.wait_for_selector(".list li")
    told = number_in(tab.inner_text(".list h2"))
    assert told >= number > 1
    assert tab.locator(".list li").count() == min(told, 50)
    tab.locator(".list li button").first.focus()
    shot(tab, "place")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**flag=*")
    tab.keyboard.press("Escape")
    tab.wait_for_selector(".map")


def test_the_map_is_worked_by_keys(open_page):
    tab = open_page("王工", "?at=118.5,28.9,11")
    idle(tab)
    tab.focus(".maplibregl-canvas")
    tab.keyboard.press("ArrowRight")
    tab.wait_for_url(lambda url: "at=118.5," not in url and "at=" in url and "at=118.50000" not in url)
    tab.keyboard.press("+")
    tab.wait_for_url("**,12.00")


def test_names_stand_once_and_the_frame_tells_its_scale(open_page, shot):
    tab = open_page("王工", "?at=118.5,28.9,12.6&plan=areas&layers=sources,flags,repairs,areas,zones,barriers")
    idle(tab)
    tab.wait_for_selector(".scale >> text=公里")
    tab.wait_for_selector(".mark >> text=示意边界，非行政区划界线")
    shot(tab, "map")
    tab.click("text=English")
    tab.wait_for_selector(".scale >> text=km")
    tab.wait_for_selector(".mark >> text=codes of 2023")
    assert tab.get_attribute(".maplibregl-ctrl-zoom-in", "aria-label") == "Zoom in"


def test_coordinates_are_told_as_chosen_and_it_is_kept(open_page):
    tab = open_page("王工", "?at=118.5,28.9,12")
    idle(tab)
    tab.select_option(".status select", "dm")
    tab.mouse.move(*pixel(tab, 118.5, 28.9))
    tab.wait_for_selector(".place >> text=118°30.")
    tab.reload()
    tab.wait_for_selector(".status select")
    assert tab.input_value(".status select") == "dm"


def test_tiles_of_others_are_off_until_wanted_and_may_fail(office, open_page):
    tab = open_page("王工", "?at=118.5,28.9,9")
    told = {**office.ask("/me", "王工"), "background": {"title": "天地图", "attribution": "<b>国家</b>"}}
    told["background"]["tiles"] = [f"{office.address}/no-such-tiles/{{z}}/{{x}}/{{y}}"]
    tab.route("**/me", lambda route: route.fulfill(body=json.dumps(told), content_type="application/json"))
    tab.route("**/no-such-tiles/**", lambda route: route.abort())
    tab.reload()
    idle(tab)
    assert not any("no-such-tiles" in url for url in tab.asked)
    tab.click("text=在线底图")
    tab.wait_for_selector(".toast >> text=在线底图连不上")
    assert not tab.is_checked("label:has-text('在线底图') input")
    assert "在线" not in tab.url
    assert "online" not in tab.url
    tab.said.clear()  # the browser tells of every tile that failed
