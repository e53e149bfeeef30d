import time

import numpy as np
import pytest

from geocensus.checks import shift


@pytest.mark.quiet
def test_a_hundred_groups_of_a_thousand_sources(context, drawn):
    lon, lat, code = drawn(100_000)
    ctx = context(lon, lat, code, 普查员=[f"员{i:02d}" for i in np.arange(100_000) % 100])
    shift.test_shifts(ctx)  # indexes the borders once
    start = time.process_time()
    found = shift.test_shifts(ctx)
    assert time.process_time() - start < 6  # 3 s without anything beside it
    assert found.groups["system"].tolist() == ["none"] * 101
