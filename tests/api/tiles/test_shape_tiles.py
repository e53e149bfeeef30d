"""Tiles of polygons and lines: simpler from afar, whole from near, wound as the format asks, for who may see them."""

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from geocensus_api.tiles.drawing import BUFFER, drawn
from geocensus_api.tiles.encoding import LINE, POLYGON, Column, column, encode_layer
from geocensus_api.tiles.mercator import project
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus.workspace.connection import transaction, writable
from geocensus.workspace.geometry import encode_areas

WORLD = 2.0**32


def layer(client, collection, zoom, x, y, **query):
    answer = client.get(f"/collections/{collection}/tiles/WebMercatorQuad/{zoom}/{y}/{x}", params=query)
    assert answer.status_code == 200, answer.text
    return mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True}).get(collection, {})


def tile_of(lon, lat, zoom):
    x, y = project(np.array([lon]), np.array([lat]))
    return zoom, int(x[0]) >> (32 - zoom), int(y[0]) >> (32 - zoom)


def test_areas_show_from_their_zoom_on(client):
    assert len(layer(client, "areas-county", 0, 0, 0).get("features", [])) == 0
    assert layer(client, "areas-township", *tile_of(118.1, 28.1, 6)) == {}
    (county,) = layer(client, "areas-county", *tile_of(118.1, 28.1, 4))["features"]
    assert county["properties"] == {"code": "330822", "name": "常山县", "level": "county"}
    towns = layer(client, "areas-township", *tile_of(118.2, 28.1, 7))["features"]
    assert [one["properties"]["code"] for one in towns] == ["330822001", "330822100"]  # the third has no border
    least = client.get("/collections/areas-township/tiles/WebMercatorQuad/tilejson.json").json()["minzoom"]
    assert least == 7


def test_a_tile_in_the_box_of_an_area_but_not_in_the_area_is_empty(client_as, towns):
    half = shapely.Polygon([(118.0, 28.0), (118.4, 28.0), (118.0, 28.2)])
    (blob,), _bounds = encode_areas(np.array([half], dtype=object))
    with writable(towns, wait_s=5) as connection, transaction(connection, wait_s=5):
        connection.execute("UPDATE areas_county SET geom = ?", (blob,))
    client = client_as(towns)
    assert layer(client, "areas-county", *tile_of(118.35, 28.19, 13)) == {}
    assert len(layer(client, "areas-county", *tile_of(118.05, 28.01, 13))["features"]) == 1


def test_neighbours_share_their_border_in_a_tile(client):
    a, b = layer(client, "areas-township", *tile_of(118.2, 28.1, 9))["features"]
    first, second = (shapely.geometry.shape(one["geometry"]) for one in (a, b))
    assert first.intersection(second).length > 100  # the border itself
    assert first.intersection(second).area == 0


def test_inside_an_area_the_tile_is_filled_to_beyond_its_edge(client):
    zoom, x, y = tile_of(118.1, 28.1, 14)
    (only,) = layer(client, "areas-township", zoom, x, y)["features"]
    assert shapely.geometry.shape(only["geometry"]).equals(shapely.box(-BUFFER, -BUFFER, 4096 + BUFFER, 4096 + BUFFER))


def test_filters_and_areas_of_a_person_hold(client, client_as, two_towns_path):
    place = tile_of(118.2, 28.1, 7)
    (one,) = layer(client, "areas-township", *place, code="330822100")["features"]
    assert one["properties"]["name"] == "乙镇"
    person = client_as(two_towns_path, "planner", ("330822001",))
    (mine,) = layer(person, "areas-township", *place)["features"]
    assert mine["properties"]["code"] == "330822001"


def test_plans_and_what_a_viewer_is_told_of_them(client_as, full_path):
    place = tile_of(118.1, 28.1, 12)
    all_plans = layer(client_as(full_path), "field-zones", *place)["features"]
    assert {(one["properties"]["plan"], one["properties"]["field_zone"]) for one in all_plans} == {
        ("甲方案", "1"),
        ("b", "1"),
    }
    (one,) = layer(client_as(full_path, "viewer"), "field-zones", *place, plan="b")["features"]
    assert one["properties"]["load"] == 60.0
    assert "phone" not in one["properties"]


def test_a_layer_is_drawn_anew_once_its_rows_change(client_as, towns):
    import sqlite3

    client, place = client_as(towns), tile_of(118.1, 28.1, 14)
    assert len(layer(client, "areas-township", *place)["features"]) == 1
    with sqlite3.connect(towns) as connection:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            connection.create_function(name, 1, lambda _blob: 1)
        connection.execute("UPDATE areas_township SET geom = NULL WHERE code = '330822001'")
    connection.close()
    assert layer(client, "areas-township", *place) == {}


def rings(numbers):
    """Return the rings that commands draw, as the format's own table says, to compare with."""
    rings, at, cursor = [], 0, np.zeros(2, dtype=int)
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        at += 1
        if command == 7:
            continue
        for _ in range(count):
            step = [(value >> 1) ^ -(value & 1) for value in numbers[at : at + 2]]
            at += 2
            cursor = cursor + step
            rings.append([]) if command == 1 else None
            rings[-1].append(tuple(cursor.tolist()))
    return rings


def signed(ring):
    x, y = np.array(ring, dtype=float).T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2


def test_outer_rings_are_positive_and_holes_negative():
    square, hole = shapely.box(0, 0, WORLD, WORLD), shapely.box(WORLD / 4, WORLD / 4, WORLD / 2, WORLD / 2)
    shapes, kept = drawn(np.array([square.difference(hole).reverse()]), POLYGON, (0, 0, 0))
    outer, inner = rings(shapes.numbers.tolist())
    assert (signed(outer), signed(inner)) == (4096.0**2, -(1024.0**2))
    assert kept.tolist() == [0]


def test_what_is_smaller_than_the_grid_is_still_drawn():
    tiny = shapely.box(1000, 1000, 1001, 1001)
    line = shapely.LineString([(5e8, 5e8), (5e8 + 1, 5e8)])
    shapes, kept = drawn(np.array([tiny]), POLYGON, (0, 0, 0))
    assert rings(shapes.numbers.tolist()) == [[(0, 0), (1, 0), (1, 1), (0, 1)]]
    shapes, kept = drawn(np.array([line]), LINE, (0, 0, 0))
    assert len(rings(shapes.numbers.tolist())[0]) == 2
    assert kept.tolist() == [0]
    nothing, kept = drawn(np.array([shapely.box(WORLD, 0, WORLD + 1, 1)]), POLYGON, (1, 0, 0))
    assert (len(nothing.numbers), len(kept)) == (0, 0)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 63), st.integers(0, 63), st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=8
    )
)
def test_polygons_come_out_of_a_tile_as_they_went_in(boxes):
    unit = WORLD / 64
    shapes = np.array(
        [shapely.box(x * unit, y * unit, min(x + w, 64) * unit, min(y + h, 64) * unit) for x, y, w, h in boxes]
    )
    numbers, kept = drawn(shapes, POLYGON, (0, 0, 0))
    names = column(np.array([f"n{number}" for number in kept.tolist()], dtype=object))
    tile = encode_layer("a", numbers, kept.astype(np.int64), {"name": names})
    found = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})["a"]["features"]
    assert [one["id"] for one in found] == list(range(len(boxes)))
    for one, shape in zip(found, shapes, strict=True):
        expected = shapely.transform(shape, lambda corners: corners * 4096 / WORLD)
        assert shapely.geometry.shape(one["geometry"]).equals(expected)
        assert one["properties"] == {"name": f"n{one['id']}"}


VALUES = st.one_of(
    st.none(), st.text(max_size=200), st.integers(-(2**40), 2**53), st.floats(allow_nan=False), st.booleans()
)


@settings(max_examples=80)
@given(
    st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=20),
    st.lists(st.integers(-1, 2**53), min_size=20, max_size=20),
)
def test_every_value_is_read_back_with_its_type(rows, ids):
    ids = np.array(ids[: len(rows)], dtype=np.int64)
    line = np.array([shapely.LineString([(0, 0), (WORLD, WORLD)])] * len(rows), dtype=object)
    shapes, _kept = drawn(line, LINE, (0, 0, 0))
    columns = {}
    for number, name in enumerate(("甲", "b")):
        values = [row[number] for row in rows]
        known = list(dict.fromkeys((type(value), value) for value in values if value is not None))
        codes = [known.index((type(value), value)) if value is not None else -1 for value in values]
        columns[name] = Column([value for _type, value in known], np.array(codes, dtype=np.int64))
    found = mapbox_vector_tile.decode(encode_layer("层", shapes, ids, columns))["层"]["features"]
    expected = [
        {name: value for name, value in zip(("甲", "b"), row, strict=True) if value is not None} for row in rows
    ]
    assert [one["properties"] for one in found] == expected
    assert [[type(value) for value in one["properties"].values()] for one in found] == [
        [type(value) for value in row.values()] for row in expected
    ]
    assert [one.get("id", 0) for one in found] == [max(number, 0) for number in ids.tolist()]


def test_a_level_without_features_is_an_empty_tile():
    empty = drawn(np.array([], dtype=object), POLYGON, (0, 0, 0))[0]
    assert encode_layer("a", empty, np.array([], dtype=np.int64), {}) == b""


@pytest.mark.parametrize("zoom", [7, 10, 13, 14, 16])
def test_areas_cover_the_county_at_every_zoom(client, zoom):
    zoom, x, y = tile_of(118.2, 28.1, zoom)
    found = [shapely.geometry.shape(one["geometry"]) for one in layer(client, "areas-township", zoom, x, y)["features"]]
    county = layer(client, "areas-county", zoom, x, y)["features"][0]
    assert shapely.union_all(found).symmetric_difference(shapely.geometry.shape(county["geometry"])).area <= 4096
