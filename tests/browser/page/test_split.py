"""Field zones, as planners make and edit them."""

import json
import urllib.request
from urllib.parse import quote

import pytest
import shapely

from .conftest import idle, number_in, pixel

PLAN = "field-zones"  # of the demo: a township's 19 villages in five field zones
PATH = f"/plans/{PLAN}"


def plan_of(office, path=PATH):
    return office.ask(path)


def units_of(office, path=PATH):
    return {one["code"]: one for one in office.ask(f"{path}/units")["units"]}


def movable(office):
    """Return a unit that may go elsewhere, the field zone it may go to, and a place inside it."""
    found = office.ask(f"{PATH}/units?f=geojson", headers={"Accept": "application/geo+json"})["features"]
    feature = next(one for one in found if one["properties"]["may_go_to"])
    spot = shapely.from_geojson(json.dumps(feature["geometry"])).representative_point()
    return feature["properties"], feature["properties"]["may_go_to"][0], (spot.x, spot.y)


def name_of(office, zone):
    return next(one["name"] for one in plan_of(office)["field_zones"] if one["field_zone"] == zone)


@pytest.fixture
def copied(office):
    """Yield the path of a copy of the demo's plan, for edits that are not taken back."""
    name = "副本"
    office.ask(f"{PATH}/copy", body={"name": name}, method="POST")
    path = f"/plans/{quote(name)}"
    yield name, path
    if any(one["plan"] == name for one in office.ask("/plans")["plans"]):
        send(office, path, "", method="DELETE")


def send(office, path, step, body=None, method="POST"):
    """Edit a plan as a program of the administrator does, on the state of now."""

    request = urllib.request.Request(
        office.address + path, headers={"Authorization": f"Bearer {office.tokens['admin']}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        tag = answer.headers["ETag"]
    return office.ask(path + step, body=body, method=method, headers={"If-Match": tag})


def open_plan(open_page, who="赵工", plan=PLAN, **options):
    tab = open_page(who, f"?page=split&plan={quote(plan)}", **options)
    tab.wait_for_selector(".zones li")
    idle(tab)
    return tab


def test_a_township_is_split_into_three(office, open_page, shot):
    tab = open_page("赵工", "?page=split")
    tab.wait_for_selector(".plans li")
    idle(tab)
    shot(tab, "split-list")
    tab.click("text=新建方案")
    tab.fill("input[placeholder='按名称或代码添加']", "辉埠")
    tab.click(".desk .drop button")
    tab.wait_for_selector("text=18 个单元")
    told = tab.inner_text(".asked [aria-live=polite]")
    town = office.ask(f"/collections/areas-township/items?name={quote('辉埠镇')}")["features"][0]["properties"]["code"]
    sources = office.ask(f"/counts?collection=sources&code_township={town}&by=")["matched"]
    assert number_in(told.split("·")[1]) == sources
    tab.fill("label:has-text('留空则自动命名') input", "辉埠三组")
    idle(tab)
    shot(tab, "split-new")
    tab.click("text=开始划分")
    tab.wait_for_selector("progress")
    job = tab.url
    tab.reload()  # the job is in the address
    tab.wait_for_selector("progress, .zones")
    assert "job=20" in job
    tab.wait_for_url("**plan=**", timeout=60_000)
    tab.wait_for_selector(".zones li")
    idle(tab)
    shot(tab, "split-done")
    assert float(tab.url.split("at=")[1].split("&")[0].split(",")[2]) > 10.8  # the plan fills the map
    assert tab.locator(".zones li").count() == 3
    path = f"/plans/{quote('辉埠三组')}"
    assert len(plan_of(office, path)["field_zones"]) == 3
    tab.click("nav.tabs >> text=文件与方案")
    tab.wait_for_selector("text=划分时的文件")
    for link in tab.locator(".files a:not([href*='maps/'])").all():  # maps take seconds, and have tests of their own
        answer = tab.context.request.get(link.get_attribute("href"))
        assert answer.ok, link.inner_text()
        assert len(answer.body()) > 100
    shot(tab, "split-files")
    send(office, path, "", method="DELETE")


def test_what_is_wrong_is_said_at_its_field_and_kept_through_a_reload(open_page, shot):
    tab = open_page("赵工", "?page=split&job=new")
    tab.wait_for_selector(".asked")
    tab.fill("label:has-text('小组数') input[type=number]", "0")
    tab.click("text=开始划分")
    assert "within" in tab.inner_text("fieldset:has-text('要划分的区划') .wrong")
    tab.fill("input[placeholder='按名称或代码添加']", "天马")
    tab.click(".desk .drop button >> nth=0")
    tab.click("text=开始划分")
    assert "teams" in tab.inner_text("fieldset:has-text('片区数') .wrong")
    shot(tab, "split-wrong")
    tab.reload()
    tab.wait_for_selector(".picked li")
    assert tab.input_value("label:has-text('小组数') input[type=number]") == "0"
    tab.fill("label:has-text('小组数') input[type=number]", "3000")
    tab.click("text=开始划分")
    tab.wait_for_selector("text=没有划成", timeout=60_000)
    assert "3000" in tab.inner_text("[role=alert]")
    tab.click("text=修改后重试")
    tab.wait_for_selector(".asked footer .wrong")
    tab.said.clear()  # the browser tells of refused requests


def test_teams_are_pasted_from_a_table(office, open_page, shot):
    tab = open_page("赵工", "?page=split&job=new")
    tab.fill("input[placeholder='按名称或代码添加']", "天马")
    tab.click(".desk .drop button >> nth=0")
    tab.click("text=填小组名单")
    table = "东组\t4\t0570-1\t李工\n西组\t2\t0570-2\t<b>王工</b>\n"
    tab.evaluate(
        """text => {
            const data = new DataTransfer(); data.setData("text", text);
            const first = document.querySelector(".teams td input");
            first.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        table,
    )
    shot(tab, "split-teams")
    tab.fill("label:has-text('留空则自动命名') input", "两组")
    tab.click("text=开始划分")
    tab.wait_for_selector(".zones li", timeout=60_000)
    zones = plan_of(office, f"/plans/{quote('两组')}")["field_zones"]
    assert sorted((one["name"], one["people"], one["owner"]) for one in zones) == [
        ("东组", 4, "李工"),
        ("西组", 2, "<b>王工</b>"),
    ]
    assert "<b>王工</b>" in tab.inner_text(".zones")
    send(office, f"/plans/{quote('两组')}", "", method="DELETE")


def test_a_unit_is_moved_by_clicks_and_taken_back(office, open_page, shot):
    unit, goal, spot = movable(office)
    tab = open_plan(open_page)
    tab.mouse.click(*pixel(tab, *spot))
    tab.wait_for_selector(f".card:has-text('{unit['name']}')")
    shot(tab, "split-chosen")
    asked = len(tab.asked)
    tab.click(f".goals button:has-text('{name_of(office, goal)}')")
    tab.wait_for_selector(".toast button")
    assert units_of(office)[unit["code"]]["field_zone"] == goal
    assert not [url for url in tab.asked[asked:] if "geojson" in url]  # shapes are sent once
    idle(tab)
    shot(tab, "split-moved")
    tab.keyboard.press("Control+z")
    tab.wait_for_selector("text=已撤销")
    assert units_of(office)[unit["code"]]["field_zone"] == unit["field_zone"]
    tab.click("nav.tabs >> text=经过")
    tab.wait_for_selector(".past li:has-text('撤销')")
    shot(tab, "split-past")


def test_several_units_by_a_box_are_refused_where_a_field_zone_would_have_none(office, open_page):
    tab = open_plan(open_page)
    box = tab.locator(".map").bounding_box()
    tab.keyboard.down("Shift")
    tab.mouse.move(box["x"] + 5, box["y"] + 5)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 40, steps=3)
    tab.mouse.up()
    tab.keyboard.up("Shift")
    tab.wait_for_selector(".card:has-text('等 19 个')")
    before = plan_of(office)["state"]
    tab.click(".goals button >> nth=0")
    tab.wait_for_selector(".toast.bad")
    assert plan_of(office)["state"] == before
    tab.keyboard.press("Escape")
    tab.wait_for_selector(".card header", state="detached")
    tab.said.clear()  # the browser tells of the refused request


def test_a_locked_field_zone_stays_as_it_is_when_loads_are_balanced(office, open_page, shot, copied):
    name, path = copied
    unit = next(one for one in units_of(office, path).values() if one["may_go_to"])
    send(office, path, "/move", {"units": [unit["code"]], "field_zone": unit["may_go_to"][0]})
    kept = {code for code, one in units_of(office, path).items() if one["field_zone"] == "1"}
    tab = open_plan(open_page, plan=name)
    tab.click(".zone .row >> nth=0")
    tab.click("text=锁定片区")
    tab.wait_for_selector(".zone .state:has-text('已锁')")
    idle(tab)
    shot(tab, "split-locked")
    tab.click("text=重新平衡")
    tab.wait_for_selector(".toast:has-text('平衡')", timeout=40_000)
    after = units_of(office, path)
    assert {code for code, one in after.items() if one["field_zone"] == "1"} == kept
    assert plan_of(office, path)["locks"]["field_zones"] == ["1"]


def test_an_owner_is_named_in_place(office, open_page, shot, copied):
    name, path = copied
    tab = open_plan(open_page, plan=name)
    tab.click(".zone .row >> nth=1")
    tab.fill(".owner [name=owner]", "李工<img src=x onerror=alert(1)>")
    tab.fill(".owner [name=phone]", "0570-5012345")
    tab.fill(".owner [name=people]", "0")
    tab.click(".owner button")
    tab.wait_for_selector(".toast.bad")
    assert tab.input_value(".owner [name=phone]") == "0570-5012345"  # nothing typed is lost
    tab.fill(".owner [name=people]", "2")
    tab.click(".owner button")
    tab.wait_for_selector(".zone small:has-text('2 人')")
    shot(tab, "split-owner")
    zone = plan_of(office, path)["field_zones"][1]
    assert (zone["owner"], zone["phone"], zone["people"]) == ("李工<img src=x onerror=alert(1)>", "0570-5012345", 2)
    tab.said.clear()


def test_two_plans_side_by_side(office, open_page, shot, copied):
    name, path = copied
    unit = next(one for one in units_of(office, path).values() if one["may_go_to"])
    send(office, path, "/move", {"units": [unit["code"]], "field_zone": unit["may_go_to"][0]})
    tab = open_plan(open_page)
    tab.click("nav.tabs >> text=文件与方案")
    tab.select_option("select[aria-label='选择要对比的方案']", name)
    tab.wait_for_selector(".compared table")
    tab.wait_for_selector(".sheets figure:nth-child(1) .map[data-idle=yes]")
    tab.wait_for_selector(".sheets figure:nth-child(2) .map[data-idle=yes]")
    shot(tab, "split-compare")
    told = office.ask(f"/plans/compare?a={PLAN}&b={quote(name)}", headers={"Accept-Language": "zh"})
    assert told["text"] in tab.inner_text(".compared")
    assert "改派 1 个单元" in tab.inner_text(".compared")
    tab.go_back()
    tab.wait_for_selector(".zones, .files")


def test_who_was_faster_is_told_and_the_plan_is_as_they_left_it(office, open_page, shot):
    unit, goal, spot = movable(office)
    tab = open_plan(open_page)
    tab.mouse.click(*pixel(tab, *spot))
    tab.wait_for_selector(".goals")
    send(office, PATH, "/lock", {"field_zones": ["2"], "units": []})
    tab.click(".goals button >> nth=0")
    tab.wait_for_selector(".conflict:has-text('admin')")
    tab.wait_for_selector(".zone .state:has-text('已锁')")
    shot(tab, "split-conflict")
    assert units_of(office)[unit["code"]]["field_zone"] == unit["field_zone"]
    assert goal
    send(office, PATH, "/undo")
    tab.said.clear()


def test_a_plan_that_another_deleted_is_said_so_and_can_be_brought_back(office, open_page, shot, copied):
    name, path = copied
    tab = open_plan(open_page, plan=name)
    send(office, path, "", method="DELETE")
    tab.click("text=重新平衡")
    tab.wait_for_selector("text=已不存在")
    shot(tab, "split-gone")
    tab.click("text=恢复此方案")
    tab.wait_for_selector(".zones li")
    assert plan_of(office, path)["plan"] == name
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.click("nav.tabs >> text=文件与方案")
    tab.click("text=删除方案")
    tab.wait_for_selector(".toast:has-text('已删除')")
    tab.wait_for_selector(".plans li")
    assert name not in [one["plan"] for one in office.ask("/plans")["plans"]]
    tab.said.clear()


def test_a_link_to_a_plan_that_is_not_there_leads_back(open_page):
    tab = open_page("赵工", "?page=split&plan=nothing")
    tab.wait_for_selector("text=已不存在")
    tab.click("text=回到方案列表")
    tab.wait_for_selector(".plans li")


def test_qa_sees_a_plan_and_edits_nothing(open_page, shot):
    tab = open_plan(open_page, who="王工")
    assert tab.locator(".acts-bar, .several").count() == 0
    tab.click(".zone .row >> nth=0")
    tab.wait_for_selector(".details")
    assert tab.locator(".details form, .details button:has-text('锁定')").count() == 0
    tab.click("nav.tabs >> text=文件与方案")
    assert tab.locator("text=删除方案").count() == 0
    assert tab.locator("text=方案工作簿").count() == 0
    shot(tab, "split-qa")
    tab.click("text=片区方案 >> nth=0")
    tab.wait_for_selector(".plans li")
    assert tab.locator("text=新建方案").count() == 0


def test_a_viewer_sees_no_owner_and_no_history(office, open_page, shot):
    send(office, PATH, "/field-zones/1", {"owner": "秘密"}, method="PUT")
    tab = open_plan(open_page, who="周工")
    shot(tab, "split-viewer")
    assert "秘密" not in tab.content()
    assert tab.locator("nav.tabs >> text=经过").count() == 0
    send(office, PATH, "/undo")


def test_by_keyboard_alone(office, open_page, shot):
    unit, goal, _ = movable(office)
    tab = open_plan(open_page)
    tab.focus("nav.tabs button:has-text('单元')")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    while tab.evaluate("document.activeElement.type") != "search":
        tab.keyboard.press("Tab")
    tab.keyboard.type(unit["code"])
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    tab.wait_for_selector(".goals")
    shot(tab, "split-keyboard")
    wanted = name_of(office, goal)
    for _ in range(60):
        if (
            tab.evaluate("document.activeElement.closest('.goals') && document.activeElement.innerText.trim()")
            == wanted
        ):
            break
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".toast button")
    assert units_of(office)[unit["code"]]["field_zone"] == goal
    tab.keyboard.press("Control+z")
    tab.wait_for_selector("text=已撤销")


def test_the_paper_has_the_map_and_all_field_zones(open_page, shot):
    tab = open_plan(open_page)
    tab.evaluate("window.print = () => { document.documentElement.dataset.printed = 'yes' }")
    tab.click("nav.tabs >> text=文件与方案")
    tab.click('button:has-text("打印")')
    tab.wait_for_selector("[data-printed=yes]")
    tab.emulate_media(media="print")
    assert tab.is_visible(".sheet img")
    assert not tab.is_visible(".desk")
    assert tab.evaluate("document.querySelector('.sheet img').naturalWidth") > 300
    assert tab.locator(".sheet tbody tr").count() == 5
    shot(tab, "split-print")


def test_no_plans_yet(open_page, shot):
    tab = open_page("赵工", "?page=split&job=new")
    tab.route("**/plans", lambda route: route.fulfill(json={"plans": []}))
    tab.click("text=片区方案")
    tab.goto(tab.url.split("?")[0] + "?page=split")
    tab.wait_for_selector("text=还没有方案")
    shot(tab, "split-empty")


def test_in_english_on_a_tablet(open_page, shot):
    tab = open_plan(open_page, lang="en-GB", width=1024, height=768)
    assert "within the tolerance" in tab.inner_text(".worth")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1024
    shot(tab, "split-en")
    tab.goto(tab.url.split("?")[0] + "?page=split&job=new")
    tab.wait_for_selector(".asked")
    tab.click("summary")
    idle(tab)
    shot(tab, "split-new-en")
