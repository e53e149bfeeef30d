"""A running service of the demo for tools/qgis_check.py, and a recorder between it and QGIS."""

import base64
import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TOKEN = "qgis-check-token"  # noqa: S105 - of a service that lives as long as this script
_PASSED_ON = ("authorization", "accept", "accept-language", "if-none-match", "user-agent")

# --- between QGIS and the service, in a process of its own: QGIS keeps Python waiting while it asks


def record(port: int, log: Path) -> None:
    """Pass requests on and write each down: method, path, status."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            service = HTTPConnection("127.0.0.1", port, timeout=60)
            headers = {name: value for name, value in self.headers.items() if name.lower() in _PASSED_ON}
            service.request("GET", self.path, headers={**headers, "Host": self.headers["Host"]})
            answer = service.getresponse()
            body = answer.read()
            with lock, log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(["GET", self.path, answer.status]) + "\n")
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"transfer-encoding", "connection", "content-length", "date", "server"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


@contextlib.contextmanager
def recording(port: int, log: Path) -> Iterator[str]:
    """Yield the address under which requests are written down."""
    command = [sys.executable, __file__, str(port), str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - this script
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
        finally:
            process.terminate()


# --- the service


def run(program: str, *words: str) -> str:
    """Run a command of geocensus and return what it said."""
    done = subprocess.run([program, *words], check=False, capture_output=True, text=True)  # noqa: S603 - our own program
    if done.returncode:
        sys.exit(f"{' '.join(words[:2])} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def demo(program: str, folder: Path) -> Path:
    """Make the demo's workspace with a plan of five field zones."""
    run(program, "demo", "--out", str(folder / "demo"), "--no-open")
    workspace = next((folder / "demo").glob("*.gpkg"))
    plan = ("--within", "330822", "--teams", "5", "--units", "village", "--name", "demo")
    run(program, "split", "--workspace", str(workspace), *plan, "--out", str(folder / "plan"))
    return workspace


def person(program: str, workspace: Path, name: str, role: str, scope: str) -> str:
    """Add a person and return the token."""
    asked = ("--role", role, "--scope", scope, "--workspace", str(workspace))
    return run(program, "users", "add", name, *asked, "--print-token").strip().splitlines()[-1]


@contextlib.contextmanager
def serving(program: str, workspace: Path) -> Iterator[int]:
    """Yield the port of the service."""
    environment = {**os.environ, "GEOCENSUS_TOKEN": TOKEN}
    command = [program, "serve", str(workspace), "--port", "0", "--lang", "en"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603 - our own
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
                    break
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield int(found[1])
        finally:
            process.terminate()


def fetch(url: str, token: str) -> Any:
    """Return a JSON answer."""
    login = base64.b64encode(f"any:{token}".encode()).decode()
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {login}", "Accept": "application/json"})  # noqa: S310 - our own address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return json.load(answer)


if __name__ == "__main__":
    record(int(sys.argv[1]), Path(sys.argv[2]))
