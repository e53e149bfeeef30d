"""Plans as wholes: copied, deleted, brought back."""

import sqlite3
from dataclasses import replace

from fastapi import Request

from geocensus.model import Text
from geocensus.pipeline.split_files import plan_name
from geocensus.workspace import PlanEdit, audit
from geocensus.workspace.audit import now
from geocensus.workspace.plan_history import DELETE, UNDO, add_plan_edit, read_plan_edits, undoable
from geocensus.workspace.plans import delete_plan, plain_plan, plan_of, write_plan
from geocensus_api.access.principal import Principal
from geocensus_api.errors import ProblemError
from geocensus_api.plans.desk import Known, look, require_match
from geocensus_api.plans.seen import no_plan, require_area
from geocensus_api.resources import resources

__all__ = ["copied", "deleted", "is_there", "restored"]

_TAKEN = Text("方案名已被使用，请另取名称", "the name of the plan is taken: choose another")


def copied(request: Request, name: str, who: Principal, given: str) -> Known:
    """Write a plan a second time, under another name and with a history of its own.

    Parameters
    ----------
    request
        The request.
    name
        Name of the plan.
    who
        Who asks.
    given
        Name of the copy.

    Returns
    -------
    Known
        The copy.

    Raises
    ------
    ProblemError
        404, or 409 where the name is taken.
    SchemaError
        A name that is not fit for files.
    """
    wanted = plan_name(given, [], 0)
    with resources(request).reading() as connection:
        known = look(request, connection, name, who)
    stored, created = known.stored, now()
    provenance = {**dict(stored.record.get("provenance") or {}), "copied_from": name}
    record = {**stored.record, "created": created, "operator": who.name, "provenance": provenance}
    copy = replace(stored, name=wanted, record=record)

    def work(connection: sqlite3.Connection) -> None:
        if is_there(connection, wanted):
            raise ProblemError(409, _TAKEN.en, _TAKEN.zh, extra={"reason": "name"})
        write_plan(connection, copy)
        audit(connection, author=who.name, action="plan.copy", target=wanted, after={"copied_from": name})

    resources(request).writer.write(work)
    with resources(request).reading() as connection:
        return look(request, connection, wanted, who)


def deleted(request: Request, name: str, who: Principal) -> None:
    """Take a plan out of the workspace; its history keeps it whole.

    Parameters
    ----------
    request
        With If-Match.
    name
        Name of the plan.
    who
        Who asks.

    Raises
    ------
    ProblemError
        404, 412, 428.
    """

    def work(connection: sqlite3.Connection) -> None:
        known = look(request, connection, name, who)
        require_match(request, connection, known)
        told = PlanEdit(DELETE, who.name, before={"plan": plain_plan(known.stored)})
        add_plan_edit(connection, name, known.created, told)
        audit(connection, author=who.name, action=DELETE, target=name, before={"units": len(known.stored.members)})
        delete_plan(connection, name)

    resources(request).writer.write(work)


def restored(request: Request, name: str, who: Principal) -> Known:
    """Bring back a plan that was deleted last under its name.

    Parameters
    ----------
    request
        The request.
    name
        Name of the plan.
    who
        Who asks.

    Returns
    -------
    Known
        The plan, with its history.

    Raises
    ------
    ProblemError
        404 where no such plan was deleted.
    """

    def work(connection: sqlite3.Connection) -> None:
        last = undoable(read_plan_edits(connection, name))
        if last is None or last.action != DELETE or is_there(connection, name):
            raise no_plan(name)
        stored = plan_of(name, last.before["plan"])
        require_area(connection, stored.record.get("within"), who, name)
        write_plan(connection, stored)
        created = str(stored.record.get("created") or "")
        add_plan_edit(connection, name, created, PlanEdit(UNDO, who.name, turns=last.number))
        audit(connection, author=who.name, action=UNDO, target=name, after={"restored": True})

    resources(request).writer.write(work)
    with resources(request).reading() as connection:
        return look(request, connection, name, who)


def is_there(connection: sqlite3.Connection, name: str) -> bool:
    """Tell whether a plan is in the workspace, whoever may see it.

    Parameters
    ----------
    connection
        A workspace.
    name
        Its name.

    Returns
    -------
    bool
        True when it is.
    """
    return connection.execute("SELECT 1 FROM plans WHERE plan = ?", (name,)).fetchone() is not None
