"""A stand-in for the process of a job, so that the queue can be tested without starting any."""

import os
from pathlib import Path
from threading import Event

import orjson
import pytest
from geocensus_api.access.principal import Principal
from geocensus_api.processes import jobs as jobs_module
from geocensus_api.processes.jobs import Jobs
from geocensus_api.processes.records import new_job

from geocensus.model import Text

STEP = Text("定位与核查", "locating and checking")


class FakeChild:
    """Tells one step, then waits until it is let go or killed; it writes what a real one would."""

    living: list["FakeChild"]
    free: Event
    code = 0

    def __init__(self, folder, workspace, *, owner, seconds_max):
        self.folder, self.owner, self.late, self.killed = folder, owner, False, Event()
        self.living.append(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.living.remove(self)

    def steps(self):
        yield STEP, 30
        while not self.free.wait(0.01) and not self.killed.is_set():
            pass
        if not self.killed.is_set():
            (self.folder / "outputs.part").mkdir()
            (self.folder / "outputs.part" / "summary.json").write_text('{"rows": 3}')
            made = {"file": "summary.json", "media_type": "application/json", "name": "summary.json", "value": "yes"}
            (self.folder / "outputs.json").write_bytes(orjson.dumps({"summary": made}))

    def wait(self):
        return -9 if self.killed.is_set() else self.code

    def kill(self):
        self.killed.set()


@pytest.fixture
def children(monkeypatch):
    """Return the stand-ins that live; set ``children.free`` to let them end."""
    kind = type("Fake", (FakeChild,), {"living": [], "free": Event()})
    monkeypatch.setattr(jobs_module, "Child", kind)
    yield kind
    kind.free.set()


@pytest.fixture
def open_jobs(towns):
    """Return a function that opens the jobs of a workspace, as a service does when it starts."""
    opened = []

    def open_(**limits):
        settings = {"at_once": 1, "waiting_max": 20, "days": 30, "seconds_max": 60, **limits}
        jobs = Jobs(towns.with_suffix(".service") / "jobs", towns, **settings)
        jobs.open()
        opened.append(jobs)
        return jobs

    yield open_
    for jobs in opened:
        jobs.close()


def gone(pid):
    """Tell whether a process has ended; one that nobody has waited for yet has."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def person(name="王工", role="qa", scope=None):
    return Principal(name, role, scope)


def submit(jobs, who=None, process="check", **values):
    spec = {"values": values, "files": {}, "titles": {}, "seen": None}
    return jobs.submit(new_job(process, who or person(), "zh"), lambda _folder: spec)
