"""Time that never runs backwards: a clock set back must not bring anything back to life."""

import time
from collections.abc import Callable
from threading import Lock

__all__ = ["Clock"]


class Clock:
    """Seconds since 1970 (UTC), by the clock of the server.

    Three witnesses, of whom the latest is believed: the clock on the wall, what it said at the start plus the time that
    has passed since, and what was written down before the start. A clock set back makes nothing valid again, and time
    goes on from where it was. A clock that once was years ahead ends what was to end until then; what is made anew
    counts from there.

    Parameters
    ----------
    wall
        Seconds since 1970.
    steady
        Seconds that only grow.

    Examples
    --------
    >>> wall = [1000.0]
    >>> clock = Clock(lambda: wall[0], lambda: 0.0)
    >>> wall[0] = 10.0
    >>> clock.now()
    1000
    """

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._steady = wall, steady
        self._lock = Lock()
        self._floor, self._at = wall(), steady()

    def now(self) -> int:
        """Return the time.

        Returns
        -------
        int
            Seconds since 1970, never less than before.
        """
        return int(self._time())

    def not_before(self, seen: float) -> None:
        """Take note of a time that has been.

        Parameters
        ----------
        seen
            Seconds since 1970, as written down earlier.
        """
        with self._lock:
            if seen > self._unlocked():
                self._floor, self._at = seen, self._steady()

    def _time(self) -> float:
        with self._lock:
            return self._unlocked()

    def _unlocked(self) -> float:
        steady = self._steady()
        self._floor, self._at = max(self._wall(), self._floor + max(0.0, steady - self._at)), steady
        return self._floor
