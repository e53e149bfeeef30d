"""Jobs: a queue, a few processes at once, records that survive the service."""

import logging
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Condition, Thread
from typing import Any, Final

from geocensus.model import Text
from geocensus_api.access.principal import Action, Principal
from geocensus_api.errors import ProblemError
from geocensus_api.processes.children import Child, committed, outcome
from geocensus_api.processes.history import Event, History
from geocensus_api.processes.records import Job, State, load, save
from geocensus_api.processes.uploads import kept_on_disk, private_folder

__all__ = ["Jobs"]

_ARRIVING: Final = ".new-"
_GOING: Final = ".gone-"
_STOP_S: Final = 5.0  # how long a dismissal waits for the end of a process that it has killed
_GONE: Final = Text("已取消", "dismissed")
_log = logging.getLogger("geocensus.api")


class Jobs:
    """The jobs of all persons over one workspace.

    Parameters
    ----------
    folder
        Where they lie, a folder each; made with the first one.
    workspace
        The GeoPackage.
    at_once
        How many run at a time.
    waiting_max
        How many a person may have running or waiting.
    days
        How long an ended job is kept.
    seconds_max
        How long one may run.
    """

    def __init__(
        self, folder: Path, workspace: Path, *, at_once: int, waiting_max: int, days: float, seconds_max: float
    ) -> None:
        self.folder, self._workspace = folder, workspace
        self._at_once, self._waiting_max, self._days, self._seconds_max = at_once, waiting_max, days, seconds_max
        self._jobs: dict[str, Job] = {}
        self._histories: dict[str, History] = {}
        self._children: dict[str, Child] = {}
        self._dismissed: set[str] = set()
        self._queue: deque[str] = deque()
        self._threads: list[Thread] = []
        self._changed = Condition()
        self.closing = False

    def open(self) -> None:
        """Read the records: what ran when the service ended has failed, what waited goes on waiting."""
        self.closing = False
        for half in (*self.folder.glob(f"{_ARRIVING}*"), *self.folder.glob(f"{_GOING}*")):
            shutil.rmtree(half, ignore_errors=True)
        found = sorted(
            (job for place in self.folder.glob("[!.]*") if (job := load(place)) is not None),
            key=lambda job: (job.created, job.id),
        )
        with self._changed:
            self._threads.clear()
            self._queue.clear()
            for job in found:
                self._jobs[job.id], self._histories[job.id] = job, History(self.folder / job.id)
        for job in found:
            if job.state is State.RUNNING:
                self._left(job)
            elif job.state is State.ACCEPTED:
                self._enqueue(job.id)
        self.sweep()

    def sweep(self) -> None:
        """Delete jobs that ended long ago."""
        oldest = datetime.now(UTC) - timedelta(days=self._days)
        for job in list(self._jobs.values()):
            if job.ended and datetime.fromisoformat(job.finished) < oldest:
                with suppress(ProblemError):  # a folder that cannot be written: they stay
                    self._forget(job.id)

    def submit(self, job: Job, prepare: Callable[[Path], dict[str, Any]]) -> Job:
        """Take a job into the queue.

        Parameters
        ----------
        job
            From ``new_job``.
        prepare
            Puts the files that the job reads into the folder it is given, and returns its inputs.

        Returns
        -------
        Job
            Accepted: its record and its files are on the disk.

        Raises
        ------
        ProblemError
            429 where its person has enough of them, 503 where the folder cannot be written or the service ends.
        """
        self.sweep()
        with self._changed:
            waiting = sum(not other.ended and other.owner == job.owner for other in self._jobs.values())
        if waiting >= self._waiting_max:
            raise ProblemError(
                429,
                f"you have {waiting} jobs that have not ended: wait, or dismiss some (/jobs)",
                f"您有 {waiting} 个任务尚未结束，请等待或取消一些（/jobs）",
            )
        if self.closing:
            raise ProblemError(503, "the service is being stopped", "服务正在停止")
        arriving = self.folder / f"{_ARRIVING}{job.id}"
        try:
            with kept_on_disk():
                private_folder(self.folder)
                arriving.mkdir(mode=0o700)
                (arriving / "inputs").mkdir()
                job = replace(job, inputs=prepare(arriving / "inputs"))
                save(job, arriving)
                arriving.rename(self.folder / job.id)
        except BaseException:
            shutil.rmtree(arriving, ignore_errors=True)
            raise
        with self._changed:
            self._jobs[job.id], self._histories[job.id] = job, History(self.folder / job.id)
            self._histories[job.id].add(job)
        self._enqueue(job.id)
        return job

    def seen_by(self, who: Principal) -> list[Job]:
        """Return the jobs that a person sees, the newest first.

        Parameters
        ----------
        who
            Their own, with the areas they have now; an admin without limits sees all.

        Returns
        -------
        list
            Jobs.
        """
        with self._changed:
            seen = [job for job in self._jobs.values() if _sees(who, job)]
        return sorted(seen, key=lambda job: (job.created, job.id), reverse=True)

    def one(self, who: Principal, job_id: str) -> Job:
        """Return a job.

        Parameters
        ----------
        who
            Who asks.
        job_id
            Its id.

        Returns
        -------
        Job
            As it stands.

        Raises
        ------
        ProblemError
            404, also for somebody else's.
        """
        with self._changed:
            job = self._jobs.get(job_id)
        if job is None or not _sees(who, job):
            raise ProblemError(
                404,
                f"no job {job_id!r}; /jobs lists yours",
                f"没有任务 {job_id}，见 /jobs",
                extra={"type": "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job"},
            )
        return job

    def now(self, job_id: str) -> Job | None:
        """Return how a job stands, None when it is gone; whoever asks has asked :meth:`one` before.

        Parameters
        ----------
        job_id
            Its id.

        Returns
        -------
        Job or None
            The record.
        """
        return self._jobs.get(job_id)

    def names(self) -> set[str]:
        """Return the names of the plans that jobs which have not ended will write.

        Returns
        -------
        set
            Not free for others.
        """
        with self._changed:
            waiting = [job for job in self._jobs.values() if not job.ended]
        return {job.inputs["values"]["name"] for job in waiting if "name" in job.inputs["values"]}

    def events(self, job_id: str, after: int) -> list[Event]:
        """Return what happened to a job since an event.

        Parameters
        ----------
        job_id
            Its id.
        after
            Number of the last event that is known; 0 for none.

        Returns
        -------
        list
            In order.
        """
        with self._changed:
            history = self._histories.get(job_id)
        return history.since(after) if history is not None else []

    def dismiss(self, job: Job) -> Job:
        """Stop a job, or delete one that has ended.

        Parameters
        ----------
        job
            From :meth:`one`.

        Returns
        -------
        Job
            Dismissed; of one that had ended already, nothing is left.

        Raises
        ------
        ProblemError
            409 where it had done its work before it could be stopped.
        """
        with self._changed:
            job = self._jobs.get(job.id, job)
            if job.state is State.ACCEPTED:
                return self._move(job.id, state=State.DISMISSED, message=_GONE, finished=True)
            if not job.ended:
                self._dismissed.add(job.id)
                child = self._children.get(job.id)
                if child is not None:
                    child.kill()
                self._changed.wait_for(lambda: self._jobs[job.id].ended, timeout=_STOP_S)
                job = self._jobs[job.id]
                if job.state is State.DISMISSED:
                    return job
                raise ProblemError(
                    409,
                    f"the job has ended before it could be stopped: it is {job.state}",
                    f"任务在取消之前已结束，状态为 {job.state}",
                )
        self._forget(job.id)
        return job.moved(state=State.DISMISSED, message=_GONE)

    def close(self) -> None:
        """End the processes: what ran has failed, what waited will wait when the service is there again."""
        with self._changed:
            self.closing = True
            for child in self._children.values():
                child.kill()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=_STOP_S)

    def _enqueue(self, job_id: str) -> None:
        with self._changed:
            self._queue.append(job_id)
            if len(self._threads) < self._at_once:
                thread = Thread(target=self._serve, name="geocensus-jobs", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify_all()

    def _serve(self) -> None:
        for job in self._taken():
            try:
                self._run(job)
            except Exception as error:  # noqa: BLE001 - the next job is to have its turn
                _log.exception("job %s", job.id)
                self._ended(job.id, _internal(error))

    def _taken(self) -> Iterator[Job]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self.closing)
                if self.closing:
                    return
                job_id = self._queue.popleft()
                if job_id not in self._jobs or self._jobs[job_id].ended:
                    continue
                step = Text("启动", "starting")
                job = self._move(job_id, state=State.RUNNING, message=step, started=True)
            yield job

    def _run(self, job: Job) -> None:
        with self._running(job) as child:
            for step, progress in child.steps():
                with self._changed:
                    now = self._jobs[job.id]
                    if (step, progress) != (now.message, now.progress):
                        self._move(job.id, message=step, progress=max(progress, now.progress))
            code = child.wait()
        if job.id in self._dismissed and not committed(job, self._workspace):
            self._ended(job.id, {"state": State.DISMISSED, "message": _GONE})
            return
        place = self.folder / job.id
        self._ended(job.id, outcome(place, job, self._workspace, code=code, late=child.late, closing=self.closing))

    @contextmanager
    def _running(self, job: Job) -> Iterator[Child]:
        with Child(self.folder / job.id, self._workspace, owner=job.owner, seconds_max=self._seconds_max) as child:
            with self._changed:
                self._children[job.id] = child
                if self.closing or job.id in self._dismissed:
                    child.kill()
            try:
                yield child
            finally:
                with self._changed:
                    del self._children[job.id]

    def _left(self, job: Job) -> None:
        """End a job that an earlier service has left running: its process has ended with that service."""
        try:
            self._ended(job.id, outcome(self.folder / job.id, job, self._workspace, code=None))
        except OSError as error:
            self._ended(job.id, _internal(error))

    def _ended(self, job_id: str, changes: dict[str, Any]) -> None:
        if changes["state"] is not State.SUCCESSFUL:
            shutil.rmtree(self.folder / job_id / "outputs.part", ignore_errors=True)
        shutil.rmtree(self.folder / job_id / "inputs", ignore_errors=True)
        with self._changed:
            self._dismissed.discard(job_id)
            self._move(job_id, **changes, finished=True)

    def _move(self, job_id: str, *, started: bool = False, finished: bool = False, **changes: Any) -> Job:
        """Change a job and tell everybody; the caller holds the condition."""
        before = self._jobs[job_id]
        job = before.moved(**changes)
        job = replace(
            job,
            started=job.updated if started else job.started,
            finished=job.updated if finished else job.finished,
        )
        if job.state is not before.state:
            try:
                save(job, self.folder / job_id)
            except OSError:  # a full disk: what is in memory is right, and a restart will look again
                _log.exception("the record of job %s cannot be written", job_id)
        self._jobs[job_id] = job
        self._histories[job_id].add(job)
        self._changed.notify_all()
        return job

    def _forget(self, job_id: str) -> None:
        with self._changed:
            self._jobs.pop(job_id, None)
            self._histories.pop(job_id, None)
        going = self.folder / f"{_GOING}{job_id}"
        with kept_on_disk():
            if (self.folder / job_id).is_dir():
                (self.folder / job_id).rename(going)
        shutil.rmtree(going, ignore_errors=True)


def _sees(who: Principal, job: Job) -> bool:
    """Tell whether a person sees a job: all with no limits, else their own, and of the areas that they have now."""
    if who.may(Action.ADMIN) and who.scope is None:
        return True
    if job.owner != who.name or (job.role != who.role and not who.may(Action.EXACT)):
        return False
    return who.scope is None or job.scope == who.scope


def _internal(error: Exception) -> dict[str, Any]:
    en = f"internal error ({type(error).__name__}): the server's log has the details"
    zh = f"内部错误（{type(error).__name__}），详情见服务端日志"
    return {"state": State.FAILED, "problem": {"status": 500, "en": en, "zh": zh}, "message": Text(zh, en)}
