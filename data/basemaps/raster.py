"""Divide a county into townships and villages on a grid of square cells, with natural, unequal shapes.

Townships are cells of a power diagram whose weights are adjusted until every area meets its target (the discrete form
of Aurenhammer, Hoffmann and Aronov, doi:10.1007/PL00009187); villages are density-weighted Voronoi cells (Lloyd,
doi:10.1109/TIT.1982.1056489). Both are computed in space warped by smooth noise, so that no border is straight, and
both pay for crossing a barrier, so that borders follow rivers and roads.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["Grid", "balance", "connect", "county_mask", "faces_of", "make_grid", "villages"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Grid:
    """Centres of square cells in metres, row by row from the south, and where the noise moves each of them."""

    cell_m: float
    shape: tuple[int, int]
    points: Floats  # (rows, columns, 2), x and y
    warped: Floats  # same

    @property
    def origin(self) -> Floats:
        """Return the lower left corner of the first cell.

        Returns
        -------
        Floats
            Its x and y, (2,) metres.
        """
        corner: Floats = self.points[0, 0] - self.cell_m / 2
        return corner

    @property
    def reach_m(self) -> float:
        """Return the largest coordinate that the grid holds.

        Returns
        -------
        float
            Metres.
        """
        return float(self.points[-1, -1, 0])

    def at(self, positions: Floats) -> Floats:
        """Return where the noise moves positions.

        Parameters
        ----------
        positions : Floats
            Places in the plane, (n, 2) metres.

        Returns
        -------
        Floats
            Their warped places, (n, 2) metres.
        """
        return self.warped[self.index(positions)]

    def index(self, positions: Floats) -> tuple[Ints, Ints]:
        """Return the cells that hold positions.

        Parameters
        ----------
        positions : Floats
            Places in the plane, (n, 2) metres.

        Returns
        -------
        tuple[Ints, Ints]
            Rows and columns, each (n,).
        """
        cells = np.floor((positions - self.origin) / self.cell_m).astype(np.int64)
        return cells[:, 1], cells[:, 0]


def make_grid(*, half_m: float, cell_m: float, rng: np.random.Generator, wave_m: float, height_m: float) -> Grid:
    """Return a square grid around (0, 0) with fractal noise.

    Parameters
    ----------
    half_m : float
        Half the side of the square.
    cell_m : float
        Side of a cell.
    rng : np.random.Generator
        Source of chance.
    wave_m : float
        Length of the longest waves of the noise.
    height_m : float
        Their height: how far places move, about.

    Returns
    -------
    Grid
        The grid; the same noise, but for its finest waves, whatever the side of a cell.
    """
    side = np.arange(-half_m + cell_m / 2, half_m, cell_m)
    points = np.stack(np.meshgrid(side, side), axis=-1)
    shape = (side.size, side.size)
    noise = np.stack([_fractal(shape, cell_m=cell_m, wave_m=wave_m, rng=child) for child in rng.spawn(2)], axis=-1)
    return Grid(cell_m, shape, points, points + height_m * noise)


def _fractal(shape: tuple[int, int], *, cell_m: float, wave_m: float, rng: np.random.Generator) -> Floats:
    """Sum octaves of smooth noise, each half as long and 0.56 times as high; about unit variance in the first."""
    total = np.zeros(shape)
    height = 1.0
    while wave_m > 4 * cell_m:
        knots = int(shape[0] * cell_m / wave_m) + 4
        coarse = rng.standard_normal((knots, knots))
        at = np.arange(shape[0]) * cell_m / wave_m + 1
        total += height * ndimage.map_coordinates(coarse, np.meshgrid(at, at, indexing="ij"), order=3)
        wave_m, height = wave_m / 2, height * 0.56
    return total


def county_mask(grid: Grid, *, positions: Floats, areas_m2: Floats, reach_m: float) -> NDArray[np.bool_]:
    """Return the cells of the county: a blob around positions whose area is the sum of the areas.

    Parameters
    ----------
    grid : Grid
        The grid.
    positions : Floats
        Places of the townships, (n, 2) metres.
    areas_m2 : Floats
        Areas of the townships, (n,).
    reach_m : float
        How far a township's influence fades; the larger, the fewer bays.

    Returns
    -------
    NDArray[np.bool_]
        Whether a cell belongs to the county, in the grid's shape; one piece without holes.
    """
    sites = grid.at(positions)
    field = np.zeros(grid.shape)
    for site, area in zip(sites, areas_m2, strict=True):
        square = ((grid.warped - site) ** 2).sum(axis=-1)
        field += np.exp((area / np.pi - square) / reach_m**2)
    count = round(float(areas_m2.sum()) / grid.cell_m**2)
    mask = field >= np.partition(field.ravel(), -count)[-count]
    labels, _ = ndimage.label(mask)
    largest = labels == np.bincount(labels[mask]).argmax()
    return np.asarray(ndimage.binary_fill_holes(largest))


def faces_of(grid: Grid, lines: list[Any]) -> Ints:
    """Return for every cell which part of the plane, cut by lines, holds it.

    Parameters
    ----------
    grid : Grid
        The grid.
    lines : list[Any]
        Lines in metres; ends that reach neither another line nor the grid's edge do not cut.

    Returns
    -------
    Ints
        Number of the part, in the grid's shape.
    """
    edge = shapely.box(
        *(grid.points.reshape(-1, 2).min(0) - grid.cell_m), *(grid.points.reshape(-1, 2).max(0) + grid.cell_m)
    )
    pieces = shapely.get_parts(shapely.node(shapely.MultiLineString([*lines, edge.exterior])))
    faces = shapely.get_parts(shapely.polygonize(pieces))
    labels = np.zeros(grid.shape, dtype=np.int64)
    for number, face in enumerate(faces):
        shapely.prepare(face)
        labels[shapely.contains_xy(face, grid.points[..., 0], grid.points[..., 1])] = number
    return labels


def _cost(at: Floats, sites: Floats, faces: Ints, site_faces: Ints, toll_m2: float) -> Floats:
    """Return squared distances (n cells, n sites), plus the toll where a barrier lies between."""
    square = (at[:, :1] - sites[:, 0]) ** 2 + (at[:, 1:] - sites[:, 1]) ** 2
    result: Floats = square + toll_m2 * (faces[:, None] != site_faces[None])
    return result


def balance(at: Floats, *, sites: Floats, faces: Ints, site_faces: Ints, targets: Floats, toll_m2: float) -> Ints:
    """Assign cells to sites so that every site gets its target area, nearly.

    Parameters
    ----------
    at : Floats
        Warped places of the cells, (n, 2) metres.
    sites : Floats
        Warped places of the sites, (k, 2).
    faces : Ints
        Face number per cell, (n,).
    site_faces : Ints
        Face number per site, (k,).
    targets : Floats
        Wished area per site in m², (k,); scaled to the area of all cells.
    toll_m2 : float
        Cost of crossing a barrier, as a squared distance.

    Returns
    -------
    Ints
        Site number per cell, (n,).
    """
    some = slice(None, None, 7)  # enough to find the weights
    sample = _cost(at[some], sites, faces[some], site_faces, toll_m2)
    shares = targets / targets.sum()
    weights = np.zeros(len(sites))
    for turn in range(300):
        counts = np.bincount((sample - weights).argmin(axis=1), minlength=len(sites))
        weights += (shares - counts / len(sample)) * targets.sum() * 0.6 * 0.985**turn
    labels: Ints = (_cost(at, sites, faces, site_faces, toll_m2) - weights).argmin(axis=1)
    return labels


def villages(
    at: Floats, *, seat: Floats, count: int, faces: Ints, toll_m2: float, dense_m: float, rng: np.random.Generator
) -> tuple[Ints, Floats]:
    """Divide one township's cells into villages, smaller near the seat.

    Parameters
    ----------
    at : Floats
        Warped places of the township's cells, (n, 2) metres.
    seat : Floats
        Warped place of the seat, (2,).
    count : int
        Number of villages.
    faces : Ints
        Face number per cell, (n,).
    toll_m2 : float
        Cost of crossing a barrier, as a squared distance.
    dense_m : float
        Distance from the seat within which villages are small.
    rng : np.random.Generator
        Source of chance.

    Returns
    -------
    tuple[Ints, Floats]
        Village number per cell (n,), and the sites (count, 2).
    """
    square = ((at - seat) ** 2).sum(axis=-1)
    density = 0.06 + np.exp(-square / (2 * dense_m**2))
    density *= np.exp(0.5 * rng.standard_normal(len(at)))
    picked = _first_sites(density, faces, count=count, least=len(at) / count / 4, rng=rng)
    sites, site_faces = at[picked], faces[picked]
    some = slice(None, None, 5)  # enough to find the sites
    for _ in range(25):
        labels = _cost(at[some], sites, faces[some], site_faces, toll_m2).argmin(axis=1)
        sites = _centres(at[some], labels, density[some], sites)
    return _cost(at, sites, faces, site_faces, toll_m2).argmin(axis=1), sites


def _first_sites(density: Floats, faces: Ints, *, count: int, least: float, rng: np.random.Generator) -> Ints:
    """Pick a cell in every face of at least ``least`` cells, the others anywhere, all with the chance ``density``."""
    picked: list[int] = []
    for face in np.flatnonzero(np.bincount(faces) >= least)[:count]:
        cells = np.flatnonzero(faces == face)
        picked.append(int(rng.choice(cells, p=density[cells] / density[cells].sum())))
    rest = density.copy()
    rest[picked] = 0
    others = rng.choice(len(density), size=count - len(picked), replace=False, p=rest / rest.sum())
    return np.array([*picked, *others], dtype=np.int64)


def _centres(at: Floats, labels: Ints, density: Floats, sites: Floats) -> Floats:
    """Return the centre of mass of every site's cells; a site without cells stays."""
    mass = np.bincount(labels, weights=density, minlength=len(sites))
    sums = [np.bincount(labels, weights=density * axis, minlength=len(sites)) for axis in at.T]
    result: Floats = np.where(mass[:, None] > 0, np.column_stack(sums) / np.maximum(mass, 1e-12)[:, None], sites)
    return result


def connect(labels: Ints) -> Ints:
    """Return the labels with every label in one piece, joined by cell sides.

    All pieces but the largest of each label go to the label that they share most sides with.

    Parameters
    ----------
    labels : Ints
        Label per cell (rows, columns), -1 outside.

    Returns
    -------
    Ints
        Labels of the same shape.

    Raises
    ------
    ValueError
        When a piece borders on no other label.
    """
    labels = labels.copy()
    for _ in range(20):
        loose = _loose(labels)
        if not loose.any():
            return labels
        pieces, number = ndimage.label(loose)
        for piece in range(1, number + 1):
            mine = pieces == piece
            around = ndimage.binary_dilation(mine) & ~loose & (labels >= 0)
            if around.any():
                labels[mine] = np.bincount(labels[around]).argmax()
    message = "labels stay in several pieces"
    raise ValueError(message)


def _loose(labels: Ints) -> NDArray[np.bool_]:
    loose = np.zeros(labels.shape, dtype=bool)
    for label, window in enumerate(ndimage.find_objects(labels + 1)):
        if window is None:
            continue
        mine = labels[window] == label
        pieces, number = ndimage.label(mine)
        if number > 1:
            loose[window] |= mine & (pieces != np.bincount(pieces[mine]).argmax())
    return loose
