"""What a split was asked for: options tested, files around it read."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geocensus.errors import DataNotFoundError, SchemaError
from geocensus.io import read_labels, read_teams, split_layer
from geocensus.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geocensus.model import Text

__all__ = ["Asked", "Lists", "lists_of", "workspace_of"]

_KEEPING: Final = ("hard", "soft")
_ELSEWHERE: Final = frozenset(
    {"within", "basemap", "workspace", "units", "sectors", "tolerance", "name", "out", "settings", "seed"}
)  # what the record of a plan holds under other keys
_SHOWN: Final = 5


@dataclass(frozen=True)
class Asked:
    """The options of a split, tested before any work is done."""

    within: Sequence[str]
    basemap: str | Path | None = None
    workspace: str | Path | None = None
    teams: int | str | Path | None = None
    capacity: float | None = None
    units: str | None = None
    lock: str | Path | None = None
    current: str | None = None
    together: str | Path | None = None
    sectors: Sequence[str] = ()
    together_as: str = "hard"
    supervisors: bool = False
    visits: bool = False
    tolerance: float = 0.05
    barriers: str = "soft"
    name: str | None = None
    out: str | Path | None = None
    settings: str | Path | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.within or not all(str(code).strip() for code in self.within):
            raise SchemaError("--within: give the code of at least one area", "--within：请至少给出一个区划代码")
        if self.teams is not None and self.capacity is not None:
            raise SchemaError("give --teams or --capacity, not both", "--teams 与 --capacity 只能给出一个")
        if self.teams is None and self.capacity is None and self.current is None:
            raise SchemaError(
                "say how many field zones: --teams K, --teams TEAMS.csv or --capacity MINUTES",
                "请说明片区数量：--teams 片区数、--teams 小组名单.csv，或 --capacity 每组分钟数",
            )
        if self.teams is not None and not str(self.teams).strip():
            raise SchemaError("--teams: give a whole number, or a file of teams", "--teams：应为整数，或小组名单文件")
        if 1 <= self.tolerance < float("inf"):
            percent = f"{self.tolerance:g}"
            raise SchemaError(
                f"--tolerance {percent}: a share below 1 is meant; for {percent} % write {self.tolerance / 100:g}",
                f"--tolerance {percent}：应为小于 1 的比例；如允许偏差 {percent}%，请写 {self.tolerance / 100:g}",
            )
        if self.together_as not in _KEEPING:
            raise SchemaError(
                f"--together-as {self.together_as}: one of {', '.join(_KEEPING)}",
                f"--together-as {self.together_as}：应为 {'、'.join(_KEEPING)} 之一",
            )
        if self.visits and self.workspace is None:
            raise SchemaError(
                "--visits needs --workspace WS.gpkg with checked sources: run `geocensus check` first",
                "--visits 需要含有核查结果的工作区（--workspace WS.gpkg）：请先运行 geocensus check",
            )

    @property
    def keeps_together(self) -> bool:
        """Whether parks or sectors were named.

        Returns
        -------
        bool
            True where units may form groups.
        """
        return self.together is not None or bool(self.sectors)

    @property
    def files(self) -> tuple[Path, ...]:
        """Files that are read, or written as the workspace, and so are never overwritten by the plan's own files.

        Returns
        -------
        tuple of Path
            Some may be no files: a number of teams, a plan in the workspace, a shipped basemap.
        """
        read = (self.workspace, self.teams, self.lock, self.current, self.settings)
        layers = tuple(split_layer(given)[0] for given in (self.basemap, self.together) if given is not None)
        return (*(Path(str(given)) for given in read if given is not None), *layers)

    def as_dict(self) -> dict[str, Any]:
        """Return the options for the record.

        Returns
        -------
        dict
            As texts; those that were not given are left out.
        """
        given = {
            key: value for key, value in vars(self).items() if key not in _ELSEWHERE and value not in {None, False}
        }
        if not self.keeps_together:
            given.pop("together_as")
        sectors = {"sectors": list(self.sectors)} if self.sectors else {}
        return {key: str(value) for key, value in given.items()} | sectors


def workspace_of(workspace: str | Path | None) -> Path | None:
    """Return the workspace's path; a file of another program is refused before any work is done.

    Parameters
    ----------
    workspace : str or Path, optional
        Ends in .gpkg.

    Returns
    -------
    Path or None
        None where none was given.

    Raises
    ------
    SchemaError
        Another ending.
    WorkspaceError
        Not a workspace.
    """
    if workspace is None:
        return None
    path = Path(workspace)
    if path.suffix.lower() != ".gpkg":
        raise SchemaError(
            f"--workspace {path.name}: the ending must be .gpkg", f"--workspace {path.name}：文件后缀应为 .gpkg"
        )
    with Workspace(path):
        return path


@dataclass(frozen=True, eq=False)
class Lists:
    """The lists that a split was given.

    Attributes
    ----------
    teams : int, DataFrame or None
        How many, or one row each.
    locks : Series of str or None
        Field zone of units that are decided, index code.
    today : Series of str or None
        Field zone of each unit in the plan of today, index code.
    before : DataFrame or None
        Field zones of that plan, where the workspace knows them: names, owners, people and start points.
    """

    teams: int | pd.DataFrame | None
    locks: pd.Series | None
    today: pd.Series | None
    before: pd.DataFrame | None

    @property
    def notes(self) -> tuple[Text, ...]:
        """What was set aside in the list of teams.

        Returns
        -------
        tuple of Text
            Empty for a number of teams.
        """
        return tuple(self.teams.attrs.get("notes", ())) if isinstance(self.teams, pd.DataFrame) else ()


def lists_of(asked: Asked, workspace: Path | None) -> Lists:
    """Read the lists that a split was given.

    Parameters
    ----------
    asked : Asked
        Names of files, or a number of teams.
    workspace : Path, optional
        Where the plan of today may lie.

    Returns
    -------
    Lists
        What they say.

    Raises
    ------
    SchemaError
        Teams that are neither a whole number nor a file, or a wrong list.
    DataNotFoundError
        No such file, or no such plan.
    UnreadableError
        A file cannot be read.
    """
    locks = None if asked.lock is None else read_labels(asked.lock)
    lists = Lists(_teams(asked.teams), locks, *_today(asked.current, workspace))
    _refuse_unknown_teams(lists)
    return lists


def _teams(teams: int | str | Path | None) -> int | pd.DataFrame | None:
    """Return the number of teams, or the table in the file."""
    if teams is None or isinstance(teams, int):
        return teams
    with suppress(ValueError):
        return int(str(teams))
    path = Path(teams)
    if not path.exists() and not any(letter.isalpha() for letter in path.name):
        raise SchemaError(
            f"--teams {teams}: give a whole number, or a file of teams",
            f"--teams {teams}：应为整数，或小组名单文件",
        )
    return read_teams(path)


def _refuse_unknown_teams(lists: Lists) -> None:
    """Refuse locks to a team that is not on the list: a slip of the pen, not a further team."""
    teams = lists.teams
    if lists.locks is None or not isinstance(teams, pd.DataFrame) or "name" not in teams:
        return
    known = {*teams["name"], *map(str, range(1, len(teams) + 1))}
    if lists.today is not None:
        known |= set(lists.today)
    if lists.before is not None:
        known |= set(lists.before.get("name", ()))
    unknown = [zone for zone in lists.locks.unique() if zone not in known]
    if unknown:
        there, lost = "、".join(teams["name"].iloc[:_SHOWN]), "、".join(unknown[:_SHOWN])
        raise SchemaError(
            f"lock list: {lost.replace('、', ', ')} is no team of the list, which has {there.replace('、', ', ')}",
            f"锁定表中的“{lost}”不在小组名单中；名单中有：{there}",
        )


def _today(current: str | None, workspace: Path | None) -> tuple[pd.Series | None, pd.DataFrame | None]:
    """Return the labels of the plan of today and, where the workspace knows them, its field zones."""
    if current is None:
        return None, None
    if workspace is not None and workspace.exists() and current in set(Workspace(workspace).plans()["plan"]):
        stored = Workspace(workspace).read_plan(current)
        return stored.members.set_index("code")["field_zone"], pd.DataFrame(stored.field_zones)
    if Path(current).is_file():
        return read_labels(current), None
    where = "" if workspace is None else f" in {workspace.name}"
    raise DataNotFoundError(
        f"--current {current}: no plan of that name{where} and no such file",
        f"--current {current}：既没有这个名称的方案，也没有这个文件",
    )
