"""What a format is: a name and a pattern."""

from typing import NamedTuple

__all__ = ["DECIMALS", "SIGN", "Format"]

SIGN = r"(?P<sign>[+-]?)"
DECIMALS = r"(?:[.,][0-9]*)?"  # in minutes or seconds a comma can only be a decimal comma


class Format(NamedTuple):
    """A way of writing an angle.

    The pattern is RE2 and is matched on folded text without hemisphere. Its groups are sign (may be absent), deg, and
    min, sec or exponent where the format has them, in this order; digits stand nowhere else. Whether it matches depends
    on the number of digits, never on which they are.
    """

    name: str
    pattern: str
