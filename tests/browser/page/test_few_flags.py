"""Lists with nearly nothing to review: one flag, and none once it is decided."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from .conftest import idle, served


@pytest.fixture(scope="module")
def office(demo, tmp_path_factory):
    workspace = tmp_path_factory.mktemp("few") / "ws.gpkg"
    shutil.copy(demo, workspace)
    with closing(sqlite3.connect(workspace)) as file, file:
        (kept,) = file.execute("SELECT min(flag_id) FROM flags WHERE rule = 'place.isolated'").fetchone()
        file.execute("DELETE FROM flags WHERE flag_id <> ?", [kept])
    with served(workspace) as running:
        yield running


def test_the_only_flag_is_found_decided_and_nothing_is_left(office, open_page, shot):
    (flag,) = office.flags()
    tab = open_page("王工")
    idle(tab)
    assert tab.inner_text("#sum-flags").startswith("疑点 1 ")
    tab.keyboard.press("n")
    tab.wait_for_url(f"**flag={flag['flag_id']}**")
    tab.wait_for_selector(".panel[aria-busy=false] .actions")
    tab.keyboard.press("f")
    tab.wait_for_selector(".toast:has-text('已记为误报')")
    assert office.ask(f"/flags/{flag['flag_id']}")["flag"]["outcome"] == "false_alarm"
    tab.keyboard.press("Escape")
    tab.wait_for_selector("text=从这里开始")
    tab.keyboard.press("n")
    tab.wait_for_selector(".toast:has-text('已无符合条件的疑点')")
    shot(tab, "no-flags")


def test_progress_of_one_flag(office, open_page):
    tab = open_page("李工", "?page=progress")
    tab.wait_for_selector(".progress tbody tr")
    assert tab.locator(".progress tbody tr").count() == 1
