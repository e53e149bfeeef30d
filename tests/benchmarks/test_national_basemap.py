"""The drawn country is an exact coverage at every level, with codes, names and parents that fit."""

import national_basemap
import national_borders as borders
import numpy as np
import pytest
import shapely

from geocensus.basemap import topology_issues


@pytest.mark.parametrize("level", ["province", "county", "township"])
def test_neighbours_share_every_vertex(country, level):
    shapes = country.areas(level).geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)


@pytest.mark.parametrize(("level", "above"), [("county", "province"), ("township", "county")])
def test_children_fill_their_parents(country, level, above):
    children, parents = country.areas(level), country.areas(above)
    area = children.assign(area=shapely.area(children.geometry)).groupby("parent_code")["area"].sum()
    assert area.index.tolist() == parents["code"].tolist()
    np.testing.assert_allclose(area, shapely.area(parents.geometry), rtol=1e-12)
    own = set(map(tuple, shapely.get_coordinates(children.geometry)))
    assert own >= set(map(tuple, shapely.get_coordinates(parents.geometry)))


def test_the_product_finds_nothing_to_complain_of(country):
    province = {level: areas[areas["code"].str.startswith("11")] for level, areas in country.layers.items()}
    assert set(topology_issues(province)["kind"]) <= {"enclave"}


def test_codes_begin_with_the_parents_and_names_differ_within_it(country):
    lengths = {"province": 2, "county": 6, "township": 9}
    for level, length in lengths.items():
        areas = country.areas(level)
        assert (areas["code"].str.len() == length).all()
        assert all(code.startswith(parent) for code, parent in zip(areas["code"], areas["parent_code"], strict=True))
        stems = areas["name"].str[:2]  # without 镇, 乡 …
        assert not (areas["parent_code"] + stems).duplicated().any()
    assert len(country.areas("county")) == 67 + 75  # Alabama, Arkansas
    assert 270 <= len(country.areas("township")) <= 330


def test_borders_are_crooked(country):
    shapes = country.areas("township").geometry.to_numpy()
    assert shapely.get_num_coordinates(shapes).mean() > 150
    assert np.median(shapely.area(shapes) / shapely.area(shapely.convex_hull(shapes))) < 0.9


def test_a_county_with_an_enclave_and_an_island_is_cut_exactly():
    ring = shapely.segmentize(shapely.box(0, 0, 4, 4), 0.5).exterior
    enclave, island = shapely.box(1, 1, 1.5, 1.5), shapely.box(5, 0, 5.1, 0.1)
    pieces = borders.cut(shapely.MultiPolygon([shapely.Polygon(ring, [enclave.exterior]), island]), 6)
    assert 5 <= len(pieces) <= 6
    assert shapely.coverage_is_valid([*pieces, enclave])
    assert shapely.area(pieces).sum() == pytest.approx(16 - 0.25 + 0.01, abs=1e-12)
    assert [shapely.get_num_geometries(piece) for piece in pieces].count(2) == 1  # the one with the island


def test_edges_that_would_cross_stay_straight():
    """Two areas that meet along a needle, whose sides are too near one another to be bent."""
    needle = [(1, 0), (1, 1), (3, 1.0005), (1, 1.001), (1, 2)]
    pair = np.array([shapely.Polygon([(0, 0), *needle, (0, 2)]), shapely.Polygon([*needle, (4, 2), (4, 0)])])
    found, keys = borders.crooked(pair)
    assert shapely.coverage_is_valid(found)
    assert len(keys) < 9
    with pytest.raises(ValueError, match="2 areas overlap"):
        borders.crooked(np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)]))


def test_the_same_seed_draws_the_same_country(country):
    again = national_basemap.draw(300, states=2)
    for level in country.levels:
        assert again.areas(level).equals(country.areas(level))
