"""Programs that the benchmark starts, and stops whatever happens: our service, and tipg over its own PostGIS."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import venv
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
from pyarrow import csv
from service_list import draw
from service_load import Client, Server
from service_workspace import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TIPG = ("tipg>=1.6,<1.7", "uvicorn>=0.34")
PACKAGE = "postgresql-15-postgis-3"
TYPES = {pa.string(): "text", pa.float64(): "double precision", pa.int64(): "bigint", pa.bool_(): "boolean"}
INDEXED = ("class", "located_code", "status", "distance_m", "source_id")
SETTINGS = {  # kinder than the defaults of Debian, which are for a small machine
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
}
READY_S, STOP_S = 60.0, 30.0


@dataclass(frozen=True)
class Database:
    """A running PostgreSQL server."""

    url: str
    pid: int


@contextmanager
def ours(workspace: Path, log: Path) -> Iterator[Server]:
    """Our service as `geocensus serve` starts it: one process, one token."""
    token = secrets.token_urlsafe(24)
    command = [sys.executable, "-m", "geocensus", "serve", str(workspace), "--port", "0", "--lang", "en"]
    with log.open("w+b") as stream, _running(command, stream, GEOCENSUS_TOKEN=token) as process:
        url = _told(process, log, r"https?://[^\s/]+")
        yield _answering(Server("geocensus", url, {"Authorization": f"Bearer {token}"}, (process.pid,)), process, log)


@contextmanager
def tipg(python: Path, database: Database, log: Path, **settings: str) -> Iterator[Server]:
    """Tipg with uvicorn: one worker as ours, no access log, no catalogue made anew in the middle of a measurement."""
    port = _free_port()
    command = [str(python), "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "warning"]
    given = {"DATABASE_URL": database.url, "TIPG_CATALOG_TTL": "0", **settings}
    with log.open("w+b") as stream, _running([*command, "--no-access-log"], stream, **given) as process:
        yield _answering(Server("tipg", f"http://127.0.0.1:{port}", pids=(process.pid, database.pid)), process, log)


@contextmanager
def postgis(folder: Path, rows: int) -> Iterator[Database]:
    """A PostgreSQL server of its own with the drawn list in it; loaded once, then kept."""
    data, complete = folder / f"postgis-{rows}-drawn{VERSION}", folder / f"postgis-{rows}-drawn{VERSION}.complete"
    programs, user = _programs(), _user()
    if not complete.exists():
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        if user:
            shutil.chown(data, user, user)
        _run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C"], user)
    port = _free_port()
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(data), *options]
    database = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    log = folder / "postgis.log"
    with log.open("w+b") as stream, _running(command, stream, stop=signal.SIGINT, user=user) as process:
        _until(lambda: _accepts(programs, database), process, log)
        if not complete.exists():
            load(programs / "psql", database, rows)
            complete.touch()
        yield Database(database, process.pid)


def load(psql: Path, database: str, rows: int) -> None:
    """COPY the list; index it as tipg's documentation advises: primary key, GiST, B-tree on what is filtered by."""
    table = draw(rows).sources
    names = ", ".join(
        f'"{name}" {TYPES[kind]}' for name, kind in zip(table.column_names, table.schema.types, strict=True)
    )
    _sql(psql, database, f"CREATE EXTENSION IF NOT EXISTS postgis; CREATE UNLOGGED TABLE listed (fid serial, {names})")
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    copy = [
        str(psql),
        database,
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-c",
        f"COPY listed ({columns}) FROM STDIN (FORMAT csv)",
    ]
    with subprocess.Popen(copy, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        csv.write_csv(table, process.stdin, csv.WriteOptions(include_header=False))
        process.stdin.close()
        if process.wait():
            raise SystemExit("PostgreSQL did not take the list")
    point = "ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geometry(Point, 4326) AS geom"
    indexes = "; ".join(f'CREATE INDEX ON sources ("{name}")' for name in INDEXED)
    _sql(
        psql,
        database,
        f"CREATE TABLE sources AS SELECT *, {point} FROM listed ORDER BY fid; DROP TABLE listed;"
        f" ALTER TABLE sources ADD PRIMARY KEY (fid); CREATE INDEX ON sources USING gist (geom); {indexes}",
    )
    _sql(psql, database, "VACUUM (ANALYZE) sources")


def tipg_python(folder: Path) -> Path:
    """The interpreter of an environment with tipg, made where it is not there yet."""
    home = folder / "tipg"
    python = home / "bin" / "python"
    if not (home / "complete").exists():
        print("installing tipg into an environment of its own …", file=sys.stderr)
        shutil.rmtree(home, ignore_errors=True)
        venv.create(home, with_pip=True)
        _run([python, "-m", "pip", "install", "--quiet", *TIPG], None)
        (home / "complete").touch()
    return python


def version_of(python: Path, package: str) -> str:
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def resident_mb(pid: int) -> float:
    """Resident memory of a process, as Linux counts it."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024  # type: ignore[index]


def _programs() -> Path:
    """PostgreSQL's folder of programs, with PostGIS beside it; installed by apt where it is missing."""
    for _ in range(2):
        for control in sorted(Path("/usr/share/postgresql").glob("*/extension/postgis.control"), reverse=True):
            folder = Path("/usr/lib/postgresql") / control.parts[4] / "bin"
            if (folder / "initdb").exists():
                return folder
        installer = Path(__file__).parents[1] / "tools" / "apt-packages.sh"
        if subprocess.run(["bash", str(installer), f"{PACKAGE}:"], check=False).returncode:
            break
    raise SystemExit(f"the comparison needs PostgreSQL with PostGIS: apt-get install {PACKAGE}")


def _user() -> str | None:
    """Whom the database server runs as; it refuses to be root."""
    return None if os.geteuid() else "postgres"


def _run(command: list[object], user: str | None) -> None:
    as_user = {"user": user, "group": user, "extra_groups": []} if user else {}
    done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True, cwd="/", **as_user)  # type: ignore[call-overload]
    if done.returncode:
        raise SystemExit(f"{command[0]}: {done.stderr}")


def _sql(psql: Path, database: str, text: str) -> None:
    subprocess.run([str(psql), database, "-q", "-v", "ON_ERROR_STOP=1", "-c", text], check=True)


def _accepts(programs: Path, database: str) -> bool:
    asked = [str(programs / "pg_isready"), "-q", "-d", database]
    return subprocess.run(asked, check=False).returncode == 0


@contextmanager
def _running(
    command: list[str], log: BinaryIO, *, stop: int = signal.SIGTERM, user: str | None = None, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a session of its own, so that Ctrl-C reaches us alone and we stop it in order."""
    as_user = {"user": user, "group": user, "extra_groups": []} if user else {}
    folder = "/" if user else Path(log.name).parent  # where a program may leave a report
    process = subprocess.Popen(  # type: ignore[call-overload]
        command, stdout=log, stderr=log, cwd=folder, env=os.environ | environment, start_new_session=True, **as_user
    )
    try:
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _told(process: subprocess.Popen[bytes], log: Path, pattern: str) -> str:
    found: list[str] = []

    def look() -> bool:
        found.extend(re.findall(pattern, log.read_text(encoding="utf-8", errors="replace")))
        return bool(found)

    _until(look, process, log)
    return found[0]


def _answering(server: Server, process: subprocess.Popen[bytes], log: Path) -> Server:
    def look() -> bool:
        try:
            return Client(server).get("/healthz").status == 200
        except OSError:
            return False

    _until(look, process, log)
    return server


def _until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
