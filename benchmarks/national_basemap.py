"""A fictional country of national size as a basemap: province > county > township, named by drawn syllables."""

from __future__ import annotations

import geopandas as gpd
import national_borders as borders
import numpy as np
import pandas as pd
import shapely

from geocensus.basemap import Basemap
from geocensus.model import BasemapInfo, CodeSystem, Text

FIRST = list("东西南北上中下前后内外大小新古长高清安平永宁和泰康福兴盛金玉银石白青黄红云龙凤虎")
SECOND = list("山河江湖溪泉池塘桥渡沙洲岭岗坡谷原野林桂松柏梅竹柳杨桃李坪坝湾庄堡寨城门阳阴源川")
STEP = 617  # names of one area's children are this far apart in the list of all, so that no two are the same
DIGITS = {"province": 2, "county": 4, "township": 3}  # of each level's own, behind the code above
SUFFIXES = {"province": ("省",), "county": ("县", "市", "区"), "township": ("镇", "乡", "街道")}
FIRST_PROVINCE = 11


def draw(count: int, seed: int = 0, *, states: int | None = None) -> Basemap:
    """Cut the counties, or those of the first `states`, into about `count` townships."""
    rng = np.random.default_rng([count, seed])
    counties = borders.counties(states)
    state = pd.factorize(counties["state"])[0]
    ruled, _ = borders.crooked(counties.geometry.to_numpy(), borders.LONG)
    pieces, county = borders.townships(ruled, count)
    townships, keys = borders.crooked(pieces)
    provinces = np.array([shapely.coverage_union_all(ruled[state == number]) for number in range(state.max() + 1)])
    layers, above = {}, pd.Series([""])
    for level, shapes, parent in (
        ("province", borders.bent(provinces, keys), np.zeros(len(provinces), int)),
        ("county", borders.bent(ruled, keys), state),
        ("township", townships, county),
    ):
        layers[level] = _layer(level, shapes, parent, above, rng)
        above = layers[level]["code"]
    return Basemap(_info(), layers)


def _layer(
    level: str, shapes: np.ndarray, parent: np.ndarray, above: pd.Series, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """The areas of a level, in the order of their parents, with codes and names."""
    within = pd.Series(parent).groupby(parent).cumcount().to_numpy()
    own = pd.Series(within + (FIRST_PROVINCE if level == "province" else 1)).astype("str").str.zfill(DIGITS[level])
    parent_code = above.iloc[parent].reset_index(drop=True)
    pairs = len(FIRST) * len(SECOND)
    pair = (rng.integers(pairs, size=len(above))[parent] + STEP * within) % pairs
    suffix = np.array(SUFFIXES[level])[rng.integers(len(SUFFIXES[level]), size=len(shapes))]
    name = [
        FIRST[one // len(SECOND)] + SECOND[one % len(SECOND)] + last for one, last in zip(pair, suffix, strict=True)
    ]
    texts = {"code": parent_code + own, "name": name, "parent_code": parent_code}
    return gpd.GeoDataFrame(texts, geometry=shapes, crs="EPSG:4490")


def _info() -> BasemapInfo:
    return BasemapInfo(
        "national",
        Text("虚构的全国区划", "a fictional country"),
        source=Text("bokeh-sampledata 的县界东移 200°，随机切分", "counties of bokeh-sampledata, moved and cut"),
        code_system=CodeSystem.OTHER,
        accuracy_m={"province": 50.0, "county": 50.0, "township": 50.0},
        notice=Text("虚构数据", "fictional"),
        schematic=True,
        nested=True,
    )
