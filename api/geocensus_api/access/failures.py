"""Failed attempts of the last minute, by the address that made them."""

from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from time import monotonic
from typing import Final

__all__ = ["Failures", "neighbourhood"]

_ADDRESSES: Final = 10_000  # remembered at most; a minute's worth of a large attack costs 2 MB


def neighbourhood(address: str) -> str:
    """Return what one client can easily choose addresses from.

    Parameters
    ----------
    address
        As the connection tells it.

    Returns
    -------
    str
        The /64 network of an IPv6 address; anything else as it is.

    Examples
    --------
    >>> neighbourhood("2001:db8:1:2:3::4"), neighbourhood("10.0.0.1")
    ('2001:db8:1:2::', '10.0.0.1')
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> 64 << 64))


class Failures:
    """A sliding window over failed attempts.

    Parameters
    ----------
    most
        Failures that an address may have within the window.
    window_s
        Length of the window, seconds.
    steady
        Seconds that only grow.

    Examples
    --------
    >>> failures = Failures(most=1, window_s=60, steady=lambda: 0.0)
    >>> failures.wait_s("10.0.0.1"), failures.note("10.0.0.1"), failures.wait_s("10.0.0.1")
    (0, None, 60)
    """

    def __init__(self, *, most: int = 10, window_s: float = 60.0, steady: Callable[[], float] = monotonic) -> None:
        self._most, self._window_s, self._steady = most, window_s, steady
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._times)

    def wait_s(self, address: str) -> int:
        """Return how long an address should wait.

        Parameters
        ----------
        address
            Of the client.

        Returns
        -------
        int
            Whole seconds; 0 while it has not failed too often.
        """
        with self._lock:
            times = self._recent(neighbourhood(address))
            return ceil(times[0] + self._window_s - self._steady()) if times and len(times) >= self._most else 0

    def note(self, address: str) -> None:
        """Count a failed attempt.

        Parameters
        ----------
        address
            Of the client.
        """
        key = neighbourhood(address)
        with self._lock:
            times = self._recent(key) or self._times.setdefault(key, deque(maxlen=self._most))
            times.append(self._steady())
            self._times.move_to_end(key)
            while len(self._times) > _ADDRESSES:
                self._times.popitem(last=False)

    def _recent(self, key: str) -> deque[float] | None:
        times, since = self._times.get(key), self._steady() - self._window_s
        while times and times[0] <= since:
            times.popleft()
        if times is not None and not times:
            del self._times[key]
            return None
        return times
