"""Tiles that are at hand: kept ones, and small ones of points in memory, are answered before any routing."""

import re
import zlib
from collections.abc import Hashable, Mapping
from threading import Lock
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from geocensus_api.access.principal import Principal, principal
from geocensus_api.responses import unchanged
from geocensus_api.store.pool import State
from geocensus_api.store.snapshot_selection import Points
from geocensus_api.tiles.addresses import LAST_ZOOM
from geocensus_api.tiles.cells import point_tile
from geocensus_api.tiles.offer import Tileset

__all__ = ["MVT", "AtHand", "AtHandMiddleware", "packed", "packs", "tile_key", "tile_response"]

MVT: Final = "application/vnd.mapbox-vector-tile"
_PATH: Final = re.compile(r"/collections/([a-z-]{1,60})/tiles/WebMercatorQuad/(\d{1,2})/(\d{1,8})/(\d{1,8})")
_GZIP: Final = b"\x1f\x8b"  # no layer begins with it
_WORTH_BYTES: Final = 100  # from which on packing pays
_SHORT_BYTES: Final = 4_000  # up to which a window and a table of this size do: setting up larger ones takes longer
_SMALL: Final = 4_096  # points of a tile that the loop may stop for: about two milliseconds

Tile = tuple[int, int, int]


class AtHand:
    """Points of whole collections, as people with a role and a scope see them in the state asked for last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state: State = ()
        self._known: dict[Hashable, tuple[Tileset, Points]] = {}

    def note(self, state: State, who: Principal, offered: Tileset, points: Points) -> None:
        """Remember what a request without filters found.

        Parameters
        ----------
        state
            That it saw.
        who
            Who asked.
        offered
            What they are offered.
        points
            All that they see.
        """
        with self._lock:
            if state != self._state:
                self._state, self._known = state, {}
            self._known[who.role, who.scope, offered.collection.id] = offered, points

    def found(self, state: State, who: Principal, collection_id: str) -> tuple[Tileset, Points] | None:
        """Return what somebody with the same rights found.

        Parameters
        ----------
        state
            Of now.
        who
            Who asks.
        collection_id
            Of the collection.

        Returns
        -------
        tuple or None
            None where nobody asked yet in this state.
        """
        with self._lock:
            return self._known.get((who.role, who.scope, collection_id)) if state == self._state else None


class AtHandMiddleware:
    """Answer what is at hand on the loop; everything else, errors among it, goes on to the routes.

    Parameters
    ----------
    app
        The application behind.
    shared
        What requests share.
    """

    def __init__(self, app: ASGIApp, *, shared: Any) -> None:
        self.app, self._shared = app, shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI
        answer = self._answer(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        named = _PATH.fullmatch(scope["path"].removeprefix(scope.get("root_path", "")))
        if named is None or not self._shared.pool.prompt:
            return None
        request, state = Request(scope), self._shared.revision()
        headers, same = unchanged(request, state)
        if same is not None:
            return same
        collection_id, zoom, row, column = named.groups()
        body = self._body(request, state, collection_id, (int(zoom), int(column), int(row)))
        return None if body is None else tile_response(body, headers)

    def _body(self, request: Request, state: State, collection_id: str, tile: Tile) -> bytes | None:
        who, key = principal(request), tile_key(request, state, collection_id, tile)
        kept: bytes | None = self._shared.tiles.kept(key)
        if kept is not None or request.url.query:
            return kept
        known = self._shared.at_hand.found(state, who, collection_id)
        if known is None or not _there(tile):
            return None
        offered, points = known
        first, last = points.view.places.run(*tile)
        if offered.names is None or last - first > _SMALL:
            return None
        made = packed(request, point_tile(points.snapshot, points.view, collection_id, offered.names, tile))
        self._shared.tiles.put(key, made, len(made))
        return made


def _there(tile: Tile) -> bool:
    zoom, column, row = tile
    return zoom <= LAST_ZOOM and max(column, row) < 1 << zoom


def packs(request: Request) -> bool:
    """Tell whether a client takes gzip.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    bool
        By its Accept-Encoding.
    """
    return "gzip" in request.headers.get("accept-encoding", "")


def tile_key(request: Request, state: State, collection_id: str, tile: Tile) -> Hashable:
    """Return the name under which the answer to a request is kept.

    Parameters
    ----------
    request
        Role, scope, query and encoding of it.
    state
        That the tile is of.
    collection_id
        Of the collection.
    tile
        Zoom, column and row.

    Returns
    -------
    Hashable
        Differs where the answers may.
    """
    who = principal(request)
    return state, who.role, who.scope, collection_id, tile, request.url.query, packs(request)


def packed(request: Request, tile: bytes) -> bytes:
    """Return a tile as its client takes it.

    Parameters
    ----------
    request
        Whether it takes gzip.
    tile
        Of the format.

    Returns
    -------
    bytes
        In gzip where that is shorter to send.
    """
    if not packs(request) or len(tile) < _WORTH_BYTES:
        return tile
    window, memory = (28, 5) if len(tile) <= _SHORT_BYTES else (31, 8)
    packer = zlib.compressobj(1, zlib.DEFLATED, window, memory)
    return packer.compress(tile) + packer.flush()


def tile_response(body: bytes, headers: Mapping[str, str]) -> Response:
    """Return the answer that a tile is.

    Parameters
    ----------
    body
        From :func:`packed`.
    headers
        ETag and Vary.

    Returns
    -------
    Response
        200; empty where there is nothing.
    """
    encoding = "gzip" if body.startswith(_GZIP) else "identity"
    told = {**headers, "Vary": f"{headers['Vary']}, Accept-Encoding", "Content-Encoding": encoding}
    return Response(body, headers=told, media_type=MVT)
