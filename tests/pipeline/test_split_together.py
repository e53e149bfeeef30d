"""Parks and sectors that one team should have, on the drawn county of conftest: villages v1 v2 v3 below v4 v5 v6."""

import geopandas as gpd
import pytest
import shapely

from geocensus.errors import DataNotFoundError, SchemaError, SplitInfeasibleError
from geocensus.pipeline.run import run_check
from geocensus.pipeline.split import run_split
from geocensus.workspace import Workspace

COUNTY = "330822"
V1, V2, V3, V4, V5, V6 = (f"{town}20{i}" for town in ("330822001", "330822100") for i in (1, 2, 3))
MIDDLE = {V1: (118.01, 28.01), V2: (118.03, 28.01), V3: (118.05, 28.01), V6: (118.05, 28.03)}


@pytest.fixture
def parks(here):
    """Write parks, each a name and its boxes."""

    def write(**boxes):
        shapes = [shapely.union_all([shapely.box(*box) for box in given]) for given in boxes.values()]
        gpd.GeoDataFrame({"园区名称": list(boxes)}, geometry=shapes, crs="EPSG:4490").to_file(here / "parks.geojson")
        return here / "parks.geojson"

    return write


@pytest.fixture
def industries(here, world):
    """Check a list of industries by village."""

    def check(**codes):
        rows = ["编号,名称,类别,行业代码,经度,纬度,区划代码"]
        for number, (village, code) in enumerate(codes.items()):
            lon, lat = MIDDLE[village.removeprefix("v")]
            rows.append(f"A{number},厂{number},工业源,{code},{lon + number / 1e4},{lat},{village.removeprefix('v')}")
        (here / "list.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        run_check(here / "list.csv", basemap=world, workspace=here / "ws.gpkg")
        return here / "ws.gpkg"

    return check


ACROSS = (118.025, 28.015, 118.035, 28.025)  # half in v2, half in v5, over the river


def test_a_park_goes_to_one_team(world, parks):
    """Two villages each: along the river without the park, across it with the park."""
    free = run_split([COUNTY], basemap=world, teams=2, name="free")
    kept = run_split([COUNTY], basemap=world, teams=3, name="kept", together=parks(新都园区=[ACROSS]))
    assert free.plan.labels[V2] != free.plan.labels[V5]
    assert kept.plan.labels[V2] == kept.plan.labels[V5]
    assert (kept.summary["groups"], kept.summary["groups_split"]) == (1, 0)
    assert "groups" not in free.summary
    assert kept.summary["deviation"] == 0


def test_parks_are_counted_wherever_they_lie(world, parks):
    file = parks(跨村园区=[ACROSS], 村内园区=[(118.001, 28.001, 118.002, 28.002)], 外地园区=[(119, 29, 119.1, 29.1)])
    report = run_split([COUNTY], basemap=world, teams=2, together=file)
    assert "园区 3 个：1 个涉及多个单元（共 2 个单元），1 个在一个单元之内，1 个不在范围内" in [
        n.zh for n in report.notes
    ]


def test_a_group_heavier_than_a_field_zone_is_a_result_that_says_so(world, parks):
    """Four of six villages in one park: 960 minutes, where three teams have 480 ± 5 % each."""
    file = parks(大园区=[(118.0, 28.0, 118.04, 28.04)])
    hard = run_split([COUNTY], basemap=world, teams=3, name="hard", together=file)
    assert hard.plan.labels[[V1, V2, V4, V5]].nunique() == 1
    assert hard.summary["feasible"] is False
    assert hard.summary["deviation"] == pytest.approx(1.0)
    assert hard.plan.warnings[0].zh == (
        f"大园区（{V1} 等 4 个单元）合并后工作量 16.0 小时，超过一个片区的上限 8.4 小时，"
        "整组划入一个片区时偏差至少为 100.0%；如可拆分，请使用 --together-as soft"
    )
    assert not any("alone" in text.en for text in hard.plan.warnings), "a group is not called a unit"
    soft = run_split([COUNTY], basemap=world, teams=3, name="soft", together=file, together_as="soft")
    assert soft.summary["feasible"] is True
    assert (soft.summary["groups"], soft.summary["groups_split"]) == (1, 1)
    assert soft.plan.warnings[0].en == f"1 of 1 groups lie in several field zones: 大园区 (4 units from {V1} on)"


def test_a_heavy_group_is_said_before_the_search(world, parks):
    told = []
    file = parks(大园区=[(118.0, 28.0, 118.04, 28.04)])
    run_split([COUNTY], basemap=world, teams=3, together=file, progress=lambda step: told.append(step.en))
    heavy = next(i for i, text in enumerate(told) if text.startswith("大园区 (4 units"))
    assert heavy < told.index("splitting")


def test_soft_groups_stay_whole_where_that_costs_little(world, parks):
    report = run_split([COUNTY], basemap=world, teams=3, together=parks(新都园区=[ACROSS]), together_as="soft")
    assert report.plan.labels[V2] == report.plan.labels[V5]
    assert report.summary["groups_split"] == 0


def test_fewer_parts_than_field_zones_is_explained(world, here, parks):
    with pytest.raises(SplitInfeasibleError, match="leave 5 parts, too few for 6 field zones") as caught:
        run_split([COUNTY], basemap=world, teams=6, together=parks(新都园区=[ACROSS]))
    assert caught.value.reason == "teams"
    assert "--together-as soft" in caught.value.zh
    assert [path.name for path in here.iterdir()] == ["parks.geojson"]


def test_a_lock_against_a_group_is_named(world, here, parks):
    (here / "lock.csv").write_text(f"code,field_zone\n{V2},1\n{V5},2\n", encoding="utf-8")
    with pytest.raises(SplitInfeasibleError, match="locked to different field zones") as caught:
        run_split([COUNTY], basemap=world, teams=2, lock=here / "lock.csv", together=parks(新都园区=[ACROSS]))
    assert caught.value.reason == "lock_group"
    assert V2 in caught.value.zh
    assert V5 in caught.value.zh


def test_a_park_in_two_places_is_said_not_to_hang_together(world, parks):
    ends = [(118.0, 28.0, 118.01, 28.01), (118.05, 28.0, 118.06, 28.01)]
    report = run_split([COUNTY], basemap=world, teams=2, together=parks(两处园区=ends))
    assert report.plan.labels[V1] == report.plan.labels[V3]
    assert any("自身不相连" in warning.zh for warning in report.plan.warnings)


def test_neighbours_of_a_sector_go_to_one_team(industries):
    place = industries(**{f"v{V1}": "2614", f"v{V2}": "2662", f"v{V3}": "1311", f"v{V6}": "2631"})
    report = run_split([COUNTY], workspace=place, teams=2, sectors=["26"])
    assert report.plan.labels[V1] == report.plan.labels[V2]
    assert report.summary["groups"] == 1
    said = "行业 26 化学原料和化学制品制造业：3 个污染源，分布在 3 个单元；其中相邻的 2 个单元合为 1 组"
    assert said in [note.zh for note in report.notes]
    sectors = report.summary["mix"]["sectors"]
    assert sum(count.get("26", 0) for count in sectors.values()) == 3
    inputs = Workspace(place).read_plan(report.name).record["provenance"]["inputs"]
    assert (inputs["sectors"], inputs["together_as"]) == (["26"], "hard")


def test_a_sector_that_nobody_has(industries):
    report = run_split([COUNTY], workspace=industries(**{f"v{V1}": "2614"}), teams=2, sectors=["31"])
    assert "行业 31 黑色金属冶炼和压延加工业：范围内没有该行业的污染源，此项不起作用" in [n.zh for n in report.notes]


def test_parks_and_sectors_join(industries, parks):
    place = industries(**{f"v{V1}": "2614", f"v{V2}": "2662"})
    report = run_split([COUNTY], workspace=place, teams=2, sectors=["26"], together=parks(新都园区=[ACROSS]))
    assert report.plan.labels[[V1, V2, V5]].nunique() == 1
    assert report.summary["groups"] == 1


def test_what_cannot_be_asked(world, here, industries, parks):
    with pytest.raises(SchemaError, match="needs --workspace"):
        run_split([COUNTY], basemap=world, teams=2, sectors=["26"])
    place = industries(**{f"v{V1}": ""})
    with pytest.raises(SchemaError, match="column of industries"):
        run_split([COUNTY], workspace=place, teams=2, sectors=["26"])
    with pytest.raises(SchemaError, match="first digits of an industry"):
        run_split([COUNTY], workspace=place, teams=2, sectors=["化工"])
    with pytest.raises(SchemaError, match="--together-as firm: one of hard, soft"):
        run_split([COUNTY], workspace=place, teams=2, together_as="firm")
    with pytest.raises(DataNotFoundError):
        run_split([COUNTY], workspace=place, teams=2, together=here / "none.geojson")
    with pytest.raises(SchemaError, match="is in use by this split"):
        run_split([COUNTY], workspace=place, teams=2, together=parks(a=[ACROSS]).rename("p.gpkg"), out="p.gpkg")
