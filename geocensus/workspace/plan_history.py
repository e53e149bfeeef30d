"""What people did to plans: a row for each edit, never changed or removed; undo and redo follow from the rows."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.workspace.audit import add_row, new_id, now
from geocensus.workspace.schema import Column, Table, create_index, create_table, quoted
from geocensus.workspace.store import exists
from geocensus.workspace.titles import title_of

__all__ = [
    "DELETE",
    "PLAN_EDITS",
    "REDO",
    "REFRESH",
    "UNDO",
    "PlanEdit",
    "add_plan_edit",
    "read_plan_edits",
    "redoable",
    "undoable",
]

UNDO: Final = "plan.undo"
REDO: Final = "plan.redo"
DELETE: Final = "plan.delete"
REFRESH: Final = "plan.refresh"  # new loads: nobody can go back behind them

_TEXTS: Final = ("edit_id", "plan", "created", "time", "author", "action", "request", "before", "after")
PLAN_EDITS: Final = Table(
    "plan_edits",
    (
        *(Column(name, "TEXT", "", title_of(name)) for name in _TEXTS),
        Column("number", "INTEGER", "", Text("序号", "number")),
        Column("turns", "INTEGER", "", Text("撤销或恢复的序号", "number of the edit that is undone or redone")),
    ),
    Text("片区方案的调整记录", "edits of plans, never changed or removed"),
    key="plan",
)


@dataclass(frozen=True)
class PlanEdit:
    """One edit of a plan.

    Attributes
    ----------
    action
        Dotted words: "plan.move", "plan.lock", …, "plan.undo".
    author
        Who did it.
    request
        What was asked for.
    before, after
        What it changed, section by section (plain values).
    number
        From 1, per plan; given when the edit is added.
    time
        UTC; given when the edit is added.
    turns
        Number of the edit that an undo or a redo concerns; 0 for other edits.
    """

    action: str
    author: str
    request: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    time: str = ""
    turns: int = 0


def add_plan_edit(connection: sqlite3.Connection, plan: str, created: str, edit: PlanEdit) -> int:
    """Add an edit to a plan's history.

    Parameters
    ----------
    connection
        Inside a transaction.
    plan
        Name of the plan.
    created
        When the plan was made: one of the same name that is made later has a history of its own.
    edit
        What was done.

    Returns
    -------
    int
        Its number.
    """
    if not exists(connection, PLAN_EDITS.name):
        create_table(connection, PLAN_EDITS)
        create_index(connection, PLAN_EDITS)
    for event in ("UPDATE", "DELETE"):
        connection.execute(
            f"CREATE TRIGGER IF NOT EXISTS plan_edits_no_{event.lower()} BEFORE {event} ON plan_edits "
            "BEGIN SELECT RAISE(ABORT, 'plan_edits are kept as they were made; add another one'); END"
        )
    query = "SELECT coalesce(max(number), 0) + 1 FROM plan_edits WHERE plan = ? AND created = ?"
    number = int(connection.execute(query, (plan, created)).fetchone()[0])
    kept = {name: json.dumps(getattr(edit, name), ensure_ascii=False) for name in ("request", "before", "after")}
    add_row(
        connection,
        PLAN_EDITS.name,
        edit_id=new_id(),
        plan=plan,
        created=created,
        number=number,
        time=now(),
        author=edit.author,
        action=edit.action,
        turns=edit.turns,
        **kept,
    )
    return number


def read_plan_edits(
    connection: sqlite3.Connection, plan: str, created: str | None = None, *, values: bool = True, after: int = 0
) -> list[PlanEdit]:
    """Return the edits of a plan in order.

    Parameters
    ----------
    connection
        Any connection.
    plan
        Name of the plan.
    created
        When it was made; by default the latest plan of that name, also one that is no longer there.
    values
        Whether what was asked for and changed is wanted, and not only who did what.
    after
        Number of the edit after which to begin.

    Returns
    -------
    list of PlanEdit
        Empty where nothing was edited.
    """
    if not exists(connection, PLAN_EDITS.name):
        return []
    if created is None:
        last = "SELECT created FROM plan_edits WHERE plan = ? ORDER BY fid DESC LIMIT 1"
        found = connection.execute(last, (plan,)).fetchone()
        if found is None:
            return []
        created = found[0]
    told = ("request", "before", "after")
    kept = [quoted(name) if values else "'{}'" for name in told]
    columns = ", ".join(["action", "author", *kept, "number", "time", "turns"])
    query = f"SELECT {columns} FROM plan_edits WHERE plan = ? AND created = ? AND number > ? ORDER BY number"
    rows = connection.execute(query, (plan, created, after)).fetchall()
    return [PlanEdit(row[0], row[1], *map(json.loads, row[2:5]), *row[5:]) for row in rows]


def undoable(edits: Sequence[PlanEdit]) -> PlanEdit | None:
    """Return the edit that an undo concerns: the latest that stands.

    Parameters
    ----------
    edits
        All edits of a plan, in order.

    Returns
    -------
    PlanEdit or None
        None where there is none, or only such as lie behind new loads.

    Examples
    --------
    >>> one, two = PlanEdit("plan.move", "王工", number=1), PlanEdit("plan.lock", "王工", number=2)
    >>> undo = PlanEdit("plan.undo", "王工", number=3, turns=2)
    >>> undoable([one, two]).number, undoable([one, two, undo]).number, redoable([one, two, undo]).number
    (2, 1, 2)
    """
    done, _undone = _stacks(edits)
    return done[-1] if done else None


def redoable(edits: Sequence[PlanEdit]) -> PlanEdit | None:
    """Return the edit that a redo concerns: the one undone last, where nothing was done since.

    Parameters
    ----------
    edits
        All edits of a plan, in order.

    Returns
    -------
    PlanEdit or None
        None where there is none.
    """
    _done, undone = _stacks(edits)
    return undone[-1] if undone else None


def _stacks(edits: Sequence[PlanEdit]) -> tuple[list[PlanEdit], list[PlanEdit]]:
    done: list[PlanEdit] = []
    undone: list[PlanEdit] = []
    for edit in edits:
        if edit.action in {UNDO, REDO}:
            one, other = (done, undone) if edit.action == UNDO else (undone, done)
            if not one or one[-1].number != edit.turns:
                raise SchemaError(
                    f"the history of the plan does not add up at edit {edit.number}",
                    f"方案的调整记录在第 {edit.number} 步不连贯",
                )
            turned = one.pop()
            if turned.action != DELETE:  # a plan that was brought back is deleted again by a DELETE
                other.append(turned)
        elif edit.action == REFRESH:
            done, undone = [], []
        else:
            done, undone = [*done, edit], []
    return done, undone
