"""Times as clients read them."""

import datetime as dt

__all__ = ["iso"]


def iso(seconds: int | None) -> str | None:
    """Return a time in the form of RFC 3339.

    Parameters
    ----------
    seconds
        Since 1970; None for never.

    Returns
    -------
    str
        In UTC, or None.

    Examples
    --------
    >>> iso(0)
    '1970-01-01T00:00:00Z'
    """
    if seconds is None:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
