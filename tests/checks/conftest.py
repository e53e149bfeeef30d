r"""A drawn world for rules.

One county (330822 甲县), two townships of two villages each; every village is a square of 0.02°, about 2 km::

    lon 118.00  118.02  118.04  118.06  118.08
         |  V1   |  V2   |  V3   |  V4   |      lat 28.00 to 28.02
         '----- T1 -----'----- T2 ------'

T1 = 330822001 东街道 (V1 = …001001 甲社区, V2 = …001200 乙村), T2 = 330822100 西镇 (V3 = …100200 丙村, V4 = …100201 丁村).
"""

import geopandas as gpd
import pytest
import shapely

from geocensus.basemap import Basemap
from geocensus.checks import RULES, Settings, judge
from geocensus.checks.context import make_context
from geocensus.io.sources import read_sources
from geocensus.model import BasemapInfo, CodeSystem, Text

VILLAGES = {"330822001001": "甲社区", "330822001200": "乙村", "330822100200": "丙村", "330822100201": "丁村"}
TOWNSHIPS = {"330822001": "东街道", "330822100": "西镇"}
Y0, Y1, STEP, X0 = 28.0, 28.02, 0.02, 118.0


def layer(codes, names, parents, shapes):
    return gpd.GeoDataFrame({"code": codes, "name": names, "parent_code": parents}, geometry=shapes, crs="EPSG:4490")


@pytest.fixture(scope="session")
def world():
    squares = [shapely.box(round(X0 + i * STEP, 2), Y0, round(X0 + (i + 1) * STEP, 2), Y1) for i in range(4)]
    codes = list(VILLAGES)
    towns = [shapely.union_all(squares[:2]), shapely.union_all(squares[2:])]
    layers = {
        "county": layer(["330822"], ["甲县"], [""], [shapely.union_all(squares)]),
        "township": layer(list(TOWNSHIPS), list(TOWNSHIPS.values()), ["330822"] * 2, towns),
        "village": layer(codes, list(VILLAGES.values()), [code[:9] for code in codes], squares),
    }
    info = BasemapInfo(
        name="world",
        title=Text("甲县", "world"),
        root="330822",
        code_system=CodeSystem.GB2260,
        code_year=2023,
        accuracy_m={"county": 30.0, "township": 30.0, "village": 30.0},
        nested=True,
        sha256="0" * 64,
    )
    return Basemap(info, layers)


@pytest.fixture
def judged(world, tmp_path):
    """Judge a list given as CSV text; columns 编号, 经度, 纬度 and others."""

    def run(text, *, settings=None, crosswalk=None):
        path = tmp_path / "list.csv"
        path.write_text(text.strip() + "\n", encoding="utf-8")
        return judge(read_sources(path), world, settings or Settings(), crosswalk)

    return run


@pytest.fixture
def flagged(judged):
    """Return the ids that a rule flags."""

    def run(rule, text, **options):
        flags = judged(text, **options).flags
        return flags.loc[flags["rule"] == rule, "source_id"].tolist()

    return run


@pytest.fixture
def tested(world, tmp_path):
    """Apply one rule to a list given as CSV text, perhaps beside a second list; return its outcome."""

    def run(rule, text, *, settings=None, crosswalk=None, reference=None, basemap=world):
        lists = []
        for name, content in (("list.csv", text), ("other.csv", reference)):
            if content is not None:
                (tmp_path / name).write_text(content.strip() + "\n", encoding="utf-8")
            lists.append(None if content is None else read_sources(tmp_path / name))
        ctx = make_context(lists[0], basemap, settings or Settings(), crosswalk, reference=lists[1])
        return next(one for one in RULES if one.code == rule).test(ctx)

    return run


def drawn(names):
    """Draw a county of towns, each a square of 0.02° with one village as its whole area."""
    towns = list(names.items())
    squares = [shapely.box(round(X0 + i * STEP, 2), Y0, round(X0 + (i + 1) * STEP, 2), Y1) for i in range(len(towns))]
    codes = [f"330822{100 * (i + 1)}" for i in range(len(towns))]
    layers = {
        "county": layer(["330822"], ["甲县"], [""], [shapely.union_all(squares)]),
        "township": layer(codes, [town for town, _ in towns], ["330822"] * len(towns), squares),
        "village": layer([f"{code}200" for code in codes], [village for _, village in towns], codes, squares),
    }
    info = BasemapInfo("drawn", Text("甲县", "drawn"), root="330822", code_system=CodeSystem.GB2260, code_year=2023)
    return Basemap(info, layers)


@pytest.fixture(scope="session")
def homonyms():
    """Two towns side by side, each with a village called 新村."""
    return drawn({"西镇": "新村村委会", "南乡": "新村村委会"})


@pytest.fixture(scope="session")
def latin():
    return drawn({"Springfield": "Springfield", "Shelby": "Main"})
