"""Uploaded files: streamed to the disk, tested, kept for their person for some days."""

import hashlib
import os
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, Final

import orjson

from geocensus_api.errors import ProblemError
from geocensus_api.processes.contents import require_sound
from geocensus_api.processes.naming import cleaned

__all__ = ["Arrival", "Upload", "Uploads", "kept_on_disk", "private_folder"]

_RECORD: Final = "upload.json"
_ID: Final = re.compile(r"u-[0-9a-f]{24}")
_ARRIVING: Final = ".arriving-"


@dataclass(frozen=True)
class Upload:
    """An uploaded file: its id, its name on our disk, the title its person gave it, size, hash, owner and times."""

    id: str
    name: str
    title: str
    size: int
    sha256: str
    owner: str
    created: str
    expires: str


def private_folder(folder: Path) -> None:
    """Make a folder in the service's own, both for the operator alone.

    Parameters
    ----------
    folder
        May be there.
    """
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def kept_on_disk() -> Iterator[None]:
    """Tell a disk that is full or read-only as what it is: no fault of the request.

    Raises
    ------
    ProblemError
        503.
    """
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ProblemError(
            503,
            f"the service cannot write its folder ({why}): tell its operator",
            f"服务目录无法写入（{why}），请联系服务管理员",
        ) from error


class Arrival:
    """A file on its way to the disk: never more of it in memory than the piece at hand.

    Parameters
    ----------
    uploads
        Where it goes.
    owner
        Whose it is.
    name
        As the client gave it.
    """

    def __init__(self, uploads: "Uploads", owner: str, name: str) -> None:
        self._uploads, self._owner = uploads, owner
        self._name, self._title = cleaned(name)
        self._id = f"u-{secrets.token_hex(12)}"
        self._hash = hashlib.sha256()
        self.size = 0
        with kept_on_disk():
            private_folder(uploads.folder)
            self._folder = uploads.folder / f"{_ARRIVING}{self._id}"
            self._folder.mkdir(mode=0o700)
            self._stream = (self._folder / self._name).open("wb")

    def add(self, piece: bytes) -> None:
        """Take the next piece.

        Parameters
        ----------
        piece
            Bytes, in order.

        Raises
        ------
        ProblemError
            413 where the file, or all that its person has here, grows too large; 503 where the disk is full.
        """
        self.size += len(piece)
        self._uploads.claim(self._owner, len(piece), self.size)
        self._hash.update(piece)
        with kept_on_disk():
            self._stream.write(piece)

    def finish(self) -> Upload:
        """Test the file and put it in its place.

        Returns
        -------
        Upload
            Its record.

        Raises
        ------
        ProblemError
            422 where the content does not fit the name.
        """
        with kept_on_disk():
            self._stream.flush()
            os.fsync(self._stream.fileno())
            self._stream.close()
        require_sound(self._folder / self._name, Path(self._name).suffix, unpacked_max=self._uploads.unpacked_max)
        now = datetime.now(UTC)
        expires = now + timedelta(days=self._uploads.days)
        upload = Upload(
            self._id,
            self._name,
            self._title,
            self.size,
            self._hash.hexdigest(),
            self._owner,
            now.isoformat(timespec="seconds"),
            expires.isoformat(timespec="seconds"),
        )
        with kept_on_disk():
            (self._folder / _RECORD).write_bytes(orjson.dumps(asdict(upload)))
            self._folder.rename(self._uploads.folder / self._id)
        self._uploads.settle(self._owner, self.size)
        return upload

    def end(self) -> None:
        """Let go of what was claimed, and of all that is not in its place."""
        self._stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._uploads.release(self._owner, self.size)


class Uploads:
    """The uploaded files of all persons.

    Parameters
    ----------
    folder
        Where they lie; made when the first one arrives.
    size_max
        Bytes of one file at most.
    sum_max
        Bytes of all files of a person at most.
    unpacked_max
        Bytes that a file may have unpacked.
    days
        How long a file is kept.
    """

    def __init__(self, folder: Path, *, size_max: int, sum_max: int, unpacked_max: int, days: float) -> None:
        self.folder, self.unpacked_max, self.days = folder, unpacked_max, days
        self._size_max, self._sum_max = size_max, sum_max
        self._arriving: Counter[str] = Counter()
        self._there: dict[str, int] = {}
        self._lock = Lock()

    def open(self) -> None:
        """Sweep away what a stop of the service left half arrived, and what is too old."""
        for half in self.folder.glob(f"{_ARRIVING}*"):
            shutil.rmtree(half, ignore_errors=True)
        self.sweep()

    def sweep(self) -> None:
        """Delete what is too old."""
        now = datetime.now(UTC)
        for upload in self._all():
            if datetime.fromisoformat(upload.expires) < now:
                shutil.rmtree(self.folder / upload.id, ignore_errors=True)

    def arrive(self, owner: str, name: str, length: int | None) -> Arrival:
        """Begin to take a file.

        Parameters
        ----------
        owner
            Whose it is.
        name
            As the client gave it.
        length
            What the request says of its length; None where it says nothing.

        Returns
        -------
        Arrival
            Takes the pieces; its ``end`` is to be called in any case.

        Raises
        ------
        ProblemError
            400 or 415 for the name, 413 for the length, 503 where the folder cannot be written.
        """
        self.sweep()
        with self._lock:
            self._there[owner] = sum(upload.size for upload in self.of(owner))
        if length is not None:
            self._require_room(owner, length, length)
        return Arrival(self, owner, name)

    def claim(self, owner: str, more: int, size: int) -> None:
        """Count bytes that arrive.

        Parameters
        ----------
        owner
            Whose they are.
        more
            How many have come now.
        size
            How many the file has by now.

        Raises
        ------
        ProblemError
            413.
        """
        with self._lock:
            self._arriving[owner] += more
        self._require_room(owner, 0, size)

    def settle(self, owner: str, size: int) -> None:
        """Count bytes that have arrived.

        Parameters
        ----------
        owner
            Whose they are.
        size
            How many.
        """
        with self._lock:
            self._there[owner] = self._there.get(owner, 0) + size

    def release(self, owner: str, size: int) -> None:
        """Count bytes that arrive no longer.

        Parameters
        ----------
        owner
            Whose they are.
        size
            How many.
        """
        with self._lock:
            self._arriving[owner] -= size

    def _require_room(self, owner: str, more: int, size: int) -> None:
        if size > self._size_max:
            raise ProblemError(
                413,
                f"the file is larger than {self._size_max} bytes: split the list, or leave out columns",
                f"文件超过 {self._size_max} 字节，请拆分名单或减少列",
            )
        if self._there.get(owner, 0) + self._arriving[owner] + more > self._sum_max:
            raise ProblemError(
                413,
                f"your uploads have more than {self._sum_max} bytes together: delete some first (/uploads)",
                f"您上传的文件合计超过 {self._sum_max} 字节，请先删除一些（/uploads）",
            )

    def of(self, owner: str) -> list[Upload]:
        """Return the files of a person, the newest first.

        Parameters
        ----------
        owner
            Whose.

        Returns
        -------
        list
            Their records.
        """
        mine = [upload for upload in self._all() if upload.owner == owner]
        return sorted(mine, key=lambda upload: (upload.created, upload.id), reverse=True)

    def one(self, owner: str, upload_id: str) -> Upload:
        """Return a file of a person.

        Parameters
        ----------
        owner
            Whose.
        upload_id
            Its id.

        Returns
        -------
        Upload
            Its record.

        Raises
        ------
        ProblemError
            404, also for somebody else's.
        """
        upload = _record(self.folder / upload_id) if _ID.fullmatch(upload_id) else None
        if upload is None or upload.owner != owner or datetime.fromisoformat(upload.expires) < datetime.now(UTC):
            raise ProblemError(
                404, f"no upload {upload_id!r}; /uploads lists yours", f"没有上传文件 {upload_id}，见 /uploads"
            )
        return upload

    def path(self, upload: Upload) -> Path:
        """Return where a file lies.

        Parameters
        ----------
        upload
            Its record.

        Returns
        -------
        Path
            The file.
        """
        return self.folder / upload.id / upload.name

    def delete(self, owner: str, upload_id: str) -> None:
        """Delete a file of a person; a job that has begun with it keeps its own.

        Parameters
        ----------
        owner
            Whose.
        upload_id
            Its id.

        Raises
        ------
        ProblemError
            404.
        """
        upload = self.one(owner, upload_id)
        with kept_on_disk():
            shutil.rmtree(self.folder / upload.id)

    def _all(self) -> Iterator[Upload]:
        if self.folder.is_dir():
            found = (_record(place) for place in self.folder.iterdir() if _ID.fullmatch(place.name))
            yield from (upload for upload in found if upload is not None)


def _record(place: Path) -> Upload | None:
    try:
        content: dict[str, Any] = orjson.loads((place / _RECORD).read_bytes())
        return Upload(**content)
    except (OSError, ValueError, TypeError):
        return None
