"""Causes, repairs and shifts in the file: lines and points that are valid, tables that come back."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geocensus.checks.diagnosis.tables import CAUSE_COLUMNS, REPAIR_COLUMNS
from geocensus.workspace import Workspace, decode
from geocensus.workspace.tables import CAUSES, REPAIRS


@pytest.fixture
def judged(result):
    """Four repairs: a move, one of a source off the map, a claim, and a move of no length."""
    nan = np.nan
    result.repairs = pd.DataFrame(
        {
            "repair_id": ["r1", "r2", "r3", "r4"],
            "source_id": ["S3", "S4", "S1", "S2"],
            "flag_id": ["f1", "f2", "f0", "f0"],
            "rank": [1, 1, 1, 2],
            "kind": ["point", "point", "claim", "point"],
            "cause": ["digit_error", "axes_swapped", "claim_wrong", "other_site"],
            "probability": [0.93, 0.97, 0.6, 0.3],
            "margin": [0.9, 0.95, 0.3, 0.0],
            "offered": [True, True, True, False],
            "reason_zh": ["", "", "", "概率不足"],
            "reason_en": ["", "", "", "too unlikely"],
            "lon": [118.15, 118.12, 118.1, 118.2],
            "lat": [28.1, 28.15, 28.1, 28.1],
            "stated_lon": [118.65, nan, 118.1, 118.2],
            "stated_lat": [28.1, nan, 28.1, 28.1],
            "lon_text": ["118.15", "", "", ""],
            "lat_text": ["28.1", "", "", ""],
            "proposed_code": ["330822001"] * 4,
            "proposed_name": ["甲街道"] * 4,
            "moved_m": [49_000.0, nan, 0.0, 0.0],
            "evidence_zh": ["甲"] * 4,
            "evidence_en": ["a"] * 4,
        }
    )
    result.causes = pd.DataFrame(
        {
            "source_id": ["S3", "S3", "S4"],
            "rank": [1, 2, 1],
            "cause": ["digit_error", "unknown", "axes_swapped"],
            "probability": [0.93, 0.05, 0.97],
            "evidence_zh": ["甲", "乙", "丙"],
            "evidence_en": ["a", "b", "c"],
            "record": ['{"a": 1}', "", "{}"],
        }
    )
    result.shifts = pd.DataFrame(
        {
            "group": ["张三"],
            "by": ["enumerator"],
            "system": ["gcj02"],
            "n": [40],
            "confidence": [0.98],
            "share": [0.9],
            "d_east_m": [490.0],
            "d_north_m": [-332.0],
            "method": ["claims"],
            "message_zh": ["偏移"],
            "message_en": ["shifted"],
        }
    )
    return result


@pytest.fixture
def workspace(tmp_path, judged):
    workspace = Workspace(tmp_path / "ws.gpkg")
    workspace.write(judged)
    return workspace


def test_the_tables_have_the_columns_of_a_diagnosis():
    assert [column.name for column in CAUSES.columns] == list(CAUSE_COLUMNS)
    assert [column.name for column in REPAIRS.columns] == list(REPAIR_COLUMNS)


def test_everything_comes_back(workspace, judged):
    back = workspace.read_judgement()
    for name in ("causes", "repairs", "shifts"):
        pd.testing.assert_frame_equal(back[name], getattr(judged, name).astype(back[name].dtypes))


def test_a_repair_is_a_line_where_there_is_one(workspace):
    lines = workspace.read_table("repairs")
    geometry = decode(lines["geom"].tolist())
    assert geometry[0].wkt == "LINESTRING (118.65 28.1, 118.15 28.1)"
    assert geometry[1:].tolist() == [None, None, None]  # off the map; a claim; of no length
    points = workspace.read_table("repair_points")
    assert points["repair_id"].tolist() == ["r1", "r2", "r4"]
    assert [point.wkt for point in decode(points["geom"].tolist())][:2] == [
        "POINT (118.15 28.1)",
        "POINT (118.12 28.15)",
    ]


def test_gdal_reads_both_layers(workspace):
    lines = gpd.read_file(workspace.path, layer="repairs")
    assert lines.geometry.notna().tolist() == [True, False, False, False]
    assert lines.geometry.iloc[0].is_valid
    assert lines["offered"].tolist() == [True, True, True, False]
    inside = gpd.read_file(workspace.path, layer="repair_points", bbox=(118.1, 28.12, 118.2, 28.2))
    assert inside["repair_id"].tolist() == ["r2"]


def test_the_next_run_replaces_them(workspace, judged):
    judged.repairs, judged.causes = judged.repairs.iloc[:1], judged.causes.iloc[:2]
    judged.shifts = None
    workspace.write(judged)
    back = workspace.read_judgement()
    assert [len(back[name]) for name in ("causes", "repairs", "shifts")] == [2, 1, 0]
    assert len(workspace.read_table("repair_points")) == 1
    assert back["shifts"].columns.tolist()[:3] == ["group", "by", "system"]
