"""A real browser that opens pages from files, with the network watched."""

import shutil

import pytest

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def launch():
    """Start Chromium with arguments; all share one driver, since a process can have only one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="install the extra [test]")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is not installed: run `make test`, or `apt-get install chromium`")
    with playwright.sync_playwright() as driver:
        yield lambda arguments: driver.chromium.launch(executable_path=path, args=arguments)


@pytest.fixture(scope="module")
def browser(launch):
    running = launch(ARGUMENTS)
    yield running
    running.close()


@pytest.fixture
def show(browser, tmp_path):
    """Open a page from a file; on leaving, nothing else was asked for and nothing went wrong."""
    asked, wrong, opened = [], [], []

    def start(html, width=1280, height=720):
        path = tmp_path / "map.html"
        path.write_text(html, encoding="utf-8")
        tab = browser.new_page(viewport={"width": width, "height": height})
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: wrong.append(message.text))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        opened.append(path.as_uri())
        tab.goto(path.as_uri())
        tab.wait_for_selector("body[data-ready]")
        return tab

    yield start
    assert asked == opened
    assert wrong == []
    for context in browser.contexts:
        context.close()
