"""Hard points of every kind in worlds of every kind: the index beside GEOS, rational numbers deciding between them.

Run: make exact, or python benchmarks/locate_exact.py [--points 10000000]

Fails when the index is wrong anywhere.
"""

from __future__ import annotations

import argparse
import sys
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from locate_worlds import clustered, counties, fractal, uniform

from geocensus.locating._asked_areas import AskedAreas
from geocensus.locating._building import build_index
from geocensus.locating._indexed_areas import IndexedAreas

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK = 500_000
NONE = [np.nan, np.inf, -np.inf, 1e308, 0.0]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=10_000_000)
    each = -(-parser.parse_args().points // (len(WORLDS) * len(KINDS)))
    asked = wrong = 0
    for world, make in WORLDS.items():
        shapes = make()
        index, geos = IndexedAreas(build_index(shapes), shapes, AskedAreas(shapes)), AskedAreas(shapes)
        print(f"\n## {world}: {len(shapes):,} areas")
        for kind, points in KINDS.items():
            x, y = points(shapes, each)
            decided = [
                differing(shapes, index, geos, x[k : k + CHUNK], y[k : k + CHUNK]) for k in range(0, each, CHUNK)
            ]
            ours, theirs, border = map(sum, zip(*decided, strict=True))
            asked, wrong = asked + each, wrong + ours
            print(f"{kind}: {each:,} points, {border / each:.1%} on a border; ", end="")
            print(f"wrong: index {ours}, GEOS {theirs}", flush=True)
    print(f"\n{asked:,} points, {wrong} wrong answers of the index")
    sys.exit(wrong > 0)


def differing(
    shapes: np.ndarray, index: IndexedAreas, geos: AskedAreas, x: np.ndarray, y: np.ndarray
) -> tuple[int, int, int]:
    """Return how many answers of the index and of GEOS are wrong, and how many points are on a border."""
    mine, theirs = index.locate(x, y), geos.locate(x, y)
    rows = np.flatnonzero((mine[0] != theirs[0]) | (mine[1] != theirs[1]))
    true = [place(shapes, x[k], y[k]) for k in rows]
    wrong = [sum((found[0][k], found[1][k]) != t for k, t in zip(rows, true, strict=True)) for found in (mine, theirs)]
    return *wrong, int(mine[1].sum())


def place(shapes: np.ndarray, x: float, y: float) -> tuple[int, bool]:
    """Return the first area that covers a point, -1 for none, and whether it is on a border: in rational numbers."""
    if not np.isfinite([x, y]).all():
        return -1, False
    left, low, right, high = shapely.bounds(shapes).T
    near = np.flatnonzero((left <= x) & (x <= right) & (low <= y) & (y <= high))
    sides = [side(shapes[k], Fraction(x), Fraction(y)) for k in near]
    return next((int(k) for k, at in zip(near, sides, strict=True) if at >= 0), -1), 0 in sides


def side(shape: shapely.Geometry, x: Fraction, y: Fraction) -> int:
    """Return 1 inside, 0 on the border, -1 outside."""
    inside = -1
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        corners = [(Fraction(a), Fraction(b)) for a, b in shapely.get_coordinates(ring).tolist()]
        for (x1, y1), (x2, y2) in pairwise(corners):
            turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
            if turn == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
                return 0
            if (y1 <= y < y2 and turn > 0) or (y2 <= y < y1 and turn < 0):
                inside = -inside
    return inside


def millimetres() -> np.ndarray:
    """Cells of a millimetre 40,000 km away: a unit in the last place is the 130,000th part of a cell."""
    shapes = shapely.transform(fractal(40, 3), lambda at: (at - (100, 22)) * 2e-3 + 4e7)
    return shapes[shapely.is_valid(shapes)]


def graticule() -> np.ndarray:
    """Squares from pole to pole and from date line to date line, on a lattice."""
    x, y = (values.ravel() for values in np.meshgrid(np.arange(-180.0, 180, 5), np.arange(-90.0, 90, 5)))
    return shapely.box(x, y, x + 5, y + 5)


def twice() -> np.ndarray:
    """Every area twice."""
    return np.repeat(fractal(30, 4), 2)


def bow_ties() -> np.ndarray:
    """Rings on a lattice that cross themselves and each other, made valid."""
    rings = np.random.default_rng(8).integers(0, 12, (150, 6, 2)) + np.random.default_rng(9).integers(
        0, 40, (150, 1, 2)
    )
    shapes = shapely.make_valid(shapely.polygons(rings), method="structure", keep_collapsed=False)
    return shapes[~shapely.is_empty(shapes)]


def corners(shapes: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(6)
    at = shapely.get_coordinates(shapes)
    first = rng.integers(0, len(at) - 1, count)
    return at[first], at[first + 1], rng


def vertices(shapes: np.ndarray, count: int) -> np.ndarray:
    return corners(shapes, count)[0].T.copy()


def middles(shapes: np.ndarray, count: int) -> np.ndarray:
    a, b, _ = corners(shapes, count)
    return ((a + b) / 2).T.copy()


def neighbours(shapes: np.ndarray, count: int) -> np.ndarray:
    """Return floating-point neighbours of vertices."""
    a, _, rng = corners(shapes, count)
    return np.nextafter(a, rng.choice([-np.inf, np.inf], a.shape)).T.copy()


def in_line(shapes: np.ndarray, count: int) -> np.ndarray:
    a, b, rng = corners(shapes, count)
    return (a + rng.choice([-1.0, 0.25, 0.75, 2.0], (count, 1)) * (b - a)).T.copy()


def lattice(shapes: np.ndarray, count: int) -> np.ndarray:
    """Return points with the longitude of one vertex and the latitude of another; one in a hundred is none."""
    a, _, rng = corners(shapes, count)
    points = np.stack((a[:, 0], rng.permutation(a[:, 1])))
    some = rng.random(points.shape) < 0.01
    points[some] = rng.choice(NONE, some.sum())
    return points


WORLDS: dict[str, Callable[[], np.ndarray]] = {
    "villages": lambda: fractal(43, 6),
    "towns": lambda: fractal(226, 5),
    "counties": counties,
    "millimetres at 4e7": millimetres,
    "graticule": graticule,
    "every area twice": twice,
    "bow-ties made valid": bow_ties,
}
KINDS: dict[str, Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]]] = {
    "uniform": uniform,
    "clustered": clustered,
    "vertices": vertices,
    "middles of edges": middles,
    "next to vertices": neighbours,
    "in line with edges": in_line,
    "lattice of vertices, NaN, infinite": lattice,
}

if __name__ == "__main__":
    main()
