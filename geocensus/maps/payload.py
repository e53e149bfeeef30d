"""Everything the page needs, as one JSON text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from geocensus.errors import SchemaError
from geocensus.maps.areas import AreaTable, area_columns, area_table, barrier_columns, tinted_level
from geocensus.maps.claims import claim_lines
from geocensus.maps.columns import flag_columns, source_columns
from geocensus.maps.judgement import cause_columns, repair_columns
from geocensus.maps.public import village_counts
from geocensus.maps.rows import FLAG_COLUMNS, class_positions, drawable, require, require_sources, worst_severity
from geocensus.maps.style import BARRIER_COLOURS, CLASSES, SEVERITIES, TINTS
from geocensus.maps.texts import LEVEL_NAMES, PAGE, STATUS_NAMES, page_texts
from geocensus.model import RowSum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geocensus.basemap import Basemap
    from geocensus.model import Text

__all__ = ["MapInput", "as_json", "page_payload", "row_sum"]


@dataclass(frozen=True, kw_only=True)
class MapInput:
    """What a map is made from; see :func:`geocensus.maps.map_page` for each part."""

    basemap: Basemap
    sources: pd.DataFrame
    flags: pd.DataFrame
    title: str
    summary: Mapping[str, Any]
    lang: str
    public: bool
    causes: pd.DataFrame | None = None
    repairs: pd.DataFrame | None = None
    rules: Mapping[str, Text] | None = None
    notes: Sequence[tuple[Text, Text]] = ()
    part: bool = False


def row_sum(sources: pd.DataFrame, summary: Mapping[str, Any]) -> RowSum:
    """Count the rows by state and compare with the summary.

    Parameters
    ----------
    sources : pandas.DataFrame
        One row per row read.
    summary : Mapping
        The run's summary; its counts of rows, where present, must be those of the table.

    Returns
    -------
    RowSum
        The counts.

    Raises
    ------
    SchemaError
        When the table lacks rows that the summary counts.
    """
    require_sources(sources)
    counts = sources["state"].value_counts()
    states = {state: int(counts.get(state, 0)) for state in ("located", "unlocated", "excluded")}
    found = RowSum(rows=len(sources), **states)
    for key in ("rows", "located", "unlocated", "excluded"):
        if key in summary and int(summary[key]) != getattr(found, key):
            raise SchemaError(
                f"The summary counts {summary[key]} {key}, the table of sources {getattr(found, key)}: "
                "pass all rows read, located, unlocated and excluded together.",
                f"摘要中 {key} 为 {summary[key]}，污染源表为 {getattr(found, key)}："
                "请传入读入的全部行（已定位、未定位和剔除）。",
            )
    return found


def page_payload(given: MapInput) -> dict[str, Any]:
    """Return all data of the page.

    Parameters
    ----------
    given : MapInput
        Tables, texts and options.

    Returns
    -------
    dict
        Plain values for JSON; the public edition holds nothing about single sources.
    """
    lang, areas = given.lang, area_table(given.basemap)
    sources, flags = given.sources.reset_index(drop=True), given.flags.reset_index(drop=True)
    require(flags, FLAG_COLUMNS, "flags")
    rows = row_sum(sources, given.summary)
    columns, simplified_m = area_columns(areas)
    payload = {
        "lang": lang,
        "public": given.public,
        "title": given.title,
        "texts": page_texts(lang, part=given.part),
        "notice": given.basemap.info.notice_in(lang),
        "rows": [rows.rows, rows.located, rows.unlocated, rows.excluded],
        "levels": [[level, LEVEL_NAMES[level].get(lang)] for level in areas.levels],
        "tinted": tinted_level(areas.levels),
        "areas": columns,
        "barriers": barrier_columns(given.basemap),
        "style": _style(sources, flags, lang),
        "facts": _facts(given, sources, simplified_m),
    }
    return payload | (_public(sources, areas) if given.public else _private(given, sources, flags, areas))


def as_json(payload: Mapping[str, Any]) -> str:
    r"""Write JSON that can stand inside a script element, whatever the names hold.

    Parameters
    ----------
    payload : Mapping
        Plain values.

    Returns
    -------
    str
        JSON without the characters that end or open markup.

    Examples
    --------
    >>> as_json({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _public(sources: pd.DataFrame, areas: AreaTable) -> dict[str, Any]:
    return {"villages": village_counts(sources, areas)}


def _private(given: MapInput, sources: pd.DataFrame, flags: pd.DataFrame, areas: AreaTable) -> dict[str, Any]:
    judged: dict[str, Any] = {}
    if given.causes is not None and given.repairs is not None:
        judged = {
            "causes": cause_columns(sources, given.causes, lang=given.lang),
            "repairs": repair_columns(sources, given.repairs, areas, lang=given.lang),
        }
    return judged | {
        "sources": source_columns(sources, flags, areas, lang=given.lang),
        "flags": flag_columns(sources, flags, lang=given.lang, rules=given.rules),
        "lines": claim_lines(sources, flags, areas),
    }


def _style(sources: pd.DataFrame, flags: pd.DataFrame, lang: str) -> dict[str, Any]:
    shown = drawable(sources)  # the legend counts what is on the map: its classes add up to the located rows
    classes = pd.Series(class_positions(sources)[shown]).value_counts()
    severities = pd.Series(worst_severity(sources, flags)[shown]).value_counts()
    return {
        "classes": [
            [c.slug, c.name.get(lang), c.colour, c.path, int(classes.get(i, 0))] for i, c in enumerate(CLASSES)
        ],
        "severities": [
            [s.slug, s.name.get(lang), s.colour, s.width, list(s.dash), int(severities.get(i, 0))]
            for i, s in enumerate(SEVERITIES)
        ],
        "statuses": [STATUS_NAMES[s].get(lang) for s in ("ok", "near_border", "flagged", "not_tested")],
        "barriers": BARRIER_COLOURS,
        "tints": list(TINTS),
    }


def _facts(given: MapInput, sources: pd.DataFrame, simplified_m: float) -> list[list[str]]:
    """Return the lines of the page's last section, label and value."""
    info, lang, summary = given.basemap.info, given.lang, given.summary
    accuracy = (f"{LEVEL_NAMES[k].get(lang)} {v:g} m" for k, v in info.accuracy_m.items() if k in LEVEL_NAMES)
    said = [[label.get(lang), value.get(lang)] for label, value in given.notes]
    facts = [
        ("data_time", str(summary.get("time") or "")),
        ("file", "" if given.public else str(sources.attrs.get("file") or "")),
        ("crs", crs_text(summary, lang)),
        ("basemap", f"{info.title.get(lang)} ({info.name}{', ' + info.sha256[:12] if info.sha256 else ''})"),
        ("code_year", "" if info.code_year is None else str(info.code_year)),
        ("source", info.source.get(lang)),
        ("licence", info.licence),
        ("accuracy", ", ".join(accuracy)),
        *((key, str(summary.get(key, ""))) for key in ("outside_claimed", "near_border", "on_border")),
        ("software", "geocensus, Leaflet (BSD-2-Clause)"),
    ]
    lines = [*said, *([PAGE[key].get(lang), value] for key, value in facts if value)]
    if simplified_m:
        lines.append([PAGE["areas"].get(lang), PAGE["simplified"].get(lang).replace("{m}", f"{simplified_m:.0f}")])
    return lines


def crs_text(summary: Mapping[str, Any], lang: str) -> str:
    """Return the list's reference system as people read it, with the mark ASSUMED where it was not stated.

    Parameters
    ----------
    summary : Mapping
        The run's summary; crs and crs_assumed are read.
    lang : str
        "zh" or "en".

    Returns
    -------
    str
        Empty where the summary does not say.
    """
    words = {"cgcs2000": "CGCS2000", "wgs84": "WGS 84", "gcj02": "GCJ-02", "bd09": "BD-09"}
    crs = str(summary.get("crs") or "")
    if not crs:
        return ""
    return words.get(crs.lower(), crs) + (PAGE["assumed"].get(lang) if summary.get("crs_assumed") else "")
