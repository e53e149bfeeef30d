"""A real server with a real job: progress comes as it happens, a kill takes the job along, a restart says so."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

import geocensus as gc
from geocensus.workspace import Workspace

from .conftest import gone

ROOT = Path(__file__).parents[3]
START = "import typer; from geocensus_api.command import serve; typer.run(serve)"
LONG = {"inputs": {"within": ["330822"], "teams": 12, "units": "cell", "barriers": "off"}}


@pytest.fixture
def county(tmp_path):
    """Return a workspace with the areas of changshan and no sources: its cells are many."""
    basemap = gc.open_basemap("changshan")
    inside = basemap.zones().geometry.iloc[0].representative_point()
    (tmp_path / "list.csv").write_text(f"编号,经度,纬度\nA1,{inside.x:.6f},{inside.y:.6f}\n", encoding="utf-8")
    Workspace(tmp_path / "ws.gpkg").write(gc.check(gc.read_sources(tmp_path / "list.csv"), basemap))
    return tmp_path / "ws.gpkg"


@contextmanager
def serving(path):
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "api")]),
        "GEOCENSUS_TOKEN": "secret",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(path), "--port", "0", "--lang", "en"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        url = re.search(r"https?://[^/]+", process.stderr.readline())[0]
        yield process, url
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def asked(url, path, body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, {"Authorization": "Bearer secret", **headers})
    return urllib.request.urlopen(request, timeout=30)


def child_of(pid):
    """Return the process that a server has started for a job."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            return int(place.name)
    return None


def at_work(url):
    """Submit a long job, read its stream until it is at work, and return its id and what was left to read."""
    with asked(url, "/processes/split/execution", LONG, Prefer="respond-async") as answer:
        assert answer.status == 201
        job = json.load(answer)["jobID"]
    stream = asked(url, f"/jobs/{job}/events")
    for line in stream:  # comes while the job goes on: else there would be no running job to be killed
        if b'"splitting' in line:
            return job, stream
    return pytest.fail("the job ended before it began")


@pytest.mark.quiet
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_kill_restart_and_an_orderly_end(county):
    before = Workspace(county).plans()
    with serving(county) as (server, url):
        job, stream = at_work(url)
        child = child_of(server.pid)
        assert child is not None
        server.send_signal(signal.SIGKILL)
        stream.close()
        server.wait()
        begun = time.monotonic()
        while not gone(child):
            assert time.monotonic() - begun < 2
            time.sleep(0.02)
    assert Workspace(county).plans().equals(before)
    with serving(county) as (server, url):
        with asked(url, f"/jobs/{job}?lang=en") as answer:
            told = json.load(answer)
        assert (told["status"], told["message"]) == ("failed", "service restarted: ask for it again")
        again, stream = at_work(url)
        server.send_signal(signal.SIGTERM)
        assert b"event: end" not in stream.read()
        assert server.wait(timeout=15) == 0
        stream.close()
    record = json.loads((county.with_suffix(".service") / "jobs" / again / "job.json").read_text())
    assert (record["state"], record["problem"]["status"]) == ("failed", 503)
    assert Workspace(county).plans().equals(before)
