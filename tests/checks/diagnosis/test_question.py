from types import SimpleNamespace

import numpy as np
import pandas as pd

from geocensus.checks.diagnosis.question import same_text
from geocensus.model import State, Status


def test_rows_meet_those_that_write_the_same_coordinate():
    """One row per line: text, site, claim, state, status; rows 1, 4, 5 and 6 are asked about."""
    lines = [
        ("118.1", "a", "X", State.LOCATED, Status.OK),
        ("118.1", "b", "Y", State.LOCATED, Status.FLAGGED),  # below a row that fits
        ("118.2", "c", "X", State.LOCATED, Status.OK),  # nobody asks about its text
        ("118.2", "d", "X", State.LOCATED, Status.OK),
        ("118.1", "b", None, State.LOCATED, Status.NEAR_BORDER),  # of the same site as row 1, fits itself
        ("118.3", "e", "X", State.LOCATED, Status.FLAGGED),  # alone
        ("118.1", "f", "X", State.UNLOCATED, Status.OK),  # without a place: alone, and counts for nobody
    ]
    text, site, area, state, status = zip(*lines, strict=True)
    texts = {"lon_text": text, "lat_text": ["28"] * 7, "parent_id": [None] * 7, "source_id": site}
    rows = pd.DataFrame(texts, dtype="str").assign(state=state)
    ctx = SimpleNamespace(
        sources=rows,
        text=rows.get,
        claims=pd.DataFrame({"area_code": pd.Series(area, dtype="str")}),
        containment=SimpleNamespace(status=pd.Series(status)),
    )
    found = same_text(ctx, np.array([1, 4, 5, 6]))
    assert found.to_dict("list") == {
        "same": [1, 1, 0, 0],
        "fitting": [2, 1, 0, 0],
        "adjacent": [True, False, False, False],
        "claims": [2, 2, 1, 1],
    }
