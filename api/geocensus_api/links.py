"""Links between the service's documents."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from geocensus_api.negotiation import address
from geocensus_api.responses import GEOJSON, JSON

__all__ = ["link", "page_links"]


def link(request: Request, path: str, rel: str, *, media_type: str = JSON, title: str = "") -> dict[str, str]:
    """Return one link, absolute, as the client sees us.

    Parameters
    ----------
    request
        The request.
    path
        From the root of the service on.
    rel
        Relation.
    media_type
        Type of the target.
    title
        For people.

    Returns
    -------
    dict
        A link object of OGC API.
    """
    entry = {"href": address(request) + path, "rel": rel, "type": media_type}
    return {**entry, "title": title} if title else entry


def page_links(request: Request, path: str, *, limit: int, offset: int, matched: int) -> list[dict[str, Any]]:
    """Return self, next and prev of a page, with all other parameters kept.

    Parameters
    ----------
    request
        The request.
    path
        Path of the items.
    limit
        Features of a page.
    offset
        Features before this page.
    matched
        Features in all.

    Returns
    -------
    list
        Links; no next on the last page.
    """
    kept = [(key, value) for key, value in request.query_params.multi_items() if key not in {"limit", "offset"}]

    def at(start: int, rel: str) -> dict[str, str]:
        query = urlencode([*kept, ("limit", limit), ("offset", start)])
        return link(request, f"{path}?{query}", rel, media_type=GEOJSON)

    links = [at(offset, "self")]
    if offset + limit < matched:
        links.append(at(offset + limit, "next"))
    if offset:
        links.append(at(max(0, offset - limit), "prev"))
    return links
