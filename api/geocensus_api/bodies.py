"""Bodies of requests, read with an end in sight."""

from typing import Any

import orjson
from starlette.requests import Request

from geocensus_api.errors import ProblemError

__all__ = ["json_object", "limited"]


async def limited(request: Request, most: int) -> bytes:
    """Return the body of a request.

    Parameters
    ----------
    request
        The request.
    most
        Bytes at most.

    Returns
    -------
    bytes
        All of it.

    Raises
    ------
    ProblemError
        413 as soon as it is longer, whatever Content-Length said.
    """
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise ProblemError(413, f"the request is larger than {most} bytes", f"请求超过 {most} 字节")
        parts.append(part)
    return b"".join(parts)


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body.

    Parameters
    ----------
    body
        UTF-8.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    ProblemError
        400 for anything else.

    Examples
    --------
    >>> json_object(b'{"a": 1}')
    {'a': 1}
    """
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ProblemError(400, f"the body is not JSON: {error}", f"请求体不是有效的 JSON：{error}") from error
    if not isinstance(content, dict):
        raise ProblemError(400, "send a JSON object", "请发送 JSON 对象")
    return content
