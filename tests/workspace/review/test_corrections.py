"""What a correction does to sources and flags equals a check of the changed list; undoing it restores every table."""

import random
import sqlite3
from contextlib import closing

import pandas as pd
import pytest

import geocensus as gc
from geocensus.demo import write_demo
from geocensus.io import open_basemap
from geocensus.pipeline.run import run_check
from geocensus.workspace import Decision, Workspace
from geocensus.workspace.due import recheck_due_since
from geocensus.workspace.neighbours import keep_groups, kept_groups
from geocensus.workspace.review import decide, review, source_history, undo

RESULT = ("claimed_area_code", "claimed_level", "located_code", "on_border", "distance_m", "tolerance_m", "near_border")
LAYERS = ("sources", "unlocated_sources", "excluded_rows", "flags", "rtree_sources_geom", "rtree_flags_geom")


def copied(source, target):
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)
    return Workspace(target)


def content(workspace):
    with closing(sqlite3.connect(workspace.path)) as db:
        tables = {name: pd.read_sql(f"SELECT * FROM {name} ORDER BY 1", db) for name in LAYERS}
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return tables


def decided(workspace, *decisions):
    with workspace.transaction() as connection:
        done = decide(connection, decisions)
    return [one for one in done if one.error is None]


def judged_anew(workspace):
    """Check the list as it stands in the workspace from scratch; rules that judge sources one by one."""
    sources = workspace.read_sources()
    listed = sources.drop(columns=[n for n in sources if n in {*RESULT, "status"} or n.startswith(("code_", "name_"))])
    listed.attrs = sources.attrs
    return gc.check(listed, open_basemap(workspace.path))


def of_sources(flags):
    return flags[(flags["source_id"] != "") & (flags["rule"] != "list.moved")].set_index("flag_id").sort_index()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Check the demo's list, small, without its crosswalk."""
    folder = tmp_path_factory.mktemp("demo")
    basemap = open_basemap("changshan")
    path, _truth = write_demo(folder, basemap, rows=300)
    run_check(path, basemap="changshan", workspace=folder / "ws.gpkg")
    return folder / "ws.gpkg", path


def random_decisions(workspace, rng, number):
    """Return corrections of different sources: accepted repairs, points of other sources, other claims."""
    flags, repairs = workspace.read_flags(), workspace.read_judgement()["repairs"]
    sources, zones = workspace.read_sources(), workspace.read_table("zones")["code"].tolist()
    flags = flags[(flags["flag_state"] != "closed") & (flags["source_id"] != "")].drop_duplicates("source_id")
    places = sources.dropna(subset=["lon"])[["lon", "lat"]].to_numpy()
    chosen = rng.sample(flags[["flag_id", "source_id"]].to_numpy().tolist(), number)
    made = []
    for flag_id, source_id in chosen:
        offers = repairs[(repairs["source_id"] == source_id) & (repairs["kind"] != "claim")]
        lon, lat = rng.choice(places)
        way = rng.choice(["repair", "point", "near", "claim"])
        if way == "repair" and len(offers):
            made.append(Decision(flag_id, "corrected", "王工", repair_id=offers["repair_id"].iloc[0]))
        elif way == "claim":
            made.append(Decision(flag_id, "claim_corrected", "王工", after={"claimed_code": rng.choice(zones)}))
        else:
            shift = 0.001 * (way == "near")
            made.append(Decision(flag_id, "corrected", "王工", after={"lon": float(lon) + shift, "lat": float(lat)}))
    return made


def require_equal_to_a_check(workspace):
    """Compare all that a workspace says with a check of its list from scratch; also the groups that it keeps."""
    now = judged_anew(workspace)
    found, flags = of_sources(now.flags), of_sources(workspace.read_flags())
    standing = flags[flags["flag_state"] != "closed"]
    assert found.index.tolist() == standing.index.tolist()
    columns = ["source_id", "rule", "level", "severity", "message_zh", "message_en", "basis", "lon", "lat"]
    pd.testing.assert_frame_equal(standing[columns], found[columns])
    stored = workspace.read_sources()
    pd.testing.assert_frame_equal(stored, now.sources[stored.columns], check_dtype=False)
    groups = now.neighbours.sort_index()
    with closing(sqlite3.connect(workspace.path)) as db:
        kept = kept_groups(db, groups.index)
    pd.testing.assert_frame_equal(kept.fillna(""), groups.fillna(""), check_names=False, check_dtype=False)


@pytest.mark.parametrize("basemap", ["changshan", "miaoli"])
def test_corrections_equal_a_check_of_the_changed_list_and_are_undone(basemap, demo, tmp_path):
    rng, rows = random.Random(5), 300
    if basemap == "changshan":
        workspace = copied(demo[0], tmp_path / "ws.gpkg")
    else:
        path, _truth = write_demo(tmp_path, open_basemap(basemap), rows=rows)
        run_check(path, basemap=basemap, workspace=tmp_path / "ws.gpkg")
        workspace = Workspace(tmp_path / "ws.gpkg")
    number = {"changshan": 30, "miaoli": 10}[basemap]
    rows, made = len(workspace.read_sources()), random_decisions(workspace, rng, number - 2)
    assert len(decided(workspace, *made)) == number - 2
    before = content(workspace)
    steps = [decided(workspace, one)[0].flag_id for one in random_decisions(workspace, rng, 2)]
    require_equal_to_a_check(workspace)
    assert len(workspace.read_sources()) == rows
    for flag_id in reversed(steps):
        with workspace.transaction() as connection:
            undo(connection, flag_id, author="王工")
    require_equal_to_a_check(workspace)
    for name, table in content(workspace).items():
        pd.testing.assert_frame_equal(table, before[name])


def test_a_list_that_an_older_version_checked_is_read_once(demo, tmp_path):
    workspace = copied(demo[0], tmp_path / "ws.gpkg")
    with workspace.transaction() as connection:
        keep_groups(connection, None, 0)
    decided(workspace, *random_decisions(workspace, random.Random(8), 1))
    require_equal_to_a_check(workspace)


def test_a_check_is_due_after_a_correction_until_one_was_made(demo, tmp_path):
    workspace = copied(demo[0], tmp_path / "ws.gpkg")

    def since():
        with closing(sqlite3.connect(workspace.path)) as db:
            return recheck_due_since(db)

    assert since() is None
    one, two = random_decisions(workspace, random.Random(9), 2)
    decided(workspace, one)
    first = since()
    decided(workspace, two)
    assert first is not None
    assert since() == first
    run_check(demo[1], workspace=workspace.path)
    assert since() is None


def test_a_later_check_applies_them_again(demo, tmp_path):
    (path, listed), rng = demo, random.Random(6)
    workspace = copied(path, tmp_path / "ws.gpkg")
    made = decided(workspace, *random_decisions(workspace, rng, 8))
    before = of_sources(workspace.read_flags())
    report = run_check(listed, workspace=workspace.path)
    assert report.result.summary["corrections_applied"] == len(made) == 8
    after = of_sources(workspace.read_flags())
    names = ["flag_state", "review_state", "outcome", "decision_id", "basis", "rule"]
    pd.testing.assert_frame_equal(after[names], before[names])
    assert "8 corrections of the review were applied again" in [note.en for note in report.notes]


@pytest.fixture
def swapped(tmp_path):
    """Check nine sources of one village, one of them with its axes swapped."""
    village = open_basemap("changshan").areas("village").iloc[3]
    point, lines = village.geometry.representative_point(), ["编号,经度,纬度,区划代码"]
    lines += [f"R{k},{point.x + k / 5e4:.6f},{point.y:.6f},{village['code']}" for k in range(8)]
    path = tmp_path / "list.csv"
    path.write_text("\n".join([*lines, f"A2,{point.y:.6f},{point.x:.6f},{village['code']}"]), encoding="utf-8")
    run_check(path, basemap="changshan", workspace=tmp_path / "ws.gpkg")
    return Workspace(tmp_path / "ws.gpkg"), path, (point.x, point.y)


def place(workspace, source_id="A2"):
    row = workspace.read_sources().set_index("source_id").loc[source_id]
    return row["state"], row["lon"], row["lat"], row["lon_text"]


def test_an_accepted_repair_places_its_source_and_closes_its_flags(swapped):
    workspace, _path, (lon, lat) = swapped
    before = content(workspace)
    flag = workspace.read_flags().query("source_id == 'A2'").iloc[0]
    done = decided(workspace, Decision(flag["flag_id"], "corrected", "王工", after={"lon": lon, "lat": lat}))
    assert place(workspace) == ("located", lon, lat, f"{lat:.6f}")
    flags = workspace.read_flags().query("source_id == 'A2'")
    assert set(flags["flag_state"]) == {"closed"}
    assert set(flags["decision_id"]) == {done[0].decision_id}
    with closing(sqlite3.connect(workspace.path)) as db:
        assert db.execute("SELECT count(*) FROM rtree_sources_geom").fetchone() == (9,)
        counts = dict(db.execute("SELECT table_name, feature_count FROM gpkg_ogr_contents").fetchall())
        assert (counts["sources"], counts["unlocated_sources"]) == (9, 0)
        assert [one["kind"] for one in source_history(db, "A2")] == ["corrected"]
    with workspace.transaction() as connection:
        undo(connection, flag["flag_id"], author="王工")
    after = content(workspace)
    for name in LAYERS:
        pd.testing.assert_frame_equal(after[name][before[name].columns], before[name])


def test_a_second_person_changes_the_values_or_rejects_them(swapped):
    workspace, _path, (lon, lat) = swapped
    flag = workspace.read_flags().query("source_id == 'A2'").iloc[0]["flag_id"]
    decided(workspace, Decision(flag, "corrected", "王工", after={"lon": lon, "lat": lat}))
    with workspace.transaction() as connection:
        review(connection, flag, "approved_with_fixes", author="李工", values={"lon": lon + 0.001, "lat": lat})
    assert place(workspace)[:3] == ("located", lon + 0.001, lat)
    with workspace.transaction() as connection:
        undo(connection, flag, author="李工")
    assert place(workspace)[:3] == ("located", lon, lat)
    with workspace.transaction() as connection:
        review(connection, flag, "rejected", author="李工", comment="不在厂区内")
    assert place(workspace)[0] == "unlocated"
    assert set(workspace.read_flags().query("source_id == 'A2'")["flag_state"]) == {"open"}
    with workspace.transaction() as connection:
        undo(connection, flag, author="李工")
    assert place(workspace)[:3] == ("located", lon, lat)
    with closing(sqlite3.connect(workspace.path)) as db:
        kinds = [one["kind"] for one in source_history(db, "A2")]
    assert kinds == ["corrected", "reverted", "fixed", "reverted", "corrected", "reverted", "corrected"]


def test_a_new_value_in_the_list_wins(swapped):
    workspace, path, (lon, lat) = swapped
    flag = workspace.read_flags().query("source_id == 'A2'").iloc[0]["flag_id"]
    decided(workspace, Decision(flag, "corrected", "王工", after={"lon": lon, "lat": lat}))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"A2,{lat:.6f},{lon:.6f}", f"A2,{lon - 0.002:.6f},{lat:.6f}"), encoding="utf-8")
    report = run_check(path, workspace=workspace.path)
    assert report.result.summary["corrections_applied"] == 0
    assert report.result.provenance["corrections"]["superseded"]
    assert place(workspace)[1] == pytest.approx(lon - 0.002, abs=1e-6)


def test_a_correction_to_another_wrong_place_opens_new_flags(swapped):
    workspace, _path, (lon, lat) = swapped
    flag = workspace.read_flags().query("source_id == 'A2'").iloc[0]["flag_id"]
    done = decided(workspace, Decision(flag, "corrected", "王工", after={"lon": lon + 0.5, "lat": lat}))
    opened = workspace.read_flags().query("source_id == 'A2' and flag_state != 'closed'")
    assert opened["rule"].str.startswith("place.outside").any()
    assert set(opened["first_run"]) == {done[0].decision_id}
    with workspace.transaction() as connection:
        undo(connection, flag, author="王工")
    assert not workspace.read_flags()["flag_id"].isin(opened["flag_id"]).any()
