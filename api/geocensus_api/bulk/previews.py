"""Previews that wait to be carried out: exactly the flags that a person has seen the number of."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from geocensus_api.access.principal import Principal
from geocensus_api.bulk.asked import BulkAsked
from geocensus_api.bulk.choosing import Chosen
from geocensus_api.errors import ProblemError

__all__ = ["LIFE_S", "Preview", "Previews"]

LIFE_S: Final = 1800.0
_MOST: Final = 64


@dataclass
class Preview:
    """What was shown to a person; ``bulk_id`` once it was carried out."""

    asked: BulkAsked
    flags: tuple[Chosen, ...]
    who: Principal
    until: float
    bulk_id: str = ""
    lock: Lock = field(default_factory=Lock)


class Previews:
    """Previews by token, for half an hour; the oldest are forgotten where there are very many.

    Parameters
    ----------
    clock
        Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, Preview] = OrderedDict()
        self._lock = Lock()

    def add(self, asked: BulkAsked, flags: tuple[Chosen, ...], who: Principal) -> str:
        """Keep a preview.

        Parameters
        ----------
        asked
            The step.
        flags
            Those that it can be done on, as they stand.
        who
            Who saw it.

        Returns
        -------
        str
            Token that carries it out.
        """
        token = secrets.token_urlsafe(18)
        with self._lock:
            self._kept[token] = Preview(asked, flags, who, self._clock() + LIFE_S)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return token

    def get(self, token: str, who: Principal) -> Preview:
        """Return a preview to the person who saw it.

        Parameters
        ----------
        token
            From :meth:`add`.
        who
            Who wants to carry it out: with the role and the areas of then.

        Returns
        -------
        Preview
            It may have been carried out.

        Raises
        ------
        ProblemError
            409 where it is none, too old, or somebody else's.
        """
        with self._lock:
            found = self._kept.get(token)
        mine = found is not None and (found.who.name, found.who.role, found.who.scope) == (
            who.name,
            who.role,
            who.scope,
        )
        if found is None or not mine or found.until < self._clock():
            raise ProblemError(
                409, "token: no such preview any more: ask for another one", "token：预览已失效，请重新预览"
            )
        return found
