"""Names of places: spellings folded, suffix variants seen through, codes found within a scope."""

from geocensus.placenames.gazetteer import MATCHES, Gazetteer, resolve
from geocensus.placenames.spelling import Names, fold, parts, same_place, stem

__all__ = ["MATCHES", "Gazetteer", "Names", "fold", "parts", "resolve", "same_place", "stem"]
