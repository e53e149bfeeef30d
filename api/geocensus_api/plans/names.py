"""Names of plans and field zones as one segment of an address, whatever they hold."""

import re
from typing import Final

__all__ = ["name_of", "segment_of"]

_WRITTEN: Final = {"~": "~0", "/": "~1", ".": "~2", "\\": "~3", "%": "~4"}
_READ: Final = {code: sign for sign, code in _WRITTEN.items()}


def segment_of(name: str) -> str:
    """Write a name as one segment of an address, as JSON Pointer (RFC 6901) does: ~ as ~0, / as ~1.

    Proxies and clients resolve a slash, a backslash and leading dots even where they are percent-encoded, and some
    decode twice, so these are written with a tilde (a leading dot as ~2, a backslash as ~3, a percent sign as ~4).
    Percent-encoding comes on top.

    Parameters
    ----------
    name
        Of a plan or a field zone.

    Returns
    -------
    str
        Holds no slash.

    Examples
    --------
    >>> segment_of("东/西 片区"), segment_of("..")
    ('东~1西 片区', '~2.')
    """
    text = re.sub(r"[~/\\%]", lambda sign: _WRITTEN[sign.group()], name)
    return f"~2{text[1:]}" if text.startswith(".") else text


def name_of(segment: str) -> str:
    """Read a name out of a segment of an address.

    Parameters
    ----------
    segment
        Percent-decoded.

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> name_of(segment_of("a~1/b"))
    'a~1/b'
    """
    return re.sub(r"~[0-4]", lambda code: _READ[code.group()], segment)
