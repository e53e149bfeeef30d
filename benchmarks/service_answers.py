"""Before anything is timed: both servers give the same answers, and tiles lose nobody."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import service_mvt as mvt
from service_asked import CAPPED, OURS, PAGE, UNCAPPED, tile_path, tiles_of
from service_load import Client, several

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service_asked import Asked
    from service_list import Drawn
    from service_load import Answer, Server

COMPARED, ZOOMS = 6, range(6)
MOST_PER_TILE = 10_000  # tipg's default


def same_pages(kinds: list[Asked], servers: dict[str, Server]) -> list[tuple[str, ...]]:
    """Rows: requests compared, how many gave the same count, and the same features, from both servers."""
    rows = []
    for kind in kinds:
        pairs = list(zip(*(several(servers[name], kind.paths[name], COMPARED) for name in (OURS, CAPPED)), strict=True))
        counts = sum(_matched(mine) == _matched(peer) for mine, peer in pairs)
        ids = sum(_ids(mine) == _ids(peer) for mine, peer in pairs)
        rows.append((kind.name, str(len(pairs)), str(counts), str(ids)))
    return rows


def _matched(answer: Answer) -> int | None:
    return json.loads(answer.body).get("numberMatched") if answer.status == 200 else None


def _ids(answer: Answer) -> list[int] | None:
    return [feature["id"] for feature in json.loads(answer.body)["features"]] if answer.status == 200 else None


def link_to(server: Server, path: str) -> str:
    """The link of relation "next" that the page before one has: it names the last of its rows, not their number."""
    (offset,) = re.findall(r"offset=(\d+)", path)
    before = path.replace(f"offset={offset}", f"offset={int(offset) - PAGE}")
    links = json.loads(Client(server).get(before).body)["links"]
    address = next(link["href"] for link in links if link["rel"] == "next")
    return "/" + address.split("/", 3)[3]


def tile_sums(drawn: Drawn, server: Server) -> Iterator[tuple[str, ...]]:
    """Rows: per zoom the tiles with sources, the sources in all of our tiles, those a tile of so many would drop."""
    client = Client(server)
    for zoom in ZOOMS:
        tiles = tiles_of(drawn, zoom)
        found = sum(sources_in(client, zoom, column, row) for column, row, _ in tiles)
        dropped = int((tiles[:, 2] - MOST_PER_TILE).clip(0).sum())
        yield f"z{zoom}", f"{len(tiles):,}", f"{found:,}", f"{found - len(drawn.sources):+,}", f"{dropped:,}"
    client.close()


def sources_in(client: Client, zoom: int, column: int, row: int) -> int:
    """The sum of n over the features of one of our tiles."""
    answer = client.get(tile_path(OURS, zoom, column, row))
    return sum(int(feature.get("n", 1)) for feature in mvt.features(answer.body)) if answer.status == 200 else 0


def same_tiles(kind: Asked, servers: dict[str, Server]) -> tuple[str, ...]:
    """Row: tiles compared, sources in ours, features in each peer's."""
    ours = sum(
        sum(int(feature.get("n", 1)) for feature in mvt.features(answer.body)) if answer.status == 200 else 0
        for answer in several(servers[OURS], kind.paths[OURS], COMPARED)
    )
    peers = [
        f"{sum(mvt.count(answer.body) for answer in several(servers[name], kind.paths[name], COMPARED)):,}"
        if name in kind.paths
        else ""
        for name in (CAPPED, UNCAPPED)
    ]
    return kind.name, str(min(COMPARED, len(kind.paths[OURS]))), f"{ours:,}", *peers
