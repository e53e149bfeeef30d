"""Distances to borders that leave nothing to chance: geodesics to every piece, the near ones narrowed down."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely

from geocensus.locating._geodesic import to_space

__all__ = ["metres_to_border"]

GEOD = pyproj.Geod(ellps="GRS80")
CUTS = 4  # pieces of an edge
GOLDEN = (np.sqrt(5) - 1) / 2


def metres_to_border(x: np.ndarray, y: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """Return the geodesic distance of each point to the border of its own shape; edges are straight in degrees."""
    return np.array([_one(*pair) for pair in zip(x, y, shapes, strict=True)])


def _one(x: float, y: float, shape: shapely.Geometry) -> float:
    ends = []
    for polygon in shapely.get_parts(shape):
        for ring in shapely.get_rings(polygon):
            corners = shapely.get_coordinates(ring)
            share = np.arange(CUTS) / CUTS
            path = (corners[:-1, None] + share[:, None] * np.diff(corners, axis=0)[:, None]).reshape(-1, 2)
            path = np.concatenate((path, corners[-1:]))
            ends.append(np.stack((path[:-1], path[1:]), axis=1))
    pieces = np.concatenate(ends)
    # through space it is no longer than on the ellipsoid, and at these distances hardly shorter
    start, end, point = to_space(*pieces[:, 0].T), to_space(*pieces[:, 1].T), to_space(np.array([x]), np.array([y]))
    through, longest = np.linalg.norm(start - point, axis=1), np.linalg.norm(end - start, axis=1).max()
    near = pieces[through <= 1.02 * (through.min() + longest)]
    # a piece is at least half of (both ends' distances less its own length) away, and its ends are no nearer than it
    start, end = _metres(x, y, near[:, 0]), _metres(x, y, near[:, 1])
    length = GEOD.inv(*near[:, 0].T, *near[:, 1].T)[2]
    left = near[(start + end - length) / 2 <= min(start.min(), end.min())]
    return _narrow(x, y, left)


def _metres(x: float, y: float, at: np.ndarray) -> np.ndarray:
    return GEOD.inv(np.full(len(at), x), np.full(len(at), y), at[:, 0], at[:, 1])[2]


def _narrow(x: float, y: float, pieces: np.ndarray) -> float:
    low, high = np.zeros(len(pieces)), np.ones(len(pieces))
    for _ in range(25):
        one, two = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        nearer = _at(x, y, pieces, one) < _at(x, y, pieces, two)
        low, high = np.where(nearer, low, one), np.where(nearer, two, high)
    return float(_at(x, y, pieces, (low + high) / 2).min())


def _at(x: float, y: float, pieces: np.ndarray, share: np.ndarray) -> np.ndarray:
    return _metres(x, y, pieces[:, 0] + share[:, None] * (pieces[:, 1] - pieces[:, 0]))
