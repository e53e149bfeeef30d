"""The command, a real server, and GDAL as a client."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from geocensus_api import command
from geocensus_api.main import bound

from geocensus.errors import DataNotFoundError, GeocensusError, WorkspaceError

from .conftest import N

ROOT = Path(__file__).parents[2]
BLIND = ssl._create_unverified_context()  # to see whether it is up
START = "import typer; from geocensus_api.command import serve; typer.run(serve)"


@contextmanager
def serving(path, *options, token="gdal-token", start=START, before=()):
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "api")]),
        "GEOCENSUS_TOKEN": token,
    }
    process = subprocess.Popen(
        [*before, sys.executable, "-c", start, str(path), "--port", "0", "--lang", "en", *options],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(process.stderr), daemon=True)
    try:
        lines.append(process.stderr.readline())
        url = re.search(r"https?://\S+/", lines[0])
        assert url, lines[0] + process.stderr.read()
        reader.start()
        wait_for(url[0] + "healthz")
        yield SimpleNamespace(url=url[0], lines=lines, process=process)
    finally:
        process.terminate()
        process.wait(timeout=60)
        if reader.ident:
            reader.join()
        process.stderr.close()


def wait_for(url):
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=5, context=BLIND).close()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server does not answer")


def fetch(url, token):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10, context=BLIND) as answer:
        return json.load(answer)


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="gdal-bin is not installed")
def test_gdal_reads_every_page(workspace_path):
    with serving(workspace_path) as served:
        url, lines = served.url, served.lines
        assert "gdal-token" not in "".join(lines)  # what the operator set is not repeated
        assert "gc_" not in "".join(lines)  # nor made beside it
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


def test_the_first_start_makes_an_administrator_and_shows_the_token_once(towns):
    with serving(towns, token="") as served:
        token = re.search(r"gc_\S+", "".join(served.lines))[0]
        assert fetch(served.url + "collections/sources/items?limit=1", token)["numberMatched"] == N - 5
        assert served.url.startswith("http://127.0.0.1:")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            fetch(served.url + "collections", "wrong")
    with serving(towns, token="") as served:
        assert "gc_" not in "".join(served.lines)
        assert fetch(served.url + "me", token)["name"] == "admin"


def follow(url):
    """Return status and cookie of a request, without going on."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    cookie = answer.getheader("Set-Cookie", "").partition(";")[0]
    connection.close()
    return answer.status, cookie


def test_the_printed_link_logs_in_once(towns):
    with serving(towns, token="") as served:
        link = re.search(r"http\S+login\?code=\S+", "".join(served.lines))[0]
        status, cookie = follow(link)
        assert (status, follow(link)) == (303, (401, ""))
        request = urllib.request.Request(served.url + "me", headers={"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert json.load(answer)["name"] == "admin"


def users(*arguments):
    """Run `geocensus users` in a process of its own; return its last line."""
    start = "import sys; from geocensus_api.users_command import users; users(sys.argv[1:])"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "api")])}
    command_line = [sys.executable, "-c", start, *arguments, "--lang", "en"]
    done = subprocess.run(command_line, capture_output=True, text=True, check=True, env=environment, encoding="utf-8")
    return done.stdout.splitlines()[-1]


def test_people_are_let_in_and_out_while_it_serves(towns):
    with serving(towns) as served:
        token = users(
            *("add", "王工", "--role", "qa", "--scope", "330822001", "--workspace", str(towns), "--print-token")
        )
        told = fetch(served.url + "me", token)
        assert (told["name"], told["scope"]) == ("王工", [{"code": "330822001", "name": "甲街道"}])
        users("revoke", "王工", "--workspace", str(towns))
        with pytest.raises(urllib.error.HTTPError, match="401"):
            fetch(served.url + "me", token)
        listed = json.loads(users("list", "--workspace", str(towns), "--json"))
        assert [token["revoked"] is None for token in listed["people"][0]["tokens"]] == [False]


# a service with one more route: a change that takes its time
SLOW = """
import time, typer
import geocensus_api.app as module
from fastapi import Request
from geocensus_api.command import serve

made = module.create_app

def create_app(settings, workspace):
    app = made(settings, workspace)

    @app.post("/slow")
    def slow(request: Request):
        def work(connection):
            connection.execute("CREATE TABLE IF NOT EXISTS slow (x)")
            time.sleep(0.3)
            connection.execute("INSERT INTO slow VALUES (1)")
        request.app.state.resources.writer.write(work)
        time.sleep(0.5)

    return app

module.create_app = create_app
typer.run(serve)
"""


def post(url):
    request = urllib.request.Request(url, method="POST", headers={"Authorization": "Bearer gdal-token"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_requests_finish_and_changes_be_written(towns, how):
    with serving(towns, start=SLOW) as served, ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(post, served.url + "slow") for _ in range(5)]
        time.sleep(0.7)  # all are there, and at least four wait for the one that writes
        served.process.send_signal(how)
        assert [answer.result() for answer in answers] == [200] * 5
        assert served.process.wait(timeout=20) == 0
    assert "".join(served.lines[1:]).count("\n") == 1  # the link, and no word of trouble
    with closing(sqlite3.connect(towns)) as connection:
        assert connection.execute("SELECT count(*) FROM slow").fetchone()[0] == 5


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_tls_with_a_certificate_of_ones_own(towns, tmp_path):
    key, cert = tmp_path / "k.pem", tmp_path / "c.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    with serving(towns, "--certfile", str(cert), "--keyfile", str(key)) as served:
        assert served.url.startswith("https://")
        body = json.dumps({"token": "gdal-token"}).encode()
        request = urllib.request.Request(served.url + "login", data=body)
        with urllib.request.urlopen(request, timeout=10, context=ssl.create_default_context(cafile=cert)) as answer:
            cookie = answer.headers["Set-Cookie"]
        port = urlsplit(served.url).port
        assert cookie.startswith(f"__Host-geocensus-{port}=")
        assert "Secure" in cookie


@pytest.fixture
def read_only(two_towns_path):
    """Return a workspace in a folder that the server may not write, and what makes that hold for root, too."""
    root = os.geteuid() == 0
    if root and shutil.which("setpriv") is None:
        pytest.skip("root writes everywhere, and setpriv is not there to change that")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ws.gpkg")
        with closing(sqlite3.connect(two_towns_path)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        yield path, ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner") if root else ()
        Path(folder).chmod(0o755)


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_a_read_only_folder_is_served_for_reading_and_says_so(read_only):
    path, before = read_only
    with serving(path, token="", start=SLOW, before=before) as served:
        said = "".join(served.lines)
        assert "read-only: nothing can be changed" in said
        assert "this token ends with this run" in said
        token = re.search(r"gc_\S+", said)[0]
        assert fetch(served.url + "collections/sources/items?limit=1", token)["numberMatched"] == N - 5
        link = re.search(r"http\S+login\?code=\S+", said)[0]
        assert follow(link)[0] == 303
        request = urllib.request.Request(
            served.url + "slow", method="POST", headers={"Authorization": f"Bearer {token}"}
        )
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(request, timeout=10)
    assert [file.name for file in path.parent.iterdir()] == ["ws.gpkg"]


@pytest.mark.skipif(os.name == "nt", reason="locks of POSIX")
def test_no_route_opens_the_workspace_besides_sqlite(towns):
    """Closing any other handle of the file drops SQLite's locks (POSIX): the next program to leave takes the log away.

    GDAL brings an SQLite of its own, so layers of the workspace that is served are not read with it.
    """
    come_and_go = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA user_version = 10300'); c.close()"
    )
    with serving(towns) as served:
        document = fetch(served.url + "api", "gdal-token")
        paths = [path for path, methods in document["paths"].items() if "get" in methods and "{" not in path]
        assert len(paths) > 8
        for path in [*paths, "/collections/sources/items", "/collections/areas-township/items"]:
            request = urllib.request.Request(served.url + path[1:], headers={"Authorization": "Bearer gdal-token"})
            with suppress(urllib.error.HTTPError), urllib.request.urlopen(request, timeout=60) as answer:
                answer.read()
        body = json.dumps([[118.1, 28.1]]).encode()
        request = urllib.request.Request(served.url + "locate", body, {"Authorization": "Bearer gdal-token"})
        urllib.request.urlopen(request, timeout=10).close()
        fetch(served.url + "collections", "gdal-token")
        subprocess.run([sys.executable, "-I", "-c", come_and_go, str(towns)], check=True)
        assert towns.with_name("ws.gpkg-wal").exists()


def test_a_network_share_is_refused(towns, monkeypatch):
    from geocensus_api import starting

    monkeypatch.setattr(starting, "share_of", lambda _path: "cifs")
    with pytest.raises(WorkspaceError, match=r"network share \(cifs\)"):
        call(towns)


def test_a_port_in_use_is_said():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(GeocensusError, match="another program may use it"):
            bound("127.0.0.1", other.getsockname()[1])
    with pytest.raises(GeocensusError, match="cannot listen"):
        bound("192.0.2.1", 0)


@pytest.mark.parametrize(("lang", "said"), [("zh", "提供工作区"), ("en", "Serve a workspace")])
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
