"""From a request to the inputs of a job: tested against the published schema, rights and areas, files laid ready."""

import csv
import os
import shutil
import sqlite3
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from geocensus.errors import GeocensusError
from geocensus.pipeline.split_files import plan_name
from geocensus_api.access.principal import Action, Principal, permit
from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import collection
from geocensus_api.features.scope import area_tables, codes_in_scope
from geocensus_api.processes.child import plainly
from geocensus_api.processes.descriptions import Process
from geocensus_api.processes.schema import require
from geocensus_api.processes.uploads import Uploads

__all__ = ["Asked", "asked"]

_ROLES: Final[Mapping[str, str]] = {  # name of an input that is an upload: name of the file that the job reads
    "upload": "list",
    "teams_upload": "teams",
    "lock_upload": "lock",
    "current_upload": "current",
}
_TEAM: Final = ("name", "people", "start_lon", "start_lat", "phone", "owner")
_LABEL: Final = ("code", "field_zone")
_ZONES_TOO: Final = frozenset({"within", "as", "most_sources", "seed"})


@dataclass
class Asked:
    """What a job is to do: plain values, texts and tables that become files, uploads, and codes that may be told."""

    values: dict[str, Any]
    texts: dict[str, str] = field(default_factory=dict)
    tables: dict[str, tuple[Sequence[str], list[Mapping[str, Any]]]] = field(default_factory=dict)
    copies: dict[str, tuple[Path, str]] = field(default_factory=dict)
    seen: list[str] | None = None
    reserved: frozenset[str] = frozenset()

    def prepare(self, folder: Path) -> dict[str, Any]:
        """Lay the files of the job ready.

        Parameters
        ----------
        folder
            Empty; the job runs in it.

        Returns
        -------
        dict
            Inputs of the job's record: values, files by name, titles of uploads, codes that may be told.
        """
        files: dict[str, str] = {}
        for name, (path, _title) in self.copies.items():
            files[name] = f"{name} {path.name}" if (folder / path.name).exists() else path.name
            _copied(path, folder / files[name])
        for name, text in self.texts.items():
            files[name] = f"{name} of the request.toml"  # no upload has blanks in its name
            start = f'crosswalk = "{files["crosswalk"]}"\n' if "crosswalk" in files else ""
            (folder / files[name]).write_text(start + text, encoding="utf-8")
        for name, (columns, rows) in self.tables.items():
            files[name] = f"{name} of the request.csv"
            with (folder / files[name]).open("w", encoding="utf-8-sig", newline="") as stream:
                writer = csv.DictWriter(stream, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)
        titles = {name: title for name, (_path, title) in self.copies.items()}
        return {"values": self.values, "files": files, "titles": titles, "seen": self.seen}


def _copied(source: Path, target: Path) -> None:
    """Let the job have a file of its own: its person may delete the upload meanwhile."""
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)


def asked(
    process: Process,
    inputs: Any,
    who: Principal,
    uploads: Uploads,
    connection: sqlite3.Connection,
    *,
    reserved: Collection[str] = (),
) -> Asked:
    """Test the inputs of an execution.

    Parameters
    ----------
    process
        What is to run.
    inputs
        As they came.
    who
        Who asks.
    uploads
        Theirs may be named.
    connection
        The workspace.
    reserved
        Names of the plans of jobs that have not ended.

    Returns
    -------
    Asked
        What the job is to do.

    Raises
    ------
    ProblemError
        400 for inputs that do not fit, 403 for what the role does not allow, 404 for what is not there, 409 for a name
        that is not free.
    """
    if not isinstance(inputs, dict):
        raise ProblemError(400, 'send {"inputs": {...}}', "请发送 {“inputs”: {...}} 形式的对象")
    plain = {name: _unqualified(value) for name, value in inputs.items()}
    _permit(process, plain, who)
    _require_fitting(process, plain)
    values = {name: value for name, value in plain.items() if not process.inputs[name].upload}
    given = Asked(values, reserved=frozenset(reserved))
    for name, upload_id in plain.items():
        if process.inputs[name].upload:
            upload = uploads.one(who.name, upload_id)
            given.copies[_ROLES.get(name, name)] = uploads.path(upload), upload.title
    _RULES[process.id](given, who, connection)
    return given


def _permit(process: Process, inputs: Mapping[str, Any], who: Principal) -> None:
    if process.id == "split":
        permit(who, Action.PLAN)
    if process.id == "check":
        permit(who, Action.EXACT)
        if not who.may(Action.DECIDE):
            permit(who, Action.PLAN)
        if inputs.get("into") == "workspace":
            permit(who, Action.ADMIN)


def _unqualified(value: Any) -> Any:
    """Return an input as it is, also where it comes as a qualified value (OGC 18-062r2, 7.11.2.3)."""
    return (
        value["value"]
        if isinstance(value, dict) and set(value) <= {"value", "mediaType"} and "value" in value
        else value
    )


def _require_fitting(process: Process, inputs: Mapping[str, Any]) -> None:
    unknown = [name for name in inputs if name not in process.inputs]
    if unknown:
        there = ", ".join(process.inputs)
        raise ProblemError(
            400,
            f"unknown input {', '.join(unknown)}; {process.id} has {there}",
            f"未知输入 {'、'.join(unknown)}；{process.id} 可用：{there}",
        )
    lost = [name for name, one in process.inputs.items() if one.required and name not in inputs]
    if lost:
        raise ProblemError(400, f"input {', '.join(lost)} is missing", f"缺少输入 {'、'.join(lost)}")
    for name, value in inputs.items():
        # points are many, and points_of tests each one in any case
        require(value, {"type": "array"} if name == "points" else process.inputs[name].schema, name)


def _locate(given: Asked, who: Principal, connection: sqlite3.Connection) -> None:
    if ("points" in given.values) == ("list" in given.copies):
        raise ProblemError(400, "give points or upload, and not both", "points 与 upload 应给出且只给出一个")
    if "points" in given.values and len(given.values) > 1:
        raise ProblemError(
            400, "crs, crs_reason, sheet and columns are for an upload", "crs、crs_reason、sheet、columns 仅用于 upload"
        )
    codes = codes_in_scope(connection, who)
    given.seen = None if codes is None else sorted(codes)


def _check(given: Asked, who: Principal, connection: sqlite3.Connection) -> None:
    del connection
    if given.values.get("into") == "workspace" and who.scope is not None:
        raise ProblemError(
            403,
            "a check into the workspace concerns all areas, and yours are some of them",
            "写入工作区的核查涉及全部区划，而您只负责其中一部分",
        )
    if given.values.get("into") == "workspace" and "form" in given.values:
        raise ProblemError(400, "form is for into=file", "form 仅用于 into=file")
    _take_settings(given)


def _take_settings(given: Asked) -> None:
    """Take the settings as a file; a crosswalk comes as an upload, never from a path of this machine."""
    text = given.values.pop("settings", "")
    try:
        known = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProblemError(400, f"settings: not TOML ({error})", f"settings：不是有效的 TOML（{error}）") from error
    if "crosswalk" in known:
        raise ProblemError(
            400,
            "settings: leave out crosswalk, and give it as the input crosswalk (an upload)",
            "settings：请去掉 crosswalk，改用输入项 crosswalk（上传文件）",
        )
    if text or "crosswalk" in given.copies:
        given.texts["settings"] = text


def _split(given: Asked, who: Principal, connection: sqlite3.Connection) -> None:
    values = given.values
    for name in ("teams", "lock", "current"):
        if name in values and name in given.copies:
            raise ProblemError(400, f"give {name} or {name}_upload, not both", f"{name} 与 {name}_upload 只能给出一个")
    _require_areas(values["within"], who, connection)
    values["within"] = list(dict.fromkeys(values["within"]))
    if values.get("as") == "zones":
        others = sorted(set(values) - _ZONES_TOO | set(given.copies))
        if others:
            raise ProblemError(
                400, f"not with as=zones: {', '.join(others)}", f"不能与 as=zones 同用：{'、'.join(others)}"
            )
        return
    if "most_sources" in values:
        raise ProblemError(400, "most_sources is for as=zones", "most_sources 仅用于 as=zones")
    if "current" in values and values["current"] not in _plans(connection, who):
        raise ProblemError(
            404, f"current: no plan {values['current']!r}", f"current：没有名为 {values['current']} 的方案"
        )
    for name, columns in (("teams", _TEAM), ("lock", _LABEL)):
        if isinstance(values.get(name), list):
            given.tables[name] = columns, values.pop(name)
    _take_settings(given)
    values["name"] = _free_name(values, _plans(connection, None) | given.reserved)


def _require_areas(codes: Sequence[str], who: Principal, connection: sqlite3.Connection) -> None:
    """Refuse areas that are not there, and those of others in the same words."""
    seen = codes_in_scope(connection, who)
    there: set[str] = set()
    for table in area_tables(connection):
        query = f'SELECT code FROM "{table}" WHERE code IN ({", ".join("?" * len(codes))})'  # noqa: S608 - fixed names
        there.update(row[0] for row in connection.execute(query, list(codes)))
    lost = [code for code in codes if code not in there or (seen is not None and code not in seen)]
    if lost:
        raise ProblemError(404, f"within: no area {', '.join(lost)}", f"within：没有区划 {'、'.join(lost)}")


def _plans(connection: sqlite3.Connection, who: Principal | None) -> set[str]:
    """Return the names of the plans that a person sees; of all plans for None."""
    if not connection.execute("SELECT 1 FROM gpkg_contents WHERE table_name = 'plans'").fetchone():
        return set()
    if who is None:
        return {row[0] for row in connection.execute("SELECT plan FROM plans")}
    condition = collection(connection, "plans", who).condition
    return {row[0] for row in connection.execute(f"SELECT plan FROM plans{condition.where}", condition.values)}  # noqa: S608 - ours


def _free_name(values: Mapping[str, Any], taken: Collection[str]) -> str:
    """Return the name of the plan: what is there already is not free, whoever's it is."""
    teams = values.get("teams")
    try:
        name = plan_name(values.get("name"), values["within"], teams if isinstance(teams, int) else 0)
    except GeocensusError as error:
        raise ProblemError(400, plainly(error.en, ()), plainly(error.zh, ())) from error
    if "name" in values:
        if name in taken:
            raise ProblemError(409, f"name {name}: not free, choose another", f"name {name}：不可用，请另取名称")
        return name
    base = name if isinstance(teams, int) else name.removesuffix("-0")
    return next(free for free in (base, *(f"{base}({n})" for n in range(2, len(taken) + 3))) if free not in taken)


_RULES: Final[Mapping[str, Callable[[Asked, Principal, sqlite3.Connection], None]]] = {
    "locate": _locate,
    "check": _check,
    "split": _split,
}
