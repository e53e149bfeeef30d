"""Language of what a person reads: --lang, then GEOCENSUS_LANG, then the locale."""

import locale
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from geocensus.model import Text

__all__ = ["LANGUAGES", "LangOption", "default_language", "t"]

LANGUAGES = ("zh", "en")


def default_language(argv: Sequence[str] | None = None) -> str:
    """Find the language before the command line is parsed, so that help appears in it, too.

    Parameters
    ----------
    argv : Sequence of str, optional
        Arguments; by default those of this process.

    Returns
    -------
    str
        "zh" or "en".

    Examples
    --------
    >>> default_language(["check", "list.csv", "--lang", "en"])
    'en'
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    for position, word in enumerate(arguments):
        value = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang":
            value = "".join(arguments[position + 1 : position + 2])
        if value in LANGUAGES:
            return value
    if (chosen := os.environ.get("GEOCENSUS_LANG", "")[:2].lower()) in LANGUAGES:
        return chosen
    names = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    spoken = next(filter(None, names), "") or (locale.getlocale()[0] or "")
    return "zh" if spoken.lower().startswith(("zh", "chinese")) else "en"


def t(zh: str, en: str) -> str:
    """Choose a text in the language of this process.

    Parameters
    ----------
    zh, en : str
        The same text twice.

    Returns
    -------
    str
        One of them.
    """
    return Text(zh, en).get(default_language())


def _checked(value: str | None) -> str:
    if value is None:
        return default_language()
    if value not in LANGUAGES:
        raise typer.BadParameter(t("只能是 zh 或 en", "must be zh or en"))
    return value


LangOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="zh|en",
        callback=_checked,
        help=t("界面语言，默认随系统", "language; by default the system's"),
    ),
]
