"""Degrees, minutes, seconds with marks: 118°31′12.5″, 118度31分12秒, 118°31'12", 118d31m12s, 118°31.2′.

The last mark may be missing, and seconds may carry one prime instead of two: the place of the number decides. A number
after which no mark of its own kind can stand (31″ right after the degrees) is not read.
"""

from geocensus.coordinates.formats.reading import DECIMALS, SIGN, Format

__all__ = ["DEGREE", "FORMATS", "MINUTE", "PART_MINUTES", "PART_SECONDS", "SECOND"]

_PRIME = "[′'’‘ˊ`ʹˈ]"
DEGREE = "(?:°c?|度|d|o)"  # °c: the one-character ℃ that Chinese input methods offer
MINUTE = f"(?:{_PRIME}|分|m)"
SECOND = f'(?:["”“〃ʺ]|{_PRIME}{{1,2}}|秒)'  # NFKC has turned ″ into two primes

_DEG = rf"^{SIGN}(?P<deg>[0-9]{{1,3}})\s*{DEGREE}\s*"

FORMATS = (
    Format(
        "degree_minute_second",
        rf"{_DEG}(?P<min>[0-9]{{1,4}})\s*{MINUTE}\s*(?P<sec>[0-9]{{1,4}}{DECIMALS})\s*{SECOND}?$",
    ),
    Format("degree_minute", rf"{_DEG}(?P<min>[0-9]{{1,4}}{DECIMALS})\s*{MINUTE}?$"),
)

# One number in a column of its own, with or without its mark.
PART_MINUTES = Format("decimal", rf"^(?P<deg>[0-9]{{1,4}}{DECIMALS})\s*{MINUTE}?$")
PART_SECONDS = Format("decimal", rf"^(?P<deg>[0-9]{{1,4}}{DECIMALS})\s*{SECOND}?$")
