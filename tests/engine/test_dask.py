"""A list in parts on workers of a Dask scheduler: the same results, and no way of failing that hangs or is not told."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import dask
import distributed
import pandas as pd
import pytest

import geocensus as gc
from geocensus.demo import write_demo
from geocensus.engine import Job, crews, dask_workers, run_parts, running
from geocensus.errors import DataNotFoundError, EngineError
from geocensus.pipeline.run import run_check

PARTS, ROWS, BAD = 4, 4, (2, 3)  # the bad row of the part
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # of distributed, when connections are cut


def square(job: Job) -> int:
    return job.part**2


def dies_once(job: Job) -> int:
    mark = job.folder / f"tried-{job.part}"
    if job.part == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return job.part


def dies(job: Job) -> int:
    first, behind = job.rows or (0, job.size)
    if job.part == BAD[0] and first <= BAD[1] < behind:
        os.kill(os.getpid(), signal.SIGKILL)
    return job.part


def ends(job: Job) -> int:
    """End the program whose number is kept in the folder."""
    os.kill(int((job.folder / "pid").read_text()), signal.SIGKILL)
    return job.part


def jobs(folder: Path) -> list[Job]:
    return [Job(folder, part, part * ROWS, ROWS) for part in range(PARTS)]


def where(job: Job) -> tuple[str, str, int | None]:
    first, behind = job.rows or (0, job.size)
    return f"rows {job.first + first} to {job.first + behind}", "行", job.first + first


@pytest.fixture(scope="module")
def scheduler():
    """A scheduler and one worker, which is started again when it is lost; a job may take one worker with it."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(**crews._of_this_machine() | {"n_workers": 1, "threads_per_worker": 2}) as cluster,
    ):
        yield cluster.scheduler_address


def test_results_come_in_order_of_the_parts(tmp_path, scheduler):
    done: list[int] = []
    with dask_workers(tmp_path, scheduler) as workers:
        assert workers.number == 2
        assert run_parts(square, jobs(tmp_path), workers, told=done.append) == [0, 1, 4, 9]
    assert done == [1, 2, 3, 4]


def test_workers_of_this_machine_need_no_certain_port(tmp_path, monkeypatch):
    monkeypatch.setattr(crews, "_processors", lambda: 1)
    with socket.socket() as taken:
        with contextlib.suppress(OSError):  # taken by another program: as well
            taken.bind(("", 8787))
            taken.listen()
        with dask_workers(tmp_path) as workers:
            assert run_parts(square, jobs(tmp_path), workers) == [0, 1, 4, 9]


def test_a_lost_worker_is_survived(tmp_path, scheduler):
    with dask_workers(tmp_path, scheduler) as workers:
        assert run_parts(dies_once, jobs(tmp_path), workers) == [0, 1, 2, 3]


def test_the_row_that_no_worker_survives_is_named(tmp_path, scheduler, monkeypatch):
    monkeypatch.setattr(running, "_TRIES", 1)
    with dask_workers(tmp_path, scheduler) as workers, pytest.raises(EngineError, match="KilledWorker") as caught:
        run_parts(dies, jobs(tmp_path), workers, where=where)
    assert caught.value.row == BAD[0] * ROWS + BAD[1]


def test_the_result_is_that_of_the_local_engine(tmp_path, scheduler):
    write_demo(tmp_path, gc.open_basemap("changshan"), rows=300)
    made = {}
    for engine, address in (("local", None), ("dask", scheduler)):
        folder = tmp_path / engine
        files = {"workspace": tmp_path / f"{engine}.gpkg", "out": folder}
        options = {"basemap": "changshan", "rows_per_part": 150, "engine": engine, "scheduler": address}
        made[engine] = run_check(tmp_path / "sources.xlsx", **files, **options).result
    for name in ("sources", "flags", "causes", "repairs", "shifts", "statuses", "neighbours"):
        pd.testing.assert_frame_equal(getattr(made["dask"], name), getattr(made["local"], name), check_exact=True)
    files = sorted(path.relative_to(tmp_path / "local") for path in (tmp_path / "local").rglob("*.parquet"))
    assert len(files) == 6  # two of sources
    assert all((tmp_path / "dask" / file).read_bytes() == (tmp_path / "local" / file).read_bytes() for file in files)
    assert not list(tmp_path.glob(".*"))


def test_workers_of_another_version_are_refused(tmp_path, scheduler, monkeypatch):
    asked = distributed.Client.get_versions

    def get_versions(client, **options):
        versions = asked(client, **options)
        for worker in versions["workers"].values():
            worker["packages"] |= {"shapely": "2.0.1", "geocensus": None}
        return versions

    monkeypatch.setattr(distributed.Client, "get_versions", get_versions)
    with pytest.raises(EngineError, match=r"worker tcp://.*: geocensus missing \(.+\), shapely 2\.0\.1 \(") as caught:
        _connect(tmp_path, scheduler)
    assert "版本须与本机一致" in caught.value.zh


def test_workers_that_do_not_see_the_folder_are_refused(tmp_path, scheduler):
    with pytest.raises(EngineError, match=r"folder seen: False \(seen: True\)") as caught:
        _connect(tmp_path / "not there", scheduler)
    assert "not there（共享盘）" in caught.value.zh


def test_a_scheduler_that_does_not_answer_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(crews, "_WAIT", "1s")
    with pytest.raises(EngineError, match=r"tcp://127\.0\.0\.1:9: no Dask scheduler answers there") as caught:
        _connect(tmp_path, "tcp://127.0.0.1:9")
    assert "没有 Dask 调度器应答" in caught.value.zh


def test_the_package_may_be_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(DataNotFoundError, match=r"pip install 'geocensus\[dask\]'"):
        _connect(tmp_path, None)


@pytest.fixture
def programs(monkeypatch):
    """A scheduler and a worker without a nanny, as programs of their own."""
    monkeypatch.setattr(crews, "_WAIT", "3s")
    monkeypatch.setattr(running, "_PATIENCE", 0.2)
    started = []

    def start(*arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "dask", *arguments]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        pipes = {"stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(command, env=environment, **pipes))
        return started[-1]

    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    address = next(line.split()[-1] for line in scheduler.stderr if "Scheduler at:" in line)
    worker = start("worker", address, "--no-nanny", "--no-dashboard", "--nthreads", "2")
    yield address, scheduler, worker
    for program in started:
        program.kill()
        program.communicate()


@pytest.mark.parametrize("lost", ["scheduler", "worker"])
def test_that_nobody_is_left_is_told(tmp_path, programs, lost, monkeypatch):
    address, scheduler, worker = programs
    with dask_workers(tmp_path, address) as workers:
        monkeypatch.setattr(crews, "_WAIT", "0.5s")
        (tmp_path / "pid").write_text(str((scheduler if lost == "scheduler" else worker).pid))
        with pytest.raises(EngineError, match=r"gone or has no workers .* it goes on where it stopped") as caught:
            run_parts(ends, jobs(tmp_path), workers)
    assert "没有工作进程" in caught.value.zh


def _connect(folder: Path, scheduler: str | None) -> None:
    with dask_workers(folder, scheduler):
        pytest.fail("was connected")
