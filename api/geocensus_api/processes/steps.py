"""How far a job is at each step that the pipeline tells: the same steps as on the command line, weighed by time."""

import re
from typing import Final

from geocensus.model import Text

__all__ = ["progress_of"]

_SHARE: Final = re.compile(r"(\d+)\s*%$")
# the step in English, per cent at its beginning and, where it tells its share, at its end
_STEPS: Final[dict[str, dict[str, tuple[int, int]]]] = {
    "locate": {
        "reading the basemap": (5, 5),
        "reading the list": (15, 15),
        "locating": (50, 50),
        "writing the result": (80, 80),
    },
    "check": {
        "reading the basemap": (5, 5),
        "reading the list": (10, 10),
        "locating and checking": (30, 30),
        "writing the workspace": (65, 65),
        "writing the result": (75, 75),
        "changing the workspace": (85, 85),
    },
    "split": {
        "reading basemap and sources": (5, 5),
        "splitting": (15, 70),
        "cutting census zones": (30, 30),
        "planning visits": (70, 85),
        "writing the plan": (85, 85),
        "writing the zones": (85, 85),
        "changing the workspace": (97, 97),
    },
}


def progress_of(process: str, step: Text) -> int:
    """Return how far a job is.

    Parameters
    ----------
    process
        What runs.
    step
        As the pipeline tells it; with a share in per cent at its end, or not.

    Returns
    -------
    int
        0 to 99; 0 where the step is a remark on the way: then the job is as far as it was.

    Examples
    --------
    >>> progress_of("split", Text("划分片区 50%", "splitting 50%"))
    42
    """
    share = _SHARE.search(step.en)
    begin, end = _STEPS[process].get(_SHARE.sub("", step.en).strip(), (0, 0))
    return begin + (end - begin) * min(100, int(share[1])) // 100 if share else begin
