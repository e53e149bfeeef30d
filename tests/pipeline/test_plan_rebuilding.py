"""Plans of both shipped basemaps, with every option of a split, made whole from what the workspace keeps of them."""

import json

import geopandas as gpd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from geocensus.demo import make_sources
from geocensus.io import open_basemap
from geocensus.pipeline.plan_editing import editable
from geocensus.pipeline.plan_rebuilding import basis_of
from geocensus.pipeline.plan_state import state_of_plan
from geocensus.pipeline.plan_writing import to_write
from geocensus.pipeline.run import run_check
from geocensus.pipeline.split import run_split
from geocensus.workspace import Workspace

ROOTS = {"changshan": "330822", "miaoli": "10005"}


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """Return a function that checks 200 fictional sources of a shipped basemap, once."""
    done = {}

    def check(name):
        if name not in done:
            folder = tmp_path_factory.mktemp(name)
            sources, _truth = make_sources(open_basemap(name), rows=200)
            sources.to_csv(folder / "list.csv", index=False)
            run_check(folder / "list.csv", basemap=name, workspace=folder / "ws.gpkg")
            units = open_basemap(name).areas("village")
            units = units[units.geometry.notna()].reset_index(drop=True)
            (folder / "teams.csv").write_text(
                "小组,人数,经度,纬度,电话\n东组,3,118.6,28.9,0570-1\n西组,2,,,\n中组,4,,,\n", encoding="utf-8"
            )
            locks = units["code"].iloc[[0, 40]].tolist()
            (folder / "lock.csv").write_text(f"code,field_zone\n{locks[0]},1\n{locks[1]},2\n", encoding="utf-8")
            park = shapely.union_all(units.geometry.iloc[:3].to_numpy())
            parks = gpd.GeoDataFrame({"name": ["园区"]}, geometry=[park], crs="EPSG:4490")
            parks.to_file(folder / "parks.geojson")
            done[name] = folder
        return done[name]

    return check


CASES = {
    "teams": {"teams": 5},
    "table": {"teams": "teams.csv"},
    "capacity": {"capacity": 15_000.0},
    "lock": {"teams": 4, "lock": "lock.csv"},
    "together": {"teams": 5, "together": "parks.geojson"},
    "soft together": {"teams": 5, "together": "parks.geojson", "together_as": "soft"},
    "sector": {"teams": 5, "sectors": ("26",), "together_as": "soft"},
    "township": {"teams": 3, "units": "township"},
    "cell": {"teams": 4, "units": "cell", "tolerance": 0.1},
    "hard": {"teams": 6, "barriers": "hard"},
    "off": {"teams": 4, "barriers": "off", "supervisors": True},
    "current": {"teams": 4, "current": "teams"},
}

BLOCKS = {"block": {"teams": 4, "units": "block"}}
SHORT = ("teams", "table", "capacity", "lock", "cell")  # a basemap of real borders, without barriers


def _at_once():
    """End every search with its first plan: any plan will do here."""
    return True


@pytest.mark.parametrize("basemap", list(ROOTS))
def test_a_plan_made_whole_measures_what_it_did(basemap, checked):
    """The report, the mix and the state of every plan are those that were stored, to the last digit."""
    folder = checked(basemap)
    cases = CASES | BLOCKS if basemap == "changshan" else {name: CASES[name] for name in SHORT}
    for name, options in cases.items():
        given = {
            key: str(folder / value) if str(value).endswith(("csv", "json")) else value
            for key, value in options.items()
        }
        run_split(
            [ROOTS[basemap]], workspace=folder / "ws.gpkg", name=name, out=folder / "labels.csv", stop=_at_once, **given
        )
        stored = Workspace(folder / "ws.gpkg").read_plan(name)
        plan = editable(stored, basis_of(folder / "ws.gpkg", stored))
        assert plan.change is None, name
        written = to_write(plan)
        assert json.loads(json.dumps(written.record["report"])) == stored.record["report"], name
        assert written.mix.to_dict("list") == stored.mix[list(written.mix)].to_dict("list"), name
        extras = {
            key: {k: row[k] for k in row if k.startswith(("visit_", "super"))}
            for key, row in plan.state["zones"].items()
        }
        assert state_of_plan(plan.plan, extras, plan.state["facts"].get("visits")) == plan.state, name


@pytest.mark.parametrize("basemap", list(ROOTS))
def test_a_workspace_tells_its_basemap_as_gdal_does(basemap, checked):
    path = checked(basemap) / "ws.gpkg"
    one, two = Workspace(path).read_basemap(), open_basemap(path)
    assert (one.info, one.levels) == (two.info, two.levels)
    for level in one.levels:
        assert_geodataframe_equal(one.areas(level), two.areas(level))
    assert_geodataframe_equal(one.barriers, two.barriers)
