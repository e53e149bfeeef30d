"""Clients that ask a server over kept connections and note how long each answer took.

Plain sockets: an answer costs the client some 30 µs, where usual client libraries take longer than what is measured.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Server:
    """A running server: its address, headers that every request carries, its processes (they and their children)."""

    name: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    pids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Answer:
    """Status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Sample:
    """Answers of one measurement: milliseconds and bytes each, refusals, seconds in all, processor seconds."""

    milliseconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    refused: int = 0
    seconds: float = 0.0
    busy: float = 0.0

    def __add__(self, other: Sample) -> Sample:
        return Sample(
            self.milliseconds + other.milliseconds,
            self.sizes + other.sizes,
            self.refused + other.refused,
            self.seconds + other.seconds,
            self.busy + other.busy,
        )

    @property
    def rate(self) -> float:
        return len(self.milliseconds) / self.seconds if self.seconds else 0.0

    @property
    def busy_ms(self) -> float:
        """Processor milliseconds of the server per answer: what other programs on the machine hardly change."""
        return self.busy / len(self.milliseconds) * 1e3 if self.milliseconds else float("nan")

    def percentile(self, share: float) -> float:
        return float(np.percentile(self.milliseconds, share)) if self.milliseconds else float("nan")


class Client:
    """One connection, kept open; opened again where the server closed it."""

    def __init__(self, server: Server, timeout: float = 120.0) -> None:
        parts = urlsplit(server.url)
        self._address = parts.hostname or "", parts.port or 80
        fixed = {"Host": f"{parts.hostname}:{parts.port}", "Accept-Encoding": "identity", **server.headers}
        self._headers, self._timeout = fixed, timeout
        self._socket: socket.socket | None = None
        self._rest = b""

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=headers)

    def send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        lines = [f"{name}: {value}" for name, value in {**self._headers, **(headers or {})}.items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        message = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""])
        return self._exchange(message.encode() + body)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket, self._rest = None, b""

    def _exchange(self, message: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, self._timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(message)
        return self._read()

    def _read(self) -> Answer:
        data = self._until(self._rest, b"\r\n\r\n")
        head, _, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status = int(first.split()[1])
        if headers.get("transfer-encoding", "") == "chunked":
            body, self._rest = self._chunks(rest)
        else:
            size = 0 if status in {204, 304} else int(headers.get("content-length", 0))
            pieces, found = [rest], len(rest)
            while found < size:
                pieces.append(self._more())
                found += len(pieces[-1])
            whole = b"".join(pieces)
            body, self._rest = whole[:size], whole[size:]
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body)

    def _chunks(self, rest: bytes) -> tuple[bytes, bytes]:
        pieces = []
        while True:
            rest = self._until(rest, b"\r\n")
            length, _, rest = rest.partition(b"\r\n")
            size = int(length.split(b";")[0], 16)
            while len(rest) < size + 2:
                rest += self._more()
            pieces.append(rest[:size])
            rest = rest[size + 2 :]
            if not size:
                return b"".join(pieces), rest

    def _until(self, data: bytes, end: bytes) -> bytes:
        while end not in data:
            data += self._more()
        return data

    def _more(self) -> bytes:
        assert self._socket is not None
        piece = self._socket.recv(1 << 20)
        if not piece:
            self.close()
            raise ConnectionError("the server closed the connection in the middle of an answer")
        return piece


class Walk:
    """Paths that are asked for one after another, each once per round of the list; every server has its own walk."""

    def __init__(self, paths: Sequence[str], *, once: bool = False) -> None:
        self.paths, self.once, self.place, self._lock = list(paths), once, 0, threading.Lock()

    def next(self) -> str | None:
        with self._lock:
            place, self.place = self.place, self.place + 1
        if place >= len(self.paths) and self.once:
            return None
        return self.paths[place % len(self.paths)]

    @property
    def repeated(self) -> bool:
        """Whether some path was asked for twice, so that a cache may have answered."""
        return self.place > len(self.paths)


def measure(server: Server, walk: Walk, *, clients: int, seconds: float) -> Sample:
    """Ask for the next paths of a walk with so many clients for so many seconds, or until the walk ends."""
    samples = [Sample() for _ in range(clients)]
    start, busy = time.perf_counter(), processor_seconds(server.pids)
    until = start + seconds
    threads = [threading.Thread(target=_ask, args=(server, walk, sample, until)) for sample in samples]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(samples, Sample())
    total.seconds = time.perf_counter() - start
    total.busy = processor_seconds(server.pids) - busy
    return total


def _ask(server: Server, walk: Walk, sample: Sample, until: float) -> None:
    client = Client(server)
    while time.perf_counter() < until and (path := walk.next()) is not None:
        begin = time.perf_counter()
        try:
            answer = client.get(path)
        except OSError:  # refused, reset or too late: counted, and asked anew
            sample.refused += 1
            client.close()
            continue
        sample.milliseconds.append((time.perf_counter() - begin) * 1e3)
        sample.sizes.append(len(answer.body))
        sample.refused += answer.status not in {200, 204}
    client.close()


def several(server: Server, paths: Iterable[str], most: int) -> list[Answer]:
    """The answers to the first of some paths."""
    client = Client(server)
    found = [client.get(path) for path in islice(paths, most)]
    client.close()
    return found


def processor_seconds(pids: Sequence[int]) -> float:
    """What processes, their children, and the children that have ended, have used so far; Linux alone tells."""
    found = {int(path.parent.name): path for path in Path("/proc").glob("[0-9]*/stat")}
    fields = {pid: line.rpartition(")")[2].split() for pid, path in found.items() if (line := _line(path))}
    asked, used = set(pids), 0
    while asked:
        used += sum(sum(map(int, fields[pid][11:15])) for pid in asked if pid in fields)
        asked = {pid for pid, values in fields.items() if int(values[1]) in asked}
    return used / os.sysconf("SC_CLK_TCK")


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # ended meanwhile
        return ""
