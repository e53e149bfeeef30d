"""Files that cannot be read or written, and runs that are stopped: the old state or the new one, and a clear message."""

import contextlib
import gc
import importlib
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from geocensus.workspace import Workspace

CODES = ["330822001001", "330822001200", "330822100200", "330822100201"]


@contextlib.contextmanager
def largest_file(size):
    """Imitate a full disk: no file of this process may grow beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
        gc.collect()  # of the files that XlsxWriter leaves open after an error, now and not in another test


@contextlib.contextmanager
def without_privileges():
    """Be nobody, for whom permissions count, where the tests run as root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def locked_folder(usual, world, check):
    """Make a folder that holds a list, a basemap, a workspace and a result, all readable and nothing writable."""
    check(usual)  # everything is loaded while it still can be
    folder = Path(tempfile.mkdtemp())
    (folder / "list.csv").write_text(usual, encoding="utf-8")
    shutil.copy(world, folder / "world.gpkg")
    check(folder / "list.csv", "--workspace", folder / "old.gpkg", "--out", folder / "old.xlsx")
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


class TestCannotWrite:
    def test_below_a_regular_file(self, check, usual, here, contents):
        (here / "file").write_text("")
        before = {**contents(here), "list.csv": usual.encode()}
        for option, name in (("--workspace", "file/ws.gpkg"), ("--out", "file/result.xlsx")):
            done = check(usual, option, here / name)
            assert done.code == 2
            assert name in done.err
            assert "folder" in done.err
            assert contents(here) == before

    def test_a_folder_without_write_access(self, run, locked_folder, contents, monkeypatch):
        before = contents(locked_folder)
        ws, out, new = locked_folder / "old.gpkg", locked_folder / "old.xlsx", Path(tempfile.mkdtemp())
        new.chmod(0o777)
        options = [
            ["--workspace", locked_folder / "new.gpkg"],
            ["--workspace", ws],
            ["--workspace", new / "new.gpkg", "--out", locked_folder / "new.csv"],
            ["--workspace", new / "new.gpkg", "--out", out],
        ]
        for words in options:
            with without_privileges():
                done = run("check", locked_folder / "list.csv", "--basemap", locked_folder / "world.gpkg", *words)
            assert done.code == 2, words
            assert str(words[-1]) in done.err
            assert "folder" in done.err
        assert contents(locked_folder) == before
        assert contents(new) == {}
        shutil.rmtree(new)

    def test_the_list_must_not_become_the_result(self, check, usual, here):
        done = check(usual, "--out", here / "list.csv")
        assert done.code == 2
        assert "--out list.csv is the list itself" in done.err
        assert (here / "list.csv").read_text(encoding="utf-8") == usual

    def test_a_result_held_by_another_program_is_refused_before_the_work(self, check, usual, here, monkeypatch):
        (here / "result.xlsx").write_text("old")
        plain = Path.open

        def locked(path, mode="r", *rest, **options):
            if path.name == "result.xlsx" and mode != "rb":
                raise PermissionError(13, "The process cannot access the file because it is used by another process")
            return plain(path, mode, *rest, **options)

        monkeypatch.setattr(Path, "open", locked)
        done = check(usual, "--out", here / "result.xlsx")
        assert done.code == 2
        assert "result.xlsx: cannot be written" in done.err
        assert "Close it in Excel" in done.err
        assert not (here / "list.gpkg").exists()
        assert (here / "result.xlsx").read_bytes() == b"old"

    def test_a_result_of_another_kind(self, check, usual, here):
        done = check(usual, "--out", "result.txt")
        assert done.code == 2
        assert "must be one of .xlsx, .csv, .parquet" in done.err
        assert not (here / "list.gpkg").exists()

    def test_a_workspace_of_another_kind_or_another_program(self, check, usual, here, world):
        done = check(usual, "--workspace", "ws.db")
        assert (done.code, "must be .gpkg" in done.err) == (2, True)
        (here / "text.gpkg").write_text("hello")
        shutil.copy(world, here / "basemap.gpkg")
        for name in ("text.gpkg", "basemap.gpkg"):
            before = (here / name).read_bytes()
            done = check(usual, "--workspace", name)
            assert done.code == 2
            assert "is not a workspace of geocensus" in done.err
            assert (here / name).read_bytes() == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
class TestFullDisk:
    @pytest.mark.parametrize("size", [4096, 65536])
    def test_nothing_new_appears(self, check, usual, here, size, contents):
        with largest_file(size):
            done = check(usual, "--out", "result.xlsx")
        assert done.code == 2
        assert "disk" in done.err or "free space" in done.err
        assert contents(here) == {"list.csv": usual.encode()}

    @pytest.mark.parametrize("size", [4096, 40_000])
    def test_what_was_there_stays(self, check, usual, header, here, size):
        check(usual, "--out", "result.xlsx")
        before = Workspace(here / "list.gpkg").runs(), (here / "result.xlsx").read_bytes()
        more = "".join(f"B{i},{'长' * 200},118.0{i:04d},28.0105,330822001001\n" for i in range(300))
        (here / "more.csv").write_text(header + more, encoding="utf-8")
        with largest_file(size):
            done = check(here / "more.csv", "--workspace", "list.gpkg", "--out", "result.xlsx")
        assert done.code == 2
        assert Workspace(here / "list.gpkg").runs().equals(before[0])
        assert (here / "result.xlsx").read_bytes() == before[1]


class TestInterrupted:
    @pytest.mark.parametrize(
        "moment", ["run.plan_list", "ways.read_planned", "ways.check", "ways.result_table", "run._write", "ways.about"]
    )
    def test_at_each_step_files_stay_as_they_were(self, check, usual, here, monkeypatch, moment, contents):
        check(usual, "--out", "result.xlsx")
        before = contents(here)
        module, name = (
            importlib.import_module(f"geocensus.pipeline.{moment.partition('.')[0]}"),
            moment.partition(".")[2],
        )
        plain = getattr(module, name)

        def stopped(*arguments, **options):
            os.kill(os.getpid(), signal.SIGINT)
            return plain(*arguments, **options)

        monkeypatch.setattr(module, name, stopped)
        done = check(usual, "--out", "result.xlsx")
        assert done.code == 130
        assert "interrupted" in done.err
        assert contents(here) == before

    def test_inside_sqlite_where_the_interrupt_becomes_another_error(self, check, usual, here, monkeypatch):
        import geocensus.pipeline.run as module

        def callback(*_arguments):
            try:
                os.kill(os.getpid(), signal.SIGINT)
            except KeyboardInterrupt as error:
                raise sqlite3.OperationalError("user-defined function raised exception") from error

        check(usual)
        monkeypatch.setattr(module, "_write", callback)
        done = check(usual)
        assert done.code == 130
        assert not list(here.glob("geocensus-error*"))
        assert len(Workspace(here / "list.gpkg").runs()) == 1

    @pytest.mark.parametrize("seconds", [0.2, 0.7])
    def test_a_process_stopped_while_it_loads_or_works(self, usual, here, world, seconds):
        (here / "list.csv").write_text(usual, encoding="utf-8")
        code = "from geocensus.cli import main; print('ready', flush=True); main()"
        command = [sys.executable, "-c", code, "check", "list.csv", "--basemap", world, "--out", "result.csv"]
        with subprocess.Popen(command, cwd=here, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
            _out, err = process.communicate(timeout=60)
        assert process.returncode in {0, 130}
        assert b"Traceback" not in err
        left = {path.name for path in here.iterdir()} - {"list.gpkg-wal", "list.gpkg-shm"}
        assert left in ({"list.csv"}, {"list.csv", "list.gpkg"}, {"list.csv", "list.gpkg", "result.csv"})

    def test_an_ignored_interrupt_stays_ignored(self, check, usual):
        old = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            assert check(usual).code == 0
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        finally:
            signal.signal(signal.SIGINT, old)


class TestTwoAtOnce:
    def test_both_runs_end_well_and_both_are_recorded(self, usual, here, world):
        for name in ("one", "two"):
            (here / f"{name}.csv").write_text(usual.replace("A1", name), encoding="utf-8")
        options = ["--basemap", world, "--workspace", "ws.gpkg"]
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "geocensus", "check", f"{name}.csv", *options],
                cwd=here, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            )
            for name in ("one", "two")
        ]  # fmt: skip
        errors = [process.communicate(timeout=100)[1] for process in started]
        assert [process.returncode for process in started] == [0, 0], errors
        workspace = Workspace(here / "ws.gpkg")
        assert len(workspace.runs()) == 2
        assert workspace.runs()["rows"].tolist() == [4, 4]
        assert {"one", "two"} & set(workspace.read_sources()["source_id"])

    def test_a_workspace_locked_for_good_is_left_alone(self, check, usual, here, monkeypatch):
        check(usual)
        monkeypatch.setitem(Workspace.__init__.__kwdefaults__, "wait_s", 0.2)
        with contextlib.closing(sqlite3.connect(here / "list.gpkg", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            done = check(usual, "--out", "result.xlsx")
            other.execute("ROLLBACK")
        assert done.code == 2
        assert "another program is writing" in done.err
        assert not (here / "result.xlsx").exists()
        assert len(Workspace(here / "list.gpkg").runs()) == 1


def areas(here, name, boxes, *, crs="EPSG:4490"):
    shapes = [shapely.box(*box) if isinstance(box, tuple) else box for box in boxes]
    table = gpd.GeoDataFrame(
        {"code": CODES[: len(shapes)], "name": [f"村{i}" for i in range(len(shapes))]}, geometry=shapes, crs=crs
    )
    pyogrio.write_dataframe(table, here / name)
    return here / name


def boxes(count=4):
    return [(118 + i / 50, 28, 118.02 + i / 50, 28.02) for i in range(count)]


class TestPolygonsAsBasemap:
    def test_columns_and_level_are_guessed_and_printed(self, run, here, usual):
        (here / "list.csv").write_text(usual, encoding="utf-8")
        done = run("check", "list.csv", "--basemap", areas(here, "v.gpkg", boxes()), json_=True)
        assert done.code == 0
        assert done.json["outside_by_level"] == {"village": 1}
        assert "village" in done.err
        assert "code" in done.err
        assert "50 m ASSUMED" in done.err

    def test_another_reference_system(self, run, here, usual):
        (here / "list.csv").write_text(usual, encoding="utf-8")
        projected = gpd.GeoSeries([shapely.box(*box) for box in boxes()], crs=4490).to_crs(4549)
        done = run("check", "list.csv", "--basemap", areas(here, "v.gpkg", list(projected), crs=4549), json_=True)
        assert done.code == 0
        assert done.json["certainty"]["village"] == {"certain": 2, "ambiguous": 0, "outside": 0}

    def test_invalid_overlapping_and_empty_polygons_are_mended_or_kept_and_told(self, run, here, usual):
        (here / "list.csv").write_text(usual, encoding="utf-8")
        bowtie = shapely.Polygon([(118.02, 28), (118.04, 28.02), (118.04, 28), (118.02, 28.02)])
        overlapping = (118.035, 28, 118.06, 28.02)
        path = areas(here, "v.gpkg", [boxes()[0], bowtie, overlapping, shapely.Polygon()])
        done = run("check", "list.csv", "--basemap", path, json_=True)
        assert done.code == 0
        assert (done.json["located"], done.json["flags"]["place.outside_claimed"]) == (2, 1)
        assert "geometry.made_valid" in done.err or "valid" in done.err

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (lambda here: areas(here, "v.gpkg", boxes(), crs="EPSG:4214"), "EPSG:4214"),
            (lambda here: areas(here, "p.gpkg", [shapely.Point(118, 28)]), "p.gpkg"),
            (lambda here: here / "list.csv", "list.csv"),
            (lambda here: here / "none.gpkg", "none.gpkg"),
            (lambda here: here, "here"),
            (lambda here: "", "--basemap"),
            (lambda here: "changshn", "changshan, miaoli"),
        ],
    )  # fmt: skip
    def test_no_basemap_at_all_is_said_plainly(self, run, here, usual, make, said):
        (here / "list.csv").write_text(usual, encoding="utf-8")
        done = run("check", "list.csv", "--basemap", make(here))
        assert done.code == 2
        assert said in done.err
        assert not (here / "list.gpkg").exists()

    def test_polygons_without_a_reference_system(self, run, here, usual):
        (here / "list.csv").write_text(usual, encoding="utf-8")
        areas(here, "v.shp", boxes())
        (here / "v.prj").unlink()
        done = run("check", "list.csv", "--basemap", here / "v.shp")
        assert done.code == 2
        assert "v.shp" in done.err
        assert "--crs" in done.err
