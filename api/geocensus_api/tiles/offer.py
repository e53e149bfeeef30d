"""Which collections have tiles, from which zoom on, and with which properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from geocensus_api.features.catalogue import Collection, Property
from geocensus_api.tiles.cells import MAX_ZOOM, Names
from geocensus_api.tiles.encoding import LINE, POLYGON

__all__ = ["Tileset", "tileset"]

_AREA: Final = ("code", "name", "level")
_FROM: Final = {
    "areas_province": 0,
    "areas_prefecture": 0,
    "areas_county": 4,
    "areas_township": 7,
    "areas_village": 11,
    "areas_zone": 11,
    "zones": 11,
    "census_zones": 11,
    "repairs": 7,
}
_POINTS: Final = {
    "sources": Names("class", "flagged", "worst", "flags"),
    "flags": Names("rule", "open", "worst"),
    "repair_points": Names("cause", "offered"),
}
_SHAPES: Final[Mapping[str, tuple[int, tuple[str, ...]]]] = {
    **dict.fromkeys((name for name in _FROM if name.startswith("areas_")), (POLYGON, _AREA)),
    "zones": (POLYGON, _AREA),
    "census_zones": (POLYGON, ("code", "name", "parent_code", "sources")),
    "field_zones": (POLYGON, ("plan", "field_zone", "name", "owner", "load", "units")),
    "barriers": (LINE, ("name", "kind")),
    "repairs": (LINE, ("repair_id", "source_id", "flag_id", "rank", "kind", "cause", "probability", "offered")),
}


@dataclass(frozen=True)
class Tileset:
    """Tiles of a collection: zooms with features, names (points) or kind (shapes), types of properties."""

    collection: Collection
    least: int
    most: int
    names: Names | None
    kind: int
    properties: Mapping[str, str]

    def columns(self, fields: Mapping[str, Property]) -> list[Property]:
        """Return the columns that shapes carry.

        Parameters
        ----------
        fields
            Properties that the person sees.

        Returns
        -------
        list
            In the order of the tileset.
        """
        return [fields[name] for name in self.properties if name in fields]


def tileset(source: Collection, fields: Mapping[str, Property]) -> Tileset | None:
    """Return what tiles a collection has for a person.

    Parameters
    ----------
    source
        The collection as the person sees it.
    fields
        Its properties that the person sees.

    Returns
    -------
    Tileset or None
        None for a collection without places.
    """
    table, least = source.table, _FROM.get(source.table, 0)
    if table in _POINTS:
        names = _POINTS[table]
        if source.coarse is not None:  # where flags lie is not for who sees coarse points
            names = Names(names.kind)
        if names.kind not in fields:
            names = Names("", names.marked, names.worst, names.flags)
        return Tileset(source, least, MAX_ZOOM, names, 0, _types(names))
    if table not in _SHAPES or not source.geometry:
        return None
    kind, listed = _SHAPES[table]
    types = {
        name: "String" if fields[name].kind == "string" else fields[name].kind for name in listed if name in fields
    }
    told = {"number": "Number", "integer": "Number", "boolean": "Boolean"}
    return Tileset(source, least, MAX_ZOOM, None, kind, {name: told.get(word, word) for name, word in types.items()})


def _types(names: Names) -> dict[str, str]:
    told = {"n": "Number", names.marked: "Number", names.flags: "Number", names.worst: "String", names.kind: "String"}
    return {name: word for name, word in {**told, "cell": "String"}.items() if name}
