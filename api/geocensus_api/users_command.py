"""The commands ``geocensus users add | list | revoke``; light to import, since the command line lists their help."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geocensus.cli.console import out, print_json
from geocensus.cli.language import LangOption, t
from geocensus.errors import GeocensusError

if TYPE_CHECKING:
    from geocensus_api.access.database import Database
    from geocensus_api.access.people import Person

__all__ = ["users"]

users = typer.Typer(
    no_args_is_help=True,
    help=t("服务的用户：添加、列出、停用", "people who may use the service: add, list, revoke")
    + "\n\n    geocensus users add 王工 --role qa --scope 330822 --workspace ws.gpkg",
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=t("用户名，任意文字", "name, in any script"))]
WorkspaceOption = Annotated[Path, typer.Option("--workspace", metavar="WS.gpkg", help=t("工作区文件", "the workspace"))]


@users.callback()
def _group(lang: LangOption = None) -> None:
    """Accept --lang before the command, too."""


@users.command(
    "add",
    help=t(
        "添加用户并生成访问令牌；对已有的用户名：更新角色与范围，另生成一个令牌。",
        "Let a person in and make a token; for a name that is there: set role and scope, and make one more token.",
    )
    + "\n\n    geocensus users add 王工 --role qa --scope 330822001 --scope 330822100 --workspace ws.gpkg --days 90"
    + "\n\n    geocensus users add script --role planner --scope all --workspace ws.gpkg --print-token",
)
def add(
    name: NameArgument,
    role: Annotated[
        str,
        typer.Option(metavar="ROLE", help=t("角色：", "one of ") + "viewer, planner, qa, reviewer, admin"),
    ],
    scope: Annotated[
        list[str],
        typer.Option(
            metavar="CODE|all",
            help=t("区划代码（含其下各级），可重复；或 all", "code of an area, with all below it; repeat, or all"),
        ),
    ],
    workspace: WorkspaceOption,
    days: Annotated[
        int | None, typer.Option(help=t("令牌有效天数，默认不限", "days until the token ends; without, it does not"))
    ] = None,
    *,
    print_token: Annotated[
        bool,
        typer.Option(
            "--print-token", help=t("在标准输出最后一行只给出令牌", "the token alone on the last line of stdout")
        ),
    ] = False,
    lang: LangOption = None,  # noqa: ARG001 - t() has read it before the help was written
) -> None:
    """Let a person in and make a token."""
    from geocensus.workspace import read_only  # noqa: PLC0415 - help needs no pandas

    database = _database(workspace)
    from geocensus_api.access import people  # noqa: PLC0415 - FastAPI is loaded when it is needed
    from geocensus_api.access.areas import checked_scope  # noqa: PLC0415 - as above

    with read_only(workspace) as connection:
        codes = checked_scope(connection, scope)
    made = people.add(database, name, role=role, scope=codes, by=_operator(), now=_now(database), days=days)
    _say_added(made.name, made.before, role, codes)
    if print_token:
        typer.echo(made.token)
    else:
        _say(f"{t('访问令牌（仅显示一次）', 'token (shown once)')}: {made.token}")
        _say(t("编号", "id") + f": {made.token_id}")


@users.command(
    "list",
    help=t("列出用户与令牌（不含令牌原文）。", "List people and their tokens, by id and times.")
    + "\n\n    geocensus users list --workspace ws.gpkg",
)
def list_(
    workspace: WorkspaceOption,
    *,
    json: Annotated[
        bool,
        typer.Option("--json", help=t("在标准输出最后一行给出 JSON", "one JSON object on the last line of stdout")),
    ] = False,
    lang: LangOption = None,  # noqa: ARG001 - t() has read it before the help was written
) -> None:
    """List people and their tokens."""
    database = _database(workspace)
    from geocensus_api.access.people import people  # noqa: PLC0415 - FastAPI is loaded when it is needed
    from geocensus_api.access.telling import person_json  # noqa: PLC0415 - as above

    found = people(database)
    if json:
        print_json({"people": [person_json(person) for person in found]})
        return
    if not found:
        _say(t("还没有用户：用 geocensus users add 添加", "nobody yet: geocensus users add lets people in"))
    for person in found:
        _list_person(person)


@users.command(
    "revoke",
    help=t(
        "停用用户及其全部令牌，或只停用一个令牌；正在运行的服务立即生效。",
        "Let a person in no more, or revoke one token; a running service obeys with the next request.",
    )
    + "\n\n    geocensus users revoke 王工 --workspace ws.gpkg",
)
def revoke(
    name: NameArgument,
    workspace: WorkspaceOption,
    token: Annotated[str, typer.Option(metavar="ID", help=t("只停用该令牌", "only this token"))] = "",
    *,
    lang: LangOption = None,  # noqa: ARG001 - t() has read it before the help was written
) -> None:
    """Let a person in no more, or revoke one token."""
    database = _database(workspace)
    from geocensus_api.access import people  # noqa: PLC0415 - FastAPI is loaded when it is needed

    person = people.revoke(database, name, by=_operator(), now=_now(database), token=token)
    if token:
        _say(t(f"已停用 {person.name} 的令牌 {token}", f"revoked the token {token} of {person.name}"))
    else:
        _say(t(f"已停用 {person.name} 及其全部令牌", f"revoked {person.name} and all tokens"))


def _database(workspace: Path) -> Database:
    from geocensus.workspace import Workspace  # noqa: PLC0415 - help needs no pandas

    try:
        import geocensus_api.access.people  # noqa: F401, PLC0415 - whether FastAPI is there
        from geocensus_api.access.database import Database  # noqa: PLC0415 - as above
        from geocensus_api.store.folder import service_folder  # noqa: PLC0415 - as above
    except ImportError as error:
        raise GeocensusError(
            f"{error.name} is not installed: pip install 'geocensus[api]'",
            f"未安装 {error.name}：pip install 'geocensus[api]'",
        ) from error
    Workspace(workspace).summary()  # there, and a workspace
    return Database(service_folder(workspace))


def _now(database: Database) -> int:
    from geocensus_api.access.clock import Clock  # noqa: PLC0415 - help needs none

    clock = Clock()
    clock.not_before(database.state()[1])
    return clock.now()


def _operator() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a user of this number
        return "geocensus users"


def _say(text: str) -> None:
    out().print(text, markup=False, highlight=False, soft_wrap=True)


def _say_added(name: str, before: Person | None, role: str, codes: tuple[str, ...] | None) -> None:
    scope = "all" if codes is None else ", ".join(codes)
    told = t(f"{name}：角色 {role}，范围 {scope}", f"{name}: role {role}, scope {scope}")
    if before is not None:
        known = "all" if before.scope is None else ", ".join(before.scope)
        told += t(f"（原有用户，此前角色 {before.role}，范围 {known}）", f" (was {before.role}, {known})")
    _say(told)


def _list_person(person: Person) -> None:
    scope = "all" if person.scope is None else ", ".join(person.scope)
    gone = f"  {t('已停用', 'revoked')} {_day(person.revoked)}" if person.revoked else ""
    _say(f"{person.name}  {person.role}  {scope}{gone}")
    for token in person.tokens:
        _say("    " + "  ".join(_token_words(token)))


def _token_words(token: Any) -> list[str]:
    words = [token.id, f"{t('生成', 'made')} {_day(token.created)}"]
    words.append(f"{t('到期', 'ends')} {_day(token.expires)}" if token.expires else t("不限期", "no end"))
    if token.last_used:
        words.append(f"{t('最近使用', 'last used')} {_day(token.last_used)}")
    if token.revoked:
        words.append(f"{t('已停用', 'revoked')} {_day(token.revoked)}")
    return words


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
