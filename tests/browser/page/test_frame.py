"""What is around the work: login, language, roles, a lost connection, a service that starts again, a narrow screen."""

import re

import pytest

from .conftest import idle


def no_error_but(tab, words):
    """Forget errors that a test brought about on purpose; others stay."""
    tab.said[:] = [said for said in tab.said if words not in said]


LOST = "Failed to load resource"


class TestLogin:
    def test_a_token_opens_the_page_and_leaving_closes_it(self, office, open_page):
        tab = open_page(None)
        assert tab.url.endswith("/login")
        tab.fill("#token", "gc_wrong")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("[role=alert]")
        tab.fill("#token", office.tokens["李工"])
        tab.keyboard.press("Enter")
        tab.wait_for_selector("main.review")
        assert tab.title().startswith("核查 · ")
        assert "李工" in tab.inner_text(".user")
        tab.click("text=退出")
        tab.wait_for_url("**/login")
        tab.goto(f"{office.address}/app/")
        assert tab.url.endswith("/login")
        no_error_but(tab, "401")

    def test_a_session_that_ends_asks_over_the_page_and_keeps_what_was_typed(self, office, open_page, shot):
        flag = office.flags(rule="place.stacked", flag_state="open")[0]["flag_id"]
        tab = open_page("王工", f"?flag={flag}")
        tab.fill("#comment", "已电话核实，")
        tab.context.clear_cookies()
        tab.click(".actions button:has-text('下一处')")
        tab.wait_for_selector("dialog.login[open]")
        for _ in range(4):  # the focus stays inside
            tab.keyboard.press("Tab")
            assert tab.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
            )
        tab.keyboard.press("Escape")
        tab.keyboard.press("Escape")
        tab.wait_for_selector("dialog.login[open]")
        tab.fill("dialog input[type=password]", "gc_wrong")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("dialog >> text=令牌无效或已失效")
        shot(tab, "login-wrong")
        tab.fill("dialog input[type=password]", office.tokens["王工"])
        tab.keyboard.press("Enter")
        tab.wait_for_selector("dialog.login", state="detached")
        assert tab.input_value("#comment") == "已电话核实，"
        no_error_but(tab, "401")


class TestRoles:
    def test_a_viewer_is_offered_the_map_and_the_plans(self, open_page):
        tab = open_page("周工", "?page=progress")
        idle(tab)
        assert tab.locator("nav .tab").all_inner_texts() == ["核查", "片区"]
        assert not tab.is_visible(".right")

    def test_a_planner_decides_nothing(self, office, open_page):
        flag = office.flags(flag_state="open")[0]["flag_id"]
        tab = open_page("赵工", f"?flag={flag}")
        tab.wait_for_selector(".right h1, .right h2")
        assert not tab.is_visible("text=误报")
        assert not tab.is_visible(".left >> text=我的任务")


class TestLanguage:
    def test_it_changes_everything_at_once_and_stays(self, open_page):
        tab = open_page("李工", "?page=progress")
        tab.wait_for_selector(".progress table")
        tab.click(".top >> text=English")
        tab.wait_for_selector("h1:has-text('Progress of the flags')")
        assert tab.title() == "Progress · Source census: location review"
        assert tab.get_attribute("html", "lang") == "en"
        tab.reload()
        tab.wait_for_selector("h1:has-text('Progress of the flags')")


class TestConnection:
    def test_a_lost_connection_is_said_and_ends_by_itself(self, open_page, shot):
        tab = open_page("李工")
        idle(tab)
        tab.context.set_offline(True)
        tab.keyboard.press("n")
        tab.wait_for_selector(".offline")
        shot(tab, "offline")
        tab.context.set_offline(False)
        tab.click("text=立即重试")
        tab.wait_for_selector(".offline", state="detached")
        tab.keyboard.press("n")
        tab.wait_for_selector(".actions")
        no_error_but(tab, LOST)

    def test_nothing_but_the_host_is_needed(self, office, browser, open_page):
        tab = open_page("李工")
        tab.context.route(lambda url: not url.startswith(office.address), lambda route: route.abort())
        tab.reload()
        idle(tab)

    def test_a_service_that_starts_again_knows_who_is_logged_in(self, office, open_page):
        tab = open_page("李工", "?page=progress")
        tab.wait_for_selector(".progress table")
        office.stop()
        try:
            tab.click(".left >> text=错误")
            tab.wait_for_selector(".offline")
            assert tab.is_visible(".progress table")  # what was there stays to be read
        finally:
            office.start()
        tab.wait_for_selector(".offline", state="detached")
        tab.wait_for_selector(".stamp:has-text('级别＝错误')")
        flags = office.ask("/progress?severity=error", "李工")["flags"]
        tab.wait_for_selector(f".said:has-text('疑点 {flags} 处')")
        assert not tab.is_visible("dialog.login")
        no_error_but(tab, LOST)

    def test_a_page_that_could_not_begin_begins_when_the_service_is_back(self, open_page):
        tab = open_page("李工")
        idle(tab)
        beginning = re.compile(r"/(me|collections|healthz)$")
        tab.route(beginning, lambda route: route.abort())
        tab.reload()
        tab.wait_for_selector("main.notice [role=alert]")
        tab.unroute(beginning)
        tab.wait_for_selector("main.review")
        no_error_but(tab, LOST)

    def test_a_slow_network_says_that_it_loads(self, open_page, shot):
        tab = open_page("李工")
        idle(tab)
        line = tab.context.new_cdp_session(tab)
        line.send("Network.enable")
        slow = {"offline": False, "latency": 800, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
        line.send("Network.emulateNetworkConditions", slow)
        tab.click("nav >> text=进度")
        tab.wait_for_selector(".progress .loading")
        shot(tab, "slow")
        tab.wait_for_selector(".progress table")

    def test_a_tab_that_slept_asks_again(self, office, open_page):
        tab = open_page("李工", "?page=progress")
        tab.clock.install()
        tab.reload()
        tab.wait_for_selector(".progress table")
        turn = "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true}); document.dispatchEvent(new Event('visibilitychange')); }"
        tab.evaluate(turn, True)
        tab.clock.fast_forward("01:00:00")
        with tab.expect_request("**/progress?**"):
            tab.evaluate(turn, False)


class TestScreens:
    @pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 768), (768, 1024)])
    def test_nothing_is_cut_off(self, width, height, open_page, shot):
        for query, name in (("", "review"), ("?page=progress", "progress")):
            tab = open_page("李工", query, width=width, height=height, lang="en-GB", has_touch=width < 1200)
            tab.wait_for_selector(".progress table") if query else idle(tab)
            shot(tab, f"{name}-{width}")
            beyond = "bar => [...bar.children].filter(one => one.offsetWidth && one.getBoundingClientRect().right > innerWidth).length"
            assert tab.eval_on_selector(".top", beyond) == 0
            assert tab.evaluate("document.documentElement.scrollWidth") == width

    def test_on_a_narrow_screen_the_filters_fold_away(self, open_page, shot):
        tab = open_page("李工", width=768, height=1024)
        idle(tab)
        assert not tab.is_visible(".left")
        tab.click(".fold")
        tab.click(".left >> text=错误")
        shot(tab, "filters-768")
        tab.click(".fold")
        assert not tab.is_visible(".left")
        assert "severity=error" in tab.url

    def test_a_flag_is_printed_with_its_map(self, office, open_page, tmp_path):
        flag = office.flags(rule="place.stacked", flag_state="open")[0]["flag_id"]
        tab = open_page("李工", f"?flag={flag}")
        tab.wait_for_selector(".actions")
        idle(tab)
        tab.emulate_media(media="print")
        assert tab.is_visible(".map canvas")
        assert tab.is_visible(".right h1, .right h2")
        assert not tab.is_visible(".actions")
        assert "打印于" in tab.inner_text(".stamp")
