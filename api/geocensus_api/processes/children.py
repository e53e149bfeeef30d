"""The process that a job runs in: what it says on the way, how it ends."""

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Final, Self

import orjson

from geocensus.errors import GeocensusError
from geocensus.model import Text
from geocensus.workspace import read_only
from geocensus_api.processes.records import Job, State

__all__ = ["FAILURE", "LOG", "OUTPUTS", "Child", "committed", "outcome"]

OUTPUTS: Final = "outputs.json"  # names and types of what a job made; written when all of it is there
FAILURE: Final = "failure.json"
LOG: Final = "log.txt"
_ENV_KEPT_AWAY: Final = ("GEOCENSUS_TOKEN",)
_INTERNAL: Final = 500
_FULL: Final = 64_000  # bytes free, below which no failure can be written
_SHOWN: Final = 8000  # bytes of the log of a job that go to the log of the service
_log = logging.getLogger("geocensus.api")


class Child:
    """A job's process; it ends with the service, since it reads from a pipe that breaks then.

    Parameters
    ----------
    folder
        Of the job.
    workspace
        The GeoPackage.
    owner
        Recorded as the operator of what the job writes.
    seconds_max
        It is killed after this time.
    """

    def __init__(self, folder: Path, workspace: Path, *, owner: str, seconds_max: float) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in _ENV_KEPT_AWAY}
        command = [sys.executable, "-P", "-m", "geocensus_api.processes.child", str(folder.absolute())]
        self.late = False
        with (folder / LOG).open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program; nothing of a request is in it
                [*command, str(workspace.absolute())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=folder / "inputs",
                env={**kept, "LOGNAME": owner, "PYTHONUTF8": "1"},
                start_new_session=True,
            )
        self._timer = Timer(seconds_max, self._too_long)
        self._timer.daemon = True
        self._timer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._process.poll() is None:
            self.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def steps(self) -> Iterator[tuple[Text, int]]:
        """Yield what the process says, until it ends.

        Yields
        ------
        tuple
            The step that begins, and per cent.
        """
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                told = orjson.loads(line)
                yield Text(*told["step"]), int(told["progress"])
            except (ValueError, TypeError, KeyError):
                _log.warning("a job said %r", line[:200])

    def wait(self) -> int:
        """Wait for the end.

        Returns
        -------
        int
            The exit code; negative after a signal.
        """
        return self._process.wait()

    def kill(self) -> None:
        """End the process now, and all that it has started."""
        if self._process.poll() is not None:
            return
        try:
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        except ProcessLookupError:
            pass

    def _too_long(self) -> None:
        self.late = True
        self.kill()


def committed(job: Job, workspace: Path) -> bool:
    """Tell whether a job has written into the workspace: its row of the audit trail came with what it wrote.

    Parameters
    ----------
    job
        The job.
    workspace
        The GeoPackage.

    Returns
    -------
    bool
        False for jobs that write nothing there.
    """
    try:
        with read_only(workspace) as connection:
            query = "SELECT 1 FROM audit WHERE target = ? AND action = ?"
            return connection.execute(query, (job.id, f"job.{job.process}")).fetchone() is not None
    except (GeocensusError, sqlite3.Error):  # none of ours, or an older one without the trail: nothing was written
        return False


def outcome(
    folder: Path, job: Job, workspace: Path, *, code: int | None, late: bool = False, closing: bool = False
) -> dict[str, Any]:
    """Return how a job has ended.

    Parameters
    ----------
    folder
        Of the job.
    job
        As it ran.
    workspace
        The GeoPackage.
    code
        Exit code; None where the service had ended before.
    late
        Whether it was killed for running too long.
    closing
        Whether the service is being stopped.

    Returns
    -------
    dict
        State, message, progress, outputs or problem.
    """
    if (folder / OUTPUTS).exists() and (code == 0 or committed(job, workspace)):
        made, there = folder / "outputs.part", folder / "outputs"
        if made.exists():
            made.rename(there)
        outputs = orjson.loads((folder / OUTPUTS).read_bytes())
        return {"state": State.SUCCESSFUL, "message": Text("完成", "done"), "progress": 100, "outputs": outputs}
    problem = _failure(folder) or _broken(folder, code, late=late, closing=closing)
    if problem["status"] == _INTERNAL:
        _log.error("job %s (%s): %s\n%s", job.id, job.process, problem["en"], _last_words(folder))
    return {"state": State.FAILED, "message": Text(problem["zh"], problem["en"]), "problem": problem}


def _last_words(folder: Path) -> str:
    try:
        return (folder / LOG).read_bytes()[-_SHOWN:].decode("utf-8", "replace")
    except OSError:
        return ""


def _failure(folder: Path) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = orjson.loads((folder / FAILURE).read_bytes())
    except (OSError, ValueError):
        return None
    return told


def _broken(folder: Path, code: int | None, *, late: bool, closing: bool) -> dict[str, Any]:
    if late:
        status, en, zh = 500, "it ran too long and was stopped", "运行时间过长，已被终止"
    elif code is None or closing:
        status, en, zh = 503, "service restarted: ask for it again", "服务已重新启动，请重新提交"
    elif shutil.disk_usage(folder).free < _FULL:  # then it could not write down why, either
        status, en, zh = 503, "the disk is full: free some space and ask for it again", "磁盘已满，请清理空间后重新提交"
    else:
        status = 500
        en = f"its process broke off (code {code}), perhaps for lack of memory: the server's log has the details"
        zh = f"任务进程异常中止（代码 {code}），可能是内存不足，详情见服务端日志"
    return {"status": status, "en": en, "zh": zh}
