"""Plans as JSON: headline, report, units, history, comparison."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import shapely

from geocensus.errors import GeocensusError
from geocensus.pipeline.plan_editing import EditablePlan
from geocensus.pipeline.plan_moves import possible_moves
from geocensus.pipeline.plan_state import EDITING
from geocensus.workspace import PlanEdit, StoredPlan
from geocensus.workspace.plan_history import redoable, undoable
from geocensus.zoning.comparison import compare_labels
from geocensus_api.access.principal import Action, Principal
from geocensus_api.features.rights import FOR_VIEWERS
from geocensus_api.plans.names import segment_of
from geocensus_api.plans.shelf import Whole

__all__ = ["told_basis", "told_comparison", "told_edits", "told_headline", "told_plan", "told_units", "units_geojson"]

_HEADLINE: Final = (
    "kind", "created", "level", "tolerance", "seed", "feasible", "optimal", "deviation", "bound", "cut_km",
    "field_zones", "units", "sources", "basemap_name", "code_year",
)  # fmt: skip
_PROVEN: Final = {"true": True, "false": False, "none": None, "nan": None}  # the third, "balance", is a word
_INTERNAL: Final = {"geometry", "fid", "plan"}


def told_headline(
    record: Mapping[str, Any], edits: Sequence[PlanEdit], names: Mapping[str, str], who: Principal
) -> Any:
    """Return a plan's line in the list.

    Parameters
    ----------
    record
        Its row in the table of plans.
    edits
        Its history, without values.
    names
        Code to name of the areas.
    who
        Who asks: authors are told to those who may see names.

    Returns
    -------
    dict
        Headline numbers, where, when, by whom, state.
    """
    name, last = str(record["plan"]), edits[-1] if edits else None
    author = last.author if last else _plain(record.get("operator"))
    exact = who.may(Action.EXACT)
    return {
        "plan": name,
        "id": segment_of(name),
        **{key: _plain(record.get(key)) for key in _HEADLINE},
        "optimal": _PROVEN.get(str(record.get("optimal")).lower(), "balance"),
        "within": [{"code": code, "name": names.get(code)} for code in _codes(record.get("within"))],
        "by": author if exact else None,
        "state": {
            "edits": len(edits),
            "edited": last.time if last else None,
            "can_undo": undoable(edits) is not None,
            "can_redo": redoable(edits) is not None,
        },
    }


def told_plan(
    stored: StoredPlan, edits: Sequence[PlanEdit], names: Mapping[str, str], who: Principal, lang: str
) -> dict[str, Any]:
    """Return a plan's report: loads of its field zones, measures, locks, warnings.

    Parameters
    ----------
    stored
        Its rows.
    edits
        Its history, without values.
    names
        Code to name of the areas.
    who
        Who asks: owners and telephones are told to those who may see names.
    lang
        "zh" or "en", for warnings.

    Returns
    -------
    dict
        Plain values.
    """
    report = dict(stored.record.get("report") or {})
    warnings = report.pop("warnings", [])
    head = told_headline({"plan": stored.name, **stored.record}, edits, names, who)
    kept = (stored.record.get("provenance") or {}).get(EDITING) or {}
    return {
        **head,
        "field_zones": _zones(stored, kept, who),
        "locks": {"field_zones": kept.get("zone_locks", []), "units": kept.get("unit_locks", {})},
        "report": {**report, "optimal": report.get("optimal")},
        "warnings": [text.get(lang) or text.get("zh") for text in warnings],
    }


def _zones(stored: StoredPlan, kept: Mapping[str, Any], who: Principal) -> list[dict[str, Any]]:
    """Return what is known of each field zone, in the order of the roster."""
    table, exact = stored.field_zones.dropna(axis=1, how="all"), who.may(Action.EXACT)
    names = [name for name in table.columns if name not in _INTERNAL and (exact or name in FOR_VIEWERS["field_zones"])]
    boxes = shapely.bounds(table.geometry.to_numpy()).tolist()
    rows = {
        str(row["field_zone"]): {**{key: _plain(value) for key, value in row.items()}, "bbox": box}
        for row, box in zip(table[names].to_dict("records"), boxes, strict=True)
    }
    roster = [key for key in kept.get("roster", []) if key in rows]
    return [{"id": segment_of(key), **rows[key]} for key in [*roster, *(key for key in rows if key not in roster)]]


def told_basis(whole: Whole, lang: str) -> dict[str, Any]:
    """Tell whether a plan can be edited, and what is other now than when it was made.

    Parameters
    ----------
    whole
        The plan, or why it cannot be made whole.
    lang
        "zh" or "en".

    Returns
    -------
    dict
        Keys editable, reason, and changed where basemap or sources did.
    """
    if whole.plan is None:
        reason = whole.reason or GeocensusError("")
        return {"editable": False, "reason": reason.message(lang), "changed": None}
    change = whole.plan.change
    if change is None:
        return {"editable": True, "reason": None, "changed": None}
    changed = {
        "basemap": list(change.basemap) if change.basemap else None,
        "units_added": list(change.added),
        "units_gone": list(change.gone),
        "units_changed": change.changed,
        "minutes": list(change.minutes),
        "can_refresh": change.same_units,
    }
    return {"editable": False, "reason": change.text.get(lang), "changed": changed}


def told_units(stored: StoredPlan, whole: Whole) -> list[dict[str, Any]]:
    """Return what a page needs of each unit: where it is, its load, who borders it, where it may go.

    Parameters
    ----------
    stored
        The plan's rows.
    whole
        The plan made whole; without it neighbours and moves are not known.

    Returns
    -------
    list of dict
        By code.
    """
    members = stored.members
    names = [name for name in ("code", "name", "field_zone", "load", "sources") if name in members]
    rows = [{key: _plain(value) for key, value in row.items()} for row in members[names].to_dict("records")]
    if whole.plan is None or whole.plan.change is not None:
        return [{**row, "locked": False, "group": None, "neighbours": [], "may_go_to": []} for row in rows]
    more = _ground(whole.plan)
    return [{**row, **more[row["code"]]} for row in rows]


def _ground(plan: EditablePlan) -> dict[str, dict[str, Any]]:
    split, whole = plan.plan, plan.basis.ground.whole
    ground, moves, locked = split.request.ground, possible_moves(split), plan.state["unit_locks"]
    codes = ground.codes.tolist()
    ends, first = [codes[row] for row in whole.indices.tolist()], whole.indptr.tolist()
    sizes = pd.Series(ground.group).map(pd.Series(ground.group).value_counts()).tolist()
    return {
        code: {
            "locked": code in locked,
            "group": int(group) if size > 1 else None,
            "neighbours": ends[first[row] : first[row + 1]],
            "may_go_to": moves[code],
        }
        for row, (code, group, size) in enumerate(zip(codes, ground.group.tolist(), sizes, strict=True))
    }


def units_geojson(units: list[dict[str, Any]], plan: EditablePlan) -> dict[str, Any]:
    """Return units as GeoJSON, for plans whose units are no areas of the basemap.

    Parameters
    ----------
    units
        From :func:`told_units`.
    plan
        The plan made whole.

    Returns
    -------
    dict
        A FeatureCollection; id is the code.
    """
    table = plan.basis.units
    shapes = shapely.to_geojson(shapely.set_precision(table.geometry.to_numpy(), 1e-7, mode="valid_output"))
    known = dict(zip(table["code"], shapes, strict=True))
    features = [
        {"type": "Feature", "id": unit["code"], "geometry": json.loads(known[unit["code"]]), "properties": unit}
        for unit in units
    ]
    return {"type": "FeatureCollection", "numberReturned": len(features), "features": features}


def told_edits(edits: Sequence[PlanEdit]) -> list[dict[str, Any]]:
    """Return a history, oldest first.

    Parameters
    ----------
    edits
        With values; of a deleted plan only that it was.

    Returns
    -------
    list of dict
        Who did what, when, and what it changed.
    """
    return [
        {
            "number": edit.number,
            "action": edit.action,
            "author": edit.author,
            "time": edit.time,
            "turns": edit.turns or None,
            "request": edit.request,
            "before": {key: value for key, value in edit.before.items() if key != "plan"},
            "after": edit.after,
        }
        for edit in edits
    ]


def told_comparison(one: StoredPlan, two: StoredPlan, lang: str) -> dict[str, Any]:
    """Return what changes from one plan to another.

    Parameters
    ----------
    one, two
        Before and after.
    lang
        "zh" or "en".

    Returns
    -------
    dict
        Units that change hands with minutes and sources, flows, loads before and after, measures, one sentence.
    """
    tables = [plan.members.set_index("code") for plan in (one, two)]
    loads, sources = (_either(tables, column) for column in ("load", "sources"))
    reports = tuple(dict(plan.record.get("report") or {}) for plan in (one, two))
    found = compare_labels(tables[0]["field_zone"], tables[1]["field_zone"], loads, (reports[0], reports[1]))
    moved = found.moved.assign(
        name=found.moved["code"].map(_either(tables, "name")), sources=found.moved["code"].map(sources)
    )
    known = {"a": one, "b": two}
    complete = found.measures.loc["deviation"].notna().all()
    return {
        **{side: {"plan": plan.name, "id": segment_of(plan.name)} for side, plan in known.items()},
        "moved": _records(moved),
        "moved_units": len(moved),
        "moved_minutes": float(moved["load"].sum()),
        "moved_sources": float(pd.to_numeric(moved["sources"], errors="coerce").sum()),
        "moved_share": found.moved_share,
        "flows": _records(found.flows),
        "field_zones": _side_by_side(one, two),
        "measures": {
            key: {side: _plain(value) for side, value in row.items()}
            for key, row in found.measures.to_dict("index").items()
        },
        "text": found.text.get(lang) if complete else None,
    }


def _either(tables: list[pd.DataFrame], column: str) -> pd.Series:
    """Return a column of the later plan, or of the earlier one where that lacks the unit."""
    one, two = (table[column] if column in table else pd.Series(dtype="object") for table in tables)
    return two.dropna().combine_first(one.dropna())


def _side_by_side(one: StoredPlan, two: StoredPlan) -> list[dict[str, Any]]:
    columns = ["name", "load", "units", "deviation"]
    tables = [plan.field_zones.set_index("field_zone").reindex(columns=columns) for plan in (one, two)]
    rows = [table.to_dict("index") for table in tables]
    keys = list(dict.fromkeys([*rows[0], *rows[1]]))
    return [
        {
            "field_zone": key,
            **{
                side: {name: _plain(value) for name, value in row[key].items()} if key in row else None
                for side, row in zip(("before", "after"), rows, strict=True)
            },
        }
        for key in keys
    ]


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{key: _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _codes(within: Any) -> list[str]:
    if not isinstance(within, str):
        return [str(code) for code in within] if isinstance(within, list | tuple) else []
    try:
        read = json.loads(within)
    except ValueError:
        return []
    return [str(code) for code in read] if isinstance(read, list) else []


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; NaN and NA are null."""
    if isinstance(value, list | dict):
        return value
    if value is None or pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
