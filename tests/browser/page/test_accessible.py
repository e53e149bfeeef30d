"""Every page and state, in both languages, looked at by axe: nothing that keeps a person out."""

import pytest

from .conftest import ROOT, idle

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
BAD = {"serious", "critical"}


def at_rest(selector):
    return lambda tab: tab.wait_for_selector(selector)


def with_help(tab):
    idle(tab)
    tab.keyboard.press("?")
    tab.wait_for_selector("dialog[open]")


def found(tab):
    tab.fill("#search", "330822")
    tab.wait_for_selector("#found [role=option]")


def expired(tab):
    idle(tab)
    tab.context.clear_cookies()
    tab.keyboard.press("n")
    tab.wait_for_selector("dialog.login[open]")
    tab.said.clear()  # the 401 is wanted


def pressed(key, selector):
    def reach(tab):
        tab.wait_for_selector(".actions")
        tab.keyboard.press(key)
        tab.wait_for_selector(selector)

    return reach


def in_bulk(tab):
    idle(tab)
    tab.click("button.bulk")
    tab.wait_for_selector(".bulkpanel")


STATES = {  # name: who, query, what brings the state about; {flag} is an open flag
    "login": (None, "", at_rest("form")),
    "review": ("李工", "", idle),
    "viewer": ("周工", "", idle),
    "flag": ("李工", "?flag={flag}", at_rest(".actions")),
    "edit": ("李工", "?flag={flag}", pressed("e", "#marker")),
    "claim": ("李工", "?flag={flag}", pressed("b", ".edit input")),
    "bulk": ("李工", "", in_bulk),
    "plans": ("赵工", "?page=split", at_rest("aside li")),
    "split": ("赵工", "?page=split&job=new", at_rest("form.asked")),
    "plan": ("赵工", "?page=split&plan=field-zones", at_rest(".map[data-idle=yes]")),
    "compare": ("赵工", "?page=split&plan=field-zones&other=areas", at_rest("main table")),
    "search": ("李工", "", found),
    "help": ("李工", "", with_help),
    "expired": ("李工", "", expired),
    "progress": ("李工", "?page=progress", at_rest(".progress table")),
    "progress-empty": ("李工", "?page=progress&rule=no.such", at_rest(".progress .none")),
}


@pytest.mark.parametrize("lang", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("state", STATES)
def test_nothing_keeps_a_person_out(state, lang, office, open_page, shot):
    who, query, reach = STATES[state]
    flag = office.flags(most=1, rule="place.outside_claimed", flag_state="open")[0]["flag_id"]
    tab = open_page(who, query.format(flag=flag), lang=lang)
    reach(tab)
    shot(tab, f"{state}-{lang[:2]}")
    assert AXE.is_file(), "axe-core is not there: run `make page`"
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    violations = tab.evaluate("() => axe.run({resultTypes: ['violations']}).then(({violations}) => violations)")
    bad = {
        f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in violations
        for node in one["nodes"]
        if one["impact"] in BAD
    }
    assert bad == set()


def test_the_keyboard_goes_past_the_bars_to_the_content(open_page):
    tab = open_page("李工", "?page=progress")
    tab.wait_for_selector(".progress table")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.tagName") == "MAIN"
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")
