"""Logging in with a real browser: the form, its policy, the cookie, pages of other addresses."""

import threading
import time

import pytest
import uvicorn
from geocensus_api import Settings, create_app
from geocensus_api.main import bound

from geocensus.workspace import Workspace

TOKEN = "gc-browser-token"
PAGE = "<!DOCTYPE html><html lang='zh'><meta charset='utf-8'><link rel='icon' href='data:,'><title>审核</title></html>"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("login")
    (folder / "static").mkdir()
    (folder / "static" / "index.html").write_text(PAGE, encoding="utf-8")
    Workspace.create(folder / "ws.gpkg")
    app = create_app(Settings(token=TOKEN, page_folder=folder / "static"), folder / "ws.gpkg")
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=5))
    with bound("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=lambda: server.run(sockets=[listener]))
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def tab(browser):
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    context.close()


def log_in(tab, address):
    tab.goto(f"{address}/")
    assert tab.url == f"{address}/login"
    tab.fill("#token", TOKEN)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{address}/app/")


CALL = "([path, method]) => fetch(path, {method}).then(answer => answer.status, () => 'blocked')"


def test_the_form_logs_in_and_the_page_may_change_things(tab, address):
    log_in(tab, address)
    assert tab.title() == "审核"
    assert tab.said == []  # the policy of neither page was broken
    (cookie,) = tab.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Strict", -1)
    assert tab.evaluate("document.cookie") == ""
    assert tab.evaluate(CALL, ["/me", "GET"]) == 200
    assert tab.evaluate(CALL, ["/logout", "POST"]) == 204
    assert tab.evaluate(CALL, ["/me", "GET"]) == 401
    tab.goto(f"{address}/app/")
    assert tab.url == f"{address}/login"


def test_a_wrong_token_is_said_in_the_language_of_the_page(tab, address):
    for lang, said in (("zh", "令牌不正确"), ("en", "This token is wrong")):
        tab.goto(f"{address}/login?lang={lang}")
        tab.fill("#token", "wrong")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("[role=alert]")
        assert said in tab.inner_text("[role=alert]")
        assert tab.evaluate("document.activeElement.id") == "token"


def test_pages_of_another_address_ride_on_no_login(tab, address):
    log_in(tab, address)
    tab.route("http://other.test/", lambda route: route.fulfill(body="<title>other</title>", content_type="text/html"))
    tab.goto("http://other.test/")
    assert tab.evaluate(CALL, [f"{address}/me", "GET"]) == "blocked"
    assert tab.evaluate(CALL, [f"{address}/logout", "POST"]) == "blocked"
    form = "([to, token]) => { const f = document.createElement('form'); f.method = 'post'; f.action = to;"
    form += " const i = document.createElement('input'); i.name = 'token'; i.value = token; f.append(i);"
    tab.evaluate(form + " document.body.append(f); f.submit(); }", [f"{address}/login", TOKEN])
    tab.wait_for_selector("[role=alert]")
    assert "其他网址" in tab.inner_text("[role=alert]")
    tab.goto(f"{address}/app/")
    assert tab.url == f"{address}/app/"  # the login is as it was
