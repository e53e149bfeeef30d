"""The steps that are done part by part. What was read and judged is kept in the work folder, and not done twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geocensus import names as n
from geocensus.checks import Own, apply_corrections, judge_own, make_context
from geocensus.engine.borders import border_tables
from geocensus.engine.shared import folder_of, parquet_of, shared_of, whole_of
from geocensus.io import is_written, read_facts, read_part, read_tables, result_table, write_geoparquet, write_part
from geocensus.schemas import SOURCES, validate

if TYPE_CHECKING:
    from geocensus.engine.running import Job

__all__ = ["judge_part", "name_rows", "read_one_part", "write_one_part"]


def read_one_part(job: Job) -> None:
    """Read a part of the list from its file.

    Parameters
    ----------
    job : Job
        Which part.
    """
    target = folder_of(job.folder, "read", job.part)
    if is_written(target):
        return
    part = read_part(shared_of(job.folder).plan, job.part)
    write_part(target, {"sources": part.table}, {"rows": len(part.table), "list": part.facts})


def judge_part(job: Job) -> None:
    """Locate the rows of a part, and apply the rules on the row itself.

    Parameters
    ----------
    job : Job
        Which part; of some of its rows nothing is kept.
    """
    target = folder_of(job.folder, "judged", job.part)
    if job.rows is None and is_written(target):
        return
    shared = shared_of(job.folder)
    sources = _sources_of(job)
    corrected = apply_corrections(sources, shared.corrections) if shared.corrections is not None else None
    if corrected is not None:
        sources = corrected.sources
    sources = validate(sources, SOURCES)
    own = judge_own(sources, make_context(sources, shared.basemap, shared.settings, shared.crosswalk))
    if job.rows is None:
        facts = {
            "rows": len(sources),
            "columns": sources.shape[1],
            "certainty": own.ctx.containment.certainty,
            "not_tested": own.not_tested,
            "applied": [] if corrected is None else list(corrected.applied),
            "superseded": [] if corrected is None else list(corrected.superseded),
        }
        write_part(target, _tables_of(own), facts)


def _sources_of(job: Job) -> pd.DataFrame:
    """Rows as they stand in the whole list."""
    sources = read_tables([folder_of(job.folder, "read", job.part)], "sources")
    sources = sources.set_axis(pd.RangeIndex(job.first, job.first + len(sources)))
    whole, numbered = whole_of(job.folder)
    mine = numbered[numbered.index.isin(sources.index)]
    ids, doubled = sources[n.SOURCE_ID].copy(), pd.Series(data=False, index=sources.index)
    ids[mine.index], doubled[mine.index] = mine[n.SOURCE_ID], mine["doubled"]
    sources = whole.finished(sources, ids, doubled)
    if job.rows is None:
        return sources
    some = sources.iloc[slice(*job.rows)]
    some.attrs = dict(sources.attrs)
    return some


def _tables_of(own: Own) -> dict[str, pd.DataFrame]:
    """Tables to keep; all but ``sources`` hold the rows under test alone."""
    test = own.ctx.containment
    measured = {name: getattr(test, name) for name in ("status", "level", "failed_m", "distance_m", "tolerance_m")}
    return {
        "sources": own.sources,
        "claims": own.ctx.claims,
        "located": own.ctx.located,
        "containment": pd.DataFrame(measured),
        "keys": own.ctx.keys,
        "named": own.ctx.named,
        **border_tables(own.ctx.borders),
        "statuses": pd.DataFrame(own.statuses),
        "flags": own.flags,
    }


def write_one_part(job: Job) -> None:
    """Write the result of a part as GeoParquet; again at each run, since decisions and a second list may be others.

    Parameters
    ----------
    job : Job
        Which part; what the whole list says of it is kept under "told".
    """
    sources = read_tables([folder_of(job.folder, "judged", job.part)], "sources")
    told = folder_of(job.folder, "told", job.part)
    status, flags, causes, repairs = (read_tables([told], name) for name in ("status", "flags", "causes", "repairs"))
    sources = sources.assign(**{n.STATUS: status[n.STATUS]})
    levels = shared_of(job.folder).basemap.levels
    table = result_table(sources, flags, levels, causes=causes, repairs=repairs, words=False)
    write_geoparquet(parquet_of(job.folder, job.part), table, sources[n.LON], sources[n.LAT])


def name_rows(job: Job) -> tuple[str, str, int | None]:
    """Name rows of a part for a message.

    Parameters
    ----------
    job : Job
        Which rows.

    Returns
    -------
    tuple
        In English, in Chinese, and the row of the file where it is one.
    """
    shared = shared_of(job.folder)
    file, read = shared.plan.attrs["file"], folder_of(job.folder, "read", job.part)
    if not is_written(read):
        return f"{file}, part {job.part + 1}", f"{file} 第 {job.part + 1} 部分", None
    first, behind = job.rows or (0, int(read_facts(read)["rows"]))
    rows = read_tables([read], "sources", [n.ROW, n.SOURCE_ID]).iloc[first:behind]
    row, last, source = int(rows[n.ROW].iloc[0]), int(rows[n.ROW].iloc[-1]), rows[n.SOURCE_ID].iloc[0]
    if len(rows) == 1:
        return f"{file}, row {row} ({source})", f"{file} 第 {row} 行（{source}）", row
    return f"{file}, rows {row} to {last}", f"{file} 第 {row} 至 {last} 行", None
