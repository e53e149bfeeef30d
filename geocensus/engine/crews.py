"""Who does the work: processes of this machine, or the workers of a Dask scheduler."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from geocensus.errors import DataNotFoundError, EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from geocensus.engine.running import Job, Workers

__all__ = ["Here", "dask_workers", "local_workers"]

_WAIT: Final = "30s"  # for a scheduler to answer, and for a worker to come (back)
_SAME: Final = ["geocensus", "numpy", "pandas", "pyarrow", "shapely"]


class Here:
    """No workers at all: each job is done by this process, when it is given."""

    number = 1
    lost: tuple[type[BaseException], ...] = ()

    def submit(self, step: Callable[[Job], Any], job: Job) -> Future[Any]:
        """Do a job.

        Parameters
        ----------
        step : Callable
            What to do.
        job : Job
            Its argument.

        Returns
        -------
        Future
            Done.
        """
        future: Future[Any] = Future()
        try:
            future.set_result(step(job))
        except Exception as error:  # noqa: BLE001 - raised again where the result is asked for
            future.set_exception(error)
        return future

    def renew(self) -> None:
        """Nobody is ever lost."""

    def require(self) -> None:
        """Somebody is always here."""


@contextmanager
def local_workers(number: int | None = None) -> Iterator[Workers]:
    """Start processes of this machine, and end them.

    Parameters
    ----------
    number : int, optional
        How many; by default one per processor that this process may use.

    Yields
    ------
    Workers
        Started anew (not forked), so that they behave alike on every system; none before the first job.
    """
    workers = _Pool(number or _processors())
    try:
        yield workers
    finally:
        workers.end()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Pool:
    lost: tuple[type[BaseException], ...] = (BrokenProcessPool,)

    def __init__(self, number: int) -> None:
        self.number = number
        self.renew()

    def submit(self, step: Callable[[Job], Any], job: Job) -> Future[Any]:
        return self._pool.submit(step, job)

    def renew(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(self.number, mp_context=context, initializer=_prepared)

    def require(self) -> None:
        """Leave it to the pool, which tells of lost processes by itself."""

    def end(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


def _prepared() -> None:
    """Keep a worker to one processor, the others have their own; at Ctrl-C let it end at once and without a word."""
    pa.set_cpu_count(1)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def dask_workers(folder: Path, scheduler: str | None = None) -> Iterator[Workers]:
    """Connect to the workers of a Dask scheduler.

    Parameters
    ----------
    folder : Path
        The work folder, which they must see under the same name.
    scheduler : str, optional
        Address, such as ``tcp://10.0.0.5:8786``; by default a scheduler and one worker per processor of this machine.

    Yields
    ------
    Workers
        Connected.

    Raises
    ------
    DataNotFoundError
        The package ``distributed`` is not installed.
    EngineError
        The scheduler is not reached, has no workers, or these have other versions or do not see the folder.
    """
    try:
        distributed: Any = importlib.import_module("distributed")  # an extra
    except ImportError as error:
        raise DataNotFoundError(
            "--engine dask: the package distributed is missing. Install it: pip install 'geocensus[dask]'",
            "--engine dask：缺少 distributed 包。请安装：pip install 'geocensus[dask]'",
        ) from error
    options: dict[str, Any] = {"address": scheduler} if scheduler else _of_this_machine()
    try:
        client: Any = distributed.Client(**options, timeout=_WAIT, set_as_default=False)
    except (OSError, RuntimeError, TimeoutError, ValueError) as error:  # RuntimeError: no worker of this machine starts
        raise EngineError(
            f"--scheduler {scheduler}: no Dask scheduler answers there ({error}). Start one (dask scheduler) and its "
            "workers (dask worker ADDRESS), check address and firewall, or leave --scheduler out",
            f"--scheduler {scheduler}：该地址没有 Dask 调度器应答（{error}）。请启动调度器（dask scheduler）和工作进程"
            "（dask worker 地址），检查地址和防火墙；或不加 --scheduler",
        ) from error
    with client:
        yield _Dask(client, folder, (distributed.scheduler.KilledWorker, CancelledError))  # the second: no scheduler


def _of_this_machine() -> dict[str, Any]:
    anywhere = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}  # its usual port may be taken
    return {"n_workers": _processors(), "threads_per_worker": 1, "scheduler_kwargs": anywhere}


class _Dask:
    def __init__(self, client: Any, folder: Path, lost: tuple[type[BaseException], ...]) -> None:
        self.lost = lost
        self._client = client
        self.require()
        self.number = _inspected(client, folder)
        self._executor = client.get_executor(pure=False)

    def submit(self, step: Callable[[Job], Any], job: Job) -> Future[Any]:
        future: Future[Any] = self._executor.submit(step, job)
        return future

    def renew(self) -> None:
        """Leave it to the nannies, which start workers again."""
        self.require()

    def require(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_WAIT)
        except (OSError, RuntimeError, ValueError) as error:  # no worker comes; no scheduler; the client gave up
            raise EngineError(
                f"the Dask scheduler is gone or has no workers ({error}). Start them again (dask scheduler, "
                "dask worker ADDRESS), then run the same command again: it goes on where it stopped",
                f"Dask 调度器已断开，或没有工作进程（{error}）。请重新启动调度器（dask scheduler）和工作进程"
                "（dask worker 地址），再运行同一命令，将从中断处继续",
            ) from error


def _inspected(client: Any, folder: Path) -> int:
    """Refuse workers that would fail or answer otherwise than this machine; return how many jobs they take at once."""
    versions = client.get_versions(packages=_SAME)  # asked without code of ours, which they may not have
    sees = client.run(os.path.isdir, str(folder))
    here = _about(versions["client"], sees=True)
    for worker, found in sorted(versions["workers"].items()):
        there = _about(found, sees=sees[worker])
        if there != here:
            differs = ", ".join(f"{name} {there[name]} ({here[name]})" for name in here if there[name] != here[name])
            raise EngineError(
                f"worker {worker}: {differs} here. All workers need the same versions, and must see the work folder "
                f"{folder} under this name (a drive that all share): write the workspace there",
                f"工作进程 {worker}：{differs}（括号内为本机）。各工作进程的版本须与本机一致，"
                f"且须能以同一路径访问工作目录 {folder}（共享盘）：请将工作区写到共享盘",
            )
    return sum(client.nthreads().values())


def _about(found: Mapping[str, Any], *, sees: bool) -> dict[str, str]:
    return {
        **{name: found["packages"].get(name) or "missing" for name in (*_SAME, "python")},
        "folder": f"seen: {sees}",
    }
