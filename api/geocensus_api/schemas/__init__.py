"""Schemas of answers, by the names that they have in the OpenAPI document; nothing is checked while serving."""

from typing import Final

from geocensus_api.schemas.making import Schema, ref
from geocensus_api.schemas.plans import PLANS
from geocensus_api.schemas.review import REVIEW
from geocensus_api.schemas.start import START

__all__ = ["SCHEMAS", "ref"]

SCHEMAS: Final[dict[str, Schema]] = {**START, **REVIEW, **PLANS}
