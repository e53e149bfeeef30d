"""The record of a job: what is asked, how it stands, what came of it; one small JSON file in its folder."""

import os
import secrets
import tempfile
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import orjson

from geocensus.model import Text
from geocensus_api.access.principal import Principal

__all__ = ["RECORD", "Job", "State", "load", "new_job", "now", "save", "write_json"]

RECORD: Final = "job.json"


class State(StrEnum):
    """How a job stands (OGC 18-062r2, 7.12)."""

    ACCEPTED = "accepted"
    RUNNING = "running"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    DISMISSED = "dismissed"


_ENDED: Final = frozenset({State.SUCCESSFUL, State.FAILED, State.DISMISSED})


@dataclass(frozen=True)
class Job:
    """A job.

    Attributes
    ----------
    id
        Not to be guessed.
    process
        What it runs.
    owner, role, scope
        Who asked, with the rights of that moment.
    lang
        "zh" or "en": language of its files.
    inputs
        What the child process is to do, with paths within the job's folder.
    state, progress, message
        How it stands; per cent, and the step at hand.
    created, started, finished, updated
        UTC, ISO 8601; "" where not yet.
    problem
        status, en and zh of what went wrong; None unless failed.
    outputs
        Name to file (within "outputs"), media_type and name for people.
    """

    id: str
    process: str
    owner: str
    role: str
    scope: tuple[str, ...] | None
    lang: str
    inputs: dict[str, Any]
    state: State = State.ACCEPTED
    progress: int = 0
    message: Text = field(default_factory=lambda: Text("排队等候", "waiting for its turn"))
    created: str = ""
    started: str = ""
    finished: str = ""
    updated: str = ""
    problem: dict[str, Any] | None = None
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it.

        Returns
        -------
        bool
            True for successful, failed and dismissed jobs.
        """
        return self.state in _ENDED

    def moved(self, **changes: Any) -> "Job":
        """Return the job with changes, and the time of now.

        Parameters
        ----------
        **changes
            Attributes.

        Returns
        -------
        Job
            A new record.
        """
        return replace(self, updated=now(), **changes)


def now() -> str:
    """Return the time.

    Returns
    -------
    str
        UTC, ISO 8601, milliseconds.
    """
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_job(process: str, who: Principal, lang: str) -> Job:
    """Return a job that has just been asked for.

    Parameters
    ----------
    process
        What it runs.
    who
        Who asks.
    lang
        "zh" or "en".

    Returns
    -------
    Job
        Without inputs.
    """
    created = now()
    name = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(12)}"
    return Job(name, process, who.name, who.role, who.scope, lang, {}, created=created, updated=created)


def save(job: Job, folder: Path) -> None:
    """Write the record, whole or not at all.

    Parameters
    ----------
    job
        The job.
    folder
        Its folder, which is there.
    """
    write_json(folder / RECORD, asdict(job))


def load(folder: Path) -> Job | None:
    """Read a record.

    Parameters
    ----------
    folder
        Folder of a job.

    Returns
    -------
    Job or None
        None where there is none that can be read.
    """
    try:
        content: dict[str, Any] = orjson.loads((folder / RECORD).read_bytes())
        scope = content["scope"]
        told = {
            "state": State(content["state"]),
            "message": Text(*content["message"]),
            "scope": None if scope is None else tuple(scope),
        }
        return Job(**{**content, **told})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_json(path: Path, content: Any) -> None:
    """Write JSON so that a reader, also after a loss of power, sees the old content or the new.

    Parameters
    ----------
    path
        Its place, in a folder that is there.
    content
        Plain values.
    """
    handle, temporary = tempfile.mkstemp(prefix=f".{path.stem}-", dir=path.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(orjson.dumps(content, default=list))  # texts are pairs
        stream.flush()
        os.fsync(stream.fileno())
    Path(temporary).replace(path)
