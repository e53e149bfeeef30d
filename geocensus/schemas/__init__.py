"""Table contracts, checked only where tables enter and leave."""

from geocensus.schemas.classes import CLASSES, class_slugs
from geocensus.schemas.headers import guess_roles, has_pair, normalise_header
from geocensus.schemas.roles import COORDINATE_ROLES, ROLES, TEXT_ROLES
from geocensus.schemas.tables import FLAGS, SOURCES, validate

__all__ = [
    "CLASSES",
    "COORDINATE_ROLES",
    "FLAGS",
    "ROLES",
    "SOURCES",
    "TEXT_ROLES",
    "class_slugs",
    "guess_roles",
    "has_pair",
    "normalise_header",
    "validate",
]
