import geopandas as gpd
import pandas as pd
import pytest
import shapely

CRS = "EPSG:4490"


def _shape(form):
    """Boxes as (x0, y0, x1, y1), shapes as they are."""
    return shapely.box(*form) if isinstance(form, tuple) else form


@pytest.fixture
def draw():
    """Make an areas table of one level from rows of (code, parent_code, shape)."""

    def make(level, rows):
        texts = [(code, f"名{code}", parent, level) for code, parent, _ in rows]
        table = pd.DataFrame(texts, columns=["code", "name", "parent_code", "level"], dtype="str")
        return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([_shape(form) for _, _, form in rows], crs=CRS))

    return make


@pytest.fixture
def layer():
    """Make a foreign layer from columns and shapes."""

    def make(columns, shapes, crs=CRS):
        return gpd.GeoDataFrame(
            pd.DataFrame(columns), geometry=gpd.GeoSeries([_shape(form) for form in shapes], crs=crs)
        )

    return make
