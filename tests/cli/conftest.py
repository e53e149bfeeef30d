r"""A drawn world in a file, and the command line run inside this process.

One county (330822 甲县), two townships of two villages each; every village is a square of 0.02°, about 2 km::

    lon 118.00  118.02  118.04  118.06  118.08
         |  V1   |  V2   |  V3   |  V4   |      lat 28.00 to 28.02
         '----- T1 -----'----- T2 ------'

T1 = 330822001 东街道 (V1 = …001001 甲社区, V2 = …001200 乙村), T2 = 330822100 西镇 (V3 = …100200 丙村, V4 = …100201 丁村).
"""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import geopandas as gpd
import openpyxl
import pytest
import shapely

from geocensus.basemap import Basemap
from geocensus.io import write_basemap
from geocensus.model import BasemapInfo, CodeSystem, Text

VILLAGES = {"330822001001": "甲社区", "330822001200": "乙村", "330822100200": "丙村", "330822100201": "丁村"}
TOWNSHIPS = {"330822001": "东街道", "330822100": "西镇"}
HEADER = "编号,名称,经度,纬度,区划代码\n"
LIST = HEADER + (
    "A1,甲厂,118.0105,28.0105,330822001001\nA2,乙厂,118.0505,28.0105,330822001200\nA3,丙厂,无,,330822100200\n合计,,,,\n"
)


def layer(codes, names, parents, shapes):
    return gpd.GeoDataFrame({"code": codes, "name": names, "parent_code": parents}, geometry=shapes, crs="EPSG:4490")


def squares():
    return [shapely.box(round(118 + i / 50, 2), 28, round(118.02 + i / 50, 2), 28.02) for i in range(4)]


@pytest.fixture(scope="session")
def header():
    return HEADER


@pytest.fixture(scope="session")
def usual():
    """Return a list of one right source, one in another village, one without coordinate, and a total."""
    return LIST


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    boxes, codes = squares(), list(VILLAGES)
    towns = [shapely.union_all(boxes[:2]), shapely.union_all(boxes[2:])]
    layers = {
        "county": layer(["330822"], ["甲县"], [""], [shapely.union_all(boxes)]),
        "township": layer(list(TOWNSHIPS), list(TOWNSHIPS.values()), ["330822"] * 2, towns),
        "village": layer(codes, list(VILLAGES.values()), [code[:9] for code in codes], boxes),
    }
    info = BasemapInfo(
        name="world",
        title=Text("甲县", "world"),
        root="330822",
        code_system=CodeSystem.GB2260,
        code_year=2023,
        accuracy_m=dict.fromkeys(layers, 30.0),
        nested=True,
    )
    return write_basemap(Basemap(info, layers), tmp_path_factory.mktemp("world") / "world.gpkg")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Work in an empty folder, whatever the environment says about language."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("GEOCENSUS_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    return folder


@pytest.fixture
def run(here, monkeypatch, capsys):
    """Run the command in this process; returns code, out, err and the JSON object of the last line."""

    def call(*arguments, json_=False):
        from geocensus.cli.main import main

        argv = ["geocensus", *map(str, arguments), *(["--json"] if json_ else [])]
        monkeypatch.setattr(sys, "argv", argv)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        values = json.loads(out.splitlines()[-1]) if json_ and ended.value.code in {0, 1} else None
        return SimpleNamespace(code=ended.value.code, out=out, err=err, json=values)

    return call


@pytest.fixture
def check(run, here, world):
    """Check a list given as text or as a path, against the drawn world; rows must always add up."""

    def call(sources, *options, name="list.csv"):
        if isinstance(sources, str):
            (here / name).write_text(sources, encoding="utf-8")
            sources = here / name
        done = run("check", sources, "--basemap", world, *options, json_=True)
        if done.json is not None:
            assert done.json["located"] + done.json["unlocated"] + done.json["excluded"] == done.json["rows"]
        return done

    return call


@pytest.fixture
def book(here):
    """Write a workbook of one or several sheets."""

    def write(name, sheets, *, merged=()):
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
            for cells in merged:
                sheet.merge_cells(cells)
        workbook.save(here / name)
        return here / name

    return write


@pytest.fixture
def process(here):
    """Run the command in a process of its own."""

    def call(*arguments, code=None, **environment):
        start = ["-m", "geocensus"] if code is None else ["-c", code]
        return subprocess.run(
            [sys.executable, *start, *map(str, arguments)],
            capture_output=True,
            cwd=here,
            env={**os.environ, "LANG": "en_GB.UTF-8", **environment},
            check=False,
            timeout=120,
        )

    return call


@pytest.fixture
def contents():
    """Return a function that reads every file below a folder, hidden ones included."""
    return lambda folder: {
        str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
