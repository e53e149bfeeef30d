"""The review page as people use it: a service over a copy of the demo, one person of every role, a watched browser."""

import json
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from geocensus_api.access import people
from geocensus_api.access.database import Database
from geocensus_api.settings import Settings

from geocensus.pipeline.demo import run_demo

ROOT = Path(__file__).parents[3]
SHOTS = ROOT / "build" / "screenshots"
ADMIN = "admin-token-of-the-tests"
PEOPLE = {  # name: role, scope
    "王工": ("qa", ("330822",)),
    "钱工": ("qa", ("330822",)),
    "李工": ("reviewer", None),
    "孙工": ("reviewer", None),
    "赵工": ("planner", None),
    "周工": ("viewer", ("330822",)),
}
SOFTWARE = [  # MapLibre wants WebGL: SwiftShader draws it without a graphics card
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
TILE = 512  # pixels of a tile, as MapLibre counts zooms


class Office:
    """A workspace that is served; it may be stopped and started again, as offices do."""

    def __init__(self, workspace, tokens):
        self.workspace, self.tokens, self.process = workspace, tokens, None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self):
        path = os.pathsep.join([str(ROOT), str(ROOT / "api")])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "geocensus", "serve", str(self.workspace), "--port", str(self.port)],
            env={**os.environ, "PYTHONPATH": path, "GEOCENSUS_TOKEN": ADMIN},
            stderr=subprocess.DEVNULL,
        )
        for _ in range(300):
            try:
                return urllib.request.urlopen(f"{self.address}/healthz", timeout=5).close()
            except urllib.error.URLError:
                assert self.process.poll() is None, "the service ended"
                time.sleep(0.1)
        pytest.fail("the service does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)

    def ask(self, path, who="admin", body=None, method=None, headers=()):
        """Return a JSON answer, as a program of that person gets it."""
        request = urllib.request.Request(
            self.address + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Authorization": f"Bearer {self.tokens[who]}",
                "Content-Type": "application/json",
                "Accept": "application/json",
                **dict(headers),
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def flags(self, most=1000, **values):
        """Return flags by property, as rows."""
        query = "&".join(f"{name}={value}" for name, value in {**values, "limit": most}.items())
        return [one["properties"] for one in self.ask(f"/collections/flags/items?{query}")["features"]]


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    if not (Settings(token="none").page_folder / "index.html").is_file():
        pytest.fail("the page is not built: run `make page`")
    folder = tmp_path_factory.mktemp("page") / "demo"
    run_demo("changshan", out=folder, rows=1200)
    return folder / "demo.gpkg"


@contextmanager
def served(workspace):
    """Serve a workspace to PEOPLE."""
    database = Database(workspace.with_suffix(".service"))
    tokens = {
        name: people.add(database, name, role=role, scope=scope, by="test", now=int(time.time())).token
        for name, (role, scope) in PEOPLE.items()
    }
    database.close()
    office = Office(workspace, {**tokens, "admin": ADMIN})
    office.start()
    yield office
    office.stop()


@pytest.fixture(scope="module")
def office(demo, tmp_path_factory):
    """Yield the demo as it comes from `geocensus demo`: 1,200 rows of Changshan with known errors, and two plans."""
    workspace = tmp_path_factory.mktemp("office") / "ws.gpkg"
    shutil.copy(demo, workspace)
    with served(workspace) as running:
        yield running


@pytest.fixture(scope="session")
def browser(launch):
    running = launch(SOFTWARE)
    yield running
    running.close()


@pytest.fixture
def open_page(browser, office):
    """Open the page as a person; on leaving, no request has left the host, and nothing went wrong on the page.

    `tab.said` holds what the console said; a test that causes errors on purpose clears it.
    """
    tabs = []

    def start(who="王工", query="", *, lang="zh-CN", width=1280, height=720, **options):
        context = browser.new_context(locale=lang, viewport={"width": width, "height": height}, **options)
        if who:
            answer = context.request.post(f"{office.address}/login", data={"token": office.tokens[who]})
            assert answer.ok, answer.text()
        tab = context.new_page()
        tab.set_default_timeout(15_000)
        tab.said, tab.asked = [], []
        tab.on("console", lambda message: message.type in {"error", "warning"} and tab.said.append(message.text))
        tab.on("pageerror", lambda error: tab.said.append(str(error)))
        tab.on("request", lambda request: tab.asked.append(request.url))
        tabs.append(tab)
        tab.goto(f"{office.address}/app/{query}")
        tab.wait_for_selector("main")
        return tab

    yield start
    for tab in tabs:
        away = [url for url in tab.asked if not url.startswith((office.address, "data:", "blob:"))]
        assert away == []
        assert tab.said == []
        tab.context.close()


@pytest.fixture
def shot():
    """Keep a picture of a page, to be looked at: build/screenshots/NAME.png."""

    def keep(tab, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        tab.screenshot(path=str(SHOTS / f"{name}.png"))

    return keep


def idle(tab):
    """Wait until the map has drawn everything. (The page's policy forbids `wait_for_function` with a text.)"""
    tab.wait_for_selector(".map[data-idle=yes]")


def pixel(tab, lon, lat, selector=".map"):
    """Return where a place is on the screen, from the frame that the address bar tells."""
    at = parse_qs(urlsplit(tab.url).query)["at"][0]
    centre_lon, centre_lat, zoom = (float(part) for part in at.split(","))
    box = tab.locator(selector).bounding_box()

    def world(x, y):
        side = TILE * 2**zoom
        return (x / 360 + 0.5) * side, (0.5 - math.asinh(math.tan(math.radians(y))) / (2 * math.pi)) * side

    (x, y), (x0, y0) = world(lon, lat), world(centre_lon, centre_lat)
    return box["x"] + box["width"] / 2 + x - x0, box["y"] + box["height"] / 2 + y - y0


def number_in(text):
    """Return the first number of a text of the page."""
    return int(re.search(r"[\d,]+", text)[0].replace(",", ""))


def offers(tab):
    """Return what the panel offers to do, without the keys that do the same."""
    return [
        one.text_content().removesuffix(one.query_selector("kbd").text_content())
        for one in tab.query_selector_all(".acts button")
    ]
