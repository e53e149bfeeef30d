"""A tiny county with two townships, three sources and their flags."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geocensus.basemap.hierarchy import Basemap
from geocensus.model import BasemapInfo, Text


def texts(*values):
    return pd.Series(values, dtype="str")


def layer(codes, names, parents, geometry):
    columns = {"code": texts(*codes), "name": texts(*names), "parent_code": texts(*parents)}
    return gpd.GeoDataFrame(columns, geometry=list(geometry), crs="EPSG:4490")


@pytest.fixture
def basemap():
    """Two townships side by side, the second with an enclave far away; a river between them.

    ::

        28.2 +----A----|----B----+     +-B-+
        28.0 +---------|---------+     +---+
           118.0     118.2     118.4  118.6 118.7
    """
    a, b = shapely.box(118.0, 28.0, 118.2, 28.2), shapely.box(118.2, 28.0, 118.4, 28.2)
    b = shapely.MultiPolygon([b, shapely.box(118.6, 28.0, 118.7, 28.2)])
    county = layer(["330822"], ["常山县"], [""], [shapely.union_all([a, b])])
    townships = layer(["330822001", "330822100"], ["甲街道", "乙镇"], ["330822", "330822"], [a, b])
    river = gpd.GeoDataFrame(
        {"name": texts("常山港"), "kind": texts("river")},
        geometry=[shapely.LineString([(118.2, 28.0), (118.2, 28.2)])],
        crs="EPSG:4490",
    )
    info = BasemapInfo("tiny", Text("小图", "tiny"), root="330822", code_year=2023, sha256="ab" * 32)
    return Basemap(info, {"county": county, "township": townships}, river)


@pytest.fixture
def sources():
    """Three located rows, one unlocated, one excluded; awkward headers."""
    table = pd.DataFrame(
        {
            "source_id": texts("S1", "S2", "S3", "S4", "S5"),
            "name": texts("甲厂", "乙厂", 'O\'Neil "丙"', "丁厂", None),
            "class": texts("industrial", "farm", "domestic", "mobile", None),
            "credit_code": texts("001234567890123456", None, None, None, None),
            "state": texts("located", "located", "located", "unlocated", "excluded"),
            "excluded_reason": texts(None, None, None, None, "合计行"),
            "lon": [118.1, 118.2, 118.65, np.nan, np.nan],
            "lat": [28.1, 28.1, 28.1, np.nan, np.nan],
            "row": [2, 3, 4, 5, 6],
            "on_border": [False, True, False, False, False],
            "distance_m": [-5000.0, 0.0, np.nan, np.nan, np.nan],
            'raw:"名称"; DROP TABLE sources': texts("a", "b", "c", "d", "合计"),
            "raw:Fid": texts("1", "2", "3", "4", "5"),
            "raw:FID": texts("01", "02", "03", "04", "05"),
        }
    )
    table.attrs = {"file": "名单.csv", "columns": {"lon": "经度"}, "crs_assumed": True}
    return table


@pytest.fixture
def flags():
    return pd.DataFrame(
        {
            "flag_id": texts("f1", "f2", "f3"),
            "source_id": texts("S3", "S4", ""),
            "group": texts("", "", "表一"),
            "rule": texts("place.outside_claimed", "coordinate.missing", "group.shift"),
            "level": texts("township", "", ""),
            "status": texts("flagged", "flagged", "flagged"),
            "severity": texts("error", "warning", "info"),
            "message_zh": texts("越界", "无坐标", "整批偏移"),
            "message_en": texts("outside", "no coordinate", "shift"),
            "basis": texts("b1", "b2", "b3"),
            "lon": [118.65, np.nan, np.nan],
            "lat": [28.1, np.nan, np.nan],
        }
    )


@pytest.fixture
def result(basemap, sources, flags):
    return make_result(basemap, sources, flags)


def make_result(basemap, sources, flags, **provenance):
    counts = {state: int((sources["state"] == state).sum()) for state in ("located", "unlocated", "excluded")}
    summary = {
        "rows": len(sources),
        **counts,
        "crs": "cgcs2000",
        "crs_assumed": True,
        "flags": {"coordinate.missing": 1},
    }
    known = {
        "command": "geocensus check 名单.csv",
        "input": {"file": "名单.csv", "sha256": "0" * 64},
        "basemap": {"name": "tiny", "sha256": "ab" * 32, "code_year": 2023},
        "settings": {"place": {"stacked": 3}},
        "versions": {"geocensus": "0.1.0"},
    }
    return SimpleNamespace(
        basemap=basemap, sources=sources, flags=flags, repairs=None, summary=summary, provenance={**known, **provenance}
    )


@pytest.fixture
def remake():
    return make_result
