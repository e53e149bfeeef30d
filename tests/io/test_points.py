"""Layers as lists."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geocensus.errors import DataNotFoundError, SchemaError, UnreadableError
from geocensus.io.points import POINT_LAT, POINT_LON, read_parquet, read_points


def test_points_become_two_columns_and_other_columns_stay(tmp_path):
    path = tmp_path / "a.gpkg"
    when = pd.to_datetime(["2018-01-02", None])
    shapes = [shapely.Point(118.5, 28.9, 7), shapely.MultiPoint([(118.6, 28.8)])]
    gpd.GeoDataFrame({"n": [1, 2], "t": ["甲", None], "when": when}, geometry=shapes, crs=4490).to_file(path)
    raw = read_points(path)
    assert raw.points
    assert raw.crs == "EPSG:4490"
    assert raw.table[[POINT_LON, POINT_LAT]].to_numpy().tolist() == [[118.5, 28.9], [118.6, 28.8]]
    assert raw.table["n"].tolist() == [1, 2]
    assert raw.table["t"].tolist()[0] == "甲"
    assert raw.table["t"].isna().tolist() == [False, True]
    assert raw.table["when"].tolist()[0].startswith("2018-01-02")
    assert raw.rows.tolist() == [1, 2]


def test_missing_and_empty_points_are_rows_without_coordinates(tmp_path):
    path = tmp_path / "a.parquet"
    gpd.GeoDataFrame(geometry=[None, shapely.Point(), shapely.Point(1, 2)], crs=4326).to_parquet(path)
    table = read_parquet(path).table
    assert np.isnan(table[POINT_LON]).tolist() == [True, True, False]


@pytest.mark.parametrize(
    "shape", [shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)]), shapely.MultiPoint([(0, 0), (1, 1)])]
)
def test_other_shapes_are_refused_with_the_feature(tmp_path, shape):
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame(geometry=[shapely.Point(1, 2), shape], crs=4490).to_file(path)
    with pytest.raises(SchemaError, match=r"a.gpkg a: 1 features are not points \(first: feature 2\)"):
        read_points(path)


def test_a_table_without_shapes(tmp_path):
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"lon": [1.5]}), path, layer="x")
    raw = read_points(path)
    assert (raw.points, raw.crs, raw.table["lon"].tolist()) == (False, "", [1.5])


def test_a_file_without_a_reference_system_states_none(tmp_path):
    path = tmp_path / "a.shp"
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4490).to_file(path)
    path.with_suffix(".prj").unlink()
    assert read_points(path).crs == ""


def test_what_parquet_holds_beyond_text_and_numbers(tmp_path):
    path = tmp_path / "a.parquet"
    table = pd.DataFrame(
        {"list": [[1, 2], None], "flag": [True, False], "kind": pd.Categorical(["x", "y"]), "big": [2**62, 1]}
    )
    table.to_parquet(path)
    found = read_parquet(path).table
    assert found["list"].isna().tolist() == [False, True]
    assert found["flag"].tolist() == ["True", "False"]
    assert found["kind"].tolist() == ["x", "y"]
    assert found["big"].tolist() == [2**62, 1]


def test_a_named_index_is_a_column(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"v": [1]}, index=pd.Index(["A"], name="编号")).to_parquet(path)
    assert read_parquet(path).table.columns.tolist() == ["编号", "v"]


def test_unreadable_files_and_missing_layers(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [{', encoding="utf-8")
    with pytest.raises(UnreadableError, match=r"a.geojson: cannot be read as a layer"):
        read_points(path)
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(UnreadableError, match=r"a.parquet: not a readable Parquet file"):
        read_parquet(tmp_path / "a.parquet")
    gpd.GeoDataFrame(geometry=[shapely.Point(1, 2)], crs=4490).to_file(tmp_path / "b.gpkg")
    with pytest.raises(DataNotFoundError, match=r"no layer 'x'. Its layers are b"):
        read_points(tmp_path / "b.gpkg", "x")
