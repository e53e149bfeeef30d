"""Teams: who does the work of a field zone, how much of it is theirs, and who supervises them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus.errors import SchemaError
from geocensus.zoning.graph import components, contract
from geocensus.zoning.solve import solve
from geocensus.zoning.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geocensus.zoning.task import Floats, Ints, Solution, UnitGraph

__all__ = ["ENUMERATORS_PER_SUPERVISOR", "Team", "Teams", "supervisor_task", "supervisors", "targets", "teams_from"]

ENUMERATORS_PER_SUPERVISOR: Final = 10  # first census: one supervisor per ten enumerators
_HEADERS: Final = {
    "name": ("name", "team", "team_name", "名称", "队名", "队伍", "小组", "组名", "小组名称"),
    "people": ("people", "persons", "members", "size", "人数", "普查员人数", "队员人数", "成员数"),
    "start_lon": ("start_lon", "lon", "longitude", "经度", "起点经度", "出发点经度", "驻地经度"),
    "start_lat": ("start_lat", "lat", "latitude", "纬度", "起点纬度", "出发点纬度", "驻地纬度"),
    "phone": ("phone", "tel", "mobile", "contact", "电话", "手机", "联系电话", "联系方式"),
    "owner": ("owner", "leader", "负责人", "组长", "队长", "联系人"),
}
_SHOWN: Final = 5
_MOST_PEOPLE: Final = 100_000  # far beyond any team: more is a phone number in the wrong column
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class Team:
    """One team.

    Attributes
    ----------
    name : str
        Its name, unique.
    people : float
        Enumerators; halves for people who share their time.
    start_lon, start_lat : float
        Where it sets out, CGCS2000 degrees; NaN where not given.
    phone, owner : str
        How to reach it, and who is in charge; "" where not given.
    """

    name: str
    people: float
    start_lon: float
    start_lat: float
    phone: str
    owner: str


@dataclass(frozen=True, eq=False)
class Teams:
    """All teams, in the order of their table.

    Attributes
    ----------
    name : ndarray of str
        Names, unique.
    people : ndarray of float
        Enumerators, above 0.
    start_lon, start_lat : ndarray of float
        Where they set out, CGCS2000 degrees; NaN where not given.
    phone, owner : ndarray of str
        How to reach them, and who is in charge; "" where not given.
    """

    name: NDArray[np.object_]
    people: Floats
    start_lon: Floats
    start_lat: Floats
    phone: NDArray[np.object_]
    owner: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.name)

    def __iter__(self) -> Iterator[Team]:
        return iter(Team(**row) for row in self.table().to_dict("records"))

    def table(self) -> pd.DataFrame:
        """Return one row per team.

        Returns
        -------
        DataFrame
            Columns name, people, start_lon, start_lat, phone, owner.
        """
        return pd.DataFrame({name: getattr(self, name) for name in _HEADERS})


def teams_from(table: pd.DataFrame | int) -> Teams:
    """Understand a list of teams, or a number of them.

    Parameters
    ----------
    table : DataFrame or int
        One row per team: people (人数) and, where known, name (小组), start_lon and start_lat (经度, 纬度), phone
        (电话) and owner (负责人); blank rows are passed over. A number stands for so many teams of one person.

    Returns
    -------
    Teams
        Teams without a name are called by their number.

    Raises
    ------
    SchemaError
        No team, no people, a number of people that is not above 0, a name given twice, or a start point that is none.

    Examples
    --------
    >>> teams = teams_from(pd.DataFrame({"小组": ["东片组", "西片组"], "人数": [4, 2]}))
    >>> teams.name.tolist(), targets(90.0, teams).tolist()
    (['东片组', '西片组'], [60.0, 30.0])
    """
    if not isinstance(table, pd.DataFrame):
        table = pd.DataFrame({"people": np.ones(max(int(table), 0))})
    rows = _named(table)
    rows = rows[~_blank(rows)].reset_index(drop=True)
    if rows.empty:
        raise SchemaError("teams: the list names no team; one row per team", "队伍名单为空；请每支队伍填一行")
    if "people" not in rows:
        raise SchemaError(
            f"teams: no column people; columns are {', '.join(map(str, table.columns))}",
            f"队伍名单缺少“人数”列；现有列：{'、'.join(map(str, table.columns))}",
        )
    people = _people(rows)
    lon, lat = _starts(rows)
    return Teams(_names(rows), people, lon, lat, _texts(rows, "phone"), _texts(rows, "owner"))


def targets(total: float, teams: Teams | int) -> Floats:
    """Share the work in proportion to people.

    Parameters
    ----------
    total : float
        Load of all units, minutes.
    teams : Teams or int
        The teams; a number stands for so many equal ones.

    Returns
    -------
    ndarray of float
        Wished load of each team's field zone; they add up to the total.

    Examples
    --------
    >>> targets(90.0, 3).tolist()
    [30.0, 30.0, 30.0]
    """
    people = teams.people if isinstance(teams, Teams) else np.ones(int(teams))
    return total * people / people.sum()


def supervisor_task(
    graph: UnitGraph, labels: Ints, people: Floats, *, span: float = ENUMERATORS_PER_SUPERVISOR
) -> Task:
    """Ask for supervisor areas made of whole field zones, with no more enumerators than one supervisor can lead.

    Parameters
    ----------
    graph : UnitGraph
        The units.
    labels : ndarray of int
        Field zone of each unit, 0 to k − 1.
    people : ndarray of float
        Enumerators of each of the k field zones.
    span : float
        Enumerators per supervisor.

    Returns
    -------
    Task
        One unit per field zone, in the order of `labels`' numbers; loads are people.

    Raises
    ------
    SchemaError
        Numbers of field zones differ, or `span` is not above 0.
    """
    people = np.asarray(people, dtype=np.float64)
    if len(people) != int(labels.max()) + 1 or len(np.unique(labels)) != len(people) or not span > 0:
        raise SchemaError(
            f"supervisors: {len(people)} numbers of people for {len(np.unique(labels))} field zones, span {span}",
            f"督导分区：{len(np.unique(labels))} 个片区对应 {len(people)} 个人数，每名指导员带 {span} 人，参数有误",
        )
    zones, owner = contract(graph, labels)
    load = np.empty(len(people))
    load[owner] = people[labels]
    least = max(int(np.ceil(people.sum() / span - _ROUNDING)), int(components(zones).max()) + 1)
    count = min(least, len(people))
    mean = people.sum() / count
    renamed = type(zones)(**{**vars(zones), "load": load})
    return Task(renamed, np.full(count, mean), tolerance=max(span / mean - 1, 0.0))


def supervisors(
    graph: UnitGraph, labels: Ints, people: Floats, *, span: float = ENUMERATORS_PER_SUPERVISOR, seed: int = 0
) -> tuple[Ints, Solution]:
    """Form supervisor areas of whole, neighbouring field zones.

    Parameters
    ----------
    graph : UnitGraph
        The units.
    labels : ndarray of int
        Field zone of each unit, 0 to k − 1.
    people : ndarray of float
        Enumerators of each of the k field zones.
    span : float
        Enumerators per supervisor; the number of areas is the least that allows it, and one for each piece of land.
    seed : int
        For the search.

    Returns
    -------
    areas : ndarray of int
        Supervisor area of each field zone.
    solution : Solution
        What is proven about them; warns where an area has more enumerators than `span`.

    Raises
    ------
    SchemaError
        Numbers of field zones differ, or `span` is not above 0.
    """
    task = supervisor_task(graph, labels, people, span=span)
    solution = solve(task, seed=seed)
    _, owner = contract(graph, labels)
    areas = np.empty(len(people), dtype=np.int64)
    areas[labels] = solution.labels[owner]
    return areas, solution


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Name the columns by what they hold; the first of several headers that mean the same counts."""
    folded = {str(column).strip().casefold().replace(" ", "_"): column for column in reversed(table.columns)}
    found = {name: next((folded[word] for word in words if word in folded), None) for name, words in _HEADERS.items()}
    return pd.DataFrame({name: table[column] for name, column in found.items() if column is not None})


def _blank(rows: pd.DataFrame) -> pd.Series:
    texts = rows.astype("str").fillna("").apply(lambda column: column.str.strip())
    return (texts == "").all(axis=1)


def _people(rows: pd.DataFrame) -> Floats:
    people = pd.to_numeric(rows["people"], errors="coerce").to_numpy(dtype=np.float64)
    _refuse(
        ~((people > 0) & (people <= _MOST_PEOPLE)),
        rows["people"],
        f"people must be a number above 0, and no more than {_MOST_PEOPLE:,}, in each team",
        f"每支队伍的人数应大于 0、不超过 {_MOST_PEOPLE:,}",
    )
    return people


def _starts(rows: pd.DataFrame) -> tuple[Floats, Floats]:
    values = []
    for name, limit, zh, like in (("start_lon", 180.0, "起点经度", 118.51), ("start_lat", 90.0, "起点纬度", 28.9)):
        texts = pd.Series(_texts(rows, name))
        number = pd.to_numeric(texts.where(texts != ""), errors="coerce").to_numpy(dtype=np.float64)
        bad = (texts != "").to_numpy() & ~(np.abs(number) <= limit)
        _refuse(bad, texts, f"{name} must be degrees, such as {like}", f"{zh}应为以度为单位的坐标，如 {like}")
        values.append(number)
    lon, lat = values
    half = np.isnan(lon) != np.isnan(lat)
    _refuse(half, pd.Series(_names(rows)), "a start point needs both lon and lat", "出发点须同时有经度和纬度")
    return lon, lat


def _names(rows: pd.DataFrame) -> NDArray[np.object_]:
    names = _texts(rows, "name")
    numbers = np.arange(1, len(rows) + 1).astype(str).astype(object)
    names = np.where(names == "", numbers, names)
    doubled = pd.Series(names, dtype="str").duplicated().to_numpy()
    _refuse(doubled, pd.Series(names), "names must differ", "队伍名称不能重复")
    return names


def _texts(rows: pd.DataFrame, name: str) -> NDArray[np.object_]:
    if name not in rows:
        return np.full(len(rows), "", dtype=object)
    texts: NDArray[np.object_] = rows[name].astype("str").fillna("").str.strip().to_numpy(dtype=object)
    return texts


def _refuse(bad: NDArray[np.bool_], values: pd.Series, en: str, zh: str) -> None:
    """Refuse rows, by their number among the teams and what they hold."""
    if not bad.any():
        return
    rows = np.flatnonzero(bad)[:_SHOWN]
    texts = [_shown(values.iloc[row]) for row in rows]
    more = bool(bad.sum() > len(rows))
    shown = ", ".join(f"{row + 1} ({text or 'empty'})" for row, text in zip(rows, texts, strict=True)) + " …" * more
    shown_zh = (
        "、".join(f"第 {row + 1} 支（{text or '空'}）" for row, text in zip(rows, texts, strict=True)) + " 等" * more
    )
    raise SchemaError(f"teams: {en}; wrong in team {shown}", f"队伍名单：{zh}；有误：{shown_zh}")


def _shown(value: object) -> str:
    """Return what a cell holds, "" where it is empty."""
    if pd.isna(value):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
