"""Flags, one after the other, as qa does."""

import sqlite3

import pytest
from playwright.sync_api import expect

from .conftest import idle, number_in, offers

HTML = "<b onclick=alert(1)>核实</b>"
PIXEL = (  # a PNG of one pixel
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)


def offered(office, rule="place.outside_claimed"):
    """Return a flag whose repair is offered."""
    flags = {one["flag_id"] for one in office.flags(rule=rule, flag_state="open")}
    rows = office.ask("/collections/repairs/items?limit=1000&offered=true")["features"]
    return next(one["properties"] for one in rows if one["properties"]["flag_id"] in flags)


@pytest.fixture
def flag(office):
    """Return an open flag of a source that has a place, and no other flag."""
    alone = {}
    for one in office.flags(most=1000):
        alone.setdefault(one["source_id"], []).append(one)
    return next(
        one["flag_id"]
        for (one, *others) in alone.values()
        if not others
        and one["lon"] is not None
        and (one["flag_state"], one["rule"]) == ("open", "place.outside_claimed")
    )


def opened(open_page, flag, who="王工", ready=".acts", **options):
    tab = open_page(who, f"?flag={flag}", **options)
    tab.wait_for_selector(ready)
    idle(tab)
    return tab


def decision_on(office, flag):
    """Return the last decision on a flag."""
    return office.ask(f"/flags/{flag}")["decisions"][-1]


def done(tab):
    tab.wait_for_selector(".toast button:has-text('撤销')", timeout=60_000)  # a source is judged anew


def test_a_repair_is_accepted_by_one_key_and_taken_back(office, open_page, shot):
    repair = offered(office)
    tab = opened(open_page, repair["flag_id"], ready=".repair")
    shot(tab, "review")
    tab.keyboard.press("a")
    done(tab)
    assert office.ask(f"/flags/{repair['flag_id']}")["flag"]["flag_state"] == "closed"
    tab.keyboard.press("u")
    tab.wait_for_url(f"**flag={repair['flag_id']}**")
    tab.wait_for_selector("text=已撤销")
    assert office.ask(f"/flags/{repair['flag_id']}")["flag"]["review_state"] == "open"


def test_what_is_counted_is_what_is_there(office, open_page):
    tab = open_page("王工")
    idle(tab)
    told = tab.inner_text(".status")
    assert number_in(told) == office.ask("/counts", "王工")["rowSum"]["rows"]


def test_the_next_flag_is_there_before_the_decision_is_answered(office, open_page, flag):
    tab = opened(open_page, flag)
    held = []
    tab.route("**/decisions", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    tab.keyboard.press("f")
    tab.wait_for_url(lambda url: flag not in url)
    tab.wait_for_selector(".acts")
    assert office.ask(f"/flags/{flag}")["flag"]["flag_state"] == "open"
    held[0].continue_()
    done(tab)
    assert decision_on(office, flag)["outcome"] == "false_alarm"


def test_a_step_that_was_not_taken_brings_one_back(office, open_page, flag):
    tab = opened(open_page, flag)
    tab.fill("#comment", HTML)
    tab.route("**/decisions", lambda route: route.abort())
    tab.focus(".panel")
    tab.keyboard.press("f")
    tab.wait_for_selector(".toast.bad:has-text('没有保存')")
    tab.wait_for_url(f"**flag={flag}**")
    tab.wait_for_selector(".panel[aria-busy=false]")
    assert tab.input_value("#comment") == HTML
    tab.unroute("**/decisions")
    tab.keyboard.press("f")
    done(tab)
    assert decision_on(office, flag)["comment"] == HTML
    tab.said.clear()


def test_a_place_is_dragged_and_nudged(office, open_page, flag, shot):
    tab = opened(open_page, flag)
    tab.keyboard.press("e")
    box = tab.wait_for_selector("#marker").bounding_box()
    before = tab.input_value("#edit-point")
    tab.mouse.move(box["x"] + 18, box["y"] + 18)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 78, box["y"] + 58, steps=4)
    tab.mouse.up()
    dragged = tab.input_value("#edit-point")
    tab.focus("#marker")
    tab.keyboard.press("ArrowRight")
    nudged = tab.input_value("#edit-point")
    assert len({before, dragged, nudged}) == 3
    tab.wait_for_selector(".edit p:has-text('落在')")
    tab.wait_for_selector(".edit p:has-text('距填报区划 界')")
    shot(tab, "review-drag")
    tab.keyboard.press("Enter")
    done(tab)
    after = decision_on(office, flag)["after"]
    assert f"{after['lon']:.6f}, {after['lat']:.6f}" == nudged


def test_a_place_is_typed_in_any_form(office, open_page, flag, shot):
    tab = opened(open_page, flag)
    tab.keyboard.press("t")
    tab.fill("#edit-point", "不是坐标")
    tab.wait_for_selector(".edit .wrong")
    assert tab.is_disabled(".edit .main")
    tab.fill("#edit-point", "28°54′00″N 118°31′12″E")
    tab.wait_for_selector(".edit p:has-text('先纬度后经度')")
    shot(tab, "review-typed")
    tab.keyboard.press("Enter")
    done(tab)
    after = decision_on(office, flag)["after"]
    assert (after["lon"], after["lat"]) == (pytest.approx(118.52), pytest.approx(28.9))


def test_keys_do_nothing_while_one_types_or_edits(office, open_page, flag):
    tab = opened(open_page, flag)
    tab.keyboard.press("k")
    tab.keyboard.type("fac")
    assert tab.input_value("#comment") == "fac"
    tab.keyboard.press("Escape")
    tab.keyboard.press("e")
    tab.wait_for_selector("#marker")
    tab.keyboard.press("f")
    tab.keyboard.press("Escape")
    tab.wait_for_selector("#marker", state="detached")
    expect(tab.locator("#panel")).to_be_focused()
    assert office.ask(f"/flags/{flag}")["flag"]["flag_state"] == "open"


def test_a_claim_is_corrected(office, open_page, flag, shot):
    tab = opened(open_page, flag)
    tab.keyboard.press("b")
    tab.wait_for_selector("#edit-claim:focus")
    tab.keyboard.type("球川镇")
    tab.click(".areas button:has-text('乡镇')")
    shot(tab, "review-claim")
    tab.click("text=保存新填报")
    done(tab)
    decision = decision_on(office, flag)
    assert (decision["outcome"], decision["after"]["claimed_name"]) == ("claim_corrected", "球川镇")


def test_a_statement_is_attached(office, open_page, flag, shot):
    tab = opened(open_page, flag)
    tab.keyboard.press("s")
    assert tab.is_disabled(".edit .main")
    tab.set_input_files("#edit-statement", {"name": "说明.pdf", "mimeType": "application/pdf", "buffer": b"nothing"})
    tab.wait_for_selector(".edit .wrong:has-text('说明.pdf')")  # no PDF: said by the service, and to choose again
    tab.set_input_files("#edit-statement", {"name": "情况说明.png", "mimeType": "image/png", "buffer": PIXEL})
    tab.wait_for_selector(".files a:has-text('情况说明.png')")
    tab.wait_for_selector(".edit p:has-text('每份不超过 20 MB')")
    shot(tab, "review-statement")
    with tab.expect_download() as download:
        tab.click(".files a")
    assert download.value.path().read_bytes() == PIXEL
    tab.click("text=以说明办结")
    done(tab)
    assert decision_on(office, flag)["outcome"] == "statement_attached"
    tab.said.clear()


def test_two_at_one_flag(office, open_page, flag, shot):
    late = opened(open_page, flag, "钱工")
    late.fill("#comment", HTML)
    first = opened(open_page, flag)
    first.keyboard.press("f")
    done(first)
    late.click(".acts button:has-text('无法判断')")
    late.wait_for_selector(".conflict")
    told = late.inner_text(".conflict")
    assert all(word in told for word in ("王工", "误报", "待处理", "已处理，待复核"))
    shot(late, "review-conflict")
    late.click("text=保留我填的")
    late.wait_for_selector(".decided:has-text('误报')")
    assert late.input_value("#comment") == HTML
    late.said.clear()


def test_who_holds_a_flag_is_told(office, open_page, flag, shot):
    tab = opened(open_page, flag)
    office.ask(f"/flags/{flag}/lock", "钱工", method="POST")
    tab.click(".acts button:has-text('误报')")
    tab.wait_for_selector(".held:has-text('钱工')")
    assert tab.query_selector(".acts button:has-text('误报')") is None
    shot(tab, "review-held")
    office.ask(f"/flags/{flag}/lock", "钱工", method="DELETE")
    office.ask(f"/flags/{flag}/lock", "王工", method="POST")
    tab.reload()
    tab.click(".left button:has-text('我占用的')")
    tab.wait_for_selector(".left .flags:has-text('分钟')")
    shot(tab, "review-queue")
    office.ask(f"/flags/{flag}/lock", "王工", method="DELETE")
    tab.said.clear()


@pytest.mark.parametrize("how", ["session", "reload"])
def test_nothing_that_was_typed_is_lost(office, open_page, flag, how, shot):
    tab = opened(open_page, flag)
    tab.fill("#comment", "电话核实")
    tab.focus(".panel")
    tab.keyboard.press("t")
    tab.fill("#edit-point", "118.52, 28.9")
    tab.wait_for_selector(".edit p:has-text('先经度后纬度')")
    if how == "session":
        tab.context.clear_cookies()
        tab.keyboard.press("Enter")
        tab.wait_for_selector(".login")
        shot(tab, "review-expired")
        tab.fill(".login input[type=password]", office.tokens["王工"])
        tab.click("text=继续工作")
        tab.wait_for_selector(".login", state="detached")
        tab.said.clear()
    else:
        tab.reload()
        tab.wait_for_selector("#marker")
    assert (tab.input_value("#edit-point"), tab.input_value("#comment")) == ("118.52, 28.9", "电话核实")
    tab.click("text=保存新位置")
    done(tab)
    decision = decision_on(office, flag)
    assert (decision["after"]["lon"], decision["comment"]) == (118.52, "电话核实")


def test_what_changed_while_one_was_away_is_told(office, open_page, flag):
    tab = opened(open_page, flag)
    tab.context.set_offline(True)
    tab.keyboard.press("l")
    tab.wait_for_selector(".offline")
    office.ask(f"/flags/{flag}/comments", "钱工", {"text": "先别动"})
    tab.context.set_offline(False)
    tab.wait_for_selector(".conflict:has-text('钱工')")
    assert "先别动" in tab.inner_text(".conflict")
    tab.said.clear()


def test_names_and_comments_are_text(office, open_page, shot):
    flag = next(one for one in office.flags() if one["rule"] == "coordinate.missing" and one["flag_state"] == "open")
    with sqlite3.connect(office.workspace, timeout=30) as workspace:
        name = HTML + "长" * 10_000
        workspace.execute("UPDATE unlocated_sources SET name = ? WHERE source_id = ?", (name, flag["source_id"]))
    workspace.close()
    office.ask(f"/flags/{flag['flag_id']}/comments", "王工", {"text": HTML})
    tab = opened(open_page, flag["flag_id"])
    assert HTML in tab.inner_text("h2.source")
    assert HTML in tab.inner_text(".history")
    assert tab.query_selector(".panel b") is None
    assert (
        tab.evaluate("document.querySelector('.panel .scroll').scrollWidth")
        <= tab.locator(".panel").bounding_box()["width"]
    )
    shot(tab, "review-long-name")
    tab.keyboard.press("e")  # a source without a place gets one by a click on the map
    tab.wait_for_selector(".edit p:has-text('还没有位置')")
    box = tab.locator(".map").bounding_box()
    tab.mouse.click(box["x"] + 300, box["y"] + 300)
    tab.wait_for_selector("#marker")
    tab.wait_for_selector(".edit p:has-text('落在')")
    shot(tab, "review-unlocated")
    tab.click("text=保存新位置")
    done(tab)
    assert office.ask(f"/flags/{flag['flag_id']}")["source"]["collection"] == "sources"


def test_a_flag_of_a_whole_group_is_no_place(office, open_page, shot):
    with sqlite3.connect(office.workspace, timeout=30) as workspace:
        one, columns = _group_flag(workspace)
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            workspace.create_function(name, 1, lambda _geometry: 1)
        workspace.execute(f"INSERT INTO flags ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", one)
    workspace.close()
    tab = opened(open_page, "group-flag", "李工")
    assert "第7批" in tab.inner_text(".group")
    assert tab.query_selector(".acts button:has-text('修改位置')") is None
    shot(tab, "review-group")
    tab.keyboard.press("e")
    tab.keyboard.press("c")
    done(tab)
    assert office.ask("/flags/group-flag")["flag"]["review_state"] == "unclear"


def _group_flag(workspace):
    """Return a flag as the rule of mixed formats gives it: of an import group, without a source or a place."""
    given = {
        "flag_id": "group-flag",
        "group": "第7批",
        "rule": "group.mixed_formats",
        "severity": "warning",
        "message_zh": "同批坐标写法混用",
        "message_en": "mixed",
        "basis": "b",
        "flag_state": "open",
        "review_state": "open",
    }
    return list(given.values()), [f'"{name}"' for name in given]


def test_a_source_without_flags_shows_its_facts(office, open_page, shot):
    flagged = {one["source_id"] for one in office.flags()}
    rows = office.ask("/collections/sources/items?limit=200")["features"]
    source = next(one["properties"] for one in rows if one["properties"]["source_id"] not in flagged)
    tab = open_page("赵工", f"?source={source['source_id']}")
    tab.wait_for_selector("text=该污染源没有疑点")
    assert source["name"] in tab.inner_text(".panel")
    idle(tab)
    shot(tab, "review-source")


def test_who_may_not_decide_is_offered_nothing(open_page, flag):
    tab = opened(open_page, flag, "赵工")
    assert offers(tab) == ["下一处"]
    assert tab.query_selector("#comment") is None
    tab.keyboard.press("f")
    tab.keyboard.press("e")
    assert tab.query_selector("#marker") is None
    assert open_page("周工", f"?flag={flag}").query_selector(".right") is None


def test_the_panel_in_english_on_a_tablet(open_page, flag, shot):
    tab = opened(open_page, flag, lang="en-GB", width=1024, height=768)
    shot(tab, "review-en")
    tab.keyboard.press("?")
    tab.wait_for_selector("dialog[open]")
    shot(tab, "review-keys")
    assert tab.locator("dialog").bounding_box()["height"] <= 768
