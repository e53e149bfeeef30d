"""What a person sees of flags and sources."""
# ruff: noqa: S608 - names of tables are those of the catalogue, values are question marks

import sqlite3
from typing import Any, Final

import orjson

from geocensus.workspace.audit import now
from geocensus.workspace.review import etag_of, flag_row, history, lock_of, row_of, source_history, steps_allowed
from geocensus_api.access.principal import Action, Principal
from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import collection, properties
from geocensus_api.features.condition import Condition, all_of, any_of
from geocensus_api.features.parameters import Wanted
from geocensus_api.features.scope import codes_in_scope
from geocensus_api.features.selection import selected
from geocensus_api.review.readying import require_review

__all__ = ["allowed", "flags_seen", "flags_worked", "lock_told", "panel", "require_flag", "require_source", "standing"]

_HIDDEN: Final = ("fid", "geom", "position")
_STANDING: Final = ("flag_state", "review_state", "outcome", "decision_id")
_KINDS: Final = {"decision": "decisions", "review": "reviews", "comment": "comments", "attachment": "attachments"}
_TABLES: Final = ("sources", "unlocated-sources", "excluded-rows")
_MOVED: Final = (
    "review_state IN ('decided', 'disputed') AND decision_id IN (SELECT decision_id FROM source_versions"
    " WHERE author = ? AND (json_extract(\"values\", '$.located_code') IN (SELECT value FROM json_each(?))"
    " OR json_extract(\"values\", '$.claimed_area_code') IN (SELECT value FROM json_each(?))))"
)


def flags_seen(connection: sqlite3.Connection, who: Principal, wanted: Wanted | None = None) -> Condition:
    """Return the condition of the flags that a person sees.

    Parameters
    ----------
    connection
        A workspace with our functions.
    who
        Who asks.
    wanted
        The query; by default all.

    Returns
    -------
    Condition
        On the table of flags.

    Raises
    ------
    ProblemError
        403 where the role may not read flags; 400 for a filter that is none; 409 without the tables of the review.
    """
    flags = collection(connection, "flags", who)
    require_review(connection)
    return selected(flags, properties(connection, flags), wanted or Wanted(None, "", {})).condition


def flags_worked(connection: sqlite3.Connection, who: Principal) -> Condition:
    """Return the condition of the flags that a person sees or can still take back.

    A correction may move a source out of the areas of the person who made it. Until a second person has agreed, its
    flags stay theirs: they can look at what they did, and undo it.

    Parameters
    ----------
    connection
        A workspace with our functions.
    who
        Who asks.

    Returns
    -------
    Condition
        On the table of flags.

    Raises
    ------
    ProblemError
        As for :func:`flags_seen`.
    """
    seen, codes = flags_seen(connection, who), codes_in_scope(connection, who)
    if codes is None:
        return seen
    listed = orjson.dumps(sorted(codes)).decode()
    return any_of([seen, Condition(_MOVED, (who.name, listed, listed))])


def require_flag(connection: sqlite3.Connection, flag_id: str, who: Principal) -> dict[str, Any]:
    """Return a flag that a person may see.

    Parameters
    ----------
    connection
        A workspace with our functions.
    flag_id
        The flag.
    who
        Who asks.

    Returns
    -------
    dict
        Its columns.

    Raises
    ------
    ProblemError
        404, in the same words for what is out of scope and for what is not there.
    """
    seen = all_of([Condition("flag_id = ?", (flag_id,)), flags_worked(connection, who)])
    if connection.execute(f"SELECT 1 FROM flags{seen.where}", seen.values).fetchone() is None:
        raise ProblemError(404, f"no flag {flag_id!r}", f"没有疑点 {flag_id}")
    return flag_row(connection, flag_id)


def require_source(connection: sqlite3.Connection, source_id: str, who: Principal) -> None:
    """Refuse a source that a person does not see.

    Parameters
    ----------
    connection
        A workspace with our functions.
    source_id
        The source.
    who
        Who asks.

    Raises
    ------
    ProblemError
        404, in the same words for what is out of scope and for what is not there.
    """
    for name in _TABLES:
        source = collection(connection, name, who)
        wanted = Wanted(None, "", {"source_id": [source_id]})
        seen = selected(source, properties(connection, source), wanted).condition
        if connection.execute(f"SELECT 1 FROM {source.table}{seen.where}", seen.values).fetchone():
            return
    raise ProblemError(404, f"no source {source_id!r}", f"没有对象 {source_id}")


def lock_told(connection: sqlite3.Connection, flag_id: str) -> dict[str, Any] | None:
    """Return who works on a flag, for clients.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        The flag.

    Returns
    -------
    dict or None
        Members author, since, until and seconds_left: by the service's clock, whatever the client's says.
    """
    held = lock_of(connection, flag_id)
    if held is None:
        return None
    since, until = (time.isoformat(timespec="milliseconds") for time in (held.since, held.until))
    return {"author": held.author, "since": since, "until": until, "seconds_left": held.seconds_left()}


def allowed(connection: sqlite3.Connection, flag_id: str, who: Principal) -> list[str]:
    """Return the steps that a person may do with a flag now.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        A flag that the person sees.
    who
        The person.

    Returns
    -------
    list of str
        Of :data:`geocensus.workspace.review.STEPS`: what role and state both allow.
    """
    if not who.may(Action.DECIDE):
        return []
    steps = steps_allowed(connection, flag_id, author=who.name, admin=who.may(Action.ADMIN))
    return [step for step in steps if step != "review" or who.may(Action.APPROVE)]


def standing(connection: sqlite3.Connection, flag_id: str, who: Principal) -> dict[str, Any]:
    """Return where a flag stands, with the version that the next change must name.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        The flag.
    who
        Who asks.

    Returns
    -------
    dict
        Members flag_id, flag_state, review_state, outcome, decision_id, lock, etag and allowed.
    """
    flag = flag_row(connection, flag_id)
    told = {name: flag[name] for name in ("flag_id", *_STANDING)}
    return {**told, **_now(connection, flag_id, who)}


def _now(connection: sqlite3.Connection, flag_id: str, who: Principal) -> dict[str, Any]:
    return {
        "lock": lock_told(connection, flag_id),
        "etag": etag_of(connection, flag_id),
        "allowed": allowed(connection, flag_id, who),
    }


def panel(connection: sqlite3.Connection, flag: dict[str, Any], who: Principal) -> dict[str, Any]:
    """Return all that a person needs to decide on a flag.

    Parameters
    ----------
    connection
        A workspace.
    flag
        From :func:`require_flag`.
    who
        Who asks.

    Returns
    -------
    dict
        Members flag; source (raw, parsed, claimed and located values, signed distance), None for a group; causes,
        repairs, decisions, reviews, comments, attachments, other_flags of the source, source_versions (their number),
        lock, etag, allowed (steps) and time (of the service).
    """
    flag_id, source_id = str(flag["flag_id"]), str(flag["source_id"] or "")
    table, row = row_of(connection, source_id) if source_id else ("", {})
    events = history(connection, flag_id)
    parts: dict[str, Any] = {
        plural: [
            {name: value for name, value in event.items() if name != "event"}
            for event in events
            if event["event"] == kind
        ]
        for kind, plural in _KINDS.items()
    }
    others = "SELECT flag_id, rule, severity, flag_state, review_state FROM flags WHERE source_id = ? AND flag_id <> ?"
    return {
        "flag": _shown(flag),
        "source": _shown(row) | {"collection": table.replace("_", "-")} if row else None,
        "causes": [_read(one) for one in _rows(connection, "causes", source_id)],
        "repairs": _rows(connection, "repairs", source_id),
        **parts,
        "other_flags": _listed(connection, f"{others} ORDER BY flag_id", (source_id, flag_id)) if source_id else [],
        "source_versions": len(source_history(connection, source_id)) if source_id else 0,
        **_now(connection, flag_id, who),
        "time": now(),
    }


def _rows(connection: sqlite3.Connection, table: str, source_id: str) -> list[dict[str, Any]]:
    if not source_id:
        return []
    return _listed(connection, f"SELECT * FROM {table} WHERE source_id = ? ORDER BY rank, fid", (source_id,))


def _listed(connection: sqlite3.Connection, query: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description]
    return [_shown(dict(zip(names, row, strict=True))) for row in cursor]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _HIDDEN}


def _read(cause: dict[str, Any]) -> dict[str, Any]:
    """Read the record of the diagnosis, which is stored as text."""
    try:
        return cause | {"record": orjson.loads(cause["record"])} if cause.get("record") else cause
    except orjson.JSONDecodeError:
        return cause
