"""The review page in a browser: how fast it is, how much is sent, and what a decided flag costs in clicks and keys.

Run: python benchmarks/page.py [--rows 1000000] [--flags 50] [--rounds 5] [--cache FOLDER]

Times are the browser's own, from the start of the navigation or the press of a key until the map is at rest or the
panel shows the next flag; service and browser share this machine, and WebGL is drawn by its processor. Clicks and keys
are counted by a listener in the page. The same is done in the page of `geocensus map` of the same workspace (folium);
what a person does outside of it, and the steps in QGIS, are counted by hand, step by step, as the last table lists.
Without --rows only the demo is measured. The page must be built (make page).
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geocensus_api.settings import Settings
from page_steps import FOLIUM_BY_HAND, QGIS_BY_HAND, SCRIPTS
from playwright.sync_api import sync_playwright
from service_tables import Goals, markdown
from service_workspace import kept

from geocensus.pipeline.demo import run_demo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = "token-of-the-benchmark"
BROWSER = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
WARM = 1  # rounds that are not counted
READ_MS = 2000  # nobody decides on a flag that was not read


def main() -> None:
    args = arguments()
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors, Python {sys.version.split()[0]}\n")
    goals = Goals()
    with tempfile.TemporaryDirectory() as folder, browser() as running:
        demo = Path(folder) / "demo"
        run_demo("changshan", out=demo, rows=1200)
        with served(demo / "demo.gpkg") as address:
            sent(address, goals)
            speed(running, address, "demo", goals, paint_s=2.0, rounds=args.rounds)
            peer = folium_paint(running, demo / "map.html", args.rounds)
            goals.add("the folium page of the demo, for comparison", "–", f"{peer / 1e3:.2f} s", met=True)
            effort = [of_page(running, address, args.flags), *of_folium(running, demo / "map.html", args.flags)]
        if args.rows:
            workspace = Path(folder) / "large.gpkg"
            args.cache.mkdir(parents=True, exist_ok=True)
            shutil.copy(kept(args.cache, args.rows), workspace)  # it is written to
            with served(workspace) as address:
                speed(running, address, f"{args.rows:,} sources", goals, paint_s=3.0, rounds=args.rounds)
    print(goals.markdown(), "\n")
    of_qgis = tuple(str(sum(number for _, number in steps)) for steps in (QGIS_BY_HAND,))
    effort.append(("QGIS: form view of the layer flags", *of_qgis, "by hand, and no repair is applied"))
    print(markdown(("a flag decided in", "clicks and keys", "counted"), effort), "\n")
    print(markdown(("step by hand", "clicks and keys"), [(f"{tool}: {step}", str(n)) for tool, step, n in by_hand()]))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=0, help="also measure a drawn list of so many sources")
    parser.add_argument("--flags", type=int, default=50, help="flags to decide")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each time; the median is told")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "geocensus-benchmark")
    return parser.parse_args()


def by_hand() -> Iterator[tuple[str, str, int]]:
    for tool, steps in (("folium", FOLIUM_BY_HAND), ("QGIS", QGIS_BY_HAND)):
        yield from ((tool, step, number) for step, number in steps)


@contextmanager
def browser() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=BROWSER)
        yield running
        running.close()


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """The workspace over HTTP; large ones take a while to begin."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "geocensus", "serve", str(workspace), "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, "GEOCENSUS_TOKEN": TOKEN}, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


@contextmanager
def opened(running: Any, address: str, query: str = "") -> Iterator[Any]:
    """The page in a window of its own, with nothing kept from before."""
    context = running.new_context(locale="zh-CN", viewport={"width": 1280, "height": 720})
    context.request.post(f"{address}/login", data={"token": TOKEN})
    tab = context.new_page()
    tab.set_default_timeout(120_000)
    tab.add_init_script(SCRIPTS["listen"])
    tab.goto(f"{address}/app/{query}")
    tab.wait_for_selector(".map[data-idle=yes]")
    yield tab
    context.close()


def median(measure: Callable[[], float], rounds: int) -> float:
    """Milliseconds; the first ones warm up."""
    return statistics.median([measure() for _ in range(WARM + rounds)][WARM:])


def speed(running: Any, address: str, name: str, goals: Goals, *, paint_s: float, rounds: int) -> None:
    def paint() -> float:
        with opened(running, address) as tab:
            tab.wait_for_selector("#sum-sources[data-settled=yes]")  # sources are drawn and counted
            return tab.evaluate("() => window.measured.idle")

    first = median(paint, rounds)
    goals.add(f"{name}: first map paint", f"≤ {paint_s:g} s", f"{first / 1e3:.2f} s", met=first <= paint_s * 1e3)
    with opened(running, address) as tab:
        for legend in ("级别", "类别"):
            tab.wait_for_selector(f".left legend:text-is('{legend}')")
            changed = median(lambda legend=legend: tab.evaluate(SCRIPTS["filter"], legend), rounds)
            goals.add(f"{name}: filter {legend} to repaint", "≤ 300 ms", f"{changed:.0f} ms", met=changed <= 300)
        tab.keyboard.press("n")
        tab.wait_for_selector(".panel[aria-busy=false]")
        following = median(lambda: decided(tab, READ_MS), rounds)
        goals.add(f"{name}: decision to next flag", "≤ 200 ms", f"{following:.0f} ms", met=following <= 200)
        hasty = median(lambda: decided(tab), rounds)
        goals.add(f"{name}: the same, hardly read", "–", f"{hasty:.0f} ms", met=True)


def decided(tab: Any, read_ms: int = 300) -> float:
    """Press the key after some reading; the page tells the time from there to the next flag on show."""
    tab.wait_for_timeout(read_ms)
    tab.evaluate(SCRIPTS["await flag"])
    tab.keyboard.press("a" if tab.locator(".acts button:has-text('A'):enabled").count() else "f")
    return tab.evaluate("() => window.measured.next")


def sent(address: str, goals: Goals) -> None:
    """JavaScript as the service sends it: of the review with the map's worker, then also the pages fetched later."""
    review = total = 0
    for path in sorted((Settings(token=TOKEN).page_folder / "assets").glob("*.*js")):
        headers = {"Authorization": f"Bearer {TOKEN}", "Accept-Encoding": "gzip"}
        request = urllib.request.Request(f"{address}/app/assets/{path.name}", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            size = len(answer.read())
        total += size
        review += size if path.name.startswith(("index-", "maplibre-gl-worker-")) else 0
    goals.add("JavaScript sent for the review page", "≤ 500 kB", f"{review / 1e3:.0f} kB", met=review <= 500_000)
    goals.add("with the pages of field zones and progress, fetched when opened", "–", f"{total / 1e3:.0f} kB", met=True)


def of_page(running: Any, address: str, flags: int) -> tuple[str, ...]:
    """Decide flags, one after the other: accept what is offered, call the rest a false alarm."""
    with opened(running, address) as tab:
        tab.evaluate("() => window.measured.acts = 0")
        tab.keyboard.press("n")
        tab.wait_for_selector(".panel[aria-busy=false]")
        for _ in range(flags):
            decided(tab)
        acts = tab.evaluate("() => window.measured.acts")
    return "this page", f"{acts / flags:.2f}", f"by the page: {acts} over {flags} flags"


def folium_paint(running: Any, page: Path, rounds: int) -> float:
    def paint() -> float:
        tab = running.new_page(viewport={"width": 1280, "height": 720})
        tab.goto(page.resolve().as_uri())
        tab.wait_for_selector("body[data-ready]")
        taken = tab.evaluate("() => performance.now()")
        tab.close()
        return taken

    return median(paint, rounds)


def of_folium(running: Any, page: Path, flags: int) -> list[tuple[str, ...]]:
    """Open flags by the page's list: each is read in a popup; what is decided goes elsewhere."""
    tab = running.new_page(viewport={"width": 1280, "height": 720})
    tab.add_init_script(SCRIPTS["listen"])
    tab.goto(page.resolve().as_uri())
    tab.wait_for_selector("body[data-ready]")
    tab.evaluate("() => window.measured.acts = 0")
    tab.click("[role=tab][data-tab=flags], [role=tab]:has-text('疑点'), [role=tab]:has-text('Flags')")
    done = 0
    for rule in tab.locator("details.rule").all():
        if done >= flags:
            break
        rule.locator("summary").click()
        for link in rule.locator("table button.link").all()[: flags - done]:
            link.click()
            done += 1
    acts = tab.evaluate("() => window.measured.acts")
    tab.close()
    elsewhere = sum(number for _, number in FOLIUM_BY_HAND)
    return [
        ("the folium page: read", f"{acts / done:.2f}", f"by the page: {acts} over {done} flags"),
        ("the folium page: read, note elsewhere", f"{acts / done + elsewhere:.2f}", f"with {elsewhere} by hand"),
    ]


if __name__ == "__main__":
    main()
