"""Flags, one after the other, as qa does."""

from .conftest import idle, number_in


def offered(office, rule="place.outside_claimed"):
    """Return a flag whose repair is offered."""
    flags = {one["flag_id"] for one in office.flags(rule=rule, flag_state="open")}
    rows = office.ask("/collections/repairs/items?limit=1000&offered=true")["features"]
    return next(one["properties"] for one in rows if one["properties"]["flag_id"] in flags)


def test_a_repair_is_accepted_by_one_key_and_taken_back(office, open_page, shot):
    repair = offered(office)
    tab = open_page("王工", f"?flag={repair['flag_id']}")
    tab.wait_for_selector(".repair")
    idle(tab)
    shot(tab, "review")
    tab.keyboard.press("a")
    tab.wait_for_selector(".toast button")
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
