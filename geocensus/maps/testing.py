"""A small drawn world, for examples and tests of maps."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.basemap import Basemap
from geocensus.model import BasemapInfo, Text

__all__ = ["small_judgement", "small_world"]


def small_world() -> tuple[Basemap, pd.DataFrame, pd.DataFrame]:
    """Return a basemap of one county, its sources and their flags.

    ::

        28.2 +---------+---------+
             | 101-202 | 102-202 |     county 1, townships 101 东镇 and 102 西乡, two villages each;
        28.1 +----*----+---------+     a river runs along 28.1
             | 101-201 | 102-201 |
        28.0 +---------+---------+
           118.0     118.1     118.2

    Returns
    -------
    basemap : Basemap
        Levels county, township, village.
    sources : pandas.DataFrame
        Six rows: a and b at one place, c outside its claim, d in no area, e unlocated, f excluded.
    flags : pandas.DataFrame
        One flag of c, one of d, one of e and one of a group.

    Examples
    --------
    >>> basemap, sources, flags = small_world()
    >>> basemap.levels, len(sources), len(flags)
    (('county', 'township', 'village'), 6, 4)
    """
    info = BasemapInfo(
        "tiny",
        Text("小县", "Tiny county"),
        root="1",
        notice=Text("示意边界，仅供演示", "Schematic borders, for show only"),
        code_year=2023,
        schematic=True,
    )
    river = gpd.GeoDataFrame(
        {"name": ["小河"], "kind": ["river"]}, geometry=[shapely.LineString([(118, 28.1), (118.2, 28.1)])], crs=4490
    )
    return Basemap(info, _layers(), river), _sources(), _flags()


def small_judgement() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return causes and repairs of the small world's sources.

    Returns
    -------
    causes : pandas.DataFrame
        Those of c (a digit), d (the claim) and e (unknown).
    repairs : pandas.DataFrame
        The point of c is offered at 96 %, the claim of d at 62 %, the point of e is declined.

    Examples
    --------
    >>> causes, repairs = small_judgement()
    >>> len(causes), repairs["offered"].tolist()
    (4, [True, True, False])
    """
    causes = pd.DataFrame(
        {
            "source_id": ["c", "c", "d", "e"],
            "rank": [1, 2, 1, 1],
            "cause": ["digit_error", "unknown", "claim_wrong", "unknown"],
            "probability": [0.96, 0.04, 0.62, 0.9],
            "evidence_zh": ["改一位数字后落在甲村", "", "落在西乡以东", "没有单一差错能解释"],
            "evidence_en": ["one digit puts it in 甲村", "", "lies east of 西乡", "no single slip explains it"],
            "record": ["{}", "", "{}", "{}"],
        }
    )
    repairs = pd.DataFrame(
        {
            "repair_id": ["r1", "r2", "r3"],
            "source_id": ["c", "d", "e"],
            "flag_id": ["f1", "f2", "f3"],
            "rank": [1, 1, 1],
            "kind": ["point", "claim", "point"],
            "cause": ["digit_error", "claim_wrong", "digit_error"],
            "probability": [0.96, 0.62, 0.2],
            "margin": [0.92, 0.4, -0.7],
            "offered": [True, True, False],
            "reason_zh": ["", "", "概率不足 50%"],
            "reason_en": ["", "", "below 50 %"],
            "lon": [118.05, 118.35, 118.06],
            "lat": [28.05, 28.05, 28.05],
            "stated_lon": [118.15, 118.35, np.nan],
            "stated_lat": [28.05, 28.05, np.nan],
            "lon_text": ["118.05", "", ""],
            "lat_text": ["28.05", "", ""],
            "proposed_code": ["101201", "102201", "101201"],
            "proposed_name": ["甲村", "丙村", "甲村"],
            "moved_m": [9842.0, 0.0, np.nan],
            "evidence_zh": ["改一位数字后落在甲村", "落在西乡以东", ""],
            "evidence_en": ["one digit puts it in 甲村", "lies east of 西乡", ""],
        }
    )
    return causes, repairs


def _layers() -> dict[str, gpd.GeoDataFrame]:
    return {
        "county": _layer(["1"], ["小县"], [""], [shapely.box(118, 28, 118.2, 28.2)]),
        "township": _layer(
            ["101", "102"],
            ["东镇", "西乡"],
            ["1", "1"],
            [shapely.box(118, 28, 118.1, 28.2), shapely.box(118.1, 28, 118.2, 28.2)],
        ),
        "village": _layer(
            ["101201", "101202", "102201", "102202"],
            ["甲村", "乙村", "丙村", "丁村"],
            ["101", "101", "102", "102"],
            [shapely.box(x, y, x + 0.1, y + 0.1) for x in (118.0, 118.1) for y in (28.0, 28.1)],
        ),
    }


def _layer(codes: list[str], names: list[str], parents: list[str], geometry: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": codes, "name": names, "parent_code": parents}, geometry=geometry, crs=4490)


def _sources() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source_id": ["a", "b", "c", "d", "e", "f"],
            "name": ["常兴化工厂", "常兴加油站", "远山养殖场", "外地企业", "无坐标餐馆", "合计"],
            "class": ["industrial", "mobile", "farm", "industrial", "domestic", None],
            "claimed_code": ["101201", "101201", "101", "102202", "999", None],
            "claimed_level": ["village", "village", "township", "village", None, None],
            "state": ["located"] * 4 + ["unlocated", "excluded"],
            "excluded_reason": [None] * 5 + ["total_row"],
            "lon": [118.05, 118.05, 118.15, 118.35, np.nan, np.nan],
            "lat": [28.05, 28.05, 28.05, 28.05, np.nan, np.nan],
            "lon_text": ["118.05", "118°3′0″", "118.15", "118.35", "无", None],
            "lat_text": ["28.05", "28°3′0″", "28.05", "28.05", "28.05", None],
            "coordinate_problem": ["", "", "", "", "missing", ""],
            "located_code": ["101201", "101201", "102201", None, None, None],
            "on_border": [False] * 6,
            "near_border": [False] * 6,
            "distance_m": [-4919.0, -4919.0, 4919.0, 15592.0, np.nan, np.nan],
            "tolerance_m": [50.0, 50.0, 50.0, 50.0, np.nan, np.nan],
            "status": ["ok", "ok", "flagged", "flagged", "not_tested", "not_tested"],
            "row": [2, 3, 4, 5, 6, 7],
        }
    )


def _flags() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source_id": ["c", "d", "e", ""],
            "group": [None, None, None, "enumerator 7"],
            "rule": ["place.outside_claimed", "place.outside_claimed", "coordinate.missing", "group.mixed_formats"],
            "severity": ["error", "error", "warning", "info"],
            "message_zh": ["位于丙村，在填报的东镇之外 4.9 km", "不在任何区划内", "未填经度", "坐标写法不一"],
            "message_en": [
                "In 丙村, 4.9 km outside the claimed 东镇",
                "In no area",
                "Longitude missing",
                "Mixed formats",
            ],
        }
    )
