"""Tables of the judgement benchmark, printed as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import judgement_lists as lists
import judgement_scores as scores
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

LEVELS = ("village", "township", "county")
NOT_SINGLE = (*lists.GROUP_ONLY, "elsewhere")  # what one row's geometry cannot show
SIZES_KM2 = (0, 3, 30, 300, np.inf)
CAUSE_EDGES = np.linspace(0, 1, 11) + np.r_[np.zeros(10), 1e-9]
REPAIR_EDGES = np.r_[np.linspace(0.5, 1, 11)[:-1], 0.99, 1 + 1e-9]
LEAST_ROWS = 100
EXACT = ("axes_swapped", "sign", "projected", "decimal_shift", "decimal_as_dms")


def markdown(table: pd.DataFrame, *, shares: Iterable[str] = ()) -> str:
    """A table; columns named in `shares` as percentages."""
    shown = table.copy()
    for name in shown:
        if name in shares:
            shown[name] = ["" if pd.isna(value) else f"{value:.1%}" for value in shown[name]]
        elif shown[name].dtype.kind == "f":
            shown[name] = ["" if pd.isna(value) else f"{value:.3f}" for value in shown[name]]
        elif shown[name].dtype.kind in "iu":
            shown[name] = [f"{value:,}" for value in shown[name]]
    lines = ["| " + " | ".join(map(str, shown.columns)) + " |", "|" + "---|" * shown.shape[1]]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in shown.itertuples(index=False)]
    return "\n".join(lines)


def causes(table: pd.DataFrame) -> str:
    shares = ("left", "flagged", "found of left", "rank 1", "repaired", "wrong", "declined")
    return markdown(scores.per_cause(table), shares=shares)


def confusion(table: pd.DataFrame) -> str:
    """Counts by true cause and first cause; empty cells are zero."""
    counts = scores.confusion(table)
    named = [cause for cause in ("correct", *lists.CAUSES, "unknown") if cause in counts]
    rows = [cause for cause in ("clean", *lists.CAUSES, *lists.UNMODELLED) if cause in counts.index]
    shown = counts.loc[rows, named].astype(str).replace("0", "")
    return markdown(shown.rename_axis(None, axis=1).reset_index())


def modelled(table: pd.DataFrame, *, every: bool = False) -> pd.DataFrame:
    """Flagged rows with an error that the detector knows; those a single row cannot show only where asked for."""
    known = table["flagged"] & table["cause"].isin(lists.CAUSES)
    return table[known & (every | ~table["cause"].isin(NOT_SINGLE))]


def calibration(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reliability of the first cause (all flagged rows) and of point repairs from 0.5 on."""
    flagged = table[table["flagged"]]
    points = flagged[flagged["offered"] & (flagged["kind"] == "point")]
    return (
        scores.reliability(flagged["p"], flagged["right"], CAUSE_EDGES),
        scores.reliability(points["p_repair"], points["repaired"], REPAIR_EDGES),
    )


def by_group(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Short figures for each value of a column: places, levels, rates, sizes."""
    rows = []
    for value, group in table.groupby(column, observed=True):
        surely, offered = scores.offers(group, 0.9), scores.offers(group, 0.5)
        clean = group[group["cause"] == "clean"]
        rows.append(
            {
                column: value,
                "rows": len(group),
                "flagged": int(group["flagged"].sum()),
                "clean outside": f"{clean['outside'].sum()} of {len(clean):,}",
                "rank 1": modelled(group)["right"].mean(),
                "precision .9": surely["precision"],
                "coverage .9": surely["coverage"],
                "precision .5": offered["precision"],
                "coverage .5": offered["coverage"],
            }
        )
    return pd.DataFrame(rows)


def sizes(table: pd.DataFrame) -> pd.DataFrame:
    names = ["< 3 km²", "3-30 km²", "30-300 km²", "> 300 km²"]
    return by_group(table.assign(claim=pd.cut(table["claim_km2"], SIZES_KM2, labels=names)), "claim")


class Goals:
    """Rows of figure, n, goal, reached, met."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def add(self, figure: str, n: int, reached: float, goal: float, *, most: bool = False) -> None:
        """A figure that shall be at least the goal, or at most where `most`."""
        met = bool(np.isfinite(reached)) and (reached <= goal if most else reached >= goal)
        sign = "≤" if most else "≥"
        shown = f"{reached:.2g}" if most and reached < 0.01 else f"{reached:.4f}" if reached < 10 else f"{reached:,.0f}"
        self.rows.append(
            {"figure": figure, "n": n, "goal": f"{sign} {goal:,}", "reached": shown, "met": "yes" if met else "**no**"}
        )

    def table(self) -> str:
        return markdown(pd.DataFrame(self.rows))


def of_level(table: pd.DataFrame, level: str) -> pd.DataFrame:
    return table[table["level"] == level]


def add_causes(goals: Goals, table: pd.DataFrame) -> None:
    """Goals on causes: false alarms, rank 1, wrong claims."""
    clean = table[table["cause"] == "clean"]
    goals.add('false "outside" on clean rows', len(clean), clean["outside"].mean(), 0.0002, most=True)
    for level, goal in zip(LEVELS, (0.97, 0.94, 0.82), strict=True):
        known = modelled(of_level(table, level))
        goals.add(f"cause right at rank 1, {level} claims", len(known), known["right"].mean(), goal)
    for level, goal in zip(LEVELS, (0.97, 0.94, 0.82), strict=True):
        known = modelled(of_level(table, level), every=True)
        what = "… with single GCJ-02, BD-09, 54, 80 rows and head offices counted"
        goals.add(f"{what}, {level} claims", len(known), known["right"].mean(), goal)
    for level, goal in (("village", 0.90), ("township", 0.85)):
        rows = of_level(table, level)
        rows = rows[rows["flagged"] & (rows["cause"] == "claim_wrong")]
        goals.add(f"claim_wrong at rank 1, {level} claims", len(rows), rows["right"].mean(), goal)


def add_repairs(goals: Goals, table: pd.DataFrame) -> None:
    """Goals on repairs."""
    for level, precise, covered in zip(LEVELS, (0.99, 0.99, 0.99), (0.88, 0.84, 0.60), strict=True):
        found = scores.offers(of_level(table, level), 0.9)
        goals.add(f"offers at p ≥ .9, {level} claims: precision", found["n"], found["precision"], precise)
        goals.add(f"… coverage of repairable flagged rows, {level}", found["repairable"], found["coverage"], covered)
    town = of_level(table, "township")
    found = scores.offers(town, 0.5)
    goals.add("offers at p ≥ .5, township claims: precision", found["n"], found["precision"], 0.96)
    goals.add("… coverage of repairable flagged rows, township", found["repairable"], found["coverage"], 0.95)
    for cause in EXACT:
        rows = town[town["flagged"] & (town["cause"] == cause)]
        goals.add(f"{cause}: repaired within 50 m", len(rows), rows["repaired"].mean(), 0.995)
        goals.add(f"{cause}: wrong offers", len(rows), (rows["offered"] & ~rows["repaired"]).mean(), 0.002, most=True)
    rows = {cause: town[town["flagged"] & (town["cause"] == cause)] for cause in lists.REPAIRABLE}
    packed, minutes = rows["packed_dms"], rows["minutes_decimal"]
    goals.add("packed_dms repaired", len(packed), packed["repaired"].mean(), 0.98)
    wrong = minutes["offered"] & ~minutes["repaired"]
    goals.add("minutes_decimal: wrong offers", len(minutes), wrong.mean(), 0.05, most=True)
    digits = rows["digit_error"][rows["digit_error"]["left"]]
    goals.add("digit_error that left: repaired", len(digits), digits["repaired"].mean(), 0.82)
    wrong = digits["offered"] & ~digits["repaired"]
    goals.add("digit_error that left: wrong offers", len(digits), wrong.mean(), 0.03, most=True)


def add_calibration(goals: Goals, table: pd.DataFrame) -> None:
    for level in LEVELS:
        cause, repair = calibration(of_level(table, level))
        goals.add(
            f"ECE of the cause, {level} claims", int(cause["n"].sum()), scores.expected_error(cause), 0.03, most=True
        )
        large = repair[repair["n"] >= LEAST_ROWS]
        worst = (large["said"] - large["true"]).abs().max()
        goals.add(f"worst repair bin ≥ .5 with n ≥ 100, {level}", int(large["n"].sum()), worst, 0.05, most=True)


def add_peers(goals: Goals, table: pd.DataFrame) -> None:
    """Precision where GBIF or bdc repair; our coverage at 0.98 against the better of theirs."""
    town = of_level(table, "township")
    repairable = town["flagged"] & town["cause"].isin(lists.REPAIRABLE)
    theirs = town["gbif"] | town["bdc"]
    ours = town["offered"] & (town["kind"] == "point")
    both = town[theirs & ours]
    goals.add("our precision on rows that GBIF or bdc repair", len(both), both["repaired"].mean(), 0.999)
    best = max((town[f"{peer}_right"] & repairable)[repairable].mean() for peer in ("gbif", "bdc"))
    order = town[ours].sort_values("p_repair", ascending=False, kind="stable")
    precise = order["repaired"].cumsum() / np.arange(1, len(order) + 1) >= 0.98
    last = int(np.flatnonzero(precise.to_numpy())[-1]) + 1 if precise.any() else 0
    mine = order.iloc[:last]
    share = (mine["repaired"] & mine["cause"].isin(lists.REPAIRABLE)).sum() / max(1, repairable.sum())
    goals.add(
        f"our coverage at precision .98, times the best of theirs ({best:.2f})",
        int(repairable.sum()),
        share / best,
        3.0,
    )
