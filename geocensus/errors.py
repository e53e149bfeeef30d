"""Exceptions, for broken contracts only; problems in the data are flags.

::

    GeocensusError
    ├── SchemaError(ValueError)       a column, level or option is missing or contradictory
    ├── CRSMismatchError(ValueError)  reference systems missing, mixed, refused or against the values
    ├── NotProjectedError(ValueError) metres asked of degrees
    ├── DataNotFoundError             a file, layer, sheet or basemap is not there
    ├── UnreadableError               a file is there but cannot be read
    ├── SplitInfeasibleError          no split exists: too many field zones, contradicting locks; .reason
    ├── WorkspaceError                a file cannot be written: locked, read-only, disk full
    ├── EngineError                   work in parts stopped: no scheduler, workers lost, a row that fails; .row
    └── ReviewError                   a step of the review is not allowed as things stand; .reason, .details

Every message says what happened, where (file, sheet, row, column) and what to do, in English and Chinese.
"""

from collections.abc import Mapping
from typing import Any

__all__ = [
    "CRSMismatchError",
    "DataNotFoundError",
    "EngineError",
    "GeocensusError",
    "NotProjectedError",
    "ReviewError",
    "SchemaError",
    "SplitInfeasibleError",
    "UnreadableError",
    "WorkspaceError",
]


class GeocensusError(Exception):
    """Base of all errors that geocensus raises on purpose.

    Parameters
    ----------
    en : str
        The message in English: what, where, what to do.
    zh : str
        The same in Chinese; empty where only developers see it.

    Examples
    --------
    >>> str(GeocensusError("no such sheet", "没有这个工作表"))
    'no such sheet'
    """

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh or en

    def message(self, lang: str) -> str:
        """Return the message in one language.

        Parameters
        ----------
        lang : str
            "zh" or "en".

        Returns
        -------
        str
            The message.
        """
        return self.zh if lang == "zh" else self.en


class SchemaError(GeocensusError, ValueError):
    """A column, level or option is missing, doubled or contradictory."""


class CRSMismatchError(GeocensusError, ValueError):
    """A reference system is missing, mixed, refused, or contradicts the values."""


class NotProjectedError(GeocensusError, ValueError):
    """Metres were asked of coordinates in degrees."""


class DataNotFoundError(GeocensusError):
    """A file, layer, sheet or basemap is not there."""


class UnreadableError(GeocensusError):
    """A file is there but cannot be read."""


class SplitInfeasibleError(GeocensusError):
    """No split exists, whatever its balance; a plan outside the tolerance is a result, not this error.

    Parameters
    ----------
    en : str
        The message in English: what, where, what to do.
    zh : str
        The same in Chinese.
    reason : str
        What stands in the way. Of a split: "teams" (fewer field zones than 1 or more than units), "components" (more
        separate parts than field zones), "lock" (locks that no plan can keep), "lock_group" (units of one group
        locked apart), "not_found" (a plan may exist, but none was found). Of an edit: "lock" (a locked unit or field
        zone would change), "empty" (a field zone would lose its last unit), "disconnected" (it would fall apart).
    """

    def __init__(self, en: str, zh: str = "", *, reason: str = "") -> None:
        super().__init__(en, zh)
        self.reason = reason


class WorkspaceError(GeocensusError):
    """A file cannot be written: locked, read-only, disk full, or of another kind."""


class EngineError(GeocensusError):
    """Work on the parts of a list stopped: the scheduler is not reached, workers are lost, or a row fails.

    Parameters
    ----------
    en : str
        The message in English.
    zh : str
        The same in Chinese.
    row : int, optional
        Row of the file that fails, where it is one row.
    """

    def __init__(self, en: str, zh: str = "", *, row: int | None = None) -> None:
        super().__init__(en, zh)
        self.row = row


class ReviewError(GeocensusError):
    """A step of the review is not allowed as things stand.

    Parameters
    ----------
    en : str
        The message in English.
    zh : str
        The same in Chinese.
    reason : str
        "locked" (by another person), "stale" (changed since it was looked at), "own_work" (a second person is
        needed), "not_yours", or "state" (the flag is in another state by now).
    details : Mapping
        What the person should see: who holds the lock, what changed.

    Examples
    --------
    >>> ReviewError("held by another", reason="locked", details={"holder": "王工"}).details["holder"]
    '王工'
    """

    def __init__(
        self, en: str, zh: str = "", *, reason: str = "state", details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(en, zh)
        self.reason = reason
        self.details = dict(details or {})
