"""A list checked in parts: the same result however many parts, and a run that was stopped goes on."""

import errno
import json

import geopandas as gpd
import pandas as pd
import pytest

import geocensus as gc
from geocensus.checks import Settings, apply_corrections
from geocensus.demo import write_demo
from geocensus.engine import Here, Shared, judge_part, steps
from geocensus.errors import EngineError, SchemaError, WorkspaceError
from geocensus.io import plan_list, read_crosswalk, read_settings, settings_toml
from geocensus.pipeline.checking import check
from geocensus.pipeline.in_parts import check_in_parts, work_folder
from geocensus.pipeline.run import run_check

TABLES = ("sources", "flags", "causes", "repairs", "shifts", "statuses", "neighbours")


@pytest.fixture(scope="module")
def basemap():
    return gc.open_basemap("changshan")


@pytest.fixture(scope="module")
def demo(tmp_path_factory, basemap):
    """A list with every kind of error, also as CSV."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, basemap, rows=300)
    (folder / "settings.toml").write_text(settings_toml(Settings(crosswalk="crosswalk.csv")), encoding="utf-8")
    pd.read_excel(folder / "sources.xlsx", header=None, dtype=str, engine="calamine").to_csv(
        folder / "sources.csv", index=False, header=False
    )
    return folder


def shared_for(path, basemap, rows_per_part):
    rules = read_settings(path.parent / "settings.toml")
    return Shared(plan_list(path, rows_per_part=rows_per_part), basemap, rules, read_crosswalk(rules, basemap.info))


@pytest.fixture(scope="module", params=["sources.xlsx", "sources.csv"])
def at_once(request, demo, basemap):
    shared = shared_for(demo / request.param, basemap, 10**9)
    sources = gc.read_sources(demo / request.param)
    return demo / request.param, check(sources, basemap, settings=shared.settings, crosswalk=shared.crosswalk)


@pytest.mark.parametrize("rows_per_part", [1000, 61])
def test_the_result_is_that_of_the_whole_list(at_once, basemap, tmp_path, rows_per_part):
    path, whole = at_once
    shared = shared_for(path, basemap, rows_per_part)
    with work_folder(tmp_path / "work", shared) as folder:
        result = check_in_parts(folder, shared, Here()).result
        for name in TABLES:
            pd.testing.assert_frame_equal(getattr(result, name), getattr(whole, name), check_exact=True)
        assert {**result.summary, "seconds": 0} == {**whole.summary, "seconds": 0}
        assert result.not_tested == whole.not_tested
        assert result.sources.attrs == whole.sources.attrs
    assert list(tmp_path.iterdir()) == []


def test_a_second_list_and_corrections_are_the_same_in_parts(demo, basemap, tmp_path):
    rules = read_settings(demo / "settings.toml")
    sources, other = (gc.read_sources(demo / "sources.csv") for _ in range(2))
    other.loc[other["state"] == "located", "lon"] += 0.01
    made = sources[sources["state"] == "located"].iloc[[5, -5]]  # in the first part and in the last
    corrections = pd.DataFrame(
        {"decision_id": ["d1", "d2"], "source_id": made["source_id"].to_numpy(), "kind": "corrected"}
    )
    corrections = corrections.assign(lon=118.5, lat=28.9, was_lon_text=[made["lon_text"].iloc[0], "something else"])
    corrections["was_lat_text"] = made["lat_text"].to_numpy()
    corrected = apply_corrections(sources, corrections)
    whole = check(corrected.sources, basemap, settings=rules, reference=other)
    shared = Shared(plan_list(demo / "sources.csv", rows_per_part=80), basemap, rules, None, corrections)
    with work_folder(tmp_path / "work", shared) as folder:
        checked = check_in_parts(folder, shared, Here(), reference=other)
        assert (checked.applied, checked.superseded) == (corrected.applied, corrected.superseded) == (("d1",), ("d2",))
        for name in TABLES:
            pd.testing.assert_frame_equal(getattr(checked.result, name), getattr(whole, name), check_exact=True)
        assert checked.result.summary["flags"]["list.moved"] > 100
        assert checked.result.provenance["reference"] == whole.provenance["reference"]


def test_ids_that_look_numbered_and_columns_of_mixed_kinds(basemap, tmp_path):
    point = basemap.zones().geometry.iloc[0].representative_point()
    ids, notes = ["a", "a", "a#2", "b", "c", "d"], ["甲", 1.5, None, "乙", 2.0, "丙"]
    table = pd.DataFrame({"编号": ids, "经度": point.x, "纬度": point.y, "备注": notes})
    table.to_excel(tmp_path / "list.xlsx", index=False)
    whole = check(gc.read_sources(tmp_path / "list.xlsx"), basemap)
    shared = Shared(plan_list(tmp_path / "list.xlsx", rows_per_part=2), basemap, Settings())
    with work_folder(tmp_path / "work", shared) as folder:
        result = check_in_parts(folder, shared, Here()).result
        assert result.sources["source_id"].is_unique
        for name in TABLES:
            pd.testing.assert_frame_equal(getattr(result, name), getattr(whole, name), check_exact=True)


@pytest.fixture
def run(demo, tmp_path):
    """Check the list in three parts, into a folder of results."""

    def run(**options):
        files = {"workspace": tmp_path / "ws.gpkg", "out": tmp_path / "result"}
        return run_check(
            demo / "sources.csv",
            basemap="changshan",
            settings=demo / "settings.toml",
            rows_per_part=110,
            **files,
            **options,
        )

    return run


def test_the_folder_of_results_holds_every_row(run, tmp_path):
    report = run()
    parts = sorted((tmp_path / "result" / "sources").iterdir())
    rows = pd.concat([gpd.read_parquet(part) for part in parts])
    assert len(parts) == 3
    assert len(rows) == report.result.summary["rows"]
    located = rows[rows["state"] == "located"]
    assert (located.geometry.x == located["lon"]).all()
    assert located.crs.to_epsg() == 4490
    assert rows["status"].tolist() == report.result.sources["status"].tolist()
    assert rows.loc[rows["status"] == "flagged", "reasons"].ne("").all()
    flags = gpd.read_parquet(tmp_path / "result" / "flags.parquet")
    assert flags["flag_id"].tolist() == report.result.flags["flag_id"].tolist()
    record = json.loads((tmp_path / "result" / "run.json").read_text(encoding="utf-8"))
    assert record["summary"]["rows"] == len(rows)
    assert not list(tmp_path.glob(".*"))


def test_a_full_disk_keeps_the_old_result_and_the_next_run_goes_on(run, tmp_path, monkeypatch):
    run()
    before = (tmp_path / "result" / "sources" / "part-00000.parquet").read_bytes()
    monkeypatch.setattr("geocensus.pipeline.ways.local_workers", _here)
    done = []

    def judged(job):
        if job.part == 2:
            raise OSError(errno.ENOSPC, "No space left on device", "part-00002")
        done.append(job.part)
        return judge_part(job)

    monkeypatch.setattr("geocensus.pipeline.in_parts.judge_part", judged)
    with pytest.raises(
        WorkspaceError, match=r"disk is full \(part-00002\); 2/3 parts are done.*it goes on where it stopped"
    ):
        run()
    assert done == [0, 1]
    assert (tmp_path / "result" / "sources" / "part-00000.parquet").read_bytes() == before
    assert (tmp_path / ".ws-parts").is_dir()
    made = []
    monkeypatch.setattr("geocensus.pipeline.in_parts.judge_part", judge_part)
    monkeypatch.setattr(steps, "read_part", lambda *_: pytest.fail("a part was read twice"))
    monkeypatch.setattr(steps, "judge_own", lambda *given: made.append(1) or gc.checks.judge_own(*given))
    run()
    assert len(made) == 1
    assert not (tmp_path / ".ws-parts").exists()


def test_another_setting_begins_anew(run, tmp_path, demo, monkeypatch):
    monkeypatch.setattr("geocensus.pipeline.ways.local_workers", _here)
    monkeypatch.setattr("geocensus.pipeline.in_parts.judge_part", _fails)
    with pytest.raises(EngineError):
        run()
    read = []
    monkeypatch.setattr("geocensus.pipeline.in_parts.judge_part", judge_part)
    monkeypatch.setattr(steps, "read_part", lambda *given: read.append(given[1]) or gc.io.read_part(*given))
    run(crs="wgs84")
    assert read == [0, 1, 2]


def test_the_row_that_cannot_be_judged_is_named(run, monkeypatch):
    monkeypatch.setattr("geocensus.pipeline.ways.local_workers", _here)
    monkeypatch.setattr(steps, "judge_own", _poisoned)
    with pytest.raises(
        EngineError, match=r"sources\.csv, row (\d+) \(.+\): cannot be worked on \(KeyError\('poison'\)"
    ) as caught:
        run()
    assert caught.value.row == POISONED


def test_a_folder_with_other_things_is_not_replaced(run, tmp_path):
    (tmp_path / "result").mkdir()
    (tmp_path / "result" / "thesis.txt").write_text("mine")
    with pytest.raises(SchemaError, match="holds something else"):
        run()


def test_an_unknown_engine_is_refused(run):
    with pytest.raises(SchemaError, match="must be one of local, dask"):
        run(engine="spark")
    with pytest.raises(SchemaError, match="needs --engine dask"):
        run(scheduler="tcp://127.0.0.1:8786")


POISONED = 150


def _poisoned(sources, ctx):
    if (sources["row"] == POISONED).any():
        raise KeyError("poison")
    return gc.checks.judge_own(sources, ctx)


def _fails(_job):
    raise ZeroDivisionError


class _here:  # noqa: N801 - stands for a function
    """Workers of this process, which what is patched here reaches."""

    def __enter__(self):
        return Here()

    def __exit__(self, *_):
        return False
