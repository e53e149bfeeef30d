"""Frozen dataclasses and enums that every layer shares."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields are read at run time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple

__all__ = [
    "LEVELS",
    "BasemapInfo",
    "CodeSystem",
    "Level",
    "RowSum",
    "Severity",
    "State",
    "Status",
    "Text",
]


class Text(NamedTuple):
    """A text that people read, in Chinese and English."""

    zh: str
    en: str

    def get(self, lang: str) -> str:
        """Return one language.

        Parameters
        ----------
        lang : str
            "zh" or "en".

        Returns
        -------
        str
            The text.
        """
        return self.zh if lang == "zh" else self.en


_NO_TEXT = Text("", "")


class Level(StrEnum):
    """Levels of the division hierarchy, coarsest first."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    ZONE = "zone"


LEVELS: tuple[str, ...] = tuple(level.value for level in Level)


class CodeSystem(StrEnum):
    """How division codes are built; the GB/T 2260 rules apply to gb2260 alone."""

    GB2260 = "gb2260"
    FIPS = "fips"
    OTHER = "other"


class State(StrEnum):
    """What became of a row read; every row has exactly one."""

    LOCATED = "located"
    UNLOCATED = "unlocated"
    EXCLUDED = "excluded"


class Status(StrEnum):
    """Outcome of one rule on one source."""

    OK = "ok"
    FLAGGED = "flagged"
    NEAR_BORDER = "near_border"
    NOT_TESTED = "not_tested"


class Severity(StrEnum):
    """How bad a flag is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class RowSum:
    """Rows read and what became of them; they always add up.

    Examples
    --------
    >>> RowSum(rows=3, located=1, unlocated=1, excluded=1).rows
    3
    """

    rows: int
    located: int
    unlocated: int
    excluded: int

    def __post_init__(self) -> None:
        if self.located + self.unlocated + self.excluded != self.rows:
            message = f"rows lost: {self.located} + {self.unlocated} + {self.excluded} != {self.rows}"
            raise AssertionError(message)


_SCHEMATIC: Final = Text("示意边界", "Schematic borders")


@dataclass(frozen=True)
class BasemapInfo:
    """What is known about a basemap; stored in the file's ``basemap_info`` table and in manifest.json."""

    name: str
    title: Text
    root: str = ""  # code of the top area
    source: Text = _NO_TEXT
    licence: str = ""
    notice: Text = _NO_TEXT  # printed on every map; says SCHEMATIC where it is
    code_system: CodeSystem = CodeSystem.OTHER
    code_year: int | None = None
    accuracy_m: Mapping[str, float] = field(default_factory=dict)  # per level; a missing level is unstated
    schematic: bool = False
    nested: bool = False  # every area is the union of its children: parents follow from the finest level
    sha256: str = ""

    def notice_in(self, lang: str) -> str:
        """Return what every map of it must say.

        Parameters
        ----------
        lang
            "zh" or "en".

        Returns
        -------
        str
            The notice; where there is none, that the borders are schematic, if they are.
        """
        return self.notice.get(lang) or (_SCHEMATIC.get(lang) if self.schematic else "")

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON.

        Returns
        -------
        dict
            All fields but the hash, texts as {zh, en}.
        """
        return {
            "name": self.name,
            "title": {"zh": self.title.zh, "en": self.title.en},
            "root": self.root,
            "source": {"zh": self.source.zh, "en": self.source.en},
            "licence": self.licence,
            "notice": {"zh": self.notice.zh, "en": self.notice.en},
            "code_system": str(self.code_system),
            "code_year": self.code_year,
            "accuracy_m": dict(self.accuracy_m),
            "schematic": self.schematic,
            "nested": self.nested,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], sha256: str = "") -> BasemapInfo:
        """Build from plain values.

        Parameters
        ----------
        values : Mapping
            As :meth:`as_dict` returns them.
        sha256 : str
            Hash of the file they come from.

        Returns
        -------
        BasemapInfo
            The same values.
        """
        texts = {key: Text(values[key]["zh"], values[key]["en"]) for key in ("title", "source", "notice")}
        year = values["code_year"]
        return cls(
            name=values["name"],
            **texts,
            root=values["root"],
            licence=values["licence"],
            code_system=CodeSystem(values["code_system"]),
            code_year=None if year is None else int(year),
            accuracy_m={str(k): float(v) for k, v in values["accuracy_m"].items()},
            schematic=bool(values["schematic"]),
            nested=bool(values["nested"]),
            sha256=sha256,
        )
