"""Shift suspicion: by the columns a maker left, and against reference borders."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geocensus.basemap import suspect_shift
from geocensus.shifts import wgs84_to_bd09, wgs84_to_gcj02


@pytest.fixture(scope="module")
def villages():
    """Forty cells of some kilometres around 118.5° E, 28.9° N, borders wavy."""
    points = np.random.default_rng(3).random((40, 2)) * 0.4 + (118.3, 28.7)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    return gpd.GeoDataFrame(geometry=shapely.segmentize(cells, 0.003), crs="EPSG:4490")


def moved(areas, shift):
    shapes = shapely.transform(areas.geometry.to_numpy(), shift, interleaved=False)
    return gpd.GeoDataFrame(geometry=shapes, crs=areas.crs)


@pytest.mark.parametrize(
    ("columns", "system"),
    [
        (["adcode", "name", "childrenNum", "level", "parent", "subFeatureIndex", "acroutes"], "gcj02"),
        (["adcode", "centroid"], "gcj02"),
        (["adcode", "name"], "unknown"),
        (["code", "center"], "unknown"),
        ([], "unknown"),
    ],
)
def test_columns_betray_a_web_map(villages, columns, system):
    found = suspect_shift(villages, columns=columns)
    assert found.system == system
    assert ("--reference" in found.text.en) == (system == "unknown")


@pytest.mark.parametrize(("system", "shift"), [("none", None), ("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
@pytest.mark.parametrize("noise_m", [0, 30])
def test_shifts_are_found_against_a_reference(villages, system, shift, noise_m):
    rough = moved(
        villages, lambda x, y: (x + noise_m / 98e3 * np.sin(y * 4000), y + noise_m / 111e3 * np.sin(x * 4000))
    )
    layer = rough if shift is None else moved(rough, shift)
    found = suspect_shift(layer, reference=villages)
    assert found.system == system
    assert found.residual_m[system] <= noise_m + 1
    assert found.confidence > 0.5
    assert ("--crs" in found.text.en) == (system != "none")
    if system == "gcj02":
        assert 500 < found.shift_m < 700


def test_a_reference_of_another_level_and_of_lines_will_do(villages):
    outline = gpd.GeoDataFrame(geometry=[villages.union_all()], crs=villages.crs)
    lines = gpd.GeoDataFrame(geometry=villages.boundary, crs=villages.crs)
    layer = moved(villages, wgs84_to_gcj02)
    assert suspect_shift(layer, reference=outline).system == "gcj02"
    assert suspect_shift(layer, reference=lines).system == "gcj02"


def test_a_reference_elsewhere_says_nothing(villages):
    far = villages.set_geometry(villages.translate(5, 0))
    found = suspect_shift(villages, reference=far)
    assert (found.system, found.confidence) == ("unknown", 0)
    assert "too few borders" in found.text.en


def test_another_shift_fits_nothing(villages):
    layer = moved(villages, lambda x, y: (x - 0.006, y + 0.008))
    found = suspect_shift(layer, reference=villages)
    assert found.system == "unknown"
    assert "no system fits" in found.text.en
