"""What runs in the process of a job: ``python -m geocensus_api.processes.child FOLDER WORKSPACE``."""

import contextlib
import os
import re
import sys
import traceback
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO, Final

import orjson

from geocensus.errors import DataNotFoundError, GeocensusError, WorkspaceError
from geocensus.model import Text
from geocensus_api.processes.children import FAILURE
from geocensus_api.processes.records import load, write_json
from geocensus_api.processes.steps import progress_of
from geocensus_api.processes.work import Task, run

__all__ = ["main", "plainly"]

_FAILED: Final = 1
_OPTION: Final = re.compile(r"--(?=[a-z])")
_STATUSES: Final = {DataNotFoundError: 404, WorkspaceError: 503, GeocensusError: 422}


def main(folder: Path, workspace: Path) -> int:
    """Run a job.

    Parameters
    ----------
    folder
        Of the job; its record tells what to do.
    workspace
        The GeoPackage.

    Returns
    -------
    int
        Exit code: 0 where all outputs are there.
    """
    told = _private_stdout()
    _end_with_the_service()
    _modest()
    job = load(folder)
    assert job is not None

    def say(step: Text) -> None:
        line = {"step": list(step), "progress": progress_of(job.process, step)}
        told.write(orjson.dumps(line) + b"\n")
        told.flush()

    try:
        run(Task(job, folder, workspace, say))
    except GeocensusError as error:
        status = next(status for kind, status in _STATUSES.items() if isinstance(error, kind))
        places = (folder / "inputs", folder / "outputs.part", workspace.parent)
        texts = {"en": plainly(error.en, places), "zh": plainly(error.zh, places)}
        write_json(folder / FAILURE, {"status": status, **texts})
        return _FAILED
    except Exception as error:  # noqa: BLE001 - told to the person without details, which go to the log
        traceback.print_exc()
        write_json(folder / FAILURE, _internal(error))
        return _FAILED
    return 0


def plainly(message: str, places: tuple[Path, ...]) -> str:
    """Return a message without folders of this machine, and with inputs named as a request names them.

    Parameters
    ----------
    message
        As the command line would show it.
    places
        Folders whose names are nobody's business.

    Returns
    -------
    str
        For the client.

    Examples
    --------
    >>> plainly("--tolerance 6: see /srv/x/list.csv", (Path("/srv/x"),))
    'tolerance 6: see list.csv'
    """
    for place in places:
        message = message.replace(f"{place}{os.sep}", "").replace(str(place), place.name)
    return _OPTION.sub("", message)


def _internal(error: Exception) -> dict[str, Any]:
    lost = isinstance(error, MemoryError)
    en = "not enough memory for this list: split it" if lost else f"internal error ({type(error).__name__})"
    zh = "内存不足，请拆分名单" if lost else f"内部错误（{type(error).__name__}）"
    return {"status": 500, "en": f"{en}; the server's log has the details", "zh": f"{zh}，详情见服务端日志"}


def _private_stdout() -> BinaryIO:
    """Keep the pipe to the service for ourselves: what libraries print goes to the log."""
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return told


def _end_with_the_service() -> None:
    """End when the service does, however it ends: its side of the pipe is closed then."""

    def watch() -> None:
        # not sys.stdin: its lock would hold up the end of this process
        with contextlib.suppress(OSError):
            while os.read(0, 1):
                pass
        os._exit(_FAILED)

    Thread(target=watch, daemon=True).start()


def _modest() -> None:
    """Let the service go first, and let the system end us before it where memory is short."""
    if hasattr(os, "nice"):
        os.nice(5)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
