"""What people decide on flags: rows that are added and never changed."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from geocensus.checks import OUTCOMES, WITHDRAWN
from geocensus.errors import DataNotFoundError, SchemaError, WorkspaceError
from geocensus.workspace.audit import add_row, new_id
from geocensus.workspace.schema import quoted
from geocensus.workspace.standing import decisions_of, renew_flags, standing_on
from geocensus.workspace.tables import REPAIRS, SOURCE_TABLES

__all__ = ["Decision", "add_decision", "record", "values_before"]

_BEFORE: Final = ("state", "lon", "lat", "lon_text", "lat_text", "claimed_code", "claimed_area_code", "located_code")
_NEEDED: Final = {"corrected": ("lon", "lat"), "claim_corrected": ("claimed_code",)}


@dataclass(frozen=True)
class Decision:
    """What a person decided on one flag.

    Attributes
    ----------
    flag_id
        The flag.
    outcome
        "corrected", "claim_corrected", "statement_attached", "false_alarm", "cannot_decide", or "withdrawn", which
        takes the decision on the flag back.
    author
        Who decided.
    comment
        Why.
    repair_id
        The repair that was accepted; its point or claim becomes ``after``.
    after
        The values decided on: lon and lat (degrees, CGCS2000) for "corrected", claimed_code for "claim_corrected".
    basis
        The flag's basis as the person saw it; the decision is refused where it is another one by now.
    time
        When; by default now.
    """

    flag_id: str
    outcome: str
    author: str
    comment: str = ""
    repair_id: str = ""
    after: Mapping[str, Any] = field(default_factory=dict)
    basis: str = ""
    time: datetime | None = None


def record(connection: sqlite3.Connection, decisions: Sequence[Decision]) -> list[str]:
    """Add decisions and bring their flags to the state that follows.

    Parameters
    ----------
    connection
        Inside a transaction.
    decisions
        What was decided, in order.

    Returns
    -------
    list of str
        Ids of the records.

    Raises
    ------
    DataNotFoundError
        There is no such flag or repair.
    SchemaError
        An unknown outcome, no author, nothing to correct to, or a repair of another source.
    WorkspaceError
        The flag has another basis by now.
    """
    numbers = [add_decision(connection, decision) for decision in decisions]
    renew_flags(connection, sorted({decision.flag_id for decision in decisions}))
    return numbers


def add_decision(connection: sqlite3.Connection, decision: Decision, **more: Any) -> str:
    """Add one decision; its flag stays as it is.

    Parameters
    ----------
    connection
        Inside a transaction.
    decision
        What was decided.
    **more
        Further values of ``after``.

    Returns
    -------
    str
        Id of the record.

    Raises
    ------
    DataNotFoundError, SchemaError, WorkspaceError
        As :func:`record`.
    """
    _require_known(decision)
    flag = _row(connection, "flags", "flag_id", decision.flag_id)
    if decision.basis and decision.basis != flag["basis"]:
        raise WorkspaceError(
            f"flag {decision.flag_id} rests on other values by now: look at it again, then decide; nothing was written",
            f"疑点 {decision.flag_id} 所依据的值已变化：请重新查看后再处理；未写入任何内容",
        )
    after = {**_of_repair(connection, decision, str(flag["source_id"] or "")), **decision.after, **more}
    _require_after(decision, after)
    if decision.outcome == WITHDRAWN and "withdraws" not in after:
        after["withdraws"] = standing_on(decisions_of(connection, decision.flag_id), flag["basis"] or "").decision_id
    number = new_id()
    add_row(
        connection,
        "decisions",
        **{name: flag[name] for name in ("flag_id", "basis", "source_id", "group", "rule", "level")},
        **{name: getattr(decision, name) for name in ("outcome", "comment", "author", "repair_id")},
        decision_id=number,
        time=(decision.time or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="milliseconds"),
        before=_json(values_before(connection, flag["source_id"])),
        after=_json(after),
    )
    return number


def _require_known(decision: Decision) -> None:
    if decision.outcome not in OUTCOMES:
        known = ", ".join(OUTCOMES)
        raise SchemaError(
            f"outcome {decision.outcome!r}: must be one of {known}", f"结论 {decision.outcome!r}：应为 {known} 之一"
        )
    if not decision.author.strip():
        raise SchemaError("a decision needs its author", "处理结论须注明处理人")


def _require_after(decision: Decision, after: Mapping[str, Any]) -> None:
    missing = [name for name in _NEEDED.get(decision.outcome, ()) if after.get(name) in {None, ""}]
    if missing:
        raise SchemaError(
            f"outcome {decision.outcome}: give {' and '.join(missing)}, or the repair that was accepted",
            f"结论 {OUTCOMES[decision.outcome].zh}：请给出 {'、'.join(missing)}，或所采纳的修正建议",
        )


def _row(connection: sqlite3.Connection, table: str, key: str, value: str) -> dict[str, Any]:
    cursor = connection.execute(f"SELECT * FROM {quoted(table)} WHERE {quoted(key)} = ?", (value,))  # noqa: S608 - our own names
    found = cursor.fetchone()
    if found is None:
        what, zh = ("flag", "疑点") if table == "flags" else ("repair", "修正建议")
        raise DataNotFoundError(
            f"no {what} {value} in the workspace: read the {what}s again", f"工作区中没有{zh} {value}：请重新读取"
        )
    return dict(zip((column[0] for column in cursor.description), found, strict=True))


def _of_repair(connection: sqlite3.Connection, decision: Decision, source_id: str) -> dict[str, Any]:
    """Return what the accepted repair proposes; {} where none was named."""
    if not decision.repair_id:
        return {}
    repair = _row(connection, REPAIRS.name, "repair_id", decision.repair_id)
    if repair["source_id"] != source_id:
        raise SchemaError(
            f"repair {decision.repair_id} is of source {repair['source_id']}, the flag of {source_id or 'a group'}",
            f"修正建议 {decision.repair_id} 属于对象 {repair['source_id']}，与疑点所属对象 {source_id} 不一致",
        )
    if repair["kind"] == "claim":
        return {"claimed_code": repair["proposed_code"], "claimed_name": repair["proposed_name"]}
    return {name: repair[name] for name in ("lon", "lat", "lon_text", "lat_text")}


def values_before(connection: sqlite3.Connection, source_id: str | None) -> dict[str, Any]:
    """Return what is known of a source's place and claim.

    Parameters
    ----------
    connection
        A workspace.
    source_id
        The source.

    Returns
    -------
    dict
        Empty for a group.
    """
    if not source_id:
        return {}
    for table, _title, _geometry in SOURCE_TABLES.values():
        cursor = connection.execute(f"SELECT * FROM {quoted(table)} WHERE source_id = ?", (source_id,))  # noqa: S608 - our own names
        names = [column[0] for column in cursor.description]
        for found in cursor:
            row = dict(zip(names, found, strict=True))
            kept = [name for name in names if name in _BEFORE or name.startswith("claimed_")]
            return {name: row[name] for name in kept if row[name] is not None}
    return {}


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, default=str)
