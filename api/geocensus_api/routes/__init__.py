"""Routes, one file per part of the service."""

from geocensus_api.routes import (
    app_page,
    attachments,
    bulk,
    collections,
    counts,
    features,
    jobs,
    landing,
    locating,
    login,
    maps,
    pages,
    plan_edits,
    plans,
    processes,
    review,
    review_lists,
    search,
    tiles,
    uploads,
    users,
)

__all__ = ["ROUTERS"]

ROUTERS = tuple(
    part.router
    for part in (
        tiles,  # asked for most: each router before it would look at the path first
        features,
        landing,
        collections,
        counts,
        search,
        locating,
        pages,
        attachments,
        bulk,
        maps,
        processes,
        jobs,
        uploads,
        plans,
        plan_edits,
        login,
        users,
        review_lists,
        review,  # after all other paths below /flags: ids may hold slashes
        app_page,
    )
)
