"""Where people work in the fictional country: cities, parks, villages and markets, each within a township."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from geocensus.basemap import Basemap

NUMBER = {"city": 2, "park": 4, "rural": 3, "market": 1}  # of a county; villages: of a township
SPREAD = {"city": 0.02, "park": 0.002, "rural": 0.01, "market": 0.0}  # degrees
OUTLET = 0.0008  # spread of outlets around their site, degrees
TRIES = 7  # ways from a place to a point that are tried, each half the one before


@dataclass(frozen=True, eq=False)
class World:
    """The townships of a basemap in the order of their codes, and the places of each kind in the order of counties."""

    basemap: Basemap
    shapes: np.ndarray
    county: np.ndarray  # of each township, by its place in the table of counties
    first: np.ndarray  # township of each county; the last number is that of all
    province: np.ndarray  # of each county
    weight: np.ndarray  # share of the import groups that each county has
    places: dict[str, Places]

    def townships_at(self, at: np.ndarray) -> np.ndarray:
        """Townships that hold points, as GEOS says, the lowest on a border; -1 abroad."""
        township, point = shapely.STRtree(shapely.points(at)).query(self.shapes, predicate="covers")
        found = np.full(len(at), -1)
        found[point[::-1]] = township[::-1]  # ordered by township: the lowest is written last
        return found

    def villages(self, township: np.ndarray) -> np.ndarray:
        """Middles of the villages of townships, degrees, shape (n, villages, 2)."""
        return self.places["rural"].middle.reshape(-1, NUMBER["rural"], 2)[township]


@dataclass(frozen=True, eq=False)
class Places:
    """Places of a kind: where (degrees, shape (n, 2)), how wide (degrees), and the first one of each county."""

    middle: np.ndarray
    spread: np.ndarray
    first: np.ndarray  # one more than counties: the last number is that of all


def world(basemap: Basemap, seed: int = 0) -> World:
    rng = np.random.default_rng([seed, 1])
    townships, counties = basemap.areas("township"), basemap.areas("county")
    shapes = townships.geometry.to_numpy()
    shapely.prepare(shapes)
    county = counties["code"].searchsorted(townships["parent_code"])
    first = np.searchsorted(county, np.arange(len(counties) + 1))
    province = basemap.areas("province")["code"].searchsorted(counties["parent_code"])
    weight = rng.lognormal(0.0, 1.0, len(counties))
    places = {kind: _places(kind, shapes, first, rng) for kind in NUMBER}
    return World(basemap, shapes, county, first, province, weight / weight.sum(), places)


def _places(kind: str, shapes: np.ndarray, first: np.ndarray, rng: np.random.Generator) -> Places:
    """Places between the middle of a township and one of its corners."""
    if kind == "rural":
        township, first = np.repeat(np.arange(len(shapes)), NUMBER[kind]), first * NUMBER[kind]
    else:
        start, size = (np.repeat(values, NUMBER[kind]) for values in (first[:-1], np.diff(first)))
        township = start + (rng.random(len(size)) * size).astype(int)
        first = np.arange(len(first)) * NUMBER[kind]
    middle = shapely.get_coordinates(shapely.point_on_surface(shapes))[township]
    way = (_corners(shapes, township, rng) - middle) * rng.uniform(0.2, 0.8, (len(township), 1))
    inside = shapely.contains_xy(shapes[township], *(middle + way).T)
    spread = SPREAD[kind] * rng.uniform(0.5, 2, len(township))
    return Places(np.where(inside[:, None], middle + way, middle), spread, first)


def _corners(shapes: np.ndarray, township: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A vertex of each township."""
    corners, of = shapely.get_coordinates(shapes, return_index=True)
    start = np.searchsorted(of, np.arange(len(shapes) + 1))
    return corners[start[township] + (rng.random(len(township)) * np.diff(start)[township]).astype(int)]


def drawn(
    world: World, county: np.ndarray, kind: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each county and kind a place, the way of a point from it (degrees), and the place's number in its county."""
    chance, way = rng.random(len(county)) ** 2, rng.standard_normal((len(county), 2))  # the first ones are large
    middle, number = np.empty_like(way), np.empty(len(county), int)
    for name, places in world.places.items():
        mine = np.flatnonzero(kind == name)
        first, end = places.first[county[mine]], places.first[county[mine] + 1]
        number[mine] = (chance[mine] * (end - first)).astype(int)
        middle[mine] = places.middle[first + number[mine]]
        way[mine] *= places.spread[first + number[mine], None]
    return middle, way, number


def settled(world: World, middle: np.ndarray, way: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points as they are written, in `steps` of a degree, and their townships; who lands abroad goes half the way."""
    at, township = np.empty_like(way), np.full(len(way), -1)
    for share in (*0.5 ** np.arange(TRIES), 0.0):
        abroad = np.flatnonzero(township < 0)
        step = steps[abroad, None]
        at[abroad] = np.round((middle[abroad] + way[abroad] * share) * step) / step
        township[abroad] = world.townships_at(at[abroad])
    assert (township >= 0).all(), "a place lies abroad"
    return at, township
