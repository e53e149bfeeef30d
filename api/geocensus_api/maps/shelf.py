"""Maps that were drawn, kept as long as there is room; one is drawn at a time."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final

from geocensus_api.errors import ProblemError

__all__ = ["MapShelf"]

_MOST_WAITING: Final = 8  # more would take the threads that answer everything else


class MapShelf:
    """Drawn maps by all that decides what is on them.

    Parameters
    ----------
    most_bytes
        Of all maps together; the ones that were asked for longest ago are forgotten first.

    Attributes
    ----------
    waiting : int
        Requests that wait for a map, the one that draws among them.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._size = 0
        self._maps: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()
        self._drawing = Lock()
        self.waiting = 0

    def get(self, key: Hashable, draw: Callable[[], bytes]) -> bytes:
        """Return a map, drawn when it is not kept; whoever asks for the same meanwhile waits for it.

        Parameters
        ----------
        key
            State of the workspace, what the person may see, what is asked for.
        draw
            Draws it.

        Returns
        -------
        bytes
            The map.

        Raises
        ------
        ProblemError
            503 when too many maps are waiting to be drawn.

        Examples
        --------
        >>> shelf = MapShelf(10)
        >>> shelf.get("a", lambda: b"map"), shelf.get("a", lambda: b"another")
        (b'map', b'map')
        """
        found = self._found(key)
        if found is not None:
            return found
        self._queue()
        try:
            with self._drawing:
                found = self._found(key)
                if found is None:
                    found = draw()
                    self._keep(key, found)
                return found
        finally:
            with self._lock:
                self.waiting -= 1

    def _queue(self) -> None:
        with self._lock:
            if self.waiting >= _MOST_WAITING:
                raise ProblemError(
                    503, "many maps are being drawn: ask again in some seconds", "正在绘制的地图较多，请稍后再试"
                )
            self.waiting += 1

    def _found(self, key: Hashable) -> bytes | None:
        with self._lock:
            if key in self._maps:
                self._maps.move_to_end(key)
            return self._maps.get(key)

    def _keep(self, key: Hashable, content: bytes) -> None:
        with self._lock:
            if len(content) > self._most:
                return
            self._maps[key] = content
            self._size += len(content)
            while self._size > self._most:
                _old, dropped = self._maps.popitem(last=False)
                self._size -= len(dropped)
