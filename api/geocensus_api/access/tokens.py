"""Tokens: made at random, shown once, stored as scrypt hashes only."""

import hashlib
import re
import secrets
import string
from dataclasses import dataclass, field
from typing import Final

__all__ = ["NewToken", "hashed", "matches", "new_token", "parsed"]

_ALPHABET: Final = string.ascii_letters + string.digits  # one word for a double click
_SECRET: Final = 43  # of 62 letters: 256 bits
_FORM: Final = re.compile(rf"gc_([0-9a-f]{{16}})_([A-Za-z0-9]{{{_SECRET}}})")
_COST: Final = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}  # RFC 7914: 16 MB and about 50 ms


@dataclass(frozen=True)
class NewToken:
    """A token just made: its text is for its owner, the rest is kept."""

    id: str
    text: str = field(repr=False)
    salt: bytes = field(repr=False)
    hash: bytes = field(repr=False)


def new_token() -> NewToken:
    """Return a new token.

    Returns
    -------
    NewToken
        ``gc_<id>_<secret>``: an id of 64 and a secret of 256 random bits.

    Examples
    --------
    >>> token = new_token()
    >>> parsed(token.text)[0] == token.id, matches(token.text, token.salt, token.hash)
    (True, True)
    """
    name, salt = secrets.token_hex(8), secrets.token_bytes(16)
    text = f"gc_{name}_{''.join(secrets.choice(_ALPHABET) for _ in range(_SECRET))}"
    return NewToken(name, text, salt, hashed(text, salt))


def hashed(text: str, salt: bytes) -> bytes:
    """Return the hash of a token.

    Parameters
    ----------
    text
        The whole token.
    salt
        Of its own.

    Returns
    -------
    bytes
        32 bytes of scrypt (RFC 7914), about 50 ms.
    """
    return hashlib.scrypt(text.encode("utf-8", "surrogateescape"), salt=salt, **_COST)


def matches(text: str, salt: bytes, known: bytes) -> bool:
    """Tell in constant time whether a token has a hash.

    Parameters
    ----------
    text
        The whole token.
    salt
        As stored.
    known
        The hash as stored.

    Returns
    -------
    bool
        True when it has.
    """
    return secrets.compare_digest(hashed(text, salt), known)


def parsed(text: str) -> tuple[str, str] | None:
    """Return id and secret of a token.

    Parameters
    ----------
    text
        Whatever came.

    Returns
    -------
    tuple
        None where it does not have the form of a token.

    Examples
    --------
    >>> parsed("gc_00") is None
    True
    """
    found = _FORM.fullmatch(text)
    return (found[1], found[2]) if found else None
