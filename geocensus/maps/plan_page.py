"""A plan as one self-contained map page: field zones, their loads, their units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geocensus.maps.areas import encode_lines, encode_polygons, label_places
from geocensus.maps.assets import leaflet, own_style, static_text
from geocensus.maps.frame import Page, add_text, skeleton
from geocensus.maps.payload import as_json
from geocensus.maps.plan_data import (
    PLAN_TEXTS,
    ZONE_COLOURS,
    PlanDrawing,
    ZoneTable,
    outcome,
    park_shapes,
    supervisor_shapes,
    zone_table,
    zone_tints,
)
from geocensus.maps.style import BARRIER_COLOURS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["plan_map"]

_SCRIPTS: Final = ("data.js", "areas.js", "symbols.js", "details.js", "search.js", "panel.js", "plan.js")
_MOST_VERTICES: Final = 400_000
_ZONE_NUMBERS: Final = ("people", "load", "target", "deviation", "sources", "area_km2", "visit_days", "visit_km")


def plan_map(plan: PlanDrawing, *, lang: str = "zh") -> str:
    """Return a map of a plan as one HTML text that needs no other file and no network.

    It holds sums by unit only, no single source. The same input gives the same text.

    Parameters
    ----------
    plan : PlanDrawing
        Field zones, units and report.
    lang : str, default "zh"
        "zh" or "en".

    Returns
    -------
    str
        HTML.

    Raises
    ------
    DataNotFoundError
        When Leaflet's files are not installed.

    Examples
    --------
    >>> from geocensus.maps.testing_plan import small_plan
    >>> page = plan_map(small_plan())
    >>> page.startswith("<!DOCTYPE html>"), "cdn" in page
    (True, False)
    """
    table = zone_table(plan)
    page = Page(title=plan.title.get(lang), lang=lang)
    folium_map = skeleton(_bounds(table))
    page.add_child(folium_map)
    script, style = leaflet()
    add_text(page.header, "leaflet", f"<style>\n{style}\n</style>\n<script>\n{script}\n</script>")
    folium_map.render()  # type: ignore[no-untyped-call]
    add_text(page.header, "style", f"<style>\n{own_style()}\n{static_text('plan.css')}\n</style>")
    payload = as_json(_payload(plan, table, lang))
    add_text(page.html, "data", f'<script type="application/json" id="geocensus-data">{payload}</script>')
    parts = "\n".join(static_text(name) for name in _SCRIPTS)
    add_text(
        page.script,
        "start",
        f'window.geocensusMap = {folium_map.get_name()};\n(() => {{\n"use strict";\n{parts}\n}})();',
    )
    return page.html_text()


def _bounds(table: ZoneTable) -> np.ndarray:
    bounds = shapely.total_bounds(table.zone_shapes)
    return bounds if np.isfinite(bounds).all() else np.array([73.0, 18.0, 135.0, 54.0])


def _payload(plan: PlanDrawing, table: ZoneTable, lang: str) -> dict[str, Any]:
    zones, units = table.zones, table.units
    return {
        "lang": lang,
        "title": plan.title.get(lang),
        "texts": {key: text.get(lang) for key, text in PLAN_TEXTS.items()},
        "notice": plan.notice.get(lang),
        "outcome": [sentence.get(lang) for sentence in outcome(plan)],
        "warnings": [warning.get(lang) for warning in plan.warnings],
        "levels": [[key, PLAN_TEXTS[key].get(lang)] for key in ("field_zone", "unit")],
        "areas": _areas(table),
        "barriers": _barriers(plan),
        "style": {"classes": [], "severities": [], "barriers": BARRIER_COLOURS, "tints": list(ZONE_COLOURS)},
        "villages": {"area": [], "counts": []},
        "tolerance": plan.tolerance,
        "zones": {
            "owner": zones["owner"].tolist(),
            "units": zones["units"].tolist(),
            "supervisor_area": zones["supervisor_area"].tolist(),
            **{name: _plain(zones[name], 4) for name in _ZONE_NUMBERS},
            "mix": _mix(plan, table, lang),
        },
        "parks": encode_polygons(park_shapes(plan)),
        "supervisors": encode_polygons(supervisor_shapes(table)[1]),
        "units": {name: _plain(units[name], 2) for name in ("load", "sources")},
        "facts": [[label.get(lang), value.get(lang)] for label, value in plan.facts],
        "about": [[label.get(lang), value.get(lang)] for label, value in plan.about],
    }


def _mix(plan: PlanDrawing, table: ZoneTable, lang: str) -> list[list[list[Any]]]:
    """Return, for each field zone, rows of class or sector, name and sources; empty lists without a mix."""
    if plan.mix is None:
        return [[] for _ in range(len(table.zones))]
    rows = plan.mix[["kind", f"name_{lang}", "sources"]]
    parts = dict(list(rows.groupby(plan.mix["field_zone"].to_numpy())))
    return [parts[zone].to_numpy().tolist() if zone in parts else [] for zone in table.zones["field_zone"]]


def _areas(table: ZoneTable) -> dict[str, Any]:
    """Return field zones, then units, as the page's areas of two levels."""
    k, n = len(table.zones), len(table.units)
    shapes = _simplified(np.concatenate([table.zone_shapes, table.unit_shapes]), k)
    x, y = label_places(shapes)
    return {
        "code": [*table.zones["field_zone"], *table.units["code"]],
        "name": [*table.zones["name"], *table.units["name"]],
        "level": [0] * k + [1] * n,
        "parent": [-1] * k + table.zone_of.tolist(),
        "tint": [*zone_tints(table.zone_shapes).tolist(), *[-1] * n],
        "x": _plain(x, 6),
        "y": _plain(y, 6),
        "borders": encode_polygons(shapes),
    }


def _simplified(shapes: np.ndarray, k: int) -> np.ndarray:
    """Draw with fewer vertices where there are very many; neighbours keep one common border."""
    total = int(shapely.get_num_coordinates(shapes).sum())
    if total <= _MOST_VERTICES:
        return shapes
    west, south, east, north = shapely.total_bounds(shapes)
    tolerance = max(east - west, north - south) / 20_000
    parts = []
    for group in (shapes[:k], shapes[k:]):
        drawn = group.copy()
        there = ~(shapely.is_missing(group) | shapely.is_empty(group))
        drawn[there] = shapely.coverage_simplify(group[there], tolerance)
        parts.append(drawn)
    return np.concatenate(parts)


def _barriers(plan: PlanDrawing) -> dict[str, Any]:
    if plan.barriers is None:
        return {"name": [], "kind": [], "lines": encode_lines(np.empty(0, dtype=object))}
    return {
        "name": plan.barriers["name"].fillna("").astype(str).tolist(),
        "kind": plan.barriers["kind"].fillna("other").astype(str).tolist(),
        "lines": encode_lines(np.asarray(plan.barriers.geometry.array, dtype=object)),
    }


def _plain(values: pd.Series | np.ndarray, digits: int) -> list[float | None]:
    numbers = np.asarray(values, dtype=np.float64)
    rounded = np.round(numbers, digits).astype(object)
    rounded[~np.isfinite(numbers)] = None
    return rounded.tolist()
