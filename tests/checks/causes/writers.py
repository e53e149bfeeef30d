"""How people write coordinates and go wrong: text to text, by hand, without a formula of the package.

Numbers are whole units of the last place throughout, so that nothing here rounds.
"""

from fractions import Fraction

MARKS = {
    "marks": ("°", "′", "″"),
    "chinese": ("度", "分", "秒"),
    "quotes": ("°", "'", '"'),
    "spaced": (" ", " ", ""),
    "colon": (":", ":", ""),
    "letters": ("d", "m", '"'),
}


def parts(units, places):
    """Take hundredths (or so) of seconds apart."""
    seconds, rest = divmod(units, 10**places)
    minutes, seconds = divmod(seconds, 60)
    degrees, minutes = divmod(minutes, 60)
    return degrees, minutes, seconds, rest


def fraction_of(rest, places):
    return f".{rest:0{places}d}" if places else ""


def dms(units, places, style="marks", *, pad=True):
    degrees, minutes, seconds, rest = parts(units, places)
    marks = MARKS[style]
    width = "02d" if pad else "d"
    return f"{degrees}{marks[0]}{minutes:{width}}{marks[1]}{seconds:{width}}{fraction_of(rest, places)}{marks[2]}"


def packed_form(units, places):
    degrees, minutes, seconds, rest = parts(units, places)
    return f"{degrees}{minutes:02d}{seconds:02d}{fraction_of(rest, places)}"


def dm(units, places):
    minutes, rest = divmod(units, 10**places)
    degrees, minutes = divmod(minutes, 60)
    return f"{degrees}°{minutes:02d}{fraction_of(rest, places)}′"


def decimal(units, places, *, comma=False):
    whole, rest = divmod(units, 10**places)
    text = f"{whole}{fraction_of(rest, places)}"
    return text.replace(".", ",") if comma else text


def degrees(units, places, per=1):
    """Return the value of so many units, `per` of which (times ten to the places) make a degree."""
    return float(Fraction(units, 10**places * per))


def slip(text, kind, which, digit):
    """Make one slip at the digit number `which`; None where it cannot be made there."""
    at = [i for i, char in enumerate(text) if char.isdigit()][which]
    beside = at + 1 < len(text) and text[at + 1].isdigit()
    if kind == "replaced":
        new = text[:at] + str(digit) + text[at + 1 :]
    elif kind == "exchanged" and beside:
        new = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    elif kind == "missing" and (beside or (at and text[at - 1].isdigit())):
        new = text[:at] + text[at + 1 :]
    elif kind == "doubled":
        new = text[:at] + text[at] + text[at:]
    else:
        return None
    return new if new != text else None


def move_point(text, by):
    """Move the point to the right, filling up with zeros."""
    point, digits = text.index("."), text.replace(".", "")
    place = point + by
    if place <= 0:
        return "0." + "0" * -place + digits
    digits = digits.ljust(place, "0")
    return f"{digits[:place]}.{digits[place:]}".rstrip(".")
