"""Bodies of requests on plans: small JSON objects, tested before anything is done."""

from typing import Annotated, Any, Final, TypeVar

import orjson
from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geocensus_api.errors import ProblemError

__all__ = ["Body", "Copy", "Locks", "Move", "Rebalance", "Release", "Team", "described", "read_body"]

_MOST: Final = 2_000_000  # bytes; a code of 12 digits takes 15
SECONDS: Final = 30.0  # a request may compute at most so long

Code = Annotated[str, Field(min_length=1, max_length=100)]
Zone = Annotated[str, Field(min_length=1, max_length=200)]
Codes = Annotated[list[Code], Field(max_length=100_000)]
Zones = Annotated[list[Zone], Field(max_length=10_000)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Move(_Model):
    """Units, and the field zone that they go to."""

    units: Annotated[Codes, Field(min_length=1)]
    field_zone: Zone


class Locks(_Model):
    """Field zones that get and lose no unit, and units that stay where they are."""

    field_zones: Zones = []
    units: Codes = []


class Release(_Model):
    """Locks to release; without any named, all of them."""

    field_zones: Zones | None = None
    units: Codes | None = None


class Rebalance(_Model):
    """How loads are balanced again."""

    keep: Zones = []
    tolerance: Annotated[float, Field(ge=0, lt=1)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    seconds: Annotated[float, Field(gt=0, le=SECONDS)] = 10.0


class Team(_Model):
    """Who works in a field zone; what is left out stays."""

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    owner: Annotated[str, Field(max_length=200)] | None = None
    phone: Annotated[str, Field(max_length=60)] | None = None
    people: Annotated[float, Field(gt=0, le=10_000)] | None = None


class Copy(_Model):
    """The name of a copy."""

    name: Annotated[str, Field(min_length=1, max_length=200)]


M = TypeVar("M", bound=_Model)


async def _bytes(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _MOST:
            raise ProblemError(413, f"the body is larger than {_MOST} bytes", f"请求体超过 {_MOST} 字节")
        parts.append(part)
    return b"".join(parts)


Body = Annotated[bytes, Depends(_bytes)]


def read_body(model: type[M], body: bytes) -> M:
    """Return a request's body as a model; no body at all is an empty object.

    Parameters
    ----------
    model
        What is expected.
    body
        The bytes.

    Returns
    -------
    M
        The values.

    Raises
    ------
    ProblemError
        400 with every value that is wrong.
    """
    try:
        content = orjson.loads(body) if body.strip() else {}
    except orjson.JSONDecodeError as error:
        raise ProblemError(400, f"the body is not JSON: {error}", f"请求体不是有效的 JSON：{error}") from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors()[:10])
        raise ProblemError(400, wrong, f"请求体有误：{wrong}") from error


def described(model: type[_Model], example: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """Return the description of a body for the OpenAPI document.

    Parameters
    ----------
    model
        What is expected.
    example
        A body that fits.
    required
        Whether it may be left out.

    Returns
    -------
    dict
        An OpenAPI request body.
    """
    content = {"application/json": {"schema": model.model_json_schema(), "example": example}}
    return {"requestBody": {"required": required, "content": content}}
