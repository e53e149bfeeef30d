"""Jobs are tried again, lost workers replaced, and the row to blame is named."""

import errno
import os
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from geocensus.engine import Here, Job, local_workers, run_parts
from geocensus.errors import EngineError, SchemaError, WorkspaceError

PARTS, ROWS, BAD = 4, 100, (2, 37)  # the bad row of the part


def square(job: Job) -> int:
    return job.part**2


def fails_once(job: Job) -> int:
    """Fail at the first try of each part, as a network drive may."""
    mark = job.folder / f"tried-{job.part}"
    if not mark.exists():
        mark.touch()
        raise OSError(errno.EIO, "no answer")
    return job.part


def dies_once(job: Job) -> int:
    mark = job.folder / f"tried-{job.part}"
    if job.part == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), 9)
    return job.part


def _holds_bad_row(job: Job) -> bool:
    first, behind = job.rows or (0, job.size)
    return job.part == BAD[0] and first <= BAD[1] < behind


def raises(job: Job) -> int:
    if _holds_bad_row(job):
        raise ZeroDivisionError
    return job.part


def dies(job: Job) -> int:
    if _holds_bad_row(job):
        os.kill(os.getpid(), 9)
    return job.part


def full(job: Job) -> int:
    raise OSError(errno.ENOSPC, "No space left on device", str(job.folder))


def refuses(job: Job) -> int:
    raise SchemaError(f"part {job.part}", "分块")


def jobs(folder: Path) -> list[Job]:
    return [Job(folder, part, part * ROWS, ROWS) for part in range(PARTS)]


def where(job: Job) -> tuple[str, str, int | None]:
    first, behind = job.rows or (0, job.size)
    return f"rows {job.first + first} to {job.first + behind}", "行", job.first + first


def test_results_come_in_order_of_the_parts(tmp_path):
    done: list[int] = []
    with local_workers(2) as workers:
        assert run_parts(square, jobs(tmp_path), workers, told=done.append) == [0, 1, 4, 9]
    assert done == [1, 2, 3, 4]


def test_a_part_that_fails_is_tried_again(tmp_path):
    assert run_parts(fails_once, jobs(tmp_path), Here()) == [0, 1, 2, 3]


def test_a_lost_worker_is_survived(tmp_path):
    with local_workers(2) as workers:
        assert run_parts(dies_once, jobs(tmp_path), workers) == [0, 1, 2, 3]


class _Leaving(Here):
    """Nobody is left when the second job is given; others come when they are asked for."""

    lost = (BrokenProcessPool,)
    given, renewed = 0, 0

    def submit(self, step, job):
        self.given += 1
        if self.given > 1 and not self.renewed:
            raise BrokenProcessPool
        return super().submit(step, job)

    def renew(self):
        self.renewed += 1


def test_a_worker_may_be_lost_between_two_jobs(tmp_path):
    workers = _Leaving()
    assert run_parts(square, jobs(tmp_path), workers) == [0, 1, 4, 9]
    assert workers.renewed == 1


def test_parts_under_way_are_finished_before_the_row_is_looked_for(tmp_path):
    done: list[int] = []
    with local_workers(2) as workers, pytest.raises(EngineError, match="ZeroDivisionError"):
        run_parts(raises, jobs(tmp_path)[1:3], workers, told=done.append)
    assert done == [1]


def test_the_row_that_fails_is_named(tmp_path):
    with pytest.raises(EngineError, match=r"rows 237 to 238: .*ZeroDivisionError") as caught:
        run_parts(raises, jobs(tmp_path), Here(), where=where)
    assert caught.value.row == BAD[0] * ROWS + BAD[1]


def test_the_row_that_no_worker_survives_is_named(tmp_path):
    with local_workers(2) as workers, pytest.raises(EngineError) as caught:
        run_parts(dies, jobs(tmp_path), workers, where=where)
    assert caught.value.row == BAD[0] * ROWS + BAD[1]


def test_what_is_raised_on_purpose_is_raised_at_once(tmp_path):
    with pytest.raises(SchemaError, match="part 0"):
        run_parts(refuses, jobs(tmp_path), Here())


def test_a_full_disk_is_told_with_what_to_do(tmp_path):
    with pytest.raises(WorkspaceError, match=r"disk is full .*; 0/4 parts are done.* run the same command again"):
        run_parts(full, jobs(tmp_path), Here())
