import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geocensus.basemap import Basemap
from geocensus.demo import make_sources
from geocensus.io import open_basemap
from geocensus.model import BasemapInfo, CodeSystem, Text

CRS = "EPSG:4490"


def _layer(rows):
    codes, names, parents, shapes = zip(*rows, strict=True)
    table = pd.DataFrame({"code": codes, "name": names, "parent_code": parents}, dtype="str")
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(shapes), crs=CRS))


@pytest.fixture(scope="session")
def tiny() -> Basemap:
    """Draw two towns of three villages, each about 5 km wide.

    ::

        28.90 +-----+-----+-----+
              | 201 | 202 | 203 |   town 001 天马街道
        28.85 +-----+-----+-----+
              | 201 | 202 | 203 |   town 104 白石镇
        28.80 +-----+-----+-----+
            118.40 .45   .50   .55
    """
    county = [("330822", "常山县", "", shapely.box(118.40, 28.80, 118.55, 28.90))]
    towns, villages = [], []
    for town, name, south in (("330822001", "天马街道", 28.85), ("330822104", "白石镇", 28.80)):
        towns.append((town, name, "330822", shapely.box(118.40, south, 118.55, south + 0.05)))
        for column, village in enumerate(("甲村村委会", "北屏山村委会", "辉埠居委会")):
            west = 118.40 + 0.05 * column
            villages.append(
                (f"{town}20{column + 1}", village, town, shapely.box(west, south, west + 0.05, south + 0.05))
            )
    info = BasemapInfo("tiny", Text("小图", "tiny"), root="330822", code_system=CodeSystem.GB2260, code_year=2023)
    return Basemap(info, {"county": _layer(county), "township": _layer(towns), "village": _layer(villages)})


@pytest.fixture(scope="session")
def tiny_list(tiny):
    """Return a list of 2,400 rows and its truth."""
    return make_sources(tiny, rows=2400)


@pytest.fixture(scope="session")
def shipped_list(shipped):
    """Return the list of the demo and its truth."""
    return make_sources(shipped)


@pytest.fixture(scope="session", params=["changshan", "miaoli"])
def shipped(request) -> Basemap:
    return open_basemap(request.param)
