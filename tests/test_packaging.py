"""The wheel, built from the sdist, installed elsewhere and run from another folder."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = "geocensus_api/static"


def built(folder, out, *options):
    command = [sys.executable, "-m", "build", "--no-isolation", *options, "--outdir", str(out), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built(ROOT, tmp_path_factory.mktemp("dist"))


def page_in(wheel):
    return {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith(f"{PAGE}/")}


def test_the_wheel_carries_what_it_needs(wheel):
    members = set(zipfile.ZipFile(wheel).namelist())
    needed = {
        "geocensus/py.typed",
        "geocensus/_basemaps/changshan.gpkg",
        "geocensus/_basemaps/miaoli.gpkg",
        "geocensus/_basemaps/manifest.json",
        "geocensus/_basemaps/NOTICE",
        "geocensus_api/app.py",
        "geocensus_api/py.typed",
    }
    assert needed <= members
    assert any(name.startswith("geocensus/maps/static/") and name.endswith(".js") for name in members)
    assert not any("/tests/" in name or name.startswith("tests/") for name in members)


def test_the_wheel_carries_the_page_that_was_built(wheel):
    files = (path for path in (ROOT / "api" / PAGE).rglob("*") if path.is_file())
    assert page_in(wheel) == {path.relative_to(ROOT / "api").as_posix() for path in files}
    assert f"{PAGE}/index.html" in page_in(wheel), "run `make page`"


def test_without_the_page_the_wheel_is_built_all_the_same(wheel, tmp_path):
    with tarfile.open(next(wheel.parent.glob("*.tar.gz"))) as sdist:
        sdist.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    shutil.rmtree(folder / "api" / PAGE)
    assert page_in(built(folder, tmp_path / "out", "--wheel")) == set()


def test_installed_elsewhere_it_runs_the_demo_from_another_folder(wheel, tmp_path):
    site, folder = tmp_path / "site", tmp_path / "别处 another"
    folder.mkdir()
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(site), "GEOCENSUS_CACHE": str(tmp_path / "cache")}
    run = [sys.executable, "-P", "-m", "geocensus", "demo", "--no-open", "--json", "--lang", "en"]
    done = subprocess.run(
        run, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["rows"] >= 1000
    assert summary["located"] + summary["unlocated"] + summary["excluded"] == summary["rows"]
    assert {"map.html", "result.xlsx"} <= {path.name for path in (folder / "demo").iterdir()}
    assert len(list((folder / "demo").glob("*.gpkg"))) == 1
    where = [sys.executable, "-P", "-c", "import geocensus; print(geocensus.__file__)"]
    found = subprocess.run(where, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout
    assert Path(found.strip()).is_relative_to(site)


def test_the_public_face_is_what_it_says():
    import geocensus

    assert sorted(geocensus.__all__) == list(geocensus.__all__)
    assert all(getattr(geocensus, name).__doc__ for name in geocensus.__all__)
    assert dir(geocensus) == sorted(geocensus.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        geocensus.nothing  # noqa: B018


def test_locked_versions_name_no_index():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if not line.startswith("#")]
    assert all(line.count("==") == 1 and "/" not in line and "@" not in line for line in pinned)


def test_locked_packages_of_the_page_name_no_registry():
    packages = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)
