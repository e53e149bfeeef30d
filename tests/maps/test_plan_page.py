"""The page and the picture of a plan: complete, safe, the same every time."""

import dataclasses
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.maps import hours, outcome, percent, plan_map, plan_png, save_picture
from geocensus.maps.plan_data import PLAN_TEXTS, ZONE_COLOURS, zone_table, zone_tints
from geocensus.maps.plan_picture import _lines
from geocensus.maps.testing_plan import small_plan
from geocensus.model import Text

HOSTILE = '</script><script>alert(1)</script>{{ 7 * 7 }}"><img src=x onerror=alert(2)>'


@pytest.fixture
def plan():
    return small_plan()


def changed(plan, **values):
    return dataclasses.replace(plan, **values)


def written(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


class TestTable:
    def test_sums_and_deviations(self, plan):
        table = zone_table(changed(plan, field_zones=plan.field_zones.assign(target=[400.0, 320.0])))
        assert table.zones["units"].tolist() == [3, 1]
        assert table.zones["sources"].tolist() == [11.0, 5.5]
        assert table.zones["deviation"].tolist() == pytest.approx([0.2, -0.25])
        assert table.units["code"].tolist() == ["101201", "101202", "102201", "102202"]
        assert table.zone_of.tolist() == [0, 0, 1, 0]

    def test_only_the_needed_columns(self, plan):
        few = changed(
            plan,
            field_zones=plan.field_zones[["field_zone", "geometry"]],
            units=plan.units[["code", "field_zone", "geometry"]],
        )
        table = zone_table(few)
        assert table.zones["name"].tolist() == ["1", "2"]
        assert table.zones[["load", "deviation", "sources"]].isna().all().all()
        assert "1" in plan_map(few)
        assert "–" in written(plan_png(few))

    def test_loads_are_added_up_where_the_zones_have_none(self, plan):
        table = zone_table(changed(plan, field_zones=plan.field_zones.drop(columns=["load", "target"])))
        assert table.zones["load"].tolist() == [480.0, 240.0]
        assert table.zones["target"].tolist() == [360.0, 360.0]

    def test_no_load_at_all_has_no_deviation(self, plan):
        table = zone_table(changed(plan, field_zones=plan.field_zones.assign(load=0.0, target=0.0)))
        assert table.zones["deviation"].isna().all()

    @pytest.mark.parametrize(
        ("values", "error", "message"),
        [
            (lambda p: {"units": p.units.drop(columns="code")}, SchemaError, "units lacks the columns code"),
            (lambda p: {"field_zones": p.field_zones.drop(columns="field_zone")}, SchemaError, "field_zones lacks"),
            (lambda p: {"units": p.units.assign(field_zone="9")}, SchemaError, "4 units are in no field zone"),
            (lambda p: {"units": p.units.to_crs(4549)}, CRSMismatchError, "EPSG:4490"),
            (lambda p: {"units": p.units.set_crs(None, allow_override=True)}, CRSMismatchError, "EPSG:4490"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, plan, values, error, message):
        with pytest.raises(error, match=message):
            changed(plan, **values(plan))


class TestColours:
    @pytest.mark.parametrize("seed", range(5))
    def test_neighbours_differ_however_many_they_are(self, seed):
        points = shapely.multipoints(np.random.default_rng(seed).random((120, 2)))
        shapes = np.array(shapely.get_parts(shapely.voronoi_polygons(points)), dtype=object)
        tints = zone_tints(shapes)
        left, right = shapely.STRtree(shapes).query(shapes, predicate="touches")
        lines = shapely.length(shapely.intersection(shapes[left], shapes[right])) > 0
        assert (tints[left[lines]] != tints[right[lines]]).all()
        assert set(tints) == set(range(len(ZONE_COLOURS)))

    def test_zones_without_a_place(self):
        assert len(zone_tints(np.array([None, shapely.Polygon(), shapely.box(0, 0, 1, 1)], dtype=object))) == 3


class TestWords:
    @pytest.mark.parametrize(
        ("report", "balance", "proof"),
        [
            ({"deviation": 0.03, "optimal": True}, "最大偏差 3.0%，在允许的 5.0% 之内", "已证明最优"),
            ({"deviation": 0.05, "optimal": "balance"}, "最大偏差 5.0%，在允许的 5.0% 之内", "已证明没有更均衡的方案"),
            (
                {"deviation": 0.2, "optimal": False, "bound": 0.1},
                "最大偏差 20.0%，超出允许的 5.0%",
                "未证明最优；任何方案的偏差都不小于 10.0%",
            ),
            ({"deviation": 0.2, "optimal": False, "bound": 0.0}, "最大偏差 20.0%，超出允许的 5.0%", "未证明最优"),
            ({"deviation": 0.04, "optimal": False, "bound": 0.01}, "最大偏差 4.0%，在允许的 5.0% 之内", "未证明最优"),
        ],
    )
    def test_outcome(self, plan, report, balance, proof):
        said = outcome(changed(plan, report=report))
        assert [text.zh for text in said] == [balance, proof]
        assert all(text.en.isascii() for text in said)

    def test_numbers(self):
        assert [percent(value) for value in (0, 0.0004, 1.5, np.nan)] == ["0.0%", "0.0%", "150.0%", "–"]
        assert [percent(value, signed=True) for value in (0, -0.0001, 0.1, -0.1)] == [
            "0.0%",
            "0.0%",
            "+10.0%",
            "−10.0%",
        ]
        assert [hours(value) for value in (0, 90, 5994, 6000, np.nan)] == ["0.0", "1.5", "99.9", "100", "–"]

    def test_every_word_is_in_both_languages(self):
        assert [key for key, text in PLAN_TEXTS.items() if text.zh == text.en or not text.zh or not text.en] == []

    def test_lines_break_where_they_may(self):
        assert _lines("划分结果很好，没有问题", 12) == ["划分结果很", "好，没有问题"]
        assert _lines("two words and more", 9) == ["two words", "and more"]
        assert _lines("", 9) == []
        assert all(not line.startswith(("，", "。")) for line in _lines("一二三四五，六七八九十。" * 5, 10))


class TestPage:
    def test_holds_zones_units_report_and_warnings(self, plan, payload_of):
        data = payload_of(plan_map(plan))
        assert data["areas"]["name"] == ["北片", "南片", "甲村", "乙村", "丙村", "丁村"]
        assert data["areas"]["level"] == [0, 0, 1, 1, 1, 1]
        assert data["areas"]["parent"] == [-1, -1, 0, 0, 1, 0]
        assert data["zones"]["load"] == [480.0, 240.0]
        assert data["units"]["load"] == [120.0, 300.0, 240.0, 60.0]
        assert data["outcome"] == ["最大偏差 0.0%，在允许的 5.0% 之内", "已证明最优"]
        assert (data["warnings"], data["facts"]) == (["丁村没有污染源"], [["片区界线", "19.9 千米"]])
        assert data["notice"] == "示意边界，仅供演示"

    def test_holds_mix_supervisors_and_days(self, plan, payload_of):
        mix = pd.DataFrame(
            {
                "field_zone": ["1", "1", "2"],
                "kind": ["class", "sector", "class"],
                "name_zh": ["工业源", "26 化学", "农场"],
                "name_en": ["Industrial", "26 chemicals", "Farm"],
                "sources": [3, 2, 1],
            }
        )
        zones = plan.field_zones.assign(supervisor_area=["1", "1"], visit_days=[3, 2], visit_km=[40.5, 1.0])
        data = payload_of(plan_map(changed(plan, mix=mix, field_zones=zones)))
        assert data["zones"]["mix"] == [[["class", "工业源", 3], ["sector", "26 化学", 2]], [["class", "农场", 1]]]
        assert data["zones"]["supervisor_area"] == ["1", "1"]
        assert (data["zones"]["visit_days"], data["zones"]["visit_km"]) == ([3, 2], [40.5, 1])
        assert data["supervisors"]["area_parts"] == [1]
        english = payload_of(plan_map(changed(plan, mix=mix), lang="en"))
        assert english["zones"]["mix"][1] == [["class", "Farm", 1]]
        plain = payload_of(plan_map(plan))
        assert (plain["zones"]["mix"], plain["supervisors"]["area_parts"]) == ([[], []], [])

    def test_holds_the_outlines_of_parks(self, plan, payload_of):
        parks = gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.box(118, 28, 118.01, 28.01)], crs=4490)
        assert payload_of(plan_map(changed(plan, parks=parks)))["parks"]["area_parts"] == [1]
        assert payload_of(plan_map(plan))["parks"]["area_parts"] == []

    def test_in_english(self, plan, payload_of):
        data = payload_of(plan_map(plan, lang="en"))
        assert data["title"] == "Plan of the tiny county"
        assert data["outcome"] == ["largest deviation 0.0%, within the 5.0% allowed", "proven optimal"]
        assert data["facts"] == [["Borders", "19.9 km"]]

    def test_refers_to_nothing_outside_itself(self, plan):
        page = plan_map(plan)
        assert "Content-Security-Policy\" content=\"default-src 'none'" in page
        assert set(re.findall(r"https?://[\w./-]+", page)) <= {"http://www.w3.org/2000/svg", "https://leafletjs.com"}
        assert "@import" not in page
        assert re.findall(r"<(?:link|iframe|img|object)\b", page) == []

    def test_same_input_same_page_in_any_order_of_units(self, plan):
        assert plan_map(plan) == plan_map(changed(plan, units=plan.units.iloc[::-1]))

    def test_hostile_names_stay_text(self, plan, payload_of):
        zones = plan.field_zones.assign(name=HOSTILE, owner=HOSTILE)
        page = plan_map(
            changed(plan, title=Text(HOSTILE, HOSTILE), field_zones=zones, warnings=[Text(HOSTILE, HOSTILE)])
        )
        assert "<img" not in page
        assert page.count("</script>") == plan_map(plan).count("</script>")
        data = payload_of(page)
        assert data["title"] == data["areas"]["name"][0] == data["zones"]["owner"][0] == data["warnings"][0] == HOSTILE

    def test_without_barriers_and_without_a_place(self, plan, payload_of):
        nowhere = plan.field_zones.set_geometry(gpd.GeoSeries([None, shapely.Polygon()], crs=4490))
        units = plan.units.set_geometry(gpd.GeoSeries([None] * 4, crs=4490))
        data = payload_of(plan_map(changed(plan, barriers=None, field_zones=nowhere, units=units)))
        assert data["barriers"]["kind"] == []
        assert data["areas"]["x"] == [None] * 6
        assert data["areas"]["borders"]["area_parts"] == [0] * 6

    def test_very_many_vertices_are_simplified_together(self, plan, payload_of, monkeypatch):
        fine = plan.units.geometry.segmentize(0.001)
        units = plan.units.set_geometry(fine)
        zones = plan.field_zones.set_geometry(plan.field_zones.geometry.segmentize(0.001))
        monkeypatch.setattr("geocensus.maps.plan_page._MOST_VERTICES", 100)
        data = payload_of(plan_map(changed(plan, units=units, field_zones=zones)))
        assert sum(data["areas"]["borders"]["ring_sizes"]) < shapely.get_num_coordinates(fine.to_numpy()).sum() / 10


class TestPicture:
    def test_writes_names_loads_outcome_and_notice(self, plan):
        found = written(plan_png(plan))
        for expected in (
            "小县片区方案",
            "北片\n8.0 小时",
            "北片 张三",
            "南片 李四",
            "8.0 小时",
            "0.0%",
            "已证明最优",
            "北",
        ):
            assert expected in found
        assert any("示意边界" in text and "丁村没有污染源" in text for text in found)

    def test_english(self, plan):
        found = written(plan_png(plan, lang="en"))
        assert {"Plan of the tiny county", "Field zone", "8.0 h", "proven optimal", "N"} <= set(found)

    def test_supervisor_areas_are_outlined_and_counted(self, plan):
        zones = plan.field_zones.assign(supervisor_area=["1", "2"])
        figure = plan_png(changed(plan, field_zones=zones))
        assert "指导区 2 个" in written(figure)
        assert len(figure.axes[0].collections) == len(plan_png(plan).axes[0].collections) + 2

    def test_parks_are_outlined_and_counted(self, plan):
        parks = gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.box(118, 28, 118.01, 28.01)], crs=4490)
        figure = plan_png(changed(plan, parks=parks))
        assert "工业园区 1 个" in written(figure)
        drawn = [part for part in figure.axes[0].collections if part.get_linestyle()[0][1] is not None]
        assert [len(part.get_paths()) for part in drawn] == [1]

    def test_the_table_leaves_the_foot_free(self, plan):
        """Thirty field zones, supervisor areas, parks, long notes: the lowest line of the table is above the foot."""
        shapes = shapely.box(118 + np.arange(30) / 100, 28, 118.01 + np.arange(30) / 100, 28.1)
        codes = [f"{i:02d}" for i in range(30)]
        zones = gpd.GeoDataFrame({"field_zone": codes, "load": 60.0, "supervisor_area": "1"}, geometry=shapes, crs=4490)
        notice = Text("示意边界，仅供演示。" * 8, "Schematic borders, for show only. " * 8)
        crowded = changed(
            plan, field_zones=zones, units=zones.assign(code=codes), parks=zones, notice=notice,
            about=[(Text("底图", "Basemap"), notice)] * 2, warnings=[notice] * 3,
        )  # fmt: skip
        for lang in ("zh", "en"):
            figure = plan_png(crowded, lang=lang)
            *table, foot = [text.get_window_extent() for text in figure.axes[1].texts]
            assert foot.y1 < min(line.y0 for line in table)

    def test_many_zones_are_counted(self, plan):
        shapes = shapely.box(118 + np.arange(30) / 100, 28, 118.01 + np.arange(30) / 100, 28.1)
        codes = [f"{i:02d}" for i in range(30)]
        zones = gpd.GeoDataFrame({"field_zone": codes, "load": 60.0}, geometry=shapes, crs=4490)
        units = zones.assign(code=codes)
        found = written(plan_png(changed(plan, field_zones=zones, units=units)))
        assert "另有 12 个片区" in found

    def test_the_same_file_twice(self, plan, tmp_path):
        for name in ("a.png", "b.png"):
            save_picture(plan_png(plan), tmp_path / name)
        assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
