"""Readers of a workspace in a process of their own, without a pause, until its input ends; prints what they did.

Run by service_writes.py: python benchmarks/service_readers.py WS.gpkg READERS
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from pathlib import Path

import numpy as np

from geocensus.errors import GeocensusError
from geocensus.workspace import read_only

PAGE = (
    "SELECT s.fid, s.source_id, f.flag_id, f.flag_state FROM sources s JOIN flags f USING (source_id)"
    " WHERE s.fid > ? LIMIT 100"
)


def main() -> None:
    workspace, readers = Path(sys.argv[1]), int(sys.argv[2])
    stop, done, errors = threading.Event(), [0] * readers, [0] * readers
    threads = [threading.Thread(target=read, args=(workspace, stop, done, errors, number)) for number in range(readers)]
    for thread in threads:
        thread.start()
    print("reading", flush=True)
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"pages": sum(done), "errors": sum(errors)}))


def read(workspace: Path, stop: threading.Event, done: list[int], errors: list[int], number: int) -> None:
    rng = np.random.default_rng(number)
    while not stop.is_set():
        try:
            with read_only(workspace) as connection:
                connection.execute(PAGE, (int(rng.integers(900_000)),)).fetchall()
            done[number] += 1
        except (sqlite3.Error, GeocensusError):
            errors[number] += 1


if __name__ == "__main__":
    main()
