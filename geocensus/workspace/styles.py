"""The styles with which QGIS opens the layers, in its own table layer_styles."""

import sqlite3
from typing import Final

from geocensus.model import LEVELS
from geocensus.workspace.qml import Category, Symbol, categorized, single

__all__ = ["create_styles_table", "refresh_styles"]

_NAME: Final = "geocensus"

# the set of Okabe and Ito (2008), told apart by colour-blind readers; the marks differ in shape as well
_CLASSES: Final = {
    "industrial": ("工业源 industrial", "0,114,178", "square"),
    "farm": ("规模化畜禽养殖场 farm", "230,159,0", "triangle"),
    "centralised": ("集中式污染治理设施 centralised", "204,121,167", "diamond"),
    "domestic": ("生活源 domestic", "86,180,233", "circle"),
    "mobile": ("移动源 mobile", "0,158,115", "cross_fill"),
    "": ("其他 other", "122,122,122", "pentagon"),
}
_SEVERITIES: Final = {
    "error": ("错误 error", "213,94,0"),
    "warning": ("警告 warning", "31,31,31"),
    "": ("提示 information", "94,106,117"),
}
_BARRIERS: Final = {
    "river": ("河流 river", "51,150,200", "0.7", "solid"),
    "railway": ("铁路 railway", "40,40,40", "0.5", "dash"),
    "motorway": ("高速公路 motorway", "200,90,30", "0.8", "solid"),
    "road": ("道路 road", "170,120,60", "0.5", "solid"),
    "": ("其他 other", "120,120,120", "0.4", "dot"),
}
_OFFER: Final = (
    "CASE WHEN NOT \"offered\" THEN 'declined' WHEN \"probability\" >= 0.9 THEN 'certain' ELSE 'offered' END"
)
_OFFERS: Final = {
    "certain": ("建议，概率 90% 以上 offered, 90 % or more", "0,68,136", "0.7"),
    "offered": ("建议，概率 50% 以上 offered, 50 % or more", "86,160,210", "0.5"),
    "": ("未提出建议 not offered", "150,150,150", "0.25"),
}
_LABEL_SCALES: Final = {
    "province": 0,
    "prefecture": 0,
    "county": 0,
    "township": 400_000,
    "village": 80_000,
    "zone": 80_000,
}

_DDL: Final = """
CREATE TABLE IF NOT EXISTS layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))
"""


def create_styles_table(connection: sqlite3.Connection) -> None:
    """Create QGIS's table of styles, listed as a GeoPackage asks for it.

    Parameters
    ----------
    connection
        To a new workspace.
    """
    connection.execute(_DDL)
    row = ("layer_styles", "attributes", "layer_styles")
    connection.execute("INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?, ?, ?)", row)


def refresh_styles(connection: sqlite3.Connection) -> None:
    """Give each spatial layer its style; a style that somebody saved as the layer's default stays the default.

    Parameters
    ----------
    connection
        Inside a transaction.
    """
    connection.execute(_DDL)
    for (table,) in connection.execute("SELECT table_name FROM gpkg_geometry_columns").fetchall():
        style = _style(table)
        if style:
            _put(connection, table, style)


def _put(connection: sqlite3.Connection, table: str, style: str) -> None:
    found = "SELECT id FROM layer_styles WHERE f_table_name = ? AND styleName = ?"
    row = connection.execute(found, (table, _NAME)).fetchone()
    if row:
        connection.execute(
            "UPDATE layer_styles SET styleQML = ? WHERE id = ? AND styleQML != ?", (style, row[0], style)
        )
        return
    others = "SELECT 1 FROM layer_styles WHERE f_table_name = ? AND useAsDefault"
    default = connection.execute(others, (table,)).fetchone()
    connection.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
        " styleQML, styleSLD, useAsDefault, description, owner)"
        " VALUES ('', '', ?, 'geom', ?, ?, '', ?, 'geocensus', '')",
        (table, _NAME, style, not default),
    )


def _style(table: str) -> str:
    if table.startswith("areas_") or table in {"zones", "census_zones"}:
        return _areas("zones" if table == "census_zones" else table.removeprefix("areas_"))
    makers = {
        "sources": _sources,
        "flags": _flags,
        "barriers": _barriers,
        "field_zones": _field_zones,
        "repairs": _repairs,
        "repair_points": _repair_points,
    }
    return makers[table]() if table in makers else ""


def _areas(level: str) -> str:
    finest = level == "zones"
    rank = len(LEVELS) if finest else LEVELS.index(level)
    width = f"{max(0.12, 1.1 - 0.22 * rank):.2f}"
    outline = "150,150,150,255" if finest else "90,90,90,255"
    fill = {
        "color": "255,255,255,0",
        "style": "no",
        "outline_color": outline,
        "outline_width": width,
        "outline_width_unit": "MM",
    }
    return single(Symbol("fill", fill), label="name", label_scale=_LABEL_SCALES["zone" if finest else level])


def _marker(colour: str, shape: str, size: str) -> Symbol:
    properties = {
        "name": shape,
        "color": f"{colour},255",
        "outline_color": "40,40,40,255",
        "outline_width": "0.1",
        "outline_width_unit": "MM",
        "size": size,
        "size_unit": "MM",
    }
    return Symbol("marker", properties)


def _ring(colour: str, size: str) -> Symbol:
    properties = {
        **_marker(colour, "circle", size).properties,
        "color": "255,255,255,0",
        "outline_color": f"{colour},255",
        "outline_width": "0.6",
    }
    return Symbol("marker", properties)


def _sources() -> str:
    entries = (
        Category(value, label, _marker(colour, shape, "2")) for value, (label, colour, shape) in _CLASSES.items()
    )
    return categorized("class", entries)


def _flags() -> str:
    return categorized(
        "severity", (Category(v, label, _ring(colour, "3.6")) for v, (label, colour) in _SEVERITIES.items())
    )


def _barriers() -> str:
    def line(colour: str, width: str, dash: str) -> Symbol:
        return Symbol(
            "line", {"line_color": f"{colour},255", "line_width": width, "line_width_unit": "MM", "line_style": dash}
        )

    return categorized(
        "kind", (Category(v, label, line(*rest)) for v, (label, *rest) in _BARRIERS.items()), label="name"
    )


def _field_zones() -> str:
    fill = {
        "color": "0,114,178,40",
        "style": "solid",
        "outline_color": "0,68,136,255",
        "outline_width": "0.8",
        "outline_width_unit": "MM",
    }
    return single(Symbol("fill", fill), label="name")


def _arrow(colour: str, width: str) -> Symbol:
    fill = Symbol("fill", {"color": f"{colour},255", "style": "solid", "outline_style": "no"})
    millimetres = ("arrow_width", "arrow_start_width", "head_length", "head_thickness")
    properties = {
        **dict.fromkeys(millimetres[:2], width),
        "head_length": "2.4",
        "head_thickness": "1.4",
        **{f"{name}_unit": "MM" for name in millimetres},
        **dict.fromkeys(("is_curved", "is_repeated", "arrow_type", "head_type", "offset"), "0"),
    }
    return Symbol("line", properties, layer="ArrowLine", inside=fill)


def _repairs() -> str:
    """Arrows from the stated to the proposed point."""
    entries = (Category(v, label, _arrow(colour, width)) for v, (label, colour, width) in _OFFERS.items())
    return categorized(_OFFER, entries)


def _repair_points() -> str:
    marks = (Category(v, label, _marker(colour, "cross2", "2.6")) for v, (label, colour, _) in _OFFERS.items())
    return categorized(_OFFER, marks)
