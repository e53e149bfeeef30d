"""Census zones in a workspace: replaced as a whole, codes never forgotten."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geocensus.errors import SchemaError
from geocensus.workspace import StoredZones, Workspace


def zones(codes, *, history=None):
    shapes = [shapely.box(118 + i / 10, 28, 118.1 + i / 10, 28.1) for i in range(len(codes))]
    columns = {"code": codes, "name": codes, "parent_code": [code[:-3] for code in codes], "sources": 5}
    events = pd.DataFrame({"code": history or codes, "event": "created", "date": "2026-01-01", "area_m2": 1.5})
    members = pd.DataFrame({"source_id": [f"S{i}" for i in range(len(codes))], "code": codes})
    return StoredZones(gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490"), members, events, {"most": 150})


@pytest.fixture
def workspace(tmp_path, result):
    workspace = Workspace(tmp_path / "ws.gpkg")
    workspace.write(result)
    return workspace


def test_none_before_the_first_cut(workspace):
    assert workspace.read_census_zones() is None


def test_they_come_back_as_they_were_written(workspace):
    workspace.write_census_zones(zones(["001002", "001001"]))
    back = workspace.read_census_zones()
    assert back.zones["code"].tolist() == ["001001", "001002"]
    assert back.zones["sources"].tolist() == [5, 5]
    assert back.members.to_dict("list") == {"source_id": ["S0", "S1"], "code": ["001002", "001001"]}
    assert back.history[["code", "event", "date", "area_m2"]].to_numpy().tolist() == [
        ["001002", "created", "2026-01-01", 1.5],
        ["001001", "created", "2026-01-01", 1.5],
    ]
    assert back.record == {"most": 150}
    assert len(gpd.read_file(workspace.path, layer="census_zones")) == 2


def test_a_code_may_be_retired_but_never_forgotten(workspace):
    workspace.write_census_zones(zones(["001001", "001002"]))
    with pytest.raises(SchemaError, match="no longer knows 001002"):
        workspace.write_census_zones(zones(["001001", "001003"]))
    workspace.write_census_zones(zones(["001001", "001003"], history=["001001", "001002"]))
    assert workspace.read_census_zones().zones["code"].tolist() == ["001001", "001003"]


def test_a_code_used_twice_is_refused(workspace):
    with pytest.raises(SchemaError, match="used twice"):
        workspace.write_census_zones(zones(["001001", "001001"]))
    assert workspace.read_census_zones() is None


def test_a_check_leaves_them_alone(workspace, result):
    workspace.write_census_zones(zones(["001001"]))
    workspace.write(result)
    assert len(workspace.read_census_zones().zones) == 1
