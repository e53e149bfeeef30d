"""What both servers are asked: the same pages, boxes, filters and tiles, each in the words of its own addresses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np
from scipy.spatial import cKDTree
from service_list import CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_list import Drawn

OURS, CAPPED, UNCAPPED = "geocensus", "tipg", "tipg, no limit"  # tiles as tipg's TileJSON names them: all properties
CAPPED_FEW, UNCAPPED_FEW = "tipg, 2 properties", "tipg, no limit, 2 properties"  # those that our tiles have, too
ITEMS = {OURS: "/collections/sources/items", CAPPED: "/collections/public.sources/items"}
PAGE, PAGE_3000 = 100, 299_900
IN_BOX, BOXES, RANGES = 950, 3_000, 3_000
TILES = {6: 12, 10: 100, 14: 150}  # tiles of one measurement, by zoom
DENSEST = {10: 30, 14: 60}  # of those with most sources: cities, where a map is looked at
PARTS = 2  # measurements of a zoom, each with tiles of its own
FAR_TILE = (14, 13_000, 6_900)  # asked for by nobody else
GOALS = {"z6": 10.0, "z6 all": 30.0, "z10": 10.0, "z14": 4.0}


@dataclass(frozen=True)
class Asked:
    """One kind of request: what to call it, how many times faster it should be than which peer, paths by server.

    With `once`, each path is asked for once: what a server keeps of an answer cannot help it.
    """

    name: str
    goals: dict[str, float]
    paths: dict[str, list[str]]
    once: bool = False


def asked(drawn: Drawn, seed: int = 1) -> list[Asked]:
    """Every kind of request but the tiles; first the answer that is none, which shows what HTTP itself takes."""
    rng = np.random.default_rng([len(drawn.sources), seed])
    boxes = [",".join(f"{side:.6f}" for side in box) for box in boxes_around(drawn, BOXES, rng)]
    classes = [f"&class={name}" for name in CLASSES]
    far = np.sort(rng.uniform(50, 3_000, (RANGES, 2)).round(1), axis=1)
    ranges = [f"&filter-lang=cql2-text&filter={quote(f'distance_m >= {a} AND distance_m < {b}')}" for a, b in far]
    last = min(PAGE_3000, len(drawn.sources) - PAGE)
    nothing = Asked("nothing (/healthz)", {}, {server: ["/healthz"] for server in ITEMS})
    return [
        nothing,
        items("items, page 1", [""], 20.0),
        items("items, page 3,000", [f"&offset={last}"], 50.0),
        items("bbox, all of some 950", [f"&bbox={box}" for box in boxes], 10.0, limit=1_000),
        items("bbox, 100 of some 950", [f"&bbox={box}" for box in boxes[::-1]], 10.0),
        items("class = …", classes),
        items("distance_m in a range", ranges),
    ]


def items(name: str, queries: Sequence[str], goal: float | None = None, *, limit: int = PAGE) -> Asked:
    paths = {server: [f"{path}?limit={limit}{query}" for query in queries] for server, path in ITEMS.items()}
    return Asked(name, {} if goal is None else {CAPPED: goal}, paths)


def boxes_around(drawn: Drawn, count: int, rng: np.random.Generator) -> np.ndarray:
    """Squares in degrees around random sources, each as large as IN_BOX sources need."""
    points = np.column_stack([drawn.lon, drawn.lat])
    middle = points[rng.choice(len(points), count)]
    nearest = min(IN_BOX, len(points))
    half = cKDTree(points).query(middle, k=[nearest], p=np.inf)[0] + 1e-6
    return np.hstack([middle - half, middle + half])


def tiles_of(drawn: Drawn, zoom: int) -> np.ndarray:
    """Columns and rows of the tiles with sources, and how many each has, shape (n, 3)."""
    side = 2**zoom
    x = (drawn.lon / 360 + 0.5) * side
    y = (0.5 - np.arctanh(np.sin(np.radians(drawn.lat))) / (2 * np.pi)) * side
    keys, counts = np.unique(np.floor(x).astype(np.int64) * side + np.floor(y).astype(np.int64), return_counts=True)
    return np.column_stack([keys // side, keys % side, counts])


def drawn_tiles(drawn: Drawn, zoom: int, seed: int = 2) -> np.ndarray:
    """Tiles in the order in which random sources name them: where there is more, people look more often."""
    rng = np.random.default_rng([len(drawn.sources), zoom, seed])
    others = densest_tiles(drawn, zoom)[PARTS * DENSEST.get(zoom, 0) :]
    return others[rng.choice(len(others), len(others), replace=False, p=others[:, 2] / others[:, 2].sum())]


def densest_tiles(drawn: Drawn, zoom: int) -> np.ndarray:
    """Tiles by how many sources they have, most first."""
    tiles = tiles_of(drawn, zoom)
    return tiles[np.argsort(-tiles[:, 2], kind="stable")]


def tile_path(server: str, zoom: int, column: int, row: int) -> str:
    if server == OURS:
        return f"/collections/sources/tiles/WebMercatorQuad/{zoom}/{row}/{column}"
    few = "?properties=class,status" if server in {CAPPED_FEW, UNCAPPED_FEW} else ""
    return f"/collections/public.sources/tiles/WebMercatorQuad/{zoom}/{column}/{row}{few}"


def tiles(drawn: Drawn, zoom: int, part: int, *, densest: bool = False) -> Asked:
    """Some tiles, each once; other ones for each part."""
    most, order = (DENSEST[zoom], densest_tiles) if densest else (TILES[zoom], drawn_tiles)
    chosen = order(drawn, zoom)[part * most : (part + 1) * most]
    goals = dict.fromkeys((CAPPED, CAPPED_FEW), GOALS[f"z{zoom}"])
    goals |= dict.fromkeys((UNCAPPED, UNCAPPED_FEW), GOALS["z6 all"]) if zoom == 6 else {}
    paths = {server: [tile_path(server, zoom, column, row) for column, row, _ in chosen] for server in (OURS, *goals)}
    middle = int(np.median(chosen[:, 2])) if len(chosen) else 0
    return Asked(f"tile z{zoom}{', dense' if densest else ''} ({middle:,} sources)", goals, paths, once=True)


def again(kind: Asked) -> Asked:
    """The same requests, of us alone, when they have been answered once."""
    return replace(kind, name=f"{kind.name}, again", paths={OURS: kind.paths[OURS]})
