"""How far the flags are: the service's numbers, the way to a group's flags, a file, a sheet of paper."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from .conftest import number_in

TABLE = ".progress table"


def cells(tab, part="tbody"):
    """Return the rows of the table: name, then its numbers."""
    return [
        [cell for cell in row if cell]
        for row in tab.eval_on_selector_all(
            f"{TABLE} {part} tr", "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
        )
    ]


@pytest.fixture(scope="module")
def decided(office):
    """Decide three flags, of which another person approves one."""
    flags = [one for one in office.flags(rule="place.isolated", flag_state="open") if one["source_id"]][:3]
    for number, flag in enumerate(flags):
        path = f"/flags/{flag['flag_id']}"
        seen = [("If-Match", office.ask(path, "王工")["etag"])]
        body = {"outcome": "false_alarm", "comment": "实地核对无误"}
        standing = office.ask(f"{path}/decisions", "王工", body, headers=seen)
        if number == 0:
            seen = [("If-Match", standing["etag"])]
            office.ask(f"{path}/reviews", "李工", {"verdict": "approved", "comment": ""}, headers=seen)


@pytest.mark.usefixtures("decided")
class TestNumbers:
    @pytest.mark.parametrize("by", ["rule", "severity", "township", "claimed_village"])
    def test_they_are_those_of_the_service(self, by, office, open_page):
        tab = open_page("李工", f"?page=progress&by={by}")
        tab.wait_for_selector(TABLE)
        told = office.ask(f"/progress?by={by}", "李工")
        assert number_in(tab.inner_text(".said")) == told["flags"]
        numbers = {tuple(int(n) for n in row[1:4]) for row in cells(tab)}
        assert numbers == {tuple(one[name] for name in ("flags", "open", "reopened")) for one in told["groups"]}
        (total,) = cells(tab, "tfoot")
        assert [int(n) for n in total[1:4]] == [told[name] for name in ("flags", "open", "reopened")]

    def test_bars_and_outcomes_add_up(self, office, open_page, shot):
        tab = open_page("李工", "?page=progress&by=township")
        tab.wait_for_selector(TABLE)
        shot(tab, "progress-townships")
        told = office.ask("/progress", "李工")
        legend = [number_in(one) for one in tab.locator(".legend li").all_inner_texts()]
        assert sum(legend) == told["flags"]
        assert (told["reviews"]["approved"], told["reviews"]["decided"]) == (1, 2)
        assert sorted(legend) == sorted([1, 2, told["flags"] - 3])
        assert [number_in(one) for one in tab.locator(".outcomes li").all_inner_texts()] == [3]

    def test_a_click_on_a_column_sorts_by_it(self, open_page):
        tab = open_page("李工", "?page=progress&by=village")
        tab.wait_for_selector(TABLE)
        tab.click(f"{TABLE} th:has-text('待处理') button")
        numbers = [int(row[2]) for row in cells(tab)]
        assert numbers == sorted(numbers, reverse=True)
        tab.click(f"{TABLE} th:has-text('待处理') button")
        assert tab.get_attribute(f"{TABLE} th:has-text('待处理')", "aria-sort") == "ascending"
        assert [int(row[2]) for row in cells(tab)] == sorted(numbers)

    def test_a_name_leads_to_its_flags(self, office, open_page):
        tab = open_page("李工", "?page=progress")
        tab.wait_for_selector(TABLE)
        tab.click(f"{TABLE} button:has-text('多源同一坐标')")
        tab.wait_for_selector("main.review")
        assert parse_qs(urlsplit(tab.url).query)["rule"] == ["place.stacked"]
        wanted = len(office.flags(rule="place.stacked"))
        tab.wait_for_selector(f".status :text-is('疑点 {wanted}')")
        tab.go_back()
        tab.wait_for_selector(TABLE)

    def test_what_one_looks_by_is_in_the_address(self, open_page):
        tab = open_page("李工", "?page=progress")
        tab.wait_for_selector(TABLE)
        tab.select_option(".tools select", "township")
        tab.wait_for_selector(f"{TABLE} tbody tr:nth-child(14)")
        assert parse_qs(urlsplit(tab.url).query)["by"] == ["township"]
        tab.reload()
        tab.wait_for_selector(TABLE)
        assert tab.input_value(".tools select") == "township"

    def test_filters_hold_here_too(self, office, open_page):
        tab = open_page("李工", "?page=progress&severity=error")
        tab.wait_for_selector(TABLE)
        assert number_in(tab.inner_text(".said")) == office.ask("/progress?severity=error", "李工")["flags"]
        assert "级别＝错误" in tab.inner_text(".stamp")

    def test_one_flag_and_none_are_no_special_case(self, office, open_page):
        (flag, *_) = office.flags(rule="coordinate.zero")
        tab = open_page("李工", f"?page=progress&rule={flag['rule']}&severity={flag['severity']}")
        tab.wait_for_selector(TABLE)
        assert len(cells(tab)) == 1
        tab.goto(f"{office.address}/app/?page=progress&rule=no.such")
        tab.wait_for_selector(".progress >> text=没有符合条件的疑点")

    def test_the_table_is_a_file(self, office, open_page):
        tab = open_page("李工", "?page=progress")
        tab.wait_for_selector(TABLE)
        with tab.expect_download() as waiting:
            tab.click("text=下载表格")
        assert waiting.value.suggested_filename == "progress-rule.csv"
        with waiting.value.path().open(encoding="utf-8", newline="") as file:
            text = file.read()
        assert text.startswith("\ufeffrule,分组,疑点,")
        lines = text.split("\r\n")
        assert len(lines) == len(office.ask("/progress?by=rule")["groups"]) + 3  # head, total, end
        assert lines[-2].startswith(f",合计,{office.ask('/progress')['flags']},")

    def test_many_groups_are_listed_by_and_by(self, open_page, shot):
        tab = open_page("李工", "?page=progress")
        tab.wait_for_selector(TABLE)
        tab.route("**/progress?by=village*", lambda route: route.fulfill(json=villages(9_000)))
        tab.select_option(".tools select", "village")
        tab.wait_for_selector("text=列出 200 组，共 9,000 组")
        assert len(cells(tab)) == 200
        tab.click("text=再列 200 组")
        tab.wait_for_selector("text=列出 400 组，共 9,000 组")
        tab.fill(".tools input", "村 8999")
        tab.wait_for_selector(f"{TABLE} tbody:not(:has(tr + tr))")
        shot(tab, "progress-many")
        assert cells(tab)[0][0].startswith("村 8999<b>长")
        assert tab.locator(f"{TABLE} tbody tr").bounding_box()["height"] < 100

    def test_it_fits_on_paper(self, open_page, tmp_path):
        tab = open_page("李工", "?page=progress")
        tab.wait_for_selector(TABLE)
        tab.emulate_media(media="print")
        assert not tab.is_visible(".left")
        assert not tab.is_visible(".tools")
        stamp = tab.inner_text(".stamp")
        for said in ("检查时间", "底图 changshan", "2023 年区划", "范围：全部", "共 1,200 行", "李工 打印于"):
            assert said in stamp
        for width in (703, 1031):  # pixels between the margins of A4, upright and across
            tab.set_viewport_size({"width": width, "height": 900})
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
        pages = tab.pdf(path=str(tmp_path / "progress.pdf"), format="A4")
        assert len(re.findall(rb"/Type\s*/Page\b", pages)) == 1


def villages(n):
    """Return an answer with many groups; one has a name that nobody would want."""
    done = {"open": 1, **dict.fromkeys(("reopened", "closed", "closed_share", "decided", "disputed", "approved"), 0)}
    groups = [{"village": str(i), "name": f"村 {i}", "flags": 1, **done} for i in range(n)]
    groups[-1]["name"] += "<b>长" * 3000
    rest = {"outcomes": {}, "reviews": {"open": n}, "recheck_due": False, "recheck_due_since": None, "certainty": {}}
    return {"flags": n, **done, "open": n, **rest, "by": ["village"], "groups": groups}
