r"""The drawn world of the checks with 100 good sources, 25 in each village, and what is put to them.

Good sources stand on a grid inside their village (118.00 to 118.08 east, 28.00 to 28.02 north), written with six
decimals that end in a digit other than 0.
"""

import pytest

HEAD = "编号,经度,纬度,区划代码,enumerator,address"
V1, V2, V3, V4 = "330822001001", "330822001200", "330822100200", "330822100201"
VILLAGES = (V1, V2, V3, V4)


def good_rows(villages=VILLAGES):
    """25 sources per village."""
    for village in villages:
        west = 118.0 + 0.02 * VILLAGES.index(village)
        for i in range(25):
            lon, lat = west + 0.0021 + 0.0034 * (i % 5) + 1e-6 * (i + 1), 28.0031 + 0.0034 * (i // 5) + 3e-6
            yield f"g{village[-6:]}-{i},{lon:.6f},{lat:.6f},{village},,"


@pytest.fixture
def asked(judged):
    """Judge rows (id,lon,lat,claim,enumerator,address) among good ones."""

    def run(*rows, good=VILLAGES, **options):
        return judged("\n".join([HEAD, *good_rows(good), *rows]), **options)

    return run


@pytest.fixture
def first(asked):
    """Return cause, probability and best repair of the row called x."""

    def run(*rows, **options):
        result = asked(*rows, **options)
        causes = result.causes[result.causes["source_id"] == "x"]
        repairs = result.repairs[(result.repairs["source_id"] == "x") & (result.repairs["rank"] == 1)]
        return causes.iloc[0], (repairs.iloc[0] if len(repairs) else None)

    return run
