"""The same step on many flags: by filter, by outline, taken back; what changed in between is left alone."""

from .conftest import idle, number_in, pixel

RULE = "place.isolated"


def panel(tab, step):
    tab.click(".bulk")
    tab.click(f".bulkpanel >> text={step}")


def preview(tab):
    """Return how many are chosen, and how many can be done."""
    tab.click("text=先看会处理哪些")
    tab.wait_for_selector(".previewed h3")
    head = tab.inner_text(".previewed h3")
    return number_in(head), number_in(head.partition("可处理")[2])


def results(tab):
    tab.wait_for_selector(".results h3")
    return [number_in(text) for text in tab.locator(".sums li").all_inner_texts()]


def states(office, **values):
    return {one["flag_id"]: one["flag_state"] for one in office.flags(**values)}


def test_by_filter_carried_out_found_again_and_taken_back(office, open_page, shot):
    before = states(office, rule=RULE)
    tab = open_page("王工", f"?rule={RULE}")
    idle(tab)
    panel(tab, "记为误报")
    tab.wait_for_selector(".bulkpanel >> text=一次最多处理 20,000 处")
    tab.fill(".bulkpanel textarea", "现场核实 <b>无误</b>")
    assert preview(tab) == (len(before), len(before))
    shot(tab, "bulk-preview")
    tab.click(f"text=处理这 {len(before)} 个")
    assert results(tab) == [len(before), 0, 0]
    assert set(states(office, rule=RULE).values()) == {"closed"}
    shot(tab, "bulk-result")
    tab.reload()
    assert results(tab) == [len(before), 0, 0]
    tab.click("text=全部撤销")
    tab.wait_for_selector(".results h3 >> text=撤销结果")
    assert results(tab) == [len(before), 0, 0]
    assert states(office, rule=RULE) == before


def test_by_outline(office, open_page, shot):
    west, south, east, north = 118.40, 28.80, 118.60, 29.00
    tab = open_page("王工", "?at=118.5,28.9,10.4")
    idle(tab)
    panel(tab, "占用")
    tab.click("text=其中位于所画范围内的")
    assert tab.is_disabled("text=先看会处理哪些")
    tab.click("text=在图上画范围")
    for corner in ((west, south), (west, south + 0.03), (east, south), (east, north), (west, north)):
        tab.mouse.click(*pixel(tab, *corner))
        if corner == (west, south + 0.03):
            tab.keyboard.press("Backspace")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("text=已画范围，4 个角点")
    shot(tab, "bulk-outline")
    flags = [one for one in office.flags() if one["lon"] is not None]
    inside = [one for one in flags if west < one["lon"] < east and south < one["lat"] < north]
    chosen, _eligible = preview(tab)
    assert abs(chosen - len(inside)) <= 2  # a pixel is some metres
    assert chosen < len(flags)
    assert "无坐标" in tab.inner_text(".previewed")
    tab.click("text=取当前地图范围")
    tab.wait_for_selector(".previewed", state="detached")  # another choice: another preview
    assert preview(tab)[0] > chosen


def test_esc_gives_up_the_outline_and_leaves_the_panel(open_page):
    tab = open_page("王工", "?at=118.5,28.9,10.4")
    idle(tab)
    panel(tab, "释放")
    tab.click("text=其中位于所画范围内的")
    tab.click("text=在图上画范围")
    tab.mouse.click(*pixel(tab, 118.5, 28.9))
    tab.wait_for_selector("text=已有 1 个")
    tab.keyboard.press("Escape")
    tab.wait_for_selector("text=在图上画范围")
    assert tab.is_visible(".bulkpanel")
    tab.click("text=无坐标")  # a list lies over the panel, which waits
    tab.wait_for_selector(".list h2")
    assert not tab.is_visible(".bulkpanel")
    tab.click(".list header button")
    tab.wait_for_selector(".bulkpanel")


def test_what_changed_since_the_preview_is_left_and_told(office, open_page, shot):
    rule = "claim.address_conflict"
    tab = open_page("王工", f"?rule={rule}&state=open")
    idle(tab)
    panel(tab, "记为无法判断")
    chosen, _eligible = preview(tab)
    flag = office.flags(rule=rule)[0]["flag_id"]
    etag = office.ask(f"/flags/{flag}")["etag"]
    body = {"outcome": "false_alarm"}
    office.ask(f"/flags/{flag}/decisions", "钱工", body, "POST", {"If-Match": etag})
    tab.click(f"text=处理这 {chosen} 个")
    assert results(tab) == [chosen - 1, 1, 0]
    first = tab.locator(".results .flags li").first.inner_text()
    assert "预览之后已有变化" in first
    shot(tab, "bulk-skipped")
    tab.reload()
    assert results(tab) == [chosen - 1, 1, 0]
    tab.wait_for_selector(".results .flags li:first-child >> text=预览之后已有变化")
    tab.locator(".results .flags button").first.click()
    tab.wait_for_url(f"**flag={flag}*")


def test_a_preview_that_is_gone_says_so(office, open_page):
    tab = open_page("王工", "?rule=place.default")
    idle(tab)
    panel(tab, "占用")
    preview(tab)
    tab.route("**/flags/bulk", lambda route: route.continue_(post_data='{"token": "gone"}'))
    tab.click("text=/^处理这/")
    tab.wait_for_selector(".wrong >> text=请重新预览")
    tab.said.clear()  # the browser tells of the 409


def test_who_may_not_decide_is_not_asked(office, open_page):
    tab = open_page("王工")
    tab.click(".bulk")
    assert "退回" not in tab.inner_text(".bulkpanel")
    other = open_page("李工", "?rule=claim.name_conflict")
    idle(other)
    panel(other, "退回")
    assert other.is_disabled("text=先看会处理哪些")  # a reason is needed
    other.fill(".bulkpanel textarea", "证据不足")
    matched, eligible = preview(other)
    assert (matched > 0, eligible) == (True, 0)
    assert "没有待复核的处理结论" in other.inner_text(".previewed")
    planner = open_page("赵工")
    idle(planner)
    assert planner.locator(".bulk").count() == 0


def test_english(open_page, shot):
    tab = open_page("王工", f"?rule={RULE}&severity=warning", lang="en-GB")
    idle(tab)
    tab.click(".bulk")
    tab.click("text=See which ones first")
    tab.wait_for_selector(".previewed h3")
    shot(tab, "bulk-en")
