"""Tiny worlds drawn in text: one letter per square degree, a dot for none."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely


def _draw(*pictures, crs="EPSG:4490", **columns):
    """Return areas, one per letter and picture; the lower left corner of each picture is (0, 0)."""
    codes, shapes = [], []
    for picture in pictures:
        lines = [line.strip() for line in picture.strip().splitlines()]
        for letter in sorted(set("".join(lines)) - {"."}):
            squares = [
                shapely.box(x, len(lines) - 1 - y, x + 1, len(lines) - y)
                for y, line in enumerate(lines)
                for x, at in enumerate(line)
                if at == letter
            ]
            codes.append(letter)
            shapes.append(shapely.union_all(squares))
    table = {"code": pd.Series(codes, dtype="str")} | columns
    return gpd.GeoDataFrame(table, geometry=shapes, crs=crs)


@pytest.fixture
def draw():
    return _draw


@pytest.fixture
def points():
    def build(*pairs):
        return pd.DataFrame(pairs, columns=["lon", "lat"], dtype="float64")

    return build
