"""Reading a list in parts gives what reading it whole gives: rows, kinds of columns, notes and errors."""

import pickle

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocensus.errors import GeocensusError
from geocensus.io import read_sources
from geocensus.io.identity import number_duplicates
from geocensus.io.parts import plan_list, read_part


def in_parts(path, rows_per_part, **options):
    """Read a list as an engine does: plan sent to other processes, parts in any order."""
    plan = pickle.loads(pickle.dumps(plan_list(path, rows_per_part=rows_per_part, **options)))  # noqa: S301
    parts = [read_part(plan, k) for k in reversed(range(plan.parts))][::-1]
    assert max(len(part.table) for part in parts) <= rows_per_part
    whole = plan.completed([part.facts for part in parts])
    made = pd.concat([part.table["source_id"] for part in parts])
    ids, doubled = number_duplicates(made, plan.content_of)
    return pd.concat([whole.finished(part.table, ids, doubled) for part in parts])


def same(path, *rows_per_part, **options):
    for most in rows_per_part:
        try:
            whole = read_sources(path, **options)
        except GeocensusError as expected:
            with pytest.raises(type(expected)) as error:
                in_parts(path, most, **options)
            assert (error.value.zh, error.value.en) == (expected.zh, expected.en)
            continue
        found = in_parts(path, most, **options)
        pd.testing.assert_frame_equal(found, whole)
        assert found.attrs == whole.attrs


CELLS = st.sampled_from(
    [*"甲乙1", "", "118.5", "28.9", "118.52300000000001", "28°54′", "合计", "编号", "3.3E+11", "330822001001", "无"]
    + ['"a,b"', '"a\nb"', '"a""b"', '"1\n2,3,4,5,6"', '5"', '12" 管', " x ", "𠀀"]
)
ROWS = st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=9)
HEADERS = st.sampled_from(
    [
        "编号,名称,经度,纬度,区划代码",
        "编号,序号,经度,纬度,行政区划",
        "甲,乙,X,Y,丙",
        "编号,a,坐标,b,c",
        "甲,乙,丙,丁,戊",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=HEADERS,
    rows=ROWS,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(",;|"),
    tail=st.sampled_from(["", "\n", "\n\n \n", "\n,,,,", "\n1", "\n1,2,3,4,5,6", '\n"open,,,,', "\n\n1,2,3,4,5"]),
    crs=st.sampled_from([None, "EPSG:4549", "gcj02"]),
    most=st.integers(1, 10),
)
def test_any_delimited_text(tmp_path, header, rows, encoding, end, mark, tail, crs, most):
    body = end.join([header, *(",".join(row) for row in rows)]) + tail.replace("\n", end)
    path = tmp_path / "a.csv"
    path.write_bytes(body.replace(",", mark).encode(encoding))
    same(path, most, crs=crs, sheet="Sheet1")


KINDS = {
    "编号": st.one_of(st.none(), st.integers(1, 3)),
    "名称": st.sampled_from(["甲", None, "合计"]),
    "统一社会信用代码": st.one_of(st.none(), st.sampled_from([1.0, 2.5, 3e20])),
    "重点": st.one_of(st.none(), st.booleans()),
    "日期": st.sampled_from(
        [None, *pd.to_datetime(["2018-01-02", "2018-01-02 03:00", "2018-01-02 03:00:00.5"], format="mixed")]
    ),
    "列": st.sampled_from([None, [1, 2], [3]]),
}
POINTS = st.sampled_from(
    [None, shapely.Point(), shapely.Point(118.5, 28.9), shapely.Point(118.6, 28.8, 7), shapely.MultiPoint([(118, 29)])]
    + [shapely.Point(0, 0), shapely.Point(np.nan, 5)]
)


@st.composite
def tables(draw):
    """Columns of all kinds, with values missing in some rows."""
    rows = draw(st.integers(1, 8))
    columns = {name: draw(st.lists(cells, min_size=rows, max_size=rows)) for name, cells in KINDS.items()}
    return pd.DataFrame(columns).astype({"日期": "datetime64[us]"})


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(), data=st.data(), most=st.integers(1, 9), group=st.integers(1, 9))
def test_any_parquet(tmp_path, table, data, most, group):
    path = tmp_path / "a.parquet"
    kind = data.draw(st.sampled_from(["columns", "texts", "WKB", "geoarrow"]))
    if kind == "columns":
        lon, lat = (data.draw(st.sampled_from([None, 118.5, 118.25])) for _ in range(2))
        table.assign(经度=lon, 纬度=lat).to_parquet(path, row_group_size=group)
    elif kind == "texts":
        cells = data.draw(st.lists(st.sampled_from(["118.5", "经度", "无"]), min_size=len(table), max_size=len(table)))
        table[["名称"]].assign(经度=cells, 纬度=cells).to_parquet(path, row_group_size=group)
    else:
        shapes = data.draw(st.lists(POINTS, min_size=len(table), max_size=len(table)))
        if kind == "geoarrow":
            shapes = [None if s is None else shapely.Point(118.5, i) for i, s in enumerate(shapes)]
        gpd.GeoDataFrame(table, geometry=shapes, crs=data.draw(st.sampled_from([4490, 4326, None]))).to_parquet(
            path, row_group_size=group, geometry_encoding=kind
        )
    same(path, most)
