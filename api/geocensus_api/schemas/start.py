"""Answers about who asks, what there is, and how many."""

from typing import Final

from geocensus_api.schemas.making import (
    BOX,
    COUNT,
    NUMBER,
    TEXT,
    TRUTH,
    Schema,
    listed,
    mapped,
    members,
    named,
    or_null,
    ref,
)

__all__ = ["START"]

_VALUE: Final[Schema] = {"type": ["string", "number", "boolean", "null"]}
_NUMBERS: Final = {
    **named(COUNT, "flags", "open", "reopened", "closed", "decided", "disputed", "approved"),
    "closed_share": or_null(NUMBER),
}

START: Final[dict[str, Schema]] = {
    "AreaNamed": members({"code": TEXT, "name": or_null(TEXT)}),
    "Background": members({"tiles": listed(TEXT), "title": TEXT, "attribution": TEXT}),
    "Me": members(
        {
            **named(TEXT, "name", "role"),
            "scope": or_null(listed(ref("AreaNamed"))),
            "actions": listed(TEXT),
            "session": TRUTH,
            "expires": or_null(TEXT),
            "background": or_null(ref("Background")),
            "limits": members(named(COUNT, "bulk", "upload", "attachment")),
        }
    ),
    "Link": members(named(TEXT, "href", "rel"), named(TEXT, "type", "title")),
    "RowSum": members({}, named(COUNT, "rows", "located", "unlocated", "excluded")),
    "Collection": members(
        {**named(TEXT, "id", "title"), "links": listed(ref("Link"))},
        {
            **named(TEXT, "description", "itemType"),
            "crs": listed(TEXT),
            "extent": members({}, {"spatial": members({}, {"bbox": listed(BOX), "crs": TEXT})}),
        },
    ),
    "Collections": members(
        {"collections": listed(ref("Collection")), "rowSum": ref("RowSum"), "links": listed(ref("Link"))}
    ),
    "Check": members({**named(or_null(TEXT), "finished", "basemap_name"), "code_year": or_null(COUNT)}),
    "Mark": members(
        {
            **named(
                TEXT, "name", "title_zh", "title_en", "source_zh", "source_en", "notice_zh", "notice_en", "licence"
            ),
            "code_year": or_null(COUNT),
            "schematic": TRUTH,
        }
    ),
    "Counts": members(
        {"rowSum": ref("RowSum"), "collections": mapped(COUNT), "basemap": or_null(ref("Mark"))},
        {"check": or_null(ref("Check"))},
    ),
    "Groups": members(
        {
            "collection": TEXT,
            "matched": COUNT,
            "by": listed(TEXT),
            "groups": listed(members({"n": COUNT}, more=_VALUE)),
        }
    ),
    "FlagNumbers": members(_NUMBERS),
    "Progress": members(
        {
            **_NUMBERS,
            **named(mapped(COUNT), "outcomes", "reviews"),
            "recheck_due": TRUTH,
            "recheck_due_since": or_null(TEXT),
            "certainty": mapped(members(named(COUNT, "certain", "ambiguous", "outside"))),
            "by": listed(TEXT),
            "groups": listed({"allOf": [ref("FlagNumbers"), members({}, {"name": or_null(TEXT)}, more=_VALUE)]}),
        }
    ),
    "Found": members(
        {
            "kind": {**TEXT, "enum": ["coordinate", "area", "field_zone", "zone", "source"]},
            "collection": or_null(TEXT),
            "id": or_null(COUNT),
            **named(or_null(TEXT), "code", "name"),
            "bbox": or_null(BOX),
        },
        {"href": TEXT, "areas": mapped(or_null(ref("AreaNamed")))},
    ),
    "SearchResults": members({"q": TEXT, "count": COUNT, "more": TRUTH, "results": listed(ref("Found"))}),
    "Parsed": members(
        {
            **named(or_null(NUMBER), "lon", "lat", "resolution_m"),
            **named(or_null(TEXT), "lon_format", "lat_format", "problem", "message"),
            "crs_assumed": TEXT,
        }
    ),
    "Located": members(
        {
            **named(or_null(NUMBER), "lon", "lat"),
            **named(or_null(TEXT), "lon_format", "lat_format", "problem"),
            **named(mapped(or_null(TEXT)), "codes", "names"),
            "on_border": TRUTH,
        },
        {"distance_m": or_null(NUMBER)},
    ),
    "LocatedPoints": members({"count": COUNT, "crs_assumed": TEXT, "results": listed(ref("Located"))}),
}
