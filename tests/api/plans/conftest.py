"""A workspace of the shipped basemap changshan with two plans: the county in seven field zones, a township in two."""

import shutil

import pytest

from geocensus.pipeline.split import run_split

COUNTY, TOWN = "330822", "330822001"


@pytest.fixture(scope="session")
def planned_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planned")
    path = folder / "ws.gpkg"
    for within, teams, name in ((COUNTY, 7, "常山 7 组"), (TOWN, 2, "镇")):
        run_split(
            [within],
            basemap="changshan",
            workspace=path,
            teams=teams,
            name=name,
            out=folder / "labels.csv",
            stop=lambda: True,
        )
    return path


@pytest.fixture
def planned(planned_once, tmp_path):
    return shutil.copy(planned_once, tmp_path / "ws.gpkg")


@pytest.fixture
def planner(planned, client_as):
    return client_as(planned, "planner", name="王工")
