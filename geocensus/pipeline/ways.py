"""Two ways to check a list, with the same result: in memory, or part by part on several processes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geocensus.checks import Corrected, apply_corrections
from geocensus.engine import Here, Shared, Workers, dask_workers, local_workers
from geocensus.errors import SchemaError
from geocensus.io import judged_sheets, read_planned, result_table, written_result
from geocensus.model import Text
from geocensus.pipeline.about import about
from geocensus.pipeline.checking import CheckResult, check
from geocensus.pipeline.in_parts import Checked, check_in_parts, work_folder, written_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pandas as pd

__all__ = ["ENGINES", "opened"]

ENGINES = ("local", "dask")


@dataclass(frozen=True)
class _InMemory:
    shared: Shared

    def check(self, reference: pd.DataFrame | None, progress: Callable[[Text], Any]) -> Checked:
        shared = self.shared
        corrected = Corrected(read_planned(shared.plan), (), ())
        if shared.corrections is not None:
            corrected = apply_corrections(corrected.sources, shared.corrections)
        progress(Text("定位与核查", "locating and checking"))
        settings, crosswalk = shared.settings, shared.crosswalk
        result = check(corrected.sources, shared.basemap, settings=settings, crosswalk=crosswalk, reference=reference)
        return Checked(result, corrected.applied, corrected.superseded)

    @contextmanager
    def written(self, result: CheckResult, out: Path, lang: str, progress: Callable[[Text], Any]) -> Iterator[None]:
        progress(Text("写结果文件", "writing the result"))
        words = out.suffix.lower() != ".parquet"  # which programs read
        judged = {"causes": result.causes, "repairs": result.repairs}
        table = result_table(result.sources, result.flags, result.basemap.levels, lang=lang, words=words, **judged)
        sheets = judged_sheets(result.sources, result.repairs, result.shifts, lang=lang) if words else {}
        with written_result(out, table, about(result, lang), result.flags, sheets=sheets, lang=lang):
            yield


@dataclass(frozen=True)
class _InParts(_InMemory):
    folder: Path
    workers: Workers

    def check(self, reference: pd.DataFrame | None, progress: Callable[[Text], Any]) -> Checked:
        return check_in_parts(self.folder, self.shared, self.workers, reference=reference, progress=progress)

    @contextmanager
    def written(self, result: CheckResult, out: Path, lang: str, progress: Callable[[Text], Any]) -> Iterator[None]:
        if out.suffix:
            with super().written(result, out, lang, progress):
                yield
            return
        with written_parts(self.folder, out, result, self.workers, progress):
            yield


@contextmanager
def opened(
    shared: Shared, folder: Path, *, engine: str = "local", scheduler: str | None = None, in_parts: bool = False
) -> Iterator[_InMemory]:
    """Choose the way for a list: one of a single part stays in memory, unless parts are asked for.

    Parameters
    ----------
    shared : Shared
        The list, basemap and settings.
    folder : Path
        Where the work folder may be.
    engine : str
        One of ENGINES.
    scheduler : str, optional
        Address of a Dask scheduler.
    in_parts : bool
        Whether the result is asked for in parts.

    Yields
    ------
    object
        Has ``check`` and ``written``.

    Raises
    ------
    SchemaError
        An unknown engine, or a scheduler for another one than dask.
    EngineError
        The scheduler is not reached.
    """
    if engine not in ENGINES:
        known = ", ".join(ENGINES)
        raise SchemaError(f"--engine {engine}: must be one of {known}", f"--engine {engine}：应为 {known} 之一")
    if scheduler and engine != "dask":
        raise SchemaError("--scheduler needs --engine dask", "--scheduler 须与 --engine dask 一起使用")
    if shared.plan.parts == 1 and engine == "local" and not in_parts:
        yield _InMemory(shared)
        return
    with work_folder(folder, shared) as work, _workers(shared, work, engine, scheduler) as workers:
        yield _InParts(shared, work, workers)


@contextmanager
def _workers(shared: Shared, folder: Path, engine: str, scheduler: str | None) -> Iterator[Workers]:
    if engine == "dask":
        with dask_workers(folder, scheduler) as workers:
            yield workers
    elif shared.plan.parts == 1:
        yield Here()
    else:
        with local_workers() as workers:
            yield workers
