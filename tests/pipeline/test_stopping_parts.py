"""A check in parts that loses a process, or is stopped by Ctrl-C, in the middle."""

import os
import signal
import subprocess
import sys

import pandas as pd
import psutil
import pytest

import geocensus as gc
from geocensus.demo import write_demo
from geocensus.pipeline.run import run_check

ROWS, MIDDLE = 60, "locating and checking 1/5"  # rows of a part, and when it happens

COMMAND = """
import contextlib, sys
from geocensus.cli import check, main
from geocensus.pipeline.run import run_check

@contextlib.contextmanager
def working(_lang):
    yield lambda step: print(step.en, flush=True)

check.working = working
run_check.__kwdefaults__["rows_per_part"] = int(sys.argv.pop(1))
main()
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, gc.open_basemap("changshan"), rows=300)
    return folder / "sources.xlsx"


@pytest.fixture(scope="module")
def whole(demo, tmp_path_factory):
    return run_check(demo, basemap="changshan", workspace=tmp_path_factory.mktemp("whole") / "ws.gpkg").result


def same(result, other):
    for name in ("sources", "flags", "causes", "repairs"):
        pd.testing.assert_frame_equal(getattr(result, name), getattr(other, name), check_exact=True)


def test_a_process_that_is_killed_changes_nothing(demo, whole, tmp_path, caplog):
    killed = []

    def kill(step):
        if step.en == MIDDLE and not killed:
            workers = [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]
            killed.extend(workers)
            os.kill(workers[0].pid, signal.SIGKILL)

    files = {"workspace": tmp_path / "ws.gpkg", "out": tmp_path / "result"}
    same(run_check(demo, basemap="changshan", rows_per_part=ROWS, progress=kill, **files).result, whole)
    assert killed
    assert "is tried again: BrokenProcessPool" in caplog.text


def test_ctrl_c_leaves_the_work_folder_and_the_next_run_goes_on(demo, whole, tmp_path):
    files = {"workspace": tmp_path / "ws.gpkg", "out": tmp_path / "result"}
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    command = [sys.executable, "-c", COMMAND, str(ROWS), "check", str(demo), "--basemap", "changshan", *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    with subprocess.Popen([*command, "--lang", "en"], env=_environment(), **pipes) as process:
        assert any(line.strip() == MIDDLE for line in process.stdout)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the workers get it, too
        steps, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.strip() == "interrupted: every file is as it was, or complete"
    assert "writing" not in steps
    (work,) = tmp_path.iterdir()
    assert work.name == ".ws-parts"
    judged = len(list(work.glob("*/judged/part-*")))
    assert 1 <= judged < 5
    same(run_check(demo, basemap="changshan", rows_per_part=ROWS, **files).result, whole)
    assert not work.exists()


def _environment():
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
