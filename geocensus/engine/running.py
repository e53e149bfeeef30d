"""Do one step for every part of a list, whoever does the work: failures are tried again, lost workers replaced.

A part that fails is tried three times. Where a worker is lost, every part that is lost with it is suspected; one
suspected twice is done alone, so that the innocent ones are cleared. Of a part that cannot be done half the rows are
tried, and half of these, until the row is found that is to blame.
"""

from __future__ import annotations

import errno
import logging
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from geocensus.errors import EngineError, GeocensusError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

__all__ = ["Job", "Workers", "run_parts"]

_LOG = logging.getLogger(__name__)
_TRIES = 3
_PATIENCE = 15  # seconds without a finished job


@dataclass(frozen=True)
class Job:
    """One part to work on.

    Attributes
    ----------
    folder : Path
        The work folder: what all parts share, and what was made of them so far.
    part : int
        Its number, from 0.
    first : int
        Place of its first row in the list, from 0.
    size : int
        Its rows, where they are known.
    rows : tuple of int, optional
        Only these of them, the first and behind the last, to see whether they fail: nothing is written.
    """

    folder: Path
    part: int
    first: int = 0
    size: int = 0
    rows: tuple[int, int] | None = None


class Workers(Protocol):
    """Who does the work: processes of this machine, or those of a scheduler.

    Attributes
    ----------
    number : int
        Jobs at a time.
    lost : tuple of type
        Errors that tell that a worker ended in the middle of its job.
    """

    number: int
    lost: tuple[type[BaseException], ...]

    def submit(self, step: Callable[[Job], Any], job: Job) -> Future[Any]:
        """Take a job.

        Parameters
        ----------
        step : Callable
            A function of an importable module.
        job : Job
            Its argument.

        Returns
        -------
        Future
            Of its result.
        """

    def renew(self) -> None:
        """Take new workers in the place of lost ones."""

    def require(self) -> None:
        """See that somebody is left.

        Raises
        ------
        EngineError
            Nobody is, and no job would ever be done.
        """


def run_parts(
    step: Callable[[Job], Any],
    jobs: Sequence[Job],
    workers: Workers,
    *,
    told: Callable[[int], Any] = lambda _done: None,
    where: Callable[[Job], tuple[str, str, int | None]] = lambda job: (f"part {job.part}", f"第 {job.part} 部分", None),
) -> list[Any]:
    """Do a step for every job.

    Parameters
    ----------
    step : Callable
        A function of an importable module; it may run twice for a job, with the same result.
    jobs : Sequence of Job
        In order of the parts.
    workers : Workers
        Who does it.
    told : Callable
        Called with the number of finished jobs.
    where : Callable
        Names the rows of a job for a message: in English, in Chinese, and the row of the file, if it is one.

    Returns
    -------
    list
        Results, in order of the jobs.

    Raises
    ------
    EngineError
        A job fails whatever is tried; the message names the row, where one is to blame. Or no worker is left.
    WorkspaceError
        The disk is full.
    GeocensusError
        What a step raises on purpose, at once.
    """
    work = _Work(step, jobs, workers, told)
    while left := [place for place in range(len(jobs)) if place not in work.done]:
        suspects = [place for place in left if work.lost[place] > 1]
        work.go(suspects[:1] or left, 1 if suspects else workers.number)
        for place in left:
            if work.failed[place] >= _TRIES or work.lost[place] > _TRIES:
                raise _blamed(step, jobs[place], workers, where, work.errors[place])
    return [work.done[place] for place in range(len(jobs))]


@dataclass
class _Work:
    """What became of the jobs so far, by their place."""

    step: Callable[[Job], Any]
    jobs: Sequence[Job]
    workers: Workers
    told: Callable[[int], Any]
    done: dict[int, Any] = field(default_factory=dict)
    failed: Counter[int] = field(default_factory=Counter)
    lost: Counter[int] = field(default_factory=Counter)
    errors: dict[int, BaseException] = field(default_factory=dict)

    def go(self, places: Sequence[int], number: int) -> None:
        """Work on some jobs until all are done; none is begun any more when one failed for good or a worker is lost."""
        waiting, flying, lost, ending = deque(places), dict[Any, int](), False, False
        while flying or (waiting and not ending):
            while waiting and not ending and len(flying) < number:
                place = waiting.popleft()
                flying[_submitted(self.step, self.jobs[place], self.workers)] = place
            for future in _first(flying, self.workers):
                place = flying.pop(future)
                try:
                    self.done[place] = future.result()
                    self.told(len(self.done))
                except self.workers.lost as error:
                    self._note(self.lost, place, error)
                    lost = ending = True
                except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                    _unless_meant(error, f"{len(self.done)}/{len(self.jobs)}")
                    self._note(self.failed, place, error)
                    ending |= self.failed[place] >= _TRIES
                    waiting.append(place)
        if lost:
            self.workers.renew()

    def _note(self, counter: Counter[int], place: int, error: BaseException) -> None:
        _LOG.warning("part %d is tried again: %r", self.jobs[place].part, error)
        counter[place] += 1
        self.errors[place] = error


def _submitted(step: Callable[[Job], Any], job: Job, workers: Workers) -> Future[Any]:
    """Give a job; that nobody is there any more to take it is told by the future, as it is of those that were taken."""
    try:
        return workers.submit(step, job)
    except workers.lost as error:
        refused: Future[Any] = Future()
        refused.set_exception(error)
        return refused


def _first(futures: Iterable[Future[Any]], workers: Workers) -> set[Future[Any]]:
    """Wait until one is done or more; where that takes long, see that there is somebody left to do it."""
    while not (done := wait(futures, _PATIENCE, FIRST_COMPLETED).done):
        workers.require()
    return done


def _unless_meant(error: Exception, done: str) -> None:
    """Raise what no second try will change."""
    if isinstance(error, GeocensusError):
        raise error
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        raise WorkspaceError(
            f"the disk is full ({error.filename or error}); {done} parts are done. Free some space and run the same "
            "command again: it goes on where it stopped",
            f"磁盘已满（{error.filename or error}），已完成 {done} 部分。请清理空间后重新运行同一命令，将从中断处继续",
        ) from error


def _blamed(
    step: Callable[[Job], Any],
    job: Job,
    workers: Workers,
    where: Callable[[Job], tuple[str, str, int | None]],
    error: BaseException,
) -> EngineError:
    """Find the row to blame, by halves."""
    first, behind = 0, job.size
    while behind - first > 1:
        middle = (first + behind) // 2
        for half in ((first, middle), (middle, behind)):
            found = _failure(step, replace(job, rows=half), workers)
            if found is not None:
                (first, behind), error = half, found
                break
        else:
            break  # they fail only together
    en, zh, row = where(replace(job, rows=(first, behind)) if job.size else job)
    return EngineError(
        f"{en}: cannot be worked on ({error!r}). Nothing was written; correct or report it, then run the same "
        "command again: it goes on where it stopped",
        f"{zh}：无法处理（{error!r}）。未写入任何结果；请更正或反馈后重新运行同一命令，将从中断处继续",
        row=row if behind - first == 1 else None,
    )


def _failure(step: Callable[[Job], Any], job: Job, workers: Workers) -> BaseException | None:
    future = _submitted(step, job, workers)
    _first([future], workers)
    try:
        future.result()
    except workers.lost as error:
        workers.renew()
        return error
    except Exception as error:  # noqa: BLE001 - that it fails is the answer
        return error
    return None
