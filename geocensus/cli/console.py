"""Results on stdout, progress and messages on stderr, whatever the console can show."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geocensus.model import Text

_FILE_WIDTH, _FILE_HEIGHT = 200, 50

__all__ = ["errors", "note", "out", "prepare", "print_json", "working"]


def prepare() -> None:
    """Let a GBK or ASCII console show "?" for what it cannot, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def out() -> Console:
    """Return a console on stdout.

    Returns
    -------
    Console
        For results.
    """
    return _console(sys.stdout)


def errors() -> Console:
    """Return a console on stderr.

    Returns
    -------
    Console
        For progress and messages.
    """
    return _console(sys.stderr)


def note(text: str) -> None:
    """Write a remark on stderr.

    Parameters
    ----------
    text : str
        The remark; it is shown as it is, without markup.
    """
    errors().print(f"[dim]·[/dim] {escape(text)}")


def print_json(values: dict[str, Any]) -> None:
    """Write one JSON object on one line of stdout; plain ASCII where the console is not UTF-8.

    Parameters
    ----------
    values : dict
        What to write; NaN is not allowed.
    """
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    sys.stdout.write(json.dumps(values, ensure_ascii=not utf8, allow_nan=False) + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def working(lang: str) -> Iterator[Callable[[Text], None]]:
    """Show the running step on a terminal; nothing where stderr is a file.

    Parameters
    ----------
    lang : str
        "zh" or "en".

    Yields
    ------
    Callable
        Takes the name of each step as it begins.
    """
    console = errors()
    if not console.is_terminal:
        yield lambda _step: None
        return
    with console.status("…") as status:
        yield lambda step: status.update(f"{step.get(lang)} …")


def _console(stream: TextIO) -> Console:
    """Return a console; tables in a file or a pipe are as wide as they need to be."""
    if stream.isatty():
        return Console(file=stream, highlight=False, emoji=False, soft_wrap=True)
    return Console(file=stream, highlight=False, emoji=False, soft_wrap=True, width=_FILE_WIDTH, height=_FILE_HEIGHT)
