"""Run the service with uvicorn on a socket that is bound before anything is promised."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from geocensus.errors import GeocensusError

__all__ = ["bound", "run"]

_DRAIN_S: Final = 20  # what is still running then is cut off; queued changes are written in any case


def bound(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Parameters
    ----------
    host
        Name or address.
    port
        0 for any that is free.

    Returns
    -------
    socket
        Bound, so that the port is ours when the address is printed.

    Raises
    ------
    GeocensusError
        When the port is in use or the host is not ours.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _refused(host, port, error) from error
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows would otherwise let two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        raise _refused(host, port, error) from error
    return listener


def _refused(host: str, port: int, error: OSError) -> GeocensusError:
    return GeocensusError(
        f"cannot listen on {host} port {port} ({error}): another program may use it; choose another --port",
        f"无法监听 {host} 的 {port} 端口（{error}）：可能已被占用，请用 --port 换一个端口",
    )


class _Server(uvicorn.Server):
    """Tells the application that it is ending, so that streams without an end can stop."""

    def __init__(self, config: uvicorn.Config, *, closing: Event) -> None:
        super().__init__(config)
        self._closing = closing

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._closing.set()
        super().handle_exit(sig, frame)


def run(app: FastAPI, listener: socket.socket, *, certfile: Path | None = None, keyfile: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT; then running requests finish and queued changes are written.

    Parameters
    ----------
    app
        The application.
    listener
        From :func:`bound`.
    certfile
        TLS certificate; plain HTTP without.
    keyfile
        Its key.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # the application itself decides which proxies to believe
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_S,
        ssl_certfile=certfile,
        ssl_keyfile=keyfile,
    )
    server = _Server(config, closing=app.state.closing)
    with _ending_well(server):
        server.run(sockets=[listener])


@contextmanager
def _ending_well(server: _Server) -> Iterator[None]:
    """Make a signal an ordinary end: uvicorn raises it once more when all is done, for the handler before its own."""

    def handler(number: int, frame: FrameType | None) -> None:
        if not server.should_exit:  # it came before uvicorn listened for it
            server.handle_exit(number, frame)

    before: dict[int, Any] = {number: signal.signal(number, handler) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, known in before.items():
            signal.signal(number, known)
