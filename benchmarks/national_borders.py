"""Borders of a fictional country: counties of bokeh-sampledata, moved to where China lies, cut into townships.

Neighbours share every vertex: cuts run from vertex to vertex of what they cut, and an edge is bent by a rule that
knows nothing but its two ends.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from locate_worlds import bend

EASTWARD = 200.0  # degrees; GCJ-02 and BD-09 have a meaning there
ABROAD = {"ak", "hi", "pr", "as", "mp", "vi", "gu"}  # would lie outside China
GRID = 1e-5  # step of the data, degrees
LONG = 0.05  # edges from which a border drawn with the ruler is bent before cutting, degrees
CORNERS, TRIES, BALANCED = 48, 12, 0.3  # vertices and cuts that are considered; least share on either side
CUT_BENDS, BENDS, SIZE = 2, 3, 0.1  # halvings of a cut, of every edge; how far a middle moves, at most, of its edge
SMALL = 0.2  # islands of a smaller share of the mean township belong to the nearest one


def counties(states: int | None = None) -> gpd.GeoDataFrame:
    """Columns state and geometry, sorted by state, without overlaps and gaps; of the first states, or of all."""
    from bokeh_sampledata.us_counties import data  # noqa: PLC0415 - takes half a second

    names = sorted({county["state"] for county in data.values()} - ABROAD)[:states]
    kept = sorted((county["state"], key) for key, county in data.items() if county["state"] in names)
    rings, owner = [], []
    for number, (_, key) in enumerate(kept):
        at = np.column_stack((np.add(data[key]["lons"], EASTWARD), data[key]["lats"]))
        parts = np.split(at, np.flatnonzero(np.isnan(at[:, 0])))
        rings += [shapely.Polygon(part[~np.isnan(part[:, 0])]) for part in parts]
        owner += [number] * len(parts)
    faces, of = _faces(np.array(rings), np.array(owner))
    shapes = [shapely.coverage_union_all(faces[of == number]) for number in range(len(kept))]
    return gpd.GeoDataFrame({"state": [state for state, _ in kept]}, geometry=shapes, crs="EPSG:4490")


def _faces(rings: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut the plane along all rings; each face goes to the smallest county around it, a gap to a neighbour."""
    lines = shapely.union_all(shapely.boundary(rings), grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    face, ring = shapely.STRtree(rings).query(shapely.point_on_surface(faces), predicate="within")
    inside = np.zeros((len(faces), owner.max() + 1), bool)
    np.logical_xor.at(inside, (face, owner[ring]), True)  # a ring within a ring is a hole
    smallest = np.argsort(np.bincount(owner, shapely.area(rings)), kind="stable")
    of = np.where(inside.any(axis=1), smallest[inside[:, smallest].argmax(axis=1)], -1)
    tree = shapely.STRtree(faces)
    for gap in np.flatnonzero(of < 0):
        beside = tree.query(faces[gap], predicate="touches")
        beside = beside[of[beside] >= 0]
        shared = shapely.length(shapely.intersection(faces[beside], faces[gap]))
        of[gap] = of[beside[shared.argmax()]]
    return faces, of


def townships(shapes: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut counties into about `count` pieces, more of them in large ones; and the county of each."""
    size = np.sqrt(shapely.area(shapes))
    wanted = np.maximum(1, np.round(count * size / size.sum())).astype(int)
    pieces = [cut(shape, number) for shape, number in zip(shapes, wanted, strict=True)]
    return np.concatenate(pieces), np.repeat(np.arange(len(shapes)), [len(own) for own in pieces])


def cut(shape: shapely.Geometry, number: int) -> np.ndarray:
    """Cut a county into about as many townships; small islands join the nearest of them."""
    parts = shapely.get_parts(shape)
    area = shapely.area(parts)
    share = number * area / area.sum()
    main = (share >= SMALL) | (area == area.max())
    found = []
    for part, many in zip(parts[main], share[main], strict=True):
        found += _pieces(part, max(1, round(many)))
    islands, pieces = parts[~main], np.array(found)
    nearest = np.array([shapely.distance(pieces, island).argmin() for island in islands], int)
    for piece in np.unique(nearest):
        pieces[piece] = shapely.multipolygons([pieces[piece], *islands[nearest == piece]])
    return pieces


def _pieces(part: shapely.Polygon, number: int) -> list[shapely.Polygon]:
    open_, done = [(part, number)], []
    while open_:
        piece, many = open_.pop()
        halves = _halves(piece) if many > 1 else None
        if halves is None:  # small enough, or no cut runs inside
            done.append(piece)
            continue
        share = halves[0].area / (halves[0].area + halves[1].area)
        first = min(max(1, round(many * share)), many - 1)
        open_ += [(halves[0], first), (halves[1], many - first)]
    return done


def _halves(piece: shapely.Polygon) -> tuple[shapely.Polygon, shapely.Polygon] | None:
    """Cut along the shortest crooked line between two vertices that leaves enough on both sides."""
    ring = shapely.get_coordinates(piece.exterior)[:-1]
    for first, last in _cuts(ring):
        path = bend(ring[first : first + 1], ring[last : last + 1], CUT_BENDS, SIZE)[0]
        if shapely.relate_pattern(piece, shapely.LineString(path), "***F**F**"):  # meets the border at its ends only
            one = np.concatenate((ring[first:last], path[:0:-1]))
            other = np.concatenate((ring[last:], ring[:first], path[:-1]))
            holes = list(piece.interiors)
            within = shapely.contains(shapely.Polygon(one), [shapely.Point(hole.coords[0]) for hole in holes])
            return (
                shapely.Polygon(one, [hole for hole, mine in zip(holes, within, strict=True) if mine]),
                shapely.Polygon(other, [hole for hole, mine in zip(holes, within, strict=True) if not mine]),
            )
    return None


def _cuts(ring: np.ndarray) -> np.ndarray:
    """Pairs of vertices whose straight connection leaves enough on both sides, the shortest first."""
    corners = np.unique(np.linspace(0, len(ring) - 1, CORNERS).astype(int))
    at = ring[corners] - ring[0]  # near zero, where products are exact enough
    x, y = (ring - ring[0]).T
    swept = np.concatenate(([0.0], np.cumsum(x[:-1] * y[1:] - x[1:] * y[:-1])))
    first, last = np.triu_indices(len(corners), 2)
    closing = at[last, 0] * at[first, 1] - at[first, 0] * at[last, 1]
    share = (swept[corners[last]] - swept[corners[first]] + closing) / swept[-1]
    length = np.hypot(*(at[last] - at[first]).T)
    fair = np.flatnonzero((share > BALANCED) & (share < 1 - BALANCED))
    best = fair[np.argsort(length[fair], kind="stable")[:TRIES]]
    return np.column_stack((corners[first[best]], corners[last[best]]))


def crooked(shapes: np.ndarray, over: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Bend the edges longer than `over` degrees of a coverage, and return the keys of those that were bent.

    Edges of areas that would overlap, or cross themselves, stay as they are.
    """
    keys = _keys_of(shapes, over)
    while True:
        found = bent(shapes, keys)
        bad = ~shapely.is_valid(found) | ~shapely.is_empty(shapely.coverage_invalid_edges(found))
        if not bad.any():
            return found, keys
        fewer = np.setdiff1d(keys, _keys_of(shapes[bad]))
        if len(fewer) == len(keys):
            raise ValueError(f"{bad.sum()} areas overlap before they are bent")
        keys = fewer


def bent(shapes: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Bend the edges of polygons that have these keys, each the same way wherever it stands."""
    at, after, edge, (rings, parts, areas) = _edges(shapes)
    chosen = edge & np.isin(_keys(at, after), keys)
    kept = np.ones((len(at), 2**BENDS), bool)
    kept[~chosen, 1:] = False
    longer = np.repeat(at[:, None], 2**BENDS, axis=1)
    longer[chosen] = bend(at[chosen], after[chosen], BENDS, SIZE)[:, :-1]
    before = np.concatenate(([0], np.cumsum(kept.sum(axis=1))))
    return shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, longer[kept], (before[rings], parts, areas))


def _edges(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[np.ndarray, ...]]:
    """Each vertex, the one after it, whether the two are an edge, and where rings, parts and areas begin."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    _, at, offsets = shapely.to_ragged_array(shapely.multipolygons(parts, indices=of))
    edge = np.ones(len(at), bool)
    edge[offsets[0][1:] - 1] = False  # the last vertex of a ring is its first again
    return at, np.roll(at, -1, axis=0), edge, offsets


def _keys_of(shapes: np.ndarray, over: float = 0.0) -> np.ndarray:
    at, after, edge, _ = _edges(shapes)
    return np.unique(_keys(at, after)[edge & (np.hypot(*(after - at).T) > over)])


def _keys(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The same number for an edge both ways along it; two edges with one number would be treated alike."""

    def mixed(at: np.ndarray) -> np.ndarray:
        x, y = np.ascontiguousarray(at).view(np.uint64).T
        word = (x * np.uint64(0x9E3779B97F4A7C15)) ^ (y * np.uint64(0xC2B2AE3D27D4EB4F))
        return (word ^ (word >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)

    return mixed(start) + mixed(end)
