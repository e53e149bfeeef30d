"""Answers that let go of what they hold when they end, also where the client goes away in the middle."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

__all__ = ["EndingFile", "EndingStream"]


class _Ending(Response):
    """Calls ``end`` once the answer is over; a background task would be left out where the client has gone."""

    end: Callable[[], object]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self.end)


class EndingStream(_Ending, StreamingResponse):
    """Pieces of a generator that is closed at the end.

    Left to the collector, a generator that reads would give its connection back at any time, in any thread.

    Parameters
    ----------
    pieces
        Runs in threads, one piece after another.
    **options
        As for StreamingResponse.
    """

    def __init__(self, pieces: Generator[bytes, None, None], **options: Any) -> None:
        super().__init__(pieces, **options)
        self.end = pieces.close


class EndingFile(_Ending, FileResponse):
    """A file that is needed no more at the end.

    Parameters
    ----------
    path
        The file.
    end
        Takes it away.
    **options
        As for FileResponse.
    """

    def __init__(self, path: Path, *, end: Callable[[], object], **options: Any) -> None:
        super().__init__(path, **options)
        self.end = end
