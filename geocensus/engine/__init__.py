"""Work on a list in parts: the same steps on processes of this machine or on a Dask cluster, with the same result."""

from geocensus.engine.crews import Here, dask_workers, local_workers
from geocensus.engine.gathering import gather
from geocensus.engine.running import Job, Workers, run_parts
from geocensus.engine.shared import Shared, folder_of, keep_shared, keep_whole, parquet_of
from geocensus.engine.steps import judge_part, name_rows, read_one_part, write_one_part

__all__ = [
    "Here",
    "Job",
    "Shared",
    "Workers",
    "dask_workers",
    "folder_of",
    "gather",
    "judge_part",
    "keep_shared",
    "keep_whole",
    "local_workers",
    "name_rows",
    "parquet_of",
    "read_one_part",
    "run_parts",
    "write_one_part",
]
