"""The command, a real server, and GDAL as a client."""

import json
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

import pytest
from geocensus_api import command
from geocensus_api.main import bound

from geocensus.errors import DataNotFoundError, GeocensusError, WorkspaceError

from .conftest import N

ROOT = Path(__file__).parents[2]
START = "import typer; from geocensus_api.command import serve; typer.run(serve)"


@contextmanager
def serving(path, *options, token="gdal-token"):
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "api")]),
        "GEOCENSUS_TOKEN": token,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(path), "--port", "0", "--lang", "en", *options],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        lines = [process.stderr.readline()]
        url = re.search(r"https?://\S+/", lines[0])
        assert url, lines[0] + process.stderr.read()
        if not token:
            lines += [process.stderr.readline(), process.stderr.readline()]
        wait_for(url[0] + "healthz")
        yield url[0], lines
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stderr.close()


def wait_for(url):
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server does not answer")


def fetch(url, token):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="gdal-bin is not installed")
def test_gdal_reads_every_page(workspace_path):
    with serving(workspace_path) as (url, lines):
        assert "gdal-token" not in "".join(lines)  # what the operator set is not repeated
        for login in (
            {"GDAL_HTTP_HEADERS": "Authorization: Bearer gdal-token"},
            {"GDAL_HTTP_USERPWD": "any:gdal-token", "GDAL_HTTP_AUTH": "BASIC"},
        ):
            # a proxy set in the environment would be asked for loopback addresses too
            environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")} | login
            base = ["ogrinfo", "-ro", f"OAPIF:{url}"]
            listed = subprocess.run(base, capture_output=True, text=True, check=True, env=environment)
            assert "sources" in listed.stdout
            assert "areas-township" in listed.stdout
            done = subprocess.run([*base, "sources", "-q"], capture_output=True, text=True, check=True, env=environment)
            assert done.stdout.count("OGRFeature(sources)") == 245
            assert done.stderr == ""
        summary = subprocess.run([*base, "sources", "-so"], capture_output=True, text=True, check=True, env=environment)
        assert "Geometry: Point" in summary.stdout
        assert "Feature Count: 245" in summary.stdout
        assert "lon: Real" in summary.stdout
        assert "distance_m: Real" in summary.stdout
        areas = subprocess.run(
            [*base, "areas-township", "-so"], capture_output=True, text=True, check=True, env=environment
        )
        assert "Geometry: Multi Polygon" in areas.stdout


def test_a_token_is_made_and_printed_once(workspace_path):
    with serving(workspace_path, token="") as (url, lines):
        token = lines[1].split()[-1]
        assert len(token) >= 32
        assert fetch(url + "collections/sources/items?limit=1", token)["numberMatched"] == N - 5
        assert url.startswith("http://127.0.0.1:")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            fetch(url + "collections", "wrong")


def test_a_port_in_use_is_said():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(GeocensusError, match="another program may use it"):
            bound("127.0.0.1", other.getsockname()[1])
    with pytest.raises(GeocensusError, match="cannot listen"):
        bound("192.0.2.1", 0)


@pytest.mark.parametrize(("lang", "said"), [("zh", "以只读方式"), ("en", "Serve a workspace")])
def test_help_is_in_the_language_asked_for(lang, said):
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "api")]),
        "COLUMNS": "100",
        "PYTHONIOENCODING": "utf-8",
    }
    command_line = [sys.executable, "-c", START, "--lang", lang, "--help"]
    done = subprocess.run(command_line, capture_output=True, check=True, env=environment, encoding="utf-8")
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert said in done.stdout
    assert ("Serve a workspace" in done.stdout) == (lang == "en")
    assert "geocensus serve demo/demo.gpkg" in lines
    assert "geocensus serve ws.gpkg --host 0.0.0.0 --certfile c.pem --keyfile k.pem" in lines


def call(path, **options):
    defaults = {"host": "127.0.0.1", "port": 0, "certfile": None, "keyfile": None, "insecure": False, "lang": "en"}
    command.serve(path, **{**defaults, **options})


def test_a_missing_or_foreign_workspace_is_said_before_serving(tmp_path):
    with pytest.raises(DataNotFoundError, match="no workspace"):
        call(tmp_path / "none.gpkg")
    (tmp_path / "text.gpkg").write_text("hello")
    with pytest.raises(WorkspaceError, match="not a workspace"):
        call(tmp_path / "text.gpkg")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "census.example"])
def test_other_machines_need_tls_or_insecure(workspace_path, host):
    with pytest.raises(GeocensusError, match="--insecure"):
        call(workspace_path, host=host)


def test_certificate_and_key_belong_together(workspace_path, tmp_path):
    with pytest.raises(GeocensusError, match="together"):
        call(workspace_path, certfile=tmp_path / "c.pem")
    with pytest.raises(DataNotFoundError, match=r"c\.pem"):
        call(workspace_path, certfile=tmp_path / "c.pem", keyfile=tmp_path / "k.pem")


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("", False)],
)
def test_what_is_loopback(host, local):
    assert command._is_loopback(host) is local


def test_the_command_is_light_to_import():
    code = "import sys; import geocensus_api.command; print([m for m in ('fastapi', 'uvicorn', 'pandas') if m in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "api")])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
