"""Tiles from elsewhere behind the map, for those who have a key and a line; without them nothing leaves the host."""

import re
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Background"]

# a name or an address of IPv4, no user and no signs that could end a rule of the page's policy
_TEMPLATE: Final = re.compile(r"(https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?)/[!-~]*")
_PLACES: Final = ("{x}", "{y}", "{z}")


@dataclass(frozen=True)
class Background:
    """Raster tiles in web Mercator.

    Attributes
    ----------
    tiles
        Addresses with {x}, {y} and {z}; those of several servers are asked in turn.
    title
        For people.
    attribution
        What the maker of the tiles asks to be shown.

    Raises
    ------
    ValueError
        When an address is no template of http or https; it is not repeated, as it may hold a key.

    Examples
    --------
    >>> Background(("https://t0.tianditu.gov.cn/DataServer?T=img_w&x={x}&y={y}&l={z}&tk=KEY",)).origins
    ('https://t0.tianditu.gov.cn',)
    """

    tiles: tuple[str, ...]
    title: str = ""
    attribution: str = ""

    def __post_init__(self) -> None:
        for number, address in enumerate(self.tiles, start=1):
            missing = [place for place in _PLACES if place not in address]
            if missing:
                raise ValueError(f"address {number} of background tiles lacks {', '.join(missing)}")
            if not _TEMPLATE.fullmatch(address):
                raise ValueError(f"address {number} of background tiles is none of http or https")

    def __repr__(self) -> str:
        return f"Background(title={self.title!r})"  # no key in logs

    @property
    def origins(self) -> tuple[str, ...]:
        """What the page may ask for tiles.

        Returns
        -------
        tuple
            Scheme, host and port of each server, once.
        """
        found = (_TEMPLATE.fullmatch(address) for address in self.tiles)
        return tuple(dict.fromkeys(one[1] for one in found if one))

    def told(self) -> dict[str, Any]:
        """Return what the page is told.

        Returns
        -------
        dict
            Members tiles, title and attribution.
        """
        return {"tiles": list(self.tiles), "title": self.title, "attribution": self.attribution}
