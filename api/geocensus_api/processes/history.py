"""What happened to a job, numbered from 1: kept in its folder, so that whoever comes back gets what was missed."""

import logging
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

import orjson

from geocensus.model import Text
from geocensus_api.processes.records import Job, State

__all__ = ["Event", "History"]

_FILE: Final = "events.jsonl"
_log = logging.getLogger("geocensus.api")


@dataclass(frozen=True)
class Event:
    """A step of a job: number, state, per cent, what it does, when."""

    number: int
    state: State
    progress: int
    message: Text
    time: str


class History:
    """The events of one job.

    Parameters
    ----------
    folder
        Folder of the job.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._lock = Lock()
        self._events = _read(self._path)

    def add(self, job: Job) -> None:
        """Add how a job stands.

        Parameters
        ----------
        job
            The record of now.
        """
        with self._lock:
            event = Event(len(self._events) + 1, job.state, job.progress, job.message, job.updated)
            self._events.append(event)
            line = [event.state, event.progress, list(event.message), event.time]
            try:
                with self._path.open("ab") as stream:
                    stream.write(orjson.dumps(line) + b"\n")
            except OSError:  # the job itself goes on
                _log.exception("an event of %s cannot be written", job.id)

    def since(self, number: int) -> list[Event]:
        """Return the events after one.

        Parameters
        ----------
        number
            The last one that is known; 0 for none.

        Returns
        -------
        list
            In order.
        """
        with self._lock:
            return self._events[max(0, number) :]


def _read(path: Path) -> list[Event]:
    if not path.exists():
        return []
    events: list[Event] = []
    for line in path.read_bytes().splitlines():
        try:
            state, progress, message, time = orjson.loads(line)
            events.append(Event(len(events) + 1, State(state), progress, Text(*message), time))
        except (ValueError, TypeError):  # the last line before a kill
            break
    return events
