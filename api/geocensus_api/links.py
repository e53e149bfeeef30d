"""Links between the service's documents."""

from urllib.parse import urlencode

from starlette.requests import Request

from geocensus_api.features.pages import Page
from geocensus_api.features.parameters import PAGES, ItemsQuery
from geocensus_api.negotiation import address
from geocensus_api.responses import JSON

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


def page_links(request: Request, path: str, query: ItemsQuery, page: Page, *, media_type: str) -> list[dict[str, str]]:
    """Return self, next and prev of a page, with all other parameters kept.

    Parameters
    ----------
    request
        The request.
    path
        Path of the items.
    query
        Limit, offset and key of this page.
    page
        What is on it.
    media_type
        Type of the pages.

    Returns
    -------
    list
        Links; no next on the last page. A next link names the last key, so that no page costs more than the first and
        none repeats or leaves out a feature when others come or go meanwhile; its offset is for people and for prev.
    """
    kept = [(key, value) for key, value in request.query_params.multi_items() if key not in PAGES]

    def at(start: int, rel: str, place: str) -> dict[str, str]:
        after = [("after", place)] if place else []
        text = urlencode([*kept, ("limit", query.limit), ("offset", start), *after])
        return link(request, f"{path}?{text}", rel, media_type=media_type)

    links = [at(query.offset, "self", query.after)]
    if page.more:
        links.append(at(query.offset + query.limit, "next", page.place))
    if query.offset:
        links.append(at(max(0, query.offset - query.limit), "prev", ""))
    return links
