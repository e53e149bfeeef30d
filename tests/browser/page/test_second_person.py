"""What a second person does with decisions of others."""

import pytest

from .conftest import idle, offers


@pytest.fixture
def decided(office):
    """Return a flag of a source that 王工 moved into the area it claims, with a comment."""
    flags = {one["flag_id"] for one in office.flags(rule="place.outside_claimed", flag_state="open")}
    repairs = [one["properties"] for one in office.ask("/collections/repairs/items?limit=1000")["features"]]
    repair = next(one for one in repairs if one["kind"] == "point" and one["flag_id"] in flags)
    told = office.ask(f"/flags/{repair['flag_id']}")
    body = {"outcome": "corrected", "repair_id": repair["repair_id"], "comment": "电话<i>核实</i>"}
    return step(office, told, "decisions", "王工", body)


def step(office, told, what, who, body):
    """Take a step on a flag as a program does; return its id."""
    flag = told["flag"]["flag_id"]
    office.ask(f"/flags/{flag}/{what}", who, body, headers={"If-Match": told["etag"]})
    return flag


def opened(open_page, flag, who="李工"):
    tab = open_page(who, f"?flag={flag}")
    tab.wait_for_selector(".decided")
    idle(tab)
    return tab


def state(office, flag):
    return office.ask(f"/flags/{flag}")["flag"]["review_state"]


def done(tab):
    tab.wait_for_selector(".toast button:has-text('撤销')", timeout=60_000)  # a source is judged anew


def test_one_sees_what_was_changed_and_approves_by_one_key(office, open_page, decided, shot):
    tab = opened(open_page, decided)
    told = tab.inner_text(".decided")
    values = office.ask(f"/flags/{decided}")["decisions"][-1]
    assert f"{values['before']['lon']:.6f}" in told
    assert f"{values['after']['lon']:.6f}" in told
    assert "电话<i>核实</i>" in told
    assert offers(tab) == ["通过", "修改位置", "退回", "存疑", "占用", "下一处"]
    shot(tab, "second-person")
    tab.keyboard.press("a")
    done(tab)
    assert state(office, decided) == "approved"
    tab.keyboard.press("u")
    tab.wait_for_selector("text=已撤销")
    assert state(office, decided) == "decided"


def test_ones_own_decision_can_only_be_taken_back(office, open_page, decided):
    tab = opened(open_page, decided, "王工")
    assert offers(tab) == ["撤销", "下一处"]
    tab.keyboard.press("u")
    tab.wait_for_selector("text=已撤销")
    assert state(office, decided) == "open"


def test_one_approves_with_another_place(office, open_page, decided, shot):
    tab = opened(open_page, decided)
    tab.keyboard.press("t")
    tab.fill("#edit-point", "118.52, 28.9")
    tab.wait_for_selector(".edit p:has-text('先经度后纬度')")
    shot(tab, "second-fixes")
    tab.click("text=修改后通过")
    done(tab)
    told = office.ask(f"/flags/{decided}")
    assert (told["reviews"][-1]["verdict"], told["source"]["lon"]) == ("approved_with_fixes", 118.52)


def test_a_rejection_needs_a_reason_and_comes_back_with_it(office, open_page, decided, shot):
    tab = opened(open_page, decided)
    tab.keyboard.press("r")
    tab.wait_for_selector("#comment:focus")
    assert state(office, decided) == "decided"
    tab.keyboard.type("坐标落在河道内")
    tab.click(".acts button:has-text('退回')")
    done(tab)
    assert state(office, decided) == "rejected"
    decider = open_page("王工")
    decider.click(".left button:has-text('退回给我')")
    decider.click(".left .flags button:has-text('坐标落在河道内')")
    decider.wait_for_selector(".told:has-text('坐标落在河道内')")
    idle(decider)
    assert "误报" in offers(decider)
    shot(decider, "second-rejected")


def test_a_dispute_asks_a_third_person(office, open_page, decided, shot):
    tab = opened(open_page, decided)
    tab.fill("#comment", "两处都像")
    tab.click(".acts button:has-text('存疑')")
    done(tab)
    tab.goto(f"{office.address}/app/?flag={decided}")
    tab.wait_for_selector(".told:has-text('两处都像')")
    assert offers(tab) == ["撤销", "下一处"]
    third = opened(open_page, decided, "孙工")
    assert offers(third) == ["通过", "修改位置", "退回", "占用", "下一处"]
    shot(third, "second-disputed")
    third.keyboard.press("a")
    done(third)
    assert state(office, decided) == "approved"
