"""Which other rows a row has a say in, rule by rule: what a change of one source may change besides it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["LINKS", "Link"]


class Link(StrEnum):
    """What ties the sources that a rule judges together.

    ``OWN``: nothing: text, claim, address and place of the row itself, with basemap, settings and crosswalk.
    ``POINT``: one coordinate: rows are counted that have the very same longitude and latitude.
    ``GROUP``: neighbours: rows of the group that the rule compares (see :mod:`geocensus.checks.groupings`), and rows
    that come to another group because one that they could belong to becomes large enough, or too small.
    ``SITE``: an outlet's ``parent_id``, and the ids of sites (rows whose id stands twice have it both).
    ``LIST``: whole import groups or a second list: judged by a check, not after a correction.
    """

    OWN = "own"
    POINT = "point"
    GROUP = "group"
    SITE = "site"
    LIST = "list"


LINKS: Final[dict[str, Link]] = {
    "coordinate.missing": Link.OWN,
    "coordinate.unparsable": Link.OWN,
    "coordinate.minute_second_range": Link.OWN,
    "coordinate.zero": Link.OWN,
    "coordinate.out_of_range": Link.OWN,
    "coordinate.axis_equal": Link.OWN,
    "coordinate.imprecise": Link.OWN,
    "place.outside_basemap": Link.OWN,
    "place.outside_claimed": Link.OWN,
    "place.default": Link.OWN,
    "place.stacked": Link.POINT,
    "place.isolated": Link.GROUP,
    "place.outlet_far": Link.SITE,
    "claim.missing": Link.OWN,
    "claim.unknown": Link.OWN,
    "claim.retired": Link.OWN,
    "claim.name_conflict": Link.OWN,
    "claim.address_conflict": Link.OWN,
    "list.duplicate_id": Link.OWN,  # the column was made when the list was read; no correction changes an id
    "list.moved": Link.LIST,
    "group.mixed_formats": Link.LIST,
    "group.shift": Link.LIST,
}
